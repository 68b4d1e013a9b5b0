"""A demonstration shop that the version before the true rates (R2b) made, with its own code.

`of_0011` holds its backup and every figure as that version told it (commit a63a09b: 40 customers,
125 sales, loaded on TODAY).
"""

from __future__ import annotations

import json
import lzma
from datetime import date, timedelta
from pathlib import Path

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.reports import sale_money
from credigestor.reports.check.report import check
from credigestor.reports.sale_money import MoneyFilters
from credigestor.services import summaries
from tests.backups.restoring import restored
from tests.portfolio import TODAY
from tests.reports.every_figure import differences, every_figure

pytestmark = pytest.mark.usefixtures("db")

OLD = Path(__file__).with_name("of_0011")
DATES = [date(2026, 2, 10), date(2026, 8, 31), TODAY, TODAY + timedelta(days=40)]


def test_a_shop_of_the_version_before_is_restored_with_every_figure_as_it_was() -> None:
    before = json.loads(lzma.decompress((OLD / "figures.json.xz").read_bytes()))
    assert restored(OLD / "backup.zip").revision == "0011"
    with transaction() as session:
        summaries.refresh(session, today=DATES[-1])
    with snapshot() as session:
        assert list(check(session)) == []
        after = every_figure(session, DATES, today=DATES[-1])
        down = sale_money.totals(session, MoneyFilters(date(2024, 1, 1), TODAY))
    assert before["portfolio"].keys() == {str(day) for day in DATES}
    assert list(differences(before, after)) == []
    # What is told beside it: down payments are money now, whose method nobody knows (R35).
    assert down.received > 0
    assert {*down.by_method} == {"unknown"}


def test_a_figure_that_is_told_otherwise_is_a_difference() -> None:
    assert list(differences({"a": [1, {"b": "2"}]}, {"a": [1, {"b": "3"}], "c": 1})) == [
        "/a/1/b: 2 → 3"
    ]
    assert list(differences({"a": [1]}, {"a": [1, 2]})) == ["/a: [1] → [1, 2]"]
    assert list(differences({"a": None}, {})) == ["/a: None → nothing"]
