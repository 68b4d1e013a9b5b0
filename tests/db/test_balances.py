"""The SQL that states what a note owes says what the rules say (R4, R6–R9, R11–R13, R16)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances, open_notes
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note, Sale
from credigestor.rules.permissions import Actor
from credigestor.services import payments
from tests.acting import random_acts
from tests.balances import balances_by_hand
from tests.portfolio import TODAY, add_customer, add_sale, month_ends_before, pay, random_portfolio

pytestmark = pytest.mark.usefixtures("db")

FRIDAY_HOLIDAY = date(2026, 11, 20)  # R4's example: the next business day is Monday the 23rd
DUE_DATES = [
    date(2026, 1, 10),  # Saturday
    date(2026, 2, 17),  # Carnival, a business day unless the shop says otherwise
    date(2026, 9, 7),
    FRIDAY_HOLIDAY,
    TODAY,
    TODAY + timedelta(days=1),
]
#: (days after the due date, R$) of each payment on a note of 300,00.
PAID = {
    "nothing": [],
    "early part": [(-4, "100.00")],
    "on the next business day": [(2, "300.00")],
    "late part": [(15, "100.00")],
    "a tiny part": [(15, "5.00")],
    "parts": [(-4, "120.00"), (5, "40.00"), (40, "60.00")],
}
TERMS = [("1", "2", 0), ("0", "0", 0), ("2.5", "1", 5), ("0.033", "2", 60)]
AS_OF = [
    date(2026, 1, 9),
    date(2026, 1, 12),
    date(2026, 1, 13),
    date(2026, 1, 25),
    date(2026, 3, 31),
    date(2026, 9, 8),
    FRIDAY_HOLIDAY,
    TODAY - timedelta(days=1),
    TODAY,
    TODAY + timedelta(days=1),
    date(2027, 12, 31),
]


def sql(session: Session, as_of: date, *, today: date = TODAY) -> list[dict[str, Any]]:
    statement = note_balances(as_of, today=today).order_by(Note.id)
    return [dict(row) for row in session.execute(statement).mappings()]


def assert_same(session: Session, as_of: date) -> None:
    by_hand = balances_by_hand(session, as_of)
    assert [
        {
            "note_id": at.note.id,
            "principal": at.owed.principal,
            "interest": at.owed.interest,
            "fine": at.owed.fine,
            "owed": at.owed.total,
            "days_late": at.days_late,
            "band": at.band,
            "status": at.status.value,
            "is_open": at.is_open,
            "is_overdue": at.is_overdue,
        }
        for at in by_hand
    ] == [{key: row[key] for key in _COMPARED} for row in sql(session, as_of)], f"as of {as_of}"
    still_owing = session.execute(open_notes(as_of, today=TODAY).order_by(Note.id)).mappings()
    assert [row["note_id"] for row in still_owing] == [at.note.id for at in by_hand if at.is_open]


_COMPARED = (
    "note_id",
    "principal",
    "interest",
    "fine",
    "owed",
    "days_late",
    "band",
    "status",
    "is_open",
    "is_overdue",
)


def make_grid(session: Session, admin: Actor) -> list[int]:
    customer = add_customer(session)
    made = []
    for late, fine, grace in TERMS:
        for due in DUE_DATES:
            for parts in PAID.values():
                sale = add_sale(
                    session,
                    customer,
                    date(2025, 12, 1),
                    [("300.00", due)],
                    late_rate=late,
                    fine_rate=fine,
                    grace_days=grace,
                )
                made.append(sale.id)
                for days, amount in parts:
                    if due + timedelta(days=days) <= TODAY:
                        pay(session, admin, sale.notes[0], amount, due + timedelta(days=days))
    return made


def test_sql_owes_what_the_rules_owe_over_a_grid_of_terms_dates_and_payments(admin: Actor) -> None:
    with transaction() as session:
        assert len(make_grid(session, admin)) == 4 * 6 * 6
    with snapshot() as session:
        for as_of in AS_OF:
            assert_same(session, as_of)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sql_owes_what_the_rules_owe_in_a_random_portfolio_at_past_dates_too(
    admin: Actor, seed: int
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed)
        random_acts(session, admin, seed)
    with snapshot() as session:
        for as_of in (TODAY, TODAY + timedelta(days=40), *month_ends_before(TODAY, 8)):
            assert_same(session, as_of)


def test_a_day_gives_the_same_answer_from_the_columns_today_and_from_the_payments_later(
    admin: Actor,
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 4)
        random_acts(session, admin, 4)
    with snapshot() as session:
        assert sql(session, TODAY, today=TODAY) == sql(
            session, TODAY, today=TODAY + timedelta(days=1)
        )


def test_r4_a_note_due_on_a_friday_holiday_owes_charges_from_tuesday_on() -> None:
    with transaction() as session:
        add_sale(session, add_customer(session), FRIDAY_HOLIDAY, [("300.00", FRIDAY_HOLIDAY)])
    with snapshot() as session:
        [monday] = sql(session, date(2026, 11, 23))
        [tuesday] = sql(session, date(2026, 11, 24))
    assert (monday["owed"], monday["status"], monday["days_late"]) == (
        Decimal("300.00"),
        "pending",
        0,
    )
    assert (tuesday["interest"], tuesday["fine"], tuesday["owed"]) == (
        Decimal("0.40"),
        Decimal("6.00"),
        Decimal("306.40"),
    )
    assert (tuesday["days_late"], tuesday["band"]) == (4, "1-30")


def test_r8_a_note_in_grace_is_overdue_without_charges() -> None:
    with transaction() as session:
        add_sale(
            session,
            add_customer(session),
            date(2026, 11, 1),
            [("200.00", date(2026, 11, 10))],
            grace_days=15,
        )
    with snapshot() as session:
        [in_grace] = sql(session, date(2026, 11, 25))
        [after] = sql(session, date(2026, 11, 26))
    assert (in_grace["status"], in_grace["owed"]) == ("overdue", Decimal("200.00"))
    assert (after["interest"], after["fine"]) == (Decimal("1.07"), Decimal("4.00"))


def test_r9_and_r11_a_backdated_payment_changes_what_is_owed_at_dates_after_it(
    admin: Actor,
) -> None:
    with transaction() as session:
        sale = add_sale(
            session, add_customer(session), date(2026, 1, 1), [("300.00", date(2026, 1, 10))]
        )
        pay(session, admin, sale.notes[0], "100.00", date(2026, 1, 25))
    with snapshot() as session:
        assert sql(session, date(2026, 2, 24))[0]["owed"] == Decimal("209.58")
    with transaction() as session:
        pay(session, admin, sale.notes[0], "50.00", date(2026, 1, 15))
    with snapshot() as session:
        assert sql(session, date(2026, 1, 20))[0]["principal"] == Decimal("256.50")
        assert sql(session, date(2026, 1, 25))[0]["owed"] == Decimal("157.36")
        assert sql(session, date(2026, 1, 14))[0]["principal"] == Decimal("300.00")


def test_r12_a_reversed_payment_counts_at_no_date(admin: Actor) -> None:
    with transaction() as session:
        sale = add_sale(
            session, add_customer(session), date(2026, 1, 1), [("300.00", date(2026, 1, 10))]
        )
        payment = pay(session, admin, sale.notes[0], "300.00", date(2026, 1, 10))
    with snapshot() as session:
        assert sql(session, date(2026, 1, 11))[0]["status"] == "paid"
    with transaction() as session:
        payments.reverse(session, admin, payment_id=payment, why="engano", today=TODAY)
    with snapshot() as session:
        [then] = sql(session, date(2026, 1, 12))
        [now] = sql(session, TODAY)
    assert (then["status"], then["owed"]) == ("pending", Decimal("300.00"))
    assert (now["status"], now["band"]) == ("overdue", "181-360")


def test_r13_a_cancelled_sale_owes_until_the_day_before_and_nothing_from_then_on() -> None:
    cancelled_on = date(2026, 6, 1)
    with transaction() as session:
        sale = add_sale(
            session, add_customer(session), date(2026, 1, 1), [("300.00", date(2026, 1, 10))]
        )
        session.execute(update(Sale).values(cancelled_on=cancelled_on, cancel_reason="teste"))
        session.execute(update(Note).values(cancelled_on=cancelled_on))
    with snapshot() as session:
        [before] = sql(session, cancelled_on - timedelta(days=1))
        [after] = sql(session, cancelled_on)
        assert before["note_id"] == sale.notes[0]
        for day, still_open in ((cancelled_on - timedelta(days=1), 1), (cancelled_on, 0)):
            assert len(session.execute(open_notes(day, today=TODAY)).all()) == still_open
        assert (before["status"], before["principal"]) == ("overdue", Decimal("300.00"))
        assert (after["status"], after["owed"], after["is_open"]) == ("cancelled", 0, False)


def test_a_sale_is_not_there_before_it_was_made() -> None:
    with transaction() as session:
        add_sale(session, add_customer(session), date(2026, 3, 1), [("300.00", date(2026, 4, 1))])
    with snapshot() as session:
        assert sql(session, date(2026, 2, 28)) == []
        assert len(sql(session, date(2026, 3, 1))) == 1


def test_what_is_asked_of_a_day_is_built_once_and_is_another_for_another_day() -> None:
    for built in (note_balances, open_notes):
        of_today = built(TODAY, today=TODAY)
        assert built(TODAY, today=TODAY) is of_today
        assert str(built(TODAY - timedelta(days=1), today=TODAY)) != str(of_today)
