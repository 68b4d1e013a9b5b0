"""The risk that a renegotiated debt takes along into the bands (R15, R16, R17, R20, R21)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import ActItem, Note, Renegotiation
from credigestor.reports import summary
from credigestor.reports.as_closed import figures
from credigestor.reports.check import inherited
from credigestor.reports.check.report import check
from credigestor.reports.delinquency import DelinquencyFilters, totals
from credigestor.reports.note_filters import NoteFilters, kept
from credigestor.reports.portfolio import breakdown, forecast, rolls
from credigestor.reports.portfolio.stock import BandTotal, Charges, Stock, charges, stocks
from credigestor.reports.scope import EVERYTHING, NO_SELLER, Scope
from credigestor.rules.acts import ActKind
from credigestor.rules.aging import BANDS, CURRENT, band
from credigestor.rules.money import ZERO
from credigestor.rules.periods import Period, closed_months, month_end
from credigestor.rules.permissions import Actor
from credigestor.services import payments
from tests.acting import random_acts
from tests.balances import NoteAt, balances_by_hand
from tests.portfolio import TODAY, random_portfolio, refresh
from tests.reports.planting import planted
from tests.services.paying import new_payment, receive
from tests.services.renegotiating import deal, fines_let_go, make, new_notes, three_late, undo

pytestmark = pytest.mark.usefixtures("db")

JULY = date(2026, 7, 20)
LATER = date(2027, 4, 30)


def renegotiated(actor: Actor) -> Renegotiation:
    """R15's example without a down payment: 456,75 in four, the oldest note 75 days late."""
    old = three_late(sold_on=JULY)
    return make(actor, deal(old.notes, **fines_let_go(old.notes)))


def listed(session: Session, filters: NoteFilters, day: date, today: date) -> set[int]:
    """The notes that a list has."""
    return set(session.scalars(select(Note.id).where(*kept(filters, day, today))))


def in_bands(day: date, *, today: date = LATER) -> dict[str, str]:
    """What stands in each band at the end of a day, the same by the summaries and by the SQL."""
    refresh(today)
    with snapshot() as session:
        [stock] = stocks(session, [day])
        found = {each.band: str(each.principal) for each in stock.bands if each.principal}
        told = summary.summary(session, day, today=today).aging
        assert {name: str(amount) for name, amount in told.items() if amount} == found
    return found


def pay_notes(actor: Actor, made: Renegotiation, count: int) -> list[int]:
    """The first notes of a deal paid, each on its day."""
    return [
        receive(actor, new_payment(note.due_date, (note.id, str(note.amount))), today=LATER)
        for note in new_notes(made)[:count]
    ]


def test_r15_its_notes_count_at_the_days_late_of_the_oldest_until_three_are_paid(
    manager: Actor,
) -> None:
    made = renegotiated(manager)
    _, second, third, fourth = (note.due_date for note in new_notes(made))
    assert in_bands(TODAY, today=TODAY) == {"61-90": "456.75"}, "none of them is late"
    pay_notes(manager, made, 3)
    assert in_bands(TODAY - timedelta(days=1)) == {
        "1-30": "150.00",
        "31-60": "150.00",
        "61-90": "150.00",
    }, "before the deal nothing changed"
    assert in_bands(TODAY) == {"61-90": "456.75"}
    assert in_bands(second) == {"61-90": "228.37"}, "two of them paid"
    assert in_bands(third - timedelta(days=1)) == {"61-90": "228.37"}
    assert in_bands(third) == {CURRENT: "114.18"}, "three of them: its risk is its own"
    assert in_bands(fourth + timedelta(days=31)) == {"31-60": "114.18"}


def test_r15_a_note_that_is_later_than_the_old_debt_counts_by_its_own_days(manager: Actor) -> None:
    made = renegotiated(manager)
    due = new_notes(made)[0].due_date
    assert in_bands(due + timedelta(days=40)) == {"61-90": "456.75"}, "40 days are less than 75"
    assert in_bands(due + timedelta(days=91)) == {"61-90": "342.56", "91-180": "114.19"}


