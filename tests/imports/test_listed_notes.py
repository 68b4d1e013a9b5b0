"""Sales whose notes parcelas.csv lists: uneven, on any day, numbered as they were (R33, R2b)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot
from credigestor.db.models import Customer, Note, Payment, Sale
from credigestor.imports.choices import Choices, Rates
from credigestor.imports.problems import NOTES, SALES
from credigestor.rules import true_rate
from tests.imports.importing import everything
from tests.imports.past import files, listed, take

pytestmark = pytest.mark.usefixtures("db")

UNEVEN = listed("V1", ("10/02/2026", "110,00"), ("25/02/2026", "40,00"), ("30/03/2026", "180,00"))
V1 = {"ref": "V1", "valor_total": "330,00"}


def notes_of(ref: str) -> list[tuple[Any, ...]]:
    """Number, amount and due date of a sale's notes."""
    with snapshot() as session:
        found = select(Note.number, Note.amount, Note.due_date).join(Sale).where(Sale.ref == ref)
        return [tuple(row) for row in session.execute(found.order_by(Note.number))]


def sale(ref: str) -> Sale:
    """A sale by its reference."""
    with snapshot() as session:
        return session.scalars(select(Sale).where(Sale.ref == ref)).one()


def test_a_sale_has_exactly_the_notes_that_are_listed_for_it() -> None:
    plan = take(files(sales=[V1], notes=UNEVEN))
    assert (plan.problems, plan.new.notes) == ([], 3)
    assert notes_of("V1") == [
        (1, 110, date(2026, 2, 10)),
        (2, 40, date(2026, 2, 25)),
        (3, 180, date(2026, 3, 30)),
    ]
    made = sale("V1")
    assert (made.schedule, made.installments, made.contract_rate) == ("list", 3, 0)
    assert made.first_due_date == date(2026, 2, 10)


def test_what_notes_add_up_to_above_what_is_financed_is_contract_interest() -> None:
    take(files(sales=[{**V1, "valor_total": "350,00", "entrada": "50,00"}], notes=UNEVEN))
    made = sale("V1")
    days = [(date(2026, m, d) - date(2026, 1, 5)).days for m, d in ((2, 10), (2, 25), (3, 30))]
    right = true_rate.daily_rate(Decimal(300), zip(days, map(Decimal, (110, 40, 180)), strict=True))
    assert made.daily_rate == right > 0
    assert made.contract_rate == true_rate.monthly(right, 4)


def test_notes_that_add_up_to_less_are_a_problem_but_for_the_cents_a_split_lost() -> None:
    before = everything()
    [problem] = take(files(sales=[{**V1, "valor_total": "331,00"}], notes=UNEVEN)).problems
    assert (problem.file, problem.line, problem.column) == (NOTES, 2, "valor")
    assert "faltam R$\xa01,00" in problem.reason
    assert everything() == before
    plan = take(files(sales=[{**V1, "valor_total": "330,02"}], notes=UNEVEN))
    assert "R$\xa0330,00 em vez de R$\xa0330,02" in plan.notices[-1]
    assert sale("V1").total == 330


def test_a_sale_typed_in_after_its_first_due_date_is_of_that_day_and_that_is_told() -> None:
    late = {**V1, "data": "20/02/2026"}
    plan = take(files(sales=[late], notes=UNEVEN))
    assert sale("V1").sold_on == date(2026, 2, 10)
    [remark] = plan.remarks
    assert (remark.file, remark.line) == (SALES, 2)
    assert remark.detail == "venda V1: 10/02/2026 em vez de 20/02/2026"
    assert "1 (venda V1: 10/02/2026 em vez de 20/02/2026)" in plan.notices[-1]


def test_that_of_a_sale_whose_notes_are_made_is_a_choice() -> None:
    late = {
        "ref": "V2",
        "data": "20/02/2026",
        "valor_total": "90,00",
        "parcelas": "3",
        "primeiro_vencimento": "10/02/2026",
    }
    [problem] = take(files(sales=[late])).problems
    assert (problem.column, "antes da venda" in problem.reason) == ("primeiro_vencimento", True)
    assert take(files(sales=[late]), Choices(earlier_day=True)).problems == []
    assert sale("V2").sold_on == date(2026, 2, 10)


