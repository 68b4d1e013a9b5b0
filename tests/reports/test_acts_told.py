"""Acts that are no payment, told: in statements, in a customer's copy, as CSV, in the audit log."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal as D

import pytest
from sqlalchemy import func, select

from credigestor.db.balances import note_balances
from credigestor.db.engine import snapshot, transaction
from credigestor.db.loading.copying import Rows
from credigestor.db.models import ActItem, AuditEntry, Customer
from credigestor.documents.customer_statement import pdf
from credigestor.exports import audit_words
from credigestor.exports.catalogue import Order, stream
from credigestor.reports.customer_file import customer_file
from credigestor.reports.customer_movements import Kind
from credigestor.reports.customer_statement import statement
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.permissions import Actor
from credigestor.services import acts
from tests.acting import act, moved_to, random_acts
from tests.documents.looking import words
from tests.moments import NOW
from tests.portfolio import TODAY, add_customer, add_sale, random_portfolio

pytestmark = pytest.mark.usefixtures("db")

MARCH, LATER, APRIL = date(2026, 3, 10), date(2026, 3, 20), date(2026, 4, 10)


@pytest.fixture
def shop(manager: Actor) -> int:
    """A customer whose note was put off, then lost its fine, and gave goods back by mistake."""
    with transaction() as session:
        customer = add_customer(session, "Ana Luz")
        [first, second] = add_sale(
            *(session, customer, date(2026, 2, 10)), [("300.00", MARCH), ("200.00", APRIL)]
        ).notes
        moved = Acted(ActKind.NEW_DATE, MARCH, interest=D("-1.00"), moved=moved_to(LATER))
        act(session, manager, ActKind.NEW_DATE, MARCH, {first: moved}, "viagem")
        waived = Acted(ActKind.WAIVER, date(2026, 3, 30), interest=D("0.50"), fine=D("6.00"))
        act(session, manager, ActKind.WAIVER, date(2026, 3, 30), {first: waived}, "bom cliente")
        back = Acted(ActKind.RETURN, APRIL, principal=D("50.00"))
        wrong = act(session, manager, ActKind.RETURN, APRIL, {second: back})
        acts.reverse(session, manager, act_id=wrong, why="era outro", today=TODAY)
        back = Acted(ActKind.RETURN, APRIL, principal=D("30.00"))
        act(session, manager, ActKind.RETURN, APRIL, {second: back}, "veio com defeito")
    return customer


def test_a_statement_tells_each_act_and_closes_at_what_is_owed(shop: int) -> None:
    with snapshot() as session:
        found = statement(session, shop, since=date(2026, 2, 1), until=TODAY, today=TODAY)
    told = [(m.act, m.sum("principal"), m.balance) for m in found.movements if m.kind is Kind.ACT]
    assert told == [
        (ActKind.NEW_DATE, 0, 500),
        (ActKind.WAIVER, 0, 500),
        (ActKind.RETURN, 0, 500),
        (ActKind.RETURN, -30, 470),
    ]
    text = words(pdf(found, made_at=NOW, logo=None))
    for told_so in (
        *("Prorrogação, nota 000001-01/02, vence em 20/03/2026 (juros 1,00): viagem",),
        *("Dispensa de encargos, nota 000001-01/02 (juros 0,50 + multa 6,00): bom cliente",),
        *("DESFEITA em 23/11/2026, sem efeito", "Encargos dispensados", "Devolvido"),
    ):
        assert told_so in text


def test_every_statement_of_a_shop_with_all_acts_closes_at_what_is_owed(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 9)
        random_acts(session, admin, 9)
    with snapshot() as session:
        for day in (date(2026, 3, 31), TODAY):
            owed = note_balances(day, today=TODAY).subquery()
            sums = dict(
                session.execute(
                    select(owed.c.customer_id, func.sum(owed.c.principal)).group_by(
                        owed.c.customer_id
                    )
                ).all()
            )
            for customer in session.scalars(select(Customer.id)).all():
                found = statement(session, customer, since=date(2024, 1, 1), until=day, today=TODAY)
                assert found.closing == sums.get(customer, 0), (customer, day)


def test_the_copy_of_a_customers_data_holds_the_acts(shop: int) -> None:
    with snapshot() as session:
        found = customer_file(session, shop, today=TODAY, made_at=NOW)
    [section] = [s for s in found.sections if s.title == "Outros atos sobre as notas"]
    assert [row[1] for row in section.rows] == [
        *("Prorrogação", "Dispensa de encargos", "Devolução", "Devolução"),
    ]
    assert section.rows[2][-3:] == [TODAY, "Guta Gerente", "era outro"]


@pytest.mark.usefixtures("shop")
def test_the_acts_are_a_table_of_the_exports() -> None:
    with snapshot() as session:
        content = b"".join(
            stream(session, Order(kind="acts"), today=TODAY, generated_at=NOW, rows=Rows())
        )
        count = session.scalar(select(func.count()).select_from(ActItem))
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == count == 4
    assert (rows[1]["O quê"], rows[1]["Juros"], rows[1]["Multa"], rows[1]["Motivo"]) == (
        *("Dispensa de encargos", "0,50", "6,00", "bom cliente"),
    )
    assert [row["Desfeito"] for row in rows] == ["não", "não", "sim", "não"]


@pytest.mark.usefixtures("shop")
def test_the_audit_log_tells_what_an_act_did_to_which_note() -> None:
    with snapshot() as session:
        ids = session.scalars(
            select(AuditEntry.id).where(AuditEntry.entity == "act").order_by(AuditEntry.id)
        ).all()
        told = audit_words.told(session, ids)
    assert [line.replace("\xa0", " ") for line in told[ids[0]]] == [
        "Cliente: Ana Luz",
        "O quê: Prorrogação",
        "Data: 10/03/2026",
        "Notas: 000001-01/02 (juros R$ -1,00, vence em 20/03/2026)",
        "Motivo: viagem",
    ]
