"""An import folds its payments with discounts given at the counter (R11, R14)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from tests.imports.files import shop
from tests.imports.importing import run
from tests.portfolio import refresh, settle_early
from tests.services.paying import note_row, reverse

pytestmark = pytest.mark.usefixtures("db")


SECOND = 2  # V1's second note: 400,00 due on 05/03/2026, of which 150,00 are paid on 10/02


def test_an_import_leaves_the_discount_of_a_note_as_it_was_agreed(manager: Actor) -> None:
    run(shop())
    with transaction() as session:
        settle_early(session, manager, SECOND, date(2026, 3, 1), "1.00", reason="fidelidade")
    before = ("V1", "2", "20/02/2026", "150,00", "Pix")
    [problem] = run(shop(pagamentos=[before])).problems
    assert "o de R$\xa0249,00 já registrado em 01/03/2026 passaria" in problem.reason
    reverse(manager, 2)
    assert note_row(SECOND).principal_balance == 150
    assert run(shop(pagamentos=[before])).problems == []
    row = note_row(SECOND)
    assert (row.principal_balance, row.settled_on) == (0, date(2026, 3, 1))
    refresh()
    with snapshot() as session:
        assert check(session) == []
        assert session.scalar(text("SELECT sum(discount) FROM payment_items")) == 1
