"""Stories of sales that are not monthly: an uneven list, late and paid; 30/60/90, paid early."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.reports import settlement
from credigestor.reports.booklet import booklet
from credigestor.reports.check.report import check
from credigestor.reports.note import NoteDetail, detail
from credigestor.reports.portfolio.collections import collection
from credigestor.reports.portfolio.first_payment import by_month
from credigestor.reports.portfolio.stock import stocks
from credigestor.reports.portfolio.vintages import vintages
from credigestor.rules import true_rate
from credigestor.rules.aging import Status
from credigestor.rules.days_after import listed_after
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from tests.services.paying import new_payment, receive
from tests.services.scheduling import listed
from tests.services.selling import new_customer, new_sale, notes_of, register, sale_row

pytestmark = pytest.mark.usefixtures("db")


def note_on(note_id: int, day: date) -> NoteDetail:
    with snapshot() as session:
        return detail(session, note_id, as_of=day, today=day)


def pay(actor: Actor, on: date, *items: tuple[int, str], **more: Any) -> int:
    """Money that comes on the day it is recorded."""
    return receive(actor, new_payment(on, *items, backdate_reason=None, **more), on)


def folded(today: date) -> None:
    with transaction() as session:
        summaries.refresh(session, today=today)
        assert list(check(session)) == []


def test_an_uneven_list_is_late_and_paid(seller: Actor) -> None:
    # 2 February 2026: 660,00 in six parts as Ana has the money, which come to 700,00 (R33).
    february_2 = date(2026, 2, 2)
    rows = (
        (date(2026, 2, 10), "110.00"),
        (date(2026, 2, 12), "40.00"),
        (date(2026, 3, 20), "180.00"),
        (date(2026, 4, 15), "20.00"),
        (date(2026, 5, 29), "220.00"),
        (date(2026, 7, 10), "130.00"),
    )
    sale = register(
        seller,
        new_sale(new_customer(), sold_on=february_2, total=D("660.00"), schedule=listed(*rows)),
        february_2,
    )
    notes = [note.id for note in notes_of(sale)]
    kept = sale_row(sale)
    assert kept.contract_rate == true_rate.monthly(kept.daily_rate, 4) > 0
    with snapshot() as session:
        paper = booklet(session, sale, today=february_2)
    assert (paper.due_told, paper.interest) == ("em datas combinadas", D("40.00"))
    assert paper.note_number(paper.installments[3]) == "000001-04/06"

    # The first is paid on its day, the second 15 days late: 0,20 + 0,80 (R6, R7).
    pay(seller, date(2026, 2, 10), (notes[0], "110.00"))
    february_27 = date(2026, 2, 27)
    assert note_on(notes[1], february_27).owed.total == D("41.00")
    pay(seller, february_27, (notes[1], "41.00"))

    # On 24 April the third is 35 days late and the fourth 9 (R16); May and July are to come.
    april_24 = date(2026, 4, 24)
    folded(april_24)
    with snapshot() as session:
        [stock] = stocks(session, [april_24])
        april = collection(session, date(2026, 4, 1), april_24)
        first = by_month(session, april_24)[date(2026, 2, 1)]
    bands = {str(each.band): each.principal for each in stock.bands if each.principal}
    assert sorted(bands.values()) == [20, 180, 350]
    assert (stock.over(0), stock.over(30), stock.receivable) == (200, 180, 550)
    assert (april.overdue, april.not_due) == (20, 0)
    # The first note is the soonest of the list, and was paid (R18).
    assert (first.reached, first.unpaid) == (1, 0)

    # 5 May: 2,76 + 3,60 on the third, 0,13 + 0,40 on the fourth.
    may_5 = date(2026, 5, 5)
    assert [note_on(note, may_5).owed.total for note in notes[2:4]] == [D("186.36"), D("20.53")]
    pay(seller, may_5, (notes[2], "186.36"), (notes[3], "20.53"))
    # At the end of April the whole contract counted as late, 550,00 of 660,00 (R17, R19).
    folded(may_5)
    with snapshot() as session:
        [cell] = [
            each
            for each in vintages(session, may_5)
            if (each.cohort, each.age) == (date(2026, 2, 1), 2)
        ]
    assert (cell.financed, cell.over_30, cell.over_90) == (660, 550, 0)

    pay(seller, date(2026, 5, 29), (notes[4], "220.00"))
    pay(seller, date(2026, 7, 10), (notes[5], "130.00"))
    july_10 = date(2026, 7, 10)
    assert {note_on(note, july_10).status for note in notes} == {Status.PAID}
    folded(july_10)


def test_30_60_90_with_interest_is_paid_early_in_part_and_settled(seller: Actor) -> None:
    # 29 November 2026: 1.000,00 at 5 % a month, 30, 60 and 90 days on (R33).
    november_29 = date(2026, 11, 29)
    sale = register(
        seller,
        new_sale(
            new_customer(),
            sold_on=november_29,
            contract_rate=D(5),
            schedule=listed_after((30, 60, 90), november_29),
        ),
        november_29,
    )
    made = notes_of(sale)
    assert [(note.due_date, note.amount) for note in made] == [
        (date(2026, 12, 29), D("367.21")),
        (date(2027, 1, 28), D("367.21")),
        (date(2027, 2, 27), D("367.21")),
    ]
    kept = sale_row(sale)
    assert str(true_rate.monthly(kept.daily_rate)) == "5.00"
    first, second, third = (note.id for note in made)

    # Settled on the day of the sale, it would cost the 1.000,00 (R14).
    with snapshot() as session:
        at_once = settlement.quote(
            session, kept.customer_id, [first, second, third], on=november_29, today=november_29
        )
    assert abs(at_once.total - 1000) <= D("0.015")

    # 14 December: 100,00 on the last note, 75 days early, settle 100,00 × 1,05^2,5 (R14c).
    december_14 = date(2026, 12, 14)
    pay(seller, december_14, (third, "100.00"), discounts={third: D("12.97")})
    assert note_on(third, december_14).owed.principal == D("254.24")
    pay(seller, date(2026, 12, 29), (first, "367.21"))

    # 13 January: 367,21 ÷ 1,05^0,5 and 254,24 ÷ 1,05^1,5 settle the rest.
    january_13 = date(2027, 1, 13)
    with snapshot() as session:
        rest = settlement.quote(
            session, kept.customer_id, [second, third], on=january_13, today=january_13
        )
    assert [note.paid for note in rest.notes] == [D("358.36"), D("236.30")]
    pay(
        seller,
        january_13,
        (second, "358.36"),
        (third, "236.30"),
        discounts={second: D("8.85"), third: D("17.94")},
    )
    assert {note_on(note.id, january_13).status for note in made} == {Status.PAID}
    folded(january_13)