def test_r15_a_reversed_payment_of_the_three_brings_the_risk_back(manager: Actor) -> None:
    made = renegotiated(manager)
    *_, third = pay_notes(manager, made, 3)
    day = new_notes(made)[2].due_date
    assert in_bands(day) == {CURRENT: "114.18"}
    with transaction() as session:
        payments.reverse(session, manager, payment_id=third, why="engano", today=LATER)
    assert in_bands(day) == {"61-90": "228.37"}


def test_r15_undone_the_old_notes_are_as_late_as_they_are(manager: Actor) -> None:
    undo(manager, renegotiated(manager))
    assert in_bands(TODAY, today=TODAY) == {
        "1-30": "150.00",
        "31-60": "150.00",
        "61-90": "150.00",
    }


def test_r15_a_sale_of_fewer_notes_is_tried_by_all_of_them(manager: Actor) -> None:
    old = three_late(sold_on=JULY)
    made = make(manager, deal(old.notes, installments=2))
    pay_notes(manager, made, 1)
    first, second = (note.due_date for note in new_notes(made))
    assert list(in_bands(first)) == ["61-90"]
    assert list(in_bands(second + timedelta(days=10))) == ["61-90"], "its own would be 1-30"


def test_r15_the_rates_count_it_and_the_charges_do_not(manager: Actor) -> None:
    renegotiated(manager)
    refresh(TODAY)
    with snapshot() as session:
        [now] = stocks(session, [TODAY])
        assert now.rate(now.overdue) == 100
        assert now.rate(now.over(30)) == 100
        assert (now.inherited, now.heirs, now.overdue_notes, now.days_late) == (
            *(D("456.75"), 4, 0),
            None,
        )
        assert charges(session, TODAY, today=TODAY) == Charges(ZERO, ZERO)
        late = totals(session, TODAY, DelinquencyFilters(), today=TODAY)
        assert (late.customers, late.notes, late.owed) == (0, 0, 0), "nobody is to be called"
        period = Period(TODAY, TODAY)
        for scope in (EVERYTHING, Scope(seller=NO_SELLER)):
            [part] = breakdown.parts(session, "value", TODAY, period, scope)
            assert (part.receivable, part.overdue) == (D("456.75"), D("456.75"))


def test_r15_the_forecast_takes_it_from_its_band_and_from_no_month(manager: Actor) -> None:
    renegotiated(manager)
    refresh(TODAY)
    with snapshot() as session:
        found = forecast.forecast(session, TODAY)
    assert found.within(12).contractual == 0
    assert found.overdue.contractual == D("456.75")


def test_r15_the_list_behind_a_band_has_its_notes(manager: Actor) -> None:
    made = renegotiated(manager)
    three_late()
    theirs = {note.id for note in new_notes(made)}
    for day, today in ((TODAY, TODAY), (TODAY, LATER)):
        with snapshot() as session:
            for bands, there in ((("61-90",), True), ((CURRENT, "31-60"), False)):
                found = listed(session, NoteFilters(bands=bands, status="open"), day, today)
                assert (theirs & found == theirs) is there, (bands, today)
            assert theirs <= listed(session, NoteFilters(contract_over=30), day, today)


def test_check_finds_a_band_without_what_old_debts_bring(manager: Actor) -> None:
    renegotiated(manager)
    refresh(TODAY)
    with planted() as session:
        assert check(session, whole=False) == []
    nothing = "UPDATE aging_changes SET inherited = 0"
    gone = "UPDATE aging_changes SET inherited = 5 WHERE inherited = 0"
    for statement in (nothing, gone):
        with planted(statement) as session:
            [problem] = inherited.problems(session)
            assert (problem.what, problem.entity) == ("inherited_risk", "aging_changes")


@pytest.mark.parametrize("seed", [72, 73])
def test_bands_rates_and_rolls_are_those_of_a_slow_count_on_random_shops(
    admin: Actor, seed: int
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed, sold=14)
        random_acts(session, admin, seed, count=110)
        assert session.scalar(select(Renegotiation.id).where(Renegotiation.days_late > 30))
    refresh()
    days = [TODAY, TODAY - timedelta(days=50), TODAY - timedelta(days=170), date(2026, 2, 28)]
    changed = False
    with snapshot() as session:
        assert list(inherited.problems(session)) == []
        for day in days:
            at = [each for each in balances_by_hand(session, day) if each.is_open]
            [found] = stocks(session, [day])
            assert found == slow_stock(at, day)
            changed |= bool(found.inherited)
            months = closed_months(day, 3)
            told = rolls.rolls(session, day, 3, today=TODAY)
            assert [slow_roll(session, month) for month in months] == [
                {
                    (o.band, end): amount
                    for o in roll.origins
                    for end, amount in {**o.went, "renegotiated": o.renegotiated}.items()
                    if amount
                }
                for roll in told
            ]
            for name in BANDS:
                there = listed(session, NoteFilters(bands=(name,)), day, TODAY)
                assert there == {each.note.id for each in at if each.band == name}
    assert changed


