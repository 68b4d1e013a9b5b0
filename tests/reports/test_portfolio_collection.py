"""Roll rates, recovery and late charges in small examples that can be followed by hand (R20)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from credigestor.db.engine import transaction
from credigestor.reports.portfolio.late_charges import LateCharges, by_month, late_charges
from credigestor.reports.portfolio.recovery import Recovery, recoveries, together
from credigestor.reports.portfolio.rolls import Origin, Roll, rolls
from credigestor.rules.aging import BANDS
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.services import payments, sales, summaries
from tests.portfolio import TODAY, Made, add_customer, add_sale, pay

pytestmark = pytest.mark.usefixtures("db")

D = Decimal
OCTOBER = date(2026, 10, 31)


def sell(*notes: tuple[str, date], free: bool = False, sold_on: date = date(2026, 1, 5)) -> Made:
    """Sell notes, without late charges if `free`."""
    rates: dict[str, Any] = {"late_rate": "0", "fine_rate": "0"} if free else {}
    with transaction() as session:
        return add_sale(session, add_customer(session), sold_on, notes, **rates)


def receive(actor: Actor, note_id: int, amount: str, on: date) -> None:
    with transaction() as session:
        pay(session, actor, note_id, amount, on)


def cancel(actor: Actor, sale: Made, on: date) -> None:
    with transaction() as session:
        sales.cancel(session, actor, sale_id=sale.id, why="desistência", today=on)


def read_rolls(as_of: date, count: int = 1) -> list[Roll]:
    with transaction() as session:
        summaries.refresh(session, today=TODAY)
        return rolls(session, as_of, count, today=TODAY)


def read_recoveries(as_of: date, count: int = 1) -> list[Recovery]:
    with transaction() as session:
        summaries.refresh(session, today=TODAY)
        return recoveries(session, as_of, count)


def read_months(as_of: date, count: int) -> list[LateCharges]:
    with transaction() as session:
        summaries.refresh(session, today=TODAY)
        return by_month(session, as_of, count, today=TODAY)


def row(roll: Roll, band: str) -> Origin:
    return roll.origins[BANDS.index(band)]


def test_r20_what_was_late_is_in_the_next_band_or_cured(admin: Actor) -> None:
    sale = sell(
        ("100.00", date(2026, 9, 10)),
        ("200.00", date(2026, 9, 15)),
        ("100.00", date(2026, 9, 21)),
        ("300.00", date(2026, 10, 15)),
        ("300.00", date(2026, 12, 10)),
        free=True,
    )
    receive(admin, sale.notes[1], "120.00", date(2026, 10, 9))
    receive(admin, sale.notes[2], "100.00", date(2026, 10, 5))
    [roll] = read_rolls(OCTOBER)
    assert (roll.month, roll.start, roll.end) == (
        date(2026, 10, 1),
        date(2026, 9, 30),
        OCTOBER,
    )
    late = row(roll, "1-30")
    assert late == Origin("1-30", D("400.00"), {"31-60": D("180.00")})
    assert (late.share(late.rolled), late.share(late.cured)) == (45, 55)
    due = row(roll, "current")
    assert due == Origin("current", D("600.00"), {"1-30": D("300.00")})
    assert (due.share(due.rolled), due.share(due.cured)) == (50, 50)
    assert roll.cured == 55


def test_r20_after_a_short_month_a_note_may_still_stand_in_its_band() -> None:
    sell(("100.00", date(2026, 1, 30)))
    [january, february] = read_rolls(date(2026, 2, 28), 2)
    assert row(january, "1-30").balance == 0
    assert row(february, "1-30").went == {"1-30": D("100.00")}
    assert row(february, "1-30").rolled == 0


def test_r20_a_note_with_days_to_pay_after_a_weekend_may_pass_over_a_band() -> None:
    sell(("100.00", date(2026, 8, 29)))  # a Saturday, on time until Monday the 31st
    [roll] = read_rolls(date(2026, 9, 30))
    assert row(roll, "current") == Origin("current", D("100.00"), {"31-60": D("100.00")})
    assert row(roll, "current").rolled == 0


def test_r20_what_was_sold_in_the_month_is_not_of_its_matrix() -> None:
    sell(("100.00", date(2026, 10, 9)), sold_on=date(2026, 10, 1))
    [roll] = read_rolls(OCTOBER)
    assert all(origin == Origin(origin.band, D(0), {}) for origin in roll.origins)
    assert roll.cured is None
    assert row(roll, "1-30").share(D(0)) is None


def test_r20_a_cancelled_sale_is_overdue_no_more(admin: Actor) -> None:
    sale = sell(("100.00", date(2026, 9, 10)))
    cancel(admin, sale, date(2026, 10, 20))
    [roll] = read_rolls(OCTOBER)
    assert row(roll, "1-30").cured == 100


def test_r20_the_last_band_has_no_next_one() -> None:
    sell(("100.00", date(2024, 9, 10)), sold_on=date(2024, 1, 5))
    [roll] = read_rolls(OCTOBER)
    assert row(roll, ">360") == Origin(">360", D("100.00"), {">360": D("100.00")})
    assert row(roll, ">360").rolled == 0
    assert roll.cured == 0


def test_r20_a_month_has_its_matrix_from_its_last_day_on() -> None:
    assert [roll.month for roll in read_rolls(OCTOBER, 2)] == [date(2026, 9, 1), date(2026, 10, 1)]
    assert [roll.month for roll in read_rolls(date(2026, 10, 30), 1)] == [date(2026, 9, 1)]


def test_r20_a_month_to_come_is_computed_as_if_nobody_paid() -> None:
    sell(("100.00", date(2026, 11, 10)))
    [november, december] = read_rolls(date(2026, 12, 31), 2)
    assert row(november, "current").went == {"1-30": D("100.00")}
    assert row(december, "1-30").went == {"31-60": D("100.00")}


@pytest.fixture
def june(admin: Actor) -> None:
    """400,00 that became overdue in June, 100,00 that did not, and 200,00 in July."""
    sale = sell(
        ("300.00", date(2026, 6, 10)),
        ("100.00", date(2026, 6, 13)),  # Saturday, on time until Monday the 15th
        ("100.00", date(2026, 6, 20)),  # Saturday, on time until Monday the 22nd
        ("200.00", date(2026, 6, 30)),
        free=True,
    )
    receive(admin, sale.notes[0], "100.00", date(2026, 6, 15))
    receive(admin, sale.notes[0], "200.00", date(2026, 7, 10))
    receive(admin, sale.notes[1], "100.00", date(2026, 6, 15))
    receive(admin, sale.notes[2], "100.00", date(2026, 6, 28))


@pytest.mark.usefixtures("june")
def test_recovery_counts_the_days_since_the_last_on_time_day() -> None:
    [june, july] = read_recoveries(date(2026, 11, 1), 5)[:2]
    assert june == Recovery(date(2026, 6, 1), D(400), (D(100), D(200), D(400), D(400), D(400)))
    assert june.shares == (25, 50, 100, 100, 100)
    assert july == Recovery(date(2026, 7, 1), D(200), (D(0),) * 5)


@pytest.mark.usefixtures("june")
def test_recovery_leaves_what_is_not_reached_blank() -> None:
    [june] = read_recoveries(date(2026, 7, 14))
    assert june.shares == (25, None, None, None, None)
    [june] = read_recoveries(date(2026, 7, 15))
    assert june.shares == (25, 50, None, None, None)
    assert not june.reached
    [june] = read_recoveries(date(2026, 9, 28), 3)[:1]
    assert june.reached


@pytest.mark.usefixtures("june")
def test_recovery_of_all_months_together_takes_those_that_are_whole() -> None:
    curves = read_recoveries(date(2026, 10, 31), 12)
    assert together(curves) == (
        D(100) / 6,
        D(200) / 6,
        D(400) / 6,
        D(400) / 6,
        D(400) / 6,
    )
    assert together(read_recoveries(date(2026, 10, 28), 12)) == (25, 50, 100, 100, 100)
    assert together(read_recoveries(date(2026, 8, 1), 12)) == (None,) * 5


def test_a_month_in_which_nothing_became_overdue_has_no_shares() -> None:
    [empty] = read_recoveries(date(2026, 10, 31))
    assert empty.became == 0
    assert empty.shares == (None,) * 5


def test_r9_late_charges_are_charged_as_they_come_and_received_as_they_are_paid(
    admin: Actor,
) -> None:
    sale = sell(("300.00", date(2026, 1, 10)))
    receive(admin, sale.notes[0], "100.00", date(2026, 1, 25))
    receive(admin, sale.notes[0], "209.58", date(2026, 2, 24))
    [january, february] = read_months(date(2026, 2, 28), 2)
    # Interest 1,50 and fine 6,00 on the 25th; 6 days of 207,50 until the 31st: 0,415.
    assert january.before == 0
    assert (january.received, january.outstanding) == (D("7.50"), D("0.42"))
    assert january.charged == D("7.92")
    assert (february.before, february.received) == (D("0.42"), D("2.08"))
    assert (february.charged, february.outstanding) == (D("1.66"), 0)
    assert january.waived == february.waived == 0


def test_late_charges_of_a_cancelled_sale_were_charged_and_are_taken_back(admin: Actor) -> None:
    sale = sell(("100.00", date(2026, 3, 10)))
    cancel(admin, sale, date(2026, 4, 15))
    [march, april] = read_months(date(2026, 4, 30), 2)
    assert march.charged == march.outstanding == D("2.70")  # 21 days and the fine
    assert (april.charged, april.received, april.outstanding) == (D("-2.70"), 0, 0)


def test_late_charges_of_the_running_month_end_at_the_as_of_date() -> None:
    sell(("100.00", date(2026, 3, 10)))
    [march] = read_months(date(2026, 3, 16), 1)
    assert march.outstanding == D("2.20")
    assert march.period == Period(date(2026, 3, 1), date(2026, 3, 31))


def test_a_period_after_the_as_of_date_has_nothing_yet(admin: Actor) -> None:
    sale = sell(("100.00", date(2026, 3, 10)))
    receive(admin, sale.notes[0], "102.70", date(2026, 4, 1))
    with transaction() as session:
        summaries.refresh(session, today=TODAY)
        april = Period(date(2026, 4, 1), date(2026, 4, 30))
        [found] = late_charges(session, [april], date(2026, 3, 31), today=TODAY)
    assert (found.charged, found.received, found.outstanding) == (0, 0, D("2.70"))


def test_a_reversed_payment_received_nothing_in_any_month(admin: Actor) -> None:
    sale = sell(("100.00", date(2026, 3, 10)))
    with transaction() as session:
        payment = pay(session, admin, sale.notes[0], "50.00", date(2026, 3, 20))
    with transaction() as session:
        payments.reverse(session, admin, payment_id=payment, why="engano", today=TODAY)
    [march] = read_months(date(2026, 3, 31), 1)
    assert (march.received, march.outstanding) == (0, D("2.70"))
