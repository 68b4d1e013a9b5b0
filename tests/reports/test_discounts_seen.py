"""R14, R22: where a discount is told once it is given, and what the check finds of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D
from random import Random

import pytest
from sqlalchemy import select, text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry
from credigestor.exports import audit_words
from credigestor.exports.catalogue import Order
from credigestor.reports import customer_profile, payments, sale
from credigestor.reports.check.invariants import EARLY_DISCOUNT
from credigestor.reports.check.report import check
from credigestor.reports.note import detail
from credigestor.reports.portfolio.flows import flow
from credigestor.rules import early
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from tests.exports.exporting import rows_of
from tests.portfolio import TODAY
from tests.services.discounting import DAY, assert_sound, receipt_of, sell, settle
from tests.services.paying import pay, reverse
from tests.services.selling import new_customer

pytestmark = pytest.mark.usefixtures("db")


def test_r22_received_is_money_and_the_discount_stands_apart(manager: Actor) -> None:
    note, other, *_ = sell(manager)
    settle(manager, note, "87.49", "1.36")
    reverse(manager, settle(manager, other, "80.00", "8.85", discount_reason="engano"))
    with transaction() as session:
        summaries.refresh(session, today=TODAY)
    with snapshot() as session:
        found = flow(session, Period(DAY, DAY), as_of=TODAY)
        totals = payments.totals(session, payments.PaymentFilters())
        frame = payments.list_payments(session, payments.PaymentFilters(), offset=0, limit=10)
    assert (found.received, found.principal, found.discount) == (D("87.49"), D("87.49"), D("1.36"))
    assert (totals.amount, totals.principal, totals.discount) == (
        *(D("87.49"), D("87.49")),
        D("1.36"),
    )
    assert list(frame["discount"]) == [D("8.85"), D("1.36")]


def test_each_page_of_the_counter_tells_the_discount(manager: Actor) -> None:
    note, *_ = sell(manager)
    settle(manager, note, "83.85", "5.00", discount_reason="cliente antigo")
    with snapshot() as session:
        at = detail(session, note, as_of=DAY, today=TODAY)
        [paid] = at.payments
        sold = sale.detail(session, at.sale_id, as_of=TODAY, today=TODAY)
        known = customer_profile.payments(session, at.customer_id, as_of=TODAY)
    assert (paid.amount, paid.discount, paid.discount_reason) == (
        *(D("83.85"), D("5.00")),
        "cliente antigo",
    )
    assert "Desconto de 5,00 concedido: cliente antigo." in at.lines[2].text
    assert at.lines[-1].text == "Nada a pagar: nota quitada em 05/10/2026."
    assert list(sold.payments["discount"]) == list(known["discount"]) == [D("5.00")]


def test_r24_the_receipt_names_the_earlier_notes_that_stay_open(manager: Actor) -> None:
    first, second, third, *_ = sell(manager)
    pay(manager, DAY - timedelta(days=1), (first, "88.85"))
    payment = pay(manager, DAY, (third, "88.85"))
    found = receipt_of(payment)
    assert found.earlier_open == ["000001-02/12"]
    assert (found.items[0].sale_id, found.items[0].place, found.items[0].installments) == (1, 3, 12)
    pay(manager, DAY + timedelta(days=1), (second, "88.85"))
    assert receipt_of(payment) == found


def test_r24_the_receipt_has_the_payers_address_on_one_line(manager: Actor) -> None:
    with_address = new_customer(street="Rua A", street_number="7", city="Fortaleza", state="CE")
    note, *_ = sell(manager, customer=with_address)
    assert receipt_of(pay(manager, DAY, (note, "88.85"))).address == "Rua A, 7, Fortaleza/CE"
    other, *_ = sell(manager)
    assert receipt_of(pay(manager, DAY, (other, "88.85"))).address == ""


def test_the_audit_log_and_the_files_tell_the_discount_and_its_reason(manager: Actor) -> None:
    note, other, *_ = sell(manager)
    pay(
        manager,
        DAY,
        (note, "83.85"),
        (other, "10.00"),
        discounts={note: D("5.00")},
        discount_reason="cliente antigo",
    )
    with snapshot() as session:
        written = select(AuditEntry.id).where(AuditEntry.entity == "payment")
        [lines] = audit_words.told(session, session.scalars(written).all()).values()
    told = "\n".join(lines)
    assert "Motivo do desconto: cliente antigo" in told
    assert (
        "000001-01/12 (R$\xa083,85, com desconto de R$\xa05,00), 000001-02/12 (R$\xa010,00)" in told
    )
    first, second = rows_of(Order(kind="payments"))
    assert (first["Desconto"], first["Motivo do desconto"]) == ("5,00", "cliente antigo")
    assert (second["Desconto"], second["Valor nesta nota"]) == ("0,00", "10,00")
    [row] = rows_of(Order(kind="list_payments", filters=payments.PaymentFilters()))
    assert (row["Valor"], row["Desconto"]) == ("93,85", "5,00")


# What the check finds


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE payments SET discount_reason = NULL WHERE id = 2", "item_discount"),
        ("UPDATE payment_items SET discount = 4 WHERE payment_id = 2", "item_fold"),
        ("UPDATE payment_items SET discount = 0 WHERE payment_id = 1", "item_fold"),
        ("UPDATE payment_items SET discount = 6 WHERE payment_id = 2", "note_overpaid"),
        ("UPDATE sales SET contract_rate = 0.9, daily_rate = 0.0001 WHERE id = 1", "item_discount"),
    ],
)
def test_a_tampered_discount_is_found(manager: Actor, change: str, what: str) -> None:
    note, other, *_ = sell(manager)
    settle(manager, note, "87.49", "1.36")
    settle(manager, other, "83.85", "5.00", discount_reason="cliente antigo")
    assert_sound()
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        assert session.connection().execute(text(change)).rowcount == 1
    with snapshot() as session:
        assert what in {problem.what for problem in check(session)}


def test_a_discount_by_right_as_it_was_reckoned_before_the_true_rate_stays_sound(
    manager: Actor,
) -> None:
    """At 1 % in thirty days, the contract's rate: a cent more than at the sale's true rate."""
    note, *_ = sell(manager)
    settle(manager, note, "87.48", "1.37", discount_reason="como antes")
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE payments SET discount_reason = NULL"))
    with snapshot() as session:
        assert {problem.what for problem in check(session)} == {"trail_differs"}


def test_r14_sql_and_the_rule_agree_to_the_cent() -> None:
    random = Random(14)
    cases = [
        (random.randrange(1, 10 ** random.randrange(1, 12)), random.randrange(0, 1_000_000), days)
        for days in (*range(1, 400), *(30 * k for k in range(1, 120)))
    ]
    cases += [(cents, 1_000_000, 30) for cents in range(1, 50)]  # halves of a cent
    rows = ", ".join(f"({D(c) / 100}, {D(rate) / 10000}, {days})" for c, rate, days in cases)
    statement = f"SELECT {EARLY_DISCOUNT} FROM (VALUES {rows}) AS t(settled, monthly, days), "
    statement += "LATERAL (SELECT round(monthly / 3000, 18) AS daily_rate) AS r"
    with snapshot() as session:
        found = list(session.scalars(text(statement)))
    expected = [
        early.discount(D(c) / 100, round(D(rate) / 30_000_000, 18), days) for c, rate, days in cases
    ]
    assert found == expected
    assert sum(value > 0 for value in found) > 400
