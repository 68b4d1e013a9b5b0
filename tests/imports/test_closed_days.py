"""R37: an import into closed days takes a reason, and each row of it is listed as a change."""

from __future__ import annotations

from datetime import date

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Sale
from credigestor.errors import Busy, InvalidInput
from credigestor.imports import importer
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from tests.imports.files import shop, source
from tests.imports.importing import CLI
from tests.portfolio import TODAY
from tests.services.closing import changed, close
from tests.services.selling import count

pytestmark = pytest.mark.usefixtures("db")


def test_r37_rows_dated_in_closed_days_take_a_reason(manager: Actor) -> None:
    close(manager, date(2026, 1, 5))
    with transaction() as session:
        plan = importer.prepare(session, source(shop()), today=TODAY)
        assert (plan.closed, plan.closed_until, plan.problem_count) == (1, date(2026, 1, 5), 0)
    closed = pytest.raises(InvalidInput, match="1 linha tem data de dias fechados")
    with closed as error, transaction() as session:
        importer.run(session, CLI, source(shop()), today=TODAY)
    assert error.value.field == "reason"
    assert count(Sale) == 0
    with transaction() as session:
        importer.run(session, CLI, source(shop()), today=TODAY, why="caderno antigo")
    told = ("linha de comando", "caderno antigo")
    assert sorted(changed()) == [
        ("down_payment", date(2026, 1, 5), *told, "0.00", "100.00"),
        ("sale", date(2026, 1, 5), *told, "1200.00", "0.00"),
    ]
    with snapshot() as session:
        assert check(session) == []


def test_rows_of_open_days_take_none(manager: Actor) -> None:
    close(manager, date(2026, 1, 4))
    with transaction() as session:
        assert importer.run(session, CLI, source(shop()), today=TODAY).closed == 0
    assert changed() == []


def test_an_import_that_began_before_days_were_closed_begins_again(manager: Actor) -> None:
    """Its rows have the moment at which it began, which is before the closing."""
    with transaction() as session:
        session.connection()
        session.scalar(importer._CLOSED_MEANWHILE)
        close(manager, date(2026, 1, 5))
        with pytest.raises(Busy, match="fechados neste meio tempo"):
            importer.run(session, CLI, source(shop()), today=TODAY)
