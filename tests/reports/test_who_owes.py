"""Who owes the shop: all of them, late or not, most first, as the notes say one by one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from credigestor.db.balances import open_notes
from credigestor.db.engine import snapshot
from credigestor.reports.who_owes import who_owes
from tests.imports.past import files, listed, take
from tests.portfolio import TODAY

pytestmark = pytest.mark.usefixtures("db")

ANA = {"ref": "C2", "nome": "Ana Luz", "cpf": ""}


@pytest.fixture
def _shop(db: str) -> None:
    notes = listed("V1", ("10/02/2026", "100,00"), ("10/12/2026", "100,00"))
    notes += listed("V2", ("10/12/2026", "150,00"), ("10/01/2027", "90,00"))
    notes += listed("V3", ("10/02/2026", "50,00"))
    sales = [
        {"ref": "V1", "valor_total": "200,00"},
        {"ref": "V2", "valor_total": "240,00", "cliente": "C2"},
        {"ref": "V3", "valor_total": "50,00", "cliente": "C3"},
    ]
    paid = {"venda": "V3", "parcela": "1", "data": "10/02/2026", "valor": "50,00"}
    settled = {"ref": "C3", "nome": "Quem pagou", "cpf": "11144477735"}
    take(files(customers=[ANA, settled], sales=sales, notes=notes, payments=[paid]))


@pytest.mark.usefixtures("_shop")
def test_all_who_owe_are_told_who_owes_most_first_with_charges() -> None:
    with snapshot() as session:
        ana, late = who_owes(session, TODAY, today=TODAY)
    assert (ana.name, ana.ref, ana.identification, ana.notes) == ("Ana Luz", "C2", None, 2)
    assert (ana.owed, ana.overdue, ana.charges, ana.days_late) == (240, 0, 0, 0)
    assert ana.oldest_due == date(2026, 12, 10)
    assert (late.name, late.principal, late.overdue) == ("Conceição Muñoz", 200, 100)
    assert (late.oldest_due, late.days_late) == (date(2026, 2, 10), 286)
    assert late.owed == late.principal + late.charges
    assert late.charges > 2  # the fine alone


@pytest.mark.usefixtures("_shop")
@pytest.mark.parametrize("days", [0, 200, 300])
def test_the_sums_are_those_of_the_notes_at_any_date(days: int) -> None:
    on = TODAY - timedelta(days=days)
    with snapshot() as session:
        found = who_owes(session, on, today=TODAY)
        notes = pd.read_sql(open_notes(on, today=TODAY), session.connection(), coerce_float=False)
    sums = notes[notes["is_open"]].groupby("customer_id")["owed"].sum()
    assert {each.customer_id: each.owed for each in found} == sums.to_dict()
    assert [each.owed for each in found] == sorted(sums, reverse=True)
    assert all(isinstance(each.owed, Decimal) for each in found)