def test_notes_keep_the_numbers_by_which_payments_name_them_and_may_fall_due_on_one_day() -> None:
    rows = [
        {"venda": "V1", "parcela": "7", "vencimento": "10/03/2026", "valor": "20,00"},
        {"venda": "V1", "parcela": "5", "vencimento": "10/02/2026", "valor": "10,00"},
        {"venda": "V1", "parcela": "6", "vencimento": "10/03/2026", "valor": "30,00"},
    ]
    paid = [{"venda": "V1", "parcela": "6", "data": "10/02/2026", "valor": "30,00"}]
    contents = files(sales=[{**V1, "valor_total": "60,00"}], notes=rows, payments=paid)
    assert take(contents).problems == []
    assert [amount for _, amount, _ in notes_of("V1")] == [10, 30, 20]
    with snapshot() as session:
        assert session.scalars(select(Note.number).where(Note.principal_balance == 0)).all() == [2]
        assert session.scalars(select(Payment.ref)).all() == ["V1/2/2026-02-10/30.00/cash#1"]


@pytest.mark.parametrize(
    ("changed", "column", "reason"),
    [
        ({"parcela": "1"}, "parcela", "linha 2"),
        ({"valor": "0,00"}, "valor", "zero"),
        ({"vencimento": "31/02/2026"}, "vencimento", "não existe"),
        ({"venda": "V9"}, "venda", "V9"),
        ({"venda": ""}, "venda", "branco"),
    ],
)
def test_a_wrong_row_of_parcelas_is_named(
    changed: dict[str, str], column: str, reason: str
) -> None:
    right = {"venda": "V1", "parcela": "4", "vencimento": "30/04/2026", "valor": "1,00"}
    before = everything()
    [problem] = take(files(sales=[V1], notes=[*UNEVEN, right | changed])).problems
    assert (problem.file, problem.line, problem.column) == (NOTES, 5, column)
    assert reason in problem.reason
    assert everything() == before


def test_rates_come_from_the_sale_s_columns_then_the_file_s_then_the_settings() -> None:
    sales = [
        {**V1, "mora": "2", "multa": "1,5", "carencia": "5"},
        {
            "ref": "V2",
            "valor_total": "1.000,00",
            "parcelas": "12",
            "taxa": "1",
            "primeiro_vencimento": "05/02/2026",
        },
    ]
    choices = Choices(rates=Rates(late_rate=Decimal("0.5"), fine_rate=Decimal(0)))
    assert take(files(sales=sales, notes=UNEVEN), choices).problems == []
    own, of_file = sale("V1"), sale("V2")
    assert (own.late_rate, own.fine_rate, own.grace_days) == (2, Decimal("1.5"), 5)
    assert (of_file.late_rate, of_file.fine_rate, of_file.grace_days) == (Decimal("0.5"), 0, 0)
    assert (of_file.contract_rate, notes_of("V2")[0][1]) == (1, Decimal("88.85"))
    [problem] = take(files(sales=[{**V1, "ref": "V3", "multa": "10", "parcelas": "1"}])).problems
    assert (problem.file, problem.column) == (SALES, "multa")


def test_what_more_a_customer_s_row_says_is_kept() -> None:
    more = {"rua": "Rua das Flores", "numero": "12-B", "nascimento": "01/02/1980"}
    person = {"ref": "C2", "nome": "Ana", "cpf": "11144477735", "limite": "1.500,00", **more}
    assert take(files(customers=[person])).problems == []
    with snapshot() as session:
        ana = session.scalars(select(Customer).where(Customer.ref == "C2")).one()
    assert (ana.street, ana.street_number) == ("Rua das Flores", "12-B")
    assert (ana.birth_date, ana.credit_limit) == (date(1980, 2, 1), 1500)
    [problem] = take(
        files(customers=[{**person, "ref": "C3", "nascimento": "1800-01-01"}])
    ).problems
    assert problem.column == "nascimento"


def test_what_a_sale_s_only_day_pays_above_is_no_interest_and_stands_in_its_total() -> None:
    late = {"ref": "V1", "data": "20/02/2026", "valor_total": "95,00"}
    plan = take(files(sales=[late], notes=listed("V1", ("10/02/2026", "100,00"))))
    assert plan.problems == []
    assert (sale("V1").total, sale("V1").daily_rate) == (100, 0)
    assert any("R$\xa0100,00 em vez de R$\xa095,00" in notice for notice in plan.notices)