def slow_stock(at: list[NoteAt], day: date) -> Stock:
    late = [each.days_late for each in at if each.is_overdue]
    above = [each for each in at if each.band != band(each.days_late)]
    bands = []
    for name in BANDS:
        there = [each.owed.principal for each in at if each.band == name]
        bands.append(BandTotal(name, sum(there, ZERO), len(there)))
    return Stock(
        day,
        tuple(bands),
        D(sum(late)) / len(late) if late else None,
        sum((each.owed.principal for each in above), ZERO),
        sum(not each.is_overdue for each in above),
    )


def slow_roll(session: Session, month: date) -> dict[tuple[str, str], D]:
    """What stands in each band of days late at a month's end, by the band of a month before.

    And what deals of the month closed.
    """
    start = {
        each.note.id: each.band
        for each in balances_by_hand(session, month - timedelta(days=1))
        if each.is_open
    }
    found: dict[tuple[str, str], D] = defaultdict(D)
    for each in balances_by_hand(session, month_end(month)):
        if each.is_open and each.note.id in start and each.band != CURRENT:
            found[start[each.note.id], each.band] += each.owed.principal
    closed = select(ActItem).where(
        ActItem.kind == ActKind.RENEGOTIATION.value,
        ActItem.reversed.is_(False),
        ActItem.acted_on.between(month, month_end(month)),
    )
    for item in session.scalars(closed):
        if item.note_id in start:
            found[start[item.note_id], "renegotiated"] += item.principal
    return dict(found)


def test_r15_what_was_renegotiated_in_a_month_did_not_get_paid(manager: Actor) -> None:
    renegotiated(manager)
    after = date(2026, 12, 31)
    refresh(after)
    with snapshot() as session:
        november, december = rolls.rolls(session, after, 2, today=after)
    late = {each.band: each for each in november.origins}
    assert {
        band: (str(o.balance), str(o.renegotiated)) for band, o in late.items() if o.balance
    } == {
        CURRENT: ("150.00", "150.00"),
        "1-30": ("150.00", "150.00"),
        "31-60": ("150.00", "150.00"),
    }
    assert november.cured == 0
    [stays] = [each for each in december.origins if each.balance]
    assert (stays.band, stays.went, stays.cured) == ("61-90", {"61-90": D("456.75")}, 0)


def aging_then(day: date, moment: datetime) -> dict[str, str]:
    """The bands of a day from what was on record at a moment."""
    with snapshot() as session:
        then = figures(session, day, moment, now=summary.summary(session, day, today=LATER))
    return {name: str(amount) for name, amount in then.aging.items() if amount}


def now() -> datetime:
    with transaction() as session:
        moment: datetime = session.scalars(text("SELECT clock_timestamp()")).one()
        return moment


def test_r37_as_a_day_was_closed_other_notes_payments_decided_how_late_a_note_counts(
    manager: Actor,
) -> None:
    made = renegotiated(manager)
    *_, third = pay_notes(manager, made, 3)
    day, moment = new_notes(made)[2].due_date, now()
    with transaction() as session:
        payments.reverse(session, manager, payment_id=third, why="engano", today=LATER)
    assert aging_then(day, moment) == {CURRENT: "114.18"}
    assert in_bands(day) == {"61-90": "228.37"}


def test_r37_a_deal_that_was_undone_since_stood_when_the_day_was_closed(manager: Actor) -> None:
    made = renegotiated(manager)
    before = in_bands(TODAY)
    moment = now()
    undo(manager, made)
    assert aging_then(TODAY, moment) == before == {"61-90": "456.75"}
