"""The headline figures of a shop at a date (R16, R22)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.models import (
    ActItem,
    Payment,
    PaymentItem,
    Renegotiation,
    Reversal,
    Sale,
)
from credigestor.reports.folded_summary import folded_summary
from credigestor.reports.summary import as_json, summary
from credigestor.rules.aging import BANDS
from credigestor.rules.methods import CREDIT
from credigestor.rules.money import ZERO
from credigestor.rules.permissions import Actor
from credigestor.services import payments, sales, summaries
from tests import tables
from tests.acting import random_acts
from tests.balances import balances_by_hand
from tests.portfolio import (
    TODAY,
    add_customer,
    add_sale,
    month_ends_before,
    pay,
    random_portfolio,
)
from tests.replays import any_seed

pytestmark = pytest.mark.usefixtures("db")


def by_hand(session: Session, as_of: date) -> dict[str, object]:
    notes = [
        at
        for at in balances_by_hand(session, as_of)
        if at.sale.cancelled_on is None or at.sale.cancelled_on > as_of
    ]
    sales = [
        sale
        for sale in session.scalars(select(Sale))
        if sale.sold_on <= as_of and (sale.cancelled_on is None or sale.cancelled_on > as_of)
    ]
    deals = set(session.scalars(select(Renegotiation.sale_id)))
    renewed = [sale for sale in sales if sale.id in deals]
    sales = [sale for sale in sales if sale.id not in deals]
    reversed_ = set(session.scalars(select(Reversal.payment_id)))
    items = [
        item
        for item in session.scalars(select(PaymentItem))
        if item.paid_on <= as_of and item.payment_id not in reversed_
    ]
    lost = {
        act.note_id: (act.acted_on, act.act_id)
        for act in session.scalars(
            select(ActItem).where(ActItem.kind == "write_off", ActItem.reversed.is_(False))
        )
    }
    items = [  # what came after is recovered, not received (R34)
        item
        for item in items
        if (item.paid_on, item.payment_id) < lost.get(item.note_id, (date.max, 0))
    ]
    credit = set(session.scalars(select(Payment.id).where(Payment.method == CREDIT)))
    by_credit = [item for item in items if item.payment_id in credit]  # no money (R31)
    items = [item for item in items if item.payment_id not in credit]
    overdue = [at for at in notes if at.is_overdue]
    return {
        "sales": len(sales),
        "notes": len(notes),
        "payments": sum(
            payment.paid_on <= as_of and payment.id not in reversed_
            for payment in session.scalars(select(Payment))
        ),
        "financed": sum((sale.total - sale.down_payment for sale in sales), ZERO),
        "renegotiations": len(renewed),
        "renegotiated": sum((sale.total for sale in renewed), ZERO),
        "receivable_principal": sum((at.owed.principal for at in notes), ZERO),
        "overdue_notes": len(overdue),
        "overdue_principal": sum((at.owed.principal for at in overdue), ZERO),
        "overdue_interest": sum((at.owed.interest for at in overdue), ZERO),
        "overdue_fine": sum((at.owed.fine for at in overdue), ZERO),
        "received_principal": sum((item.principal for item in items), ZERO),
        "received_interest": sum((item.interest for item in items), ZERO),
        "received_fine": sum((item.fine for item in items), ZERO),
        "paid_by_credit": sum((item.amount for item in by_credit), ZERO),
        "aging": {
            band: sum((at.owed.principal for at in notes if at.band == band), ZERO)
            for band in BANDS
        },
    }


@pytest.mark.parametrize("seed", [11, 12])
def test_the_figures_are_those_of_a_slow_replay_at_several_dates(admin: Actor, seed: int) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed)
        random_acts(session, admin, seed)
    with snapshot() as session:
        for as_of in (TODAY, TODAY - timedelta(days=1), *month_ends_before(TODAY, 6)):
            found = summary(session, as_of, today=TODAY)
            expected = by_hand(session, as_of)
            assert {key: getattr(found, key) for key in expected} == expected, f"as of {as_of}"


@any_seed
def test_the_summaries_give_the_same_figures(admin: Actor, seed: int) -> None:
    with transaction() as session:
        tables.cut(session, "sales", "customers")
        random_portfolio(session, admin, seed)
        random_acts(session, admin, seed)
        summaries.rebuild(session, today=TODAY)
    with snapshot() as session:
        for as_of in (TODAY, TODAY - timedelta(days=1), *month_ends_before(TODAY, 24)):
            expected = summary(session, as_of, today=TODAY)
            assert folded_summary(session, as_of, today=TODAY) == expected, f"as of {as_of}"


def test_an_empty_shop_has_zeros_of_two_decimals() -> None:
    with snapshot() as session:
        figures = as_json(summary(session, TODAY, today=TODAY))
    assert figures == {
        "customers": 0,
        "sales": 0,
        "notes": 0,
        "payments": 0,
        "financed": "0.00",
        "renegotiations": 0,
        "renegotiated": "0.00",
        "receivable_principal": "0.00",
        "overdue_notes": 0,
        "overdue_principal": "0.00",
        "overdue_interest": "0.00",
        "overdue_fine": "0.00",
        "received_principal": "0.00",
        "received_interest": "0.00",
        "received_fine": "0.00",
        "paid_by_credit": "0.00",
        "aging": dict.fromkeys(["current", "1-30", "31-60", "61-90"], "0.00")
        | dict.fromkeys(["91-180", "181-360", ">360"], "0.00"),
    }
    assert json.loads(json.dumps(figures)) == figures


def test_r22_a_reversed_payment_leaves_the_figures_of_every_date(admin: Actor) -> None:
    with transaction() as session:
        sale = add_sale(
            session, add_customer(session), date(2026, 1, 2), [("300.00", date(2026, 1, 12))]
        )
        payment = pay(session, admin, sale.notes[0], "100.00", date(2026, 1, 27))
    with snapshot() as session:
        before = as_json(summary(session, date(2026, 1, 31), today=TODAY))
    with transaction() as session:
        payments.reverse(session, admin, payment_id=payment, why="engano", today=TODAY)
    with snapshot() as session:
        after = as_json(summary(session, date(2026, 1, 31), today=TODAY))
    assert (before["payments"], before["received_interest"]) == (1, "1.50")
    assert (before["received_fine"], before["received_principal"]) == ("6.00", "92.50")
    assert (after["payments"], after["received_interest"]) == (0, "0.00")
    assert (after["received_fine"], after["received_principal"]) == ("0.00", "0.00")


def test_r13_a_sale_leaves_the_figures_on_the_day_it_is_cancelled(admin: Actor) -> None:
    with transaction() as session:
        sale = add_sale(session, add_customer(session), date(2026, 1, 2), [("300.00", TODAY)])
        sales.cancel(session, admin, sale_id=sale.id, why="desistência", today=date(2026, 3, 1))
    with snapshot() as session:
        before = summary(session, date(2026, 2, 28), today=TODAY)
        after = summary(session, date(2026, 3, 1), today=TODAY)
    assert (before.sales, before.notes, before.financed) == (1, 1, Decimal("300.00"))
    assert (after.sales, after.notes, after.financed) == (0, 0, 0)
    assert (before.receivable_principal, after.receivable_principal) == (Decimal("300.00"), 0)


def test_r2_contract_interest_is_receivable_but_not_financed(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 13, sold=10)
    with snapshot() as session:
        with_interest = session.scalars(
            select(Sale).where(Sale.contract_rate > 0, Sale.installments > 1)
        ).first()
        assert with_interest is not None
        figures = summary(session, with_interest.sold_on, today=TODAY)
        earlier = summary(session, with_interest.sold_on - timedelta(days=1), today=TODAY)
    new_notes = figures.receivable_principal - earlier.receivable_principal
    assert new_notes > figures.financed - earlier.financed


def test_the_ledger_is_read_once_for_what_is_open_and_what_of_it_is_overdue() -> None:
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    event.listen(get_engine(), "before_cursor_execute", note)
    try:
        with snapshot() as session:
            summary(session, TODAY, today=TODAY)
    finally:
        event.remove(get_engine(), "before_cursor_execute", note)
    assert len([each for each in asked if "late_interest" in each]) == 1
    assert len(asked) == 4
