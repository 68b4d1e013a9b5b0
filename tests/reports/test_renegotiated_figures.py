"""What a renegotiation leaves of the figures: no new business, and no younger debt (R15)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note, Renegotiation
from credigestor.db.steps import terms_of
from credigestor.reports import deals
from credigestor.reports.day import seller_day
from credigestor.reports.portfolio import first_payment, flows, renegotiated, vintages
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.rules.renegotiation import tried_on
from tests.acting import random_acts
from tests.balances import balances_by_hand
from tests.portfolio import TODAY, month_ends_before, random_portfolio, refresh
from tests.services.paying import new_payment, receive
from tests.services.renegotiating import deal, fines_let_go, make, new_notes, three_late, undo

pytestmark = pytest.mark.usefixtures("db")

JULY, NOVEMBER = date(2026, 7, 20), Period(date(2026, 11, 1), date(2026, 11, 30))
#: When the figures are looked at: all four new notes have fallen due by then.
LATER = date(2027, 4, 30)


def cells(as_of: date, cohort: date) -> dict[date, tuple[str, str]]:
    """Financed and more than 30 days late of the sales of a month, by month end."""
    refresh(as_of)
    with snapshot() as session:
        found = vintages.vintages(session, as_of)
    return {
        cell.as_of: (str(cell.financed), str(cell.over_30))
        for cell in found
        if cell.cohort == cohort.replace(day=1)
    }


def test_r15_the_month_of_the_first_sale_keeps_the_debt_until_three_notes_are_paid(
    manager: Actor,
) -> None:
    old = three_late(sold_on=JULY)
    made = make(manager, deal(old.notes, **fines_let_go(old.notes)))
    notes = new_notes(made)
    for note in notes[:3]:
        paid = new_payment(note.due_date, (note.id, str(note.amount)))
        receive(manager, paid, today=LATER)
    july, november = cells(LATER, JULY), cells(LATER, TODAY)
    assert july[date(2026, 10, 31)] == ("450.00", "450.00"), "as it was before the deal"
    assert july[date(2026, 11, 30)] == ("450.00", "456.75"), "none of the new notes is late"
    assert july[date(2027, 1, 31)] == ("450.00", "228.37"), "two of them paid"
    assert july[date(2027, 2, 28)] == ("450.00", "0.00"), "three of them: its risk is its own"
    assert july[date(2027, 4, 30)] == ("450.00", "114.18"), "and the fourth more than 30 days late"
    assert set(november.values()) == {("0.00", "0.00")}, "nothing was sold then"


def test_r15_it_is_no_new_business_and_is_not_judged_anew(manager: Actor) -> None:
    old = three_late(sold_on=JULY)
    made = make(manager, deal(old.notes, **fines_let_go(old.notes)))
    refresh()
    with snapshot() as session:
        found = flows.flow(session, NOVEMBER, as_of=TODAY)
        assert (found.sales, found.sold, found.financed, found.installments) == (0, 0, 0, 0)
        day = seller_day(session, manager.id, day=TODAY)
        assert (day.sales, day.sold) == (0, 0)
    undo(manager, made)
    refresh()
    with snapshot() as session:
        assert flows.flow(session, NOVEMBER, as_of=TODAY).sales == 0


def test_r15_old_charges_are_received_as_interest_when_the_new_notes_are_paid(
    manager: Actor,
) -> None:
    old = three_late(sold_on=JULY)
    made = make(manager, deal(old.notes, **fines_let_go(old.notes)))
    interest = []
    for note in new_notes(made):
        half = D("57.00")
        for part in (half, note.amount - half):
            receive(manager, new_payment(note.due_date, (note.id, str(part))), today=LATER)
        refresh(LATER)
        month = Period(note.due_date.replace(day=1), note.due_date)
        with snapshot() as session:
            found = flows.flow(session, month, as_of=LATER)
        assert found.received == note.amount
        interest.append(str(found.interest))
    assert interest == ["1.69", "1.69", "1.68", "1.69"]


def test_r15_its_first_note_is_not_judged_and_the_old_sales_stays_judged(manager: Actor) -> None:
    old = three_late(sold_on=JULY)
    make(manager, deal(old.notes))
    refresh(LATER)
    with snapshot() as session:
        found = first_payment.by_month(session, LATER, count=12)
    assert {k: (v.reached, v.unpaid) for k, v in found.items() if v.reached} == {
        JULY.replace(day=1): (1, 1)
    }


def test_r15_how_much_is_renegotiated_and_how_it_is_paid_again(manager: Actor) -> None:
    old, other = three_late(sold_on=JULY), three_late(sold_on=JULY)
    made = make(manager, deal(old.notes, **fines_let_go(old.notes)))
    void = make(manager, deal(other.notes))
    undo(manager, void)
    first, second, third, _ = new_notes(made)
    receive(manager, new_payment(first.due_date, (first.id, "114.19")), today=LATER)
    receive(manager, new_payment(second.due_date, (second.id, "50.00")), today=LATER)
    make(manager, deal([third.id], agreed_on=LATER, first_due_date=LATER), today=LATER)
    refresh(LATER)
    with snapshot() as session:
        parts = renegotiated.shares(session, [date(2026, 11, 22), TODAY, second.due_date])
        found = {row.month: row for row in renegotiated.paid_again(session, LATER, count=6)}
    assert [(str(p.renegotiated), str(p.receivable)) for p in parts] == [
        *(("0.00", "900.00"), ("456.75", "906.75"), ("292.56", "742.56"))
    ]
    told = [
        (str(found[day].due), str(found[day].paid), str(found[day].again), str(found[day].unpaid))
        for day in (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1))
    ]
    assert told == [
        ("0.00", "0.00", "0.00", "0.00"),
        ("114.19", "114.19", "0.00", "0.00"),
        ("114.19", "50.00", "0.00", "64.19"),
        ("114.19", "0.00", "114.19", "0.00"),
    ]


def test_r15_a_deal_is_broken_by_a_note_more_days_late_than_the_settings_say(
    manager: Actor,
) -> None:
    made = make(manager, deal(three_late().notes))
    [first, *_] = new_notes(made)
    with snapshot() as session:
        for days, many in ((0, 0), (15, 0), (16, 1), (60, 1)):
            on = first.due_date + timedelta(days=days)
            found = deals.broken_deals(session, as_of=on, today=on)
            assert len(found) == many, days
            assert deals.is_broken(session, made.sale_id, as_of=on, today=on) == bool(many)
    assert (found[0]["days_late"], found[0]["late_since"]) == (60, first.due_date)
    receive(manager, new_payment(first.due_date, (first.id, str(first.amount))), today=LATER)
    with snapshot() as session:
        on = first.due_date + timedelta(days=16)
        assert deals.broken_deals(session, as_of=on, today=on) == []


@pytest.mark.parametrize("seed", [61, 62])
def test_vintages_are_those_of_a_slow_count_where_debts_were_renegotiated(
    admin: Actor, seed: int
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed, sold=20)
        random_acts(session, admin, seed, count=120)
        assert session.scalar(select(Renegotiation.id).where(Renegotiation.days_late > 30))
    refresh()
    with snapshot() as session:
        found = vintages.vintages(session, TODAY)
        for as_of in list(month_ends_before(TODAY, 12)):
            slow = by_hand(session, as_of)
            there = {cell.cohort: cell for cell in found if cell.as_of == as_of}
            for cohort, cell in there.items():
                told = (cell.financed, cell.over_30, cell.over_90)
                assert told == slow[cohort], (as_of, cohort)


def by_hand(session: Session, as_of: date) -> dict[date, tuple[D, D, D]]:
    """Financed, and what is more than 30 or 90 days late of whole contracts, by month of sale."""
    deals = {deal.sale_id: deal for deal in session.scalars(select(Renegotiation))}
    tried = {
        sale_id: tried_on(
            [n.settled_on for n in notes if n.closed is None and n.settled_on], len(notes)
        )
        for sale_id in deals
        for notes in [session.scalars(select(Note).where(Note.sale_id == sale_id)).all()]
    }
    sums: dict[date, list[D]] = defaultdict(lambda: [D(0), D(0), D(0)])
    of_sale = defaultdict(list)
    for each in balances_by_hand(session, as_of):
        of_sale[each.sale.id].append(each)
    for sale_id, notes in of_sale.items():
        sale, old = notes[0].sale, deals.get(sale_id)
        cohort = (old.first_sold_on if old else sale.sold_on).replace(day=1)
        if old is None and (sale.cancelled_on is None or sale.cancelled_on > as_of):
            sums[cohort][0] += sale.total - sale.down_payment
        late = [0]
        late += [
            (as_of - terms_of(each.note, sale).due_date).days
            for each in notes
            if each.owed.principal
        ]
        if old and (tried[sale_id] or date.max) > as_of:
            late.append(old.days_late)
        balance = sum((each.owed.principal for each in notes), D(0))
        for place, days in ((1, 30), (2, 90)):
            sums[cohort][place] += balance if max(late) > days else 0
    return defaultdict(lambda: (D(0), D(0), D(0)), {k: tuple(v) for k, v in sums.items()})  # type: ignore[misc]
