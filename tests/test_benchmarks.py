"""The made-up shop of the benchmarks: sound, and the same at every load. No timings here."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from benchmarks.business import TODAY
from benchmarks.loader import load
from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.reports.check.report import check
from tests import tables

pytestmark = pytest.mark.usefixtures("db")

SALES = 200
LEDGER = (
    "acts",
    "act_items",
    "users",
    "customers",
    "sales",
    "notes",
    "payments",
    "payment_items",
    "reversals",
    "acts",
    "act_items",
)


def test_a_loaded_shop_has_no_problem_and_every_kind_of_note() -> None:
    load(get_engine(), SALES)
    with snapshot() as session:
        assert check(session) == []
        kinds = session.execute(
            text(
                "SELECT count(*) FILTER (WHERE cancelled_on IS NOT NULL) AS cancelled,"
                " count(*) FILTER (WHERE principal_balance = 0) AS paid,"
                " count(*) FILTER (WHERE on_time_until < :today AND principal_balance > 0"
                "                  AND cancelled_on IS NULL) AS overdue,"
                " count(*) FILTER (WHERE due_date > :today) AS not_due,"
                " (SELECT count(*) FROM payment_items WHERE interest > 0 AND fine > 0) AS late,"
                " (SELECT count(*) FROM reversals) AS reversed,"
                " (SELECT count(DISTINCT kind) = 5 FROM acts) AS acts,"
                " (SELECT count(*) >= 20 FROM acts) AS a_tenth FROM notes"
            ),
            {"today": TODAY},
        ).one()
    assert all(kinds), kinds


def test_two_loads_with_the_same_seed_are_equal_and_another_seed_is_another_shop() -> None:
    first, again, other = (_loaded(seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def _loaded(seed: int) -> list[str]:
    with transaction() as session:
        tables.empty(session)
    load(get_engine(), SALES, seed)
    with transaction() as session:
        return [
            session.scalars(
                text(
                    "SELECT md5(string_agg((to_jsonb(t) - 'created_at')::text, ';' ORDER BY id))"
                    f" FROM {table} t"
                )
            ).one()
            for table in LEDGER
        ]
