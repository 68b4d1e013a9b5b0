"""Files of any shape through the import itself: what it writes, and how it tells what is wrong."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, Note, Payment, Sale
from credigestor.imports import importer
from credigestor.imports.importer import Counts, Plan
from credigestor.reports.check.report import check
from tests.imports.importing import CLI, everything
from tests.imports.shapes import translated
from tests.imports.spreadsheets import xlsx
from tests.portfolio import TODAY

pytestmark = pytest.mark.usefixtures("db")

#: Two sales whose notes are those that the shop would have made itself.
ROWS: list[list[object]] = [
    ["Cliente", "CPF", "Contrato", "Parcela", "Emissão", "Vencimento", "Valor", "Pago em",
     "Vlr pago", "Forma"],
    ["Zélia D'Ávila", 52998224725, 31, "1/2", "05/01/26", "05/02/26", 100, "05/02/26", 100, "Pix"],
    ["Zélia D'Ávila", 52998224725, 31, "2/2", "05/01/26", "05/03/26", 100, None, None, None],
    ["Ana", "111.444.777-35", 32, "1/1", "06/01/26", "06/02/26", "R$ 1.250,50", "06/02/26",
     "1.000,00", "dinheiro"],
]  # fmt: skip


def run(rows: list[list[object]]) -> Plan:
    with transaction() as session:
        source = translated({"carteira.xlsx": xlsx({"Aberto": rows})})
        return importer.run(session, CLI, source, today=TODAY)


def test_one_spreadsheet_becomes_a_shop_and_the_same_again_changes_nothing() -> None:
    plan = run(ROWS)
    assert (plan.problems, plan.new) == ([], Counts(customers=2, sales=2, notes=3, payments=2))
    with snapshot() as session:
        assert check(session) == []
        assert session.scalars(select(Customer.name).order_by(Customer.id)).all() == [
            "Zélia D'Ávila",
            "Ana",
        ]
        assert session.scalars(select(Sale.ref).order_by(Sale.id)).all() == ["31", "32"]
        balances = session.scalars(select(Note.principal_balance).order_by(Note.id)).all()
        assert [str(each) for each in balances] == ["0.00", "100.00", "250.50"]
        assert session.scalars(select(Payment.method).order_by(Payment.id)).all() == ["pix", "cash"]
    before = everything()
    assert run(ROWS).new == Counts()
    assert everything() == before


def test_what_is_wrong_is_told_where_the_person_finds_it_and_nothing_is_written() -> None:
    before = everything()
    bad = [list(row) for row in ROWS]
    bad[1][1], bad[3][6], bad[2][5] = "123", "mil", "31/02/26"
    plan = run(bad)
    told = {(each.file, each.line, each.column) for each in plan.problems}
    place = "carteira.xlsx, planilha Aberto"
    assert {(place, 2, "CPF"), (place, 4, "Valor")} <= told
    assert everything() == before
