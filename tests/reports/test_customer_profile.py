"""What one customer owes, bought and paid, and how punctually."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.errors import NotFound
from credigestor.reports import customer_profile
from credigestor.reports import customers as report
from credigestor.reports.customer_profile import open_notes, profile, purchases
from credigestor.rules.permissions import Actor
from credigestor.services import payments, sales
from tests.portfolio import TODAY, add_customer, add_sale, pay

pytestmark = pytest.mark.usefixtures("db")


def test_exposure_sums_what_is_open_and_what_is_late(admin: Actor) -> None:
    with transaction() as session:
        ana = add_customer(session, "Ana", credit_limit=Decimal("500.00"))
        sale = add_sale(
            session,
            ana,
            date(2026, 1, 2),
            [("300.00", date(2026, 11, 9)), ("50.00", date(2026, 12, 9))],
        )
        cancelled = add_sale(session, ana, date(2026, 1, 3), [("70.00", date(2026, 2, 9))])
        sales.cancel(session, admin, sale_id=cancelled.id, why="desistiu", today=TODAY)
        pay(session, admin, sale.notes[0], "100.00", date(2026, 11, 9))
    with snapshot() as session:
        exposure = report.exposure(session, ana, today=TODAY)
    # 200,00 for 14 days: interest 0,93 and fine 4,00.
    assert (exposure.principal, exposure.overdue_notes) == (Decimal("250.00"), 1)
    assert (exposure.overdue, exposure.limit) == (Decimal("204.93"), Decimal("500.00"))
    assert (exposure.name, exposure.active) == ("Ana", True)


def test_exposure_of_a_customer_who_never_bought_is_zero() -> None:
    with transaction() as session:
        ana = add_customer(session, "Ana")
    with snapshot() as session:
        exposure = report.exposure(session, ana, today=TODAY)
        assert (exposure.principal, exposure.overdue, exposure.limit) == (0, 0, None)
        with pytest.raises(NotFound):
            report.exposure(session, 99, today=TODAY)


def test_a_profile_states_what_is_owed_bought_and_paid(admin: Actor) -> None:
    with transaction() as session:
        ana = add_customer(session, "Ana", credit_limit=Decimal("300.00"))
        first = add_sale(
            session,
            ana,
            date(2026, 8, 10),
            [
                ("100.00", date(2026, 9, 10)),
                ("100.00", date(2026, 10, 13)),
                ("300.00", date(2026, 11, 9)),
                ("60.00", date(2026, 12, 10)),
            ],
            seller_id=admin.id,
        )
        cancelled = add_sale(session, ana, date(2026, 9, 1), [("70.00", date(2026, 10, 1))])
        sales.cancel(session, admin, sale_id=cancelled.id, why="desistiu", today=TODAY)
        pay(session, admin, first.notes[0], "100.00", date(2026, 9, 10))
        wrong = pay(session, admin, first.notes[3], "10.00", date(2026, 9, 11))
        payments.reverse(session, admin, payment_id=wrong, why="engano", today=TODAY)
        # 10 days late: interest 0,33 and fine 2,00.
        pay(session, admin, first.notes[1], "102.33", date(2026, 10, 23))
    with snapshot() as session:
        seen = profile(session, ana, as_of=TODAY, today=TODAY)
        still_open = open_notes(session, ana, as_of=TODAY, today=TODAY)
        bought = purchases(session, ana, as_of=TODAY, today=TODAY)
        paid = customer_profile.payments(session, ana, as_of=TODAY)
    owed = seen.owed
    assert (owed.principal, owed.interest, owed.fine) == (360, Decimal("1.40"), Decimal("6.00"))
    assert (owed.total, owed.overdue, owed.not_due) == (Decimal("367.40"), Decimal("307.40"), 60)
    assert (owed.overdue_notes, seen.free_credit) == (1, 0)
    punctuality = seen.punctuality
    assert (punctuality.on_time, punctuality.settled, punctuality.late_now) == (1, 2, 1)
    assert f"{punctuality.share:.1f}" == "33.3"
    assert punctuality.average_days_late == Decimal("5.0")
    assert seen.last_purchase == date(2026, 8, 10)
    assert list(still_open["note_id"]) == first.notes[2:]
    assert list(still_open["status"]) == ["overdue", "pending"]
    assert list(bought["cancelled"]) == [True, False]
    assert list(bought["owed"]) == [0, Decimal("367.40")]
    assert list(bought["seller"])[1] == admin.name
    assert list(paid["reversed"]) == [False, True, False]
    assert list(paid["interest"])[:1] == [Decimal("0.33")]


def test_a_note_paid_on_the_next_business_day_is_punctual(admin: Actor) -> None:
    """R4: due on the holiday of 20/11/26, a Friday, paid on Monday the 23rd."""
    with transaction() as session:
        ana = add_customer(session, "Ana")
        sale = add_sale(session, ana, date(2026, 10, 20), [("300.00", date(2026, 11, 20))])
        pay(session, admin, sale.notes[0], "300.00", TODAY)
    with snapshot() as session:
        punctuality = profile(session, ana, as_of=TODAY, today=TODAY).punctuality
    assert (punctuality.share, punctuality.average_days_late) == (100, 0)


def test_a_profile_of_a_past_date_is_what_it_was_then(admin: Actor) -> None:
    with transaction() as session:
        ana = add_customer(session, "Ana")
        sale = add_sale(session, ana, date(2026, 10, 1), [("300.00", date(2026, 11, 3))])
        pay(session, admin, sale.notes[0], "300.00", date(2026, 11, 3))
        add_sale(session, ana, date(2026, 11, 5), [("10.00", date(2026, 12, 3))])
    with snapshot() as session:
        seen = profile(session, ana, as_of=date(2026, 11, 2), today=TODAY)
        bought = purchases(session, ana, as_of=date(2026, 11, 2), today=TODAY)
        paid = customer_profile.payments(session, ana, as_of=date(2026, 11, 2))
    assert (seen.owed.total, seen.punctuality.share) == (Decimal("300.00"), None)
    assert (len(bought), len(paid)) == (1, 0)


def test_a_customer_who_never_bought_has_an_empty_profile() -> None:
    with transaction() as session:
        ana = add_customer(session, "Ana")
    with snapshot() as session:
        seen = profile(session, ana, as_of=TODAY, today=TODAY)
        assert open_notes(session, ana, as_of=TODAY, today=TODAY).empty
        assert purchases(session, ana, as_of=TODAY, today=TODAY).empty
        assert customer_profile.payments(session, ana, as_of=TODAY).empty
        with pytest.raises(NotFound):
            profile(session, 99, as_of=TODAY, today=TODAY)
    assert (seen.owed.total, seen.free_credit, seen.last_purchase) == (0, None, None)
    assert (seen.punctuality.share, seen.punctuality.average_days_late) == (None, None)
