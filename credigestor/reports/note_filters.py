"""Which notes a list is about, as conditions on the tables alone.

`db.balances` says what each note owes on a date; these say which notes are asked for without
computing it, so that indexes can answer. A test compares them with a replay of every note.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union,
)
from sqlalchemy.orm import aliased

from credigestor.db.inherited_risk import inheriting
from credigestor.db.models import Customer, Note, Renegotiation, Sale
from credigestor.db.steps import DUE_AS_MADE, steps
from credigestor.reports.note_dates import Conditions, in_force, one_of
from credigestor.reports.note_risk import in_bands
from credigestor.reports.scope import NO_SELLER
from credigestor.reports.search import (
    by_customer,
    by_number,
    may_be_old_number,
    notes_by_old_number,
)
from credigestor.rules.aging import BANDS, CURRENT, LIMITS, Status
from credigestor.rules.charges import Closing
from credigestor.rules.money import CENT
from credigestor.rules.value_ranges import value_limits

#: Status of the filter that keeps whatever is still owed.
OPEN = "open"
#: City of the filter that keeps customers of whom none is known.
NO_CITY = "none"
#: `NoteFilters.first` of the notes that FPD30 counts as defaulted (R18).
UNPAID_30 = 30
#: Weekends with holidays beside them seldom give more days to pay on time than these; the
#: index `ix_notes_long_on_time` holds the notes that have more.
USUAL_EXTRA_DAYS = 4


@dataclass(frozen=True)
class NoteFilters:
    """What limits the list; the default limits nothing. Dates are inclusive.

    status: a Status, or OPEN for whatever is still owed.
    bands: names of `rules.aging.BANDS`, any of them; CURRENT is open and not overdue (R16), and
    notes that inherited an old debt's lateness are in its band (R15).
    seller, city, value: as in `reports.scope.Scope`; NO_CITY for customers of no city.
    due_*: the nominal due date; sold_*: the sale's.
    first: 1 for the first notes of their sales, 30 for those of them that were unpaid 30 days
    after they were due as they were made, also those given up or renegotiated by then (R18).
    contract_over: open notes of sales that have a note more than so many days late (R17, R19).
    late_*: notes that became overdue then, unpaid on the last on-time day the day before; they
    may have been paid since (recovery).
    text: words of the customer's name, part of the CPF, a printed number or an old one.
    """

    status: str | None = None
    bands: tuple[str, ...] = ()
    customer_id: int | None = None
    seller: int | Literal["none"] | None = None
    city: str | None = None
    value: str | None = None
    due_from: date | None = None
    due_to: date | None = None
    sold_from: date | None = None
    sold_to: date | None = None
    first: int | None = None
    contract_over: int | None = None
    late_from: date | None = None
    late_to: date | None = None
    text: str = ""


def kept(filters: NoteFilters, as_of: date, today: date) -> Conditions:
    """Conditions on Note that leave the filtered notes of sales made by `as_of`."""
    found = [
        *_of_status(filters.status, as_of, today),
        *_of_sales(filters, as_of, today),
        *_of_customers(filters),
        *_first(filters.first, as_of),
    ]
    dated = in_force(lambda dates: _of_dates(filters, as_of, dates), as_of, today)
    if filters.bands:
        bare = replace(filters, bands=())
        rest = in_force(lambda dates: _of_dates(bare, as_of, dates), as_of, today)
        dated = [*_open(as_of, today), *in_bands(filters.bands, dated, rest, as_of, today)]
    found += dated
    if filters.sold_from:
        found.append(Note.due_date >= filters.sold_from)  # follows from the sale's; has an index
    if filters.contract_over is not None:
        other = aliased(Note)
        over = filters.contract_over
        late = select(other.sale_id).where(
            *_open(as_of, today, other),
            *in_force(lambda dates: _overdue(as_of, dates, over=over), as_of, today, other),
        )
        either = union(late, inheriting(as_of, over=over)).subquery()
        found += [*_open(as_of, today), Note.sale_id.in_(select(either.c.sale_id))]
    return found


def _of_dates(filters: NoteFilters, as_of: date, dates: Any) -> Conditions:
    """What is asked of due_date and on_time_until: a note's own, or those that `in_force` knows."""
    found = [
        *_of_bands(filters.bands, as_of, dates),
        *_became_late(filters.late_from, filters.late_to, as_of, dates),
    ]
    if filters.status == Status.OVERDUE:
        found += _overdue(as_of, dates)
    elif filters.status in (Status.PARTIAL, Status.PENDING):
        found += _on_time(as_of, dates)
    if filters.due_from:
        found.append(dates.due_date >= filters.due_from)
    if filters.due_to:
        found.append(dates.due_date <= filters.due_to)
    return found


def _open(as_of: date, today: date, note: Any = Note) -> Conditions:
    """Of a note that owes something at the date; what settled it is its newest live payment."""
    if as_of >= today:
        return [note.principal_balance > 0, note.cancelled_on.is_(None)]
    return [
        or_(note.settled_on.is_(None), note.settled_on > as_of),
        or_(note.cancelled_on.is_(None), note.cancelled_on > as_of),
    ]


def _overdue(as_of: date, dates: Any, *, over: int = 0) -> Conditions:
    """Of an open note that is Atrasada, by more days than `over` from the nominal due date."""
    return [dates.on_time_until < as_of, dates.due_date < as_of - timedelta(days=over)]


def _on_time(on: date, dates: Any) -> Conditions:
    found: Conditions = [dates.on_time_until >= on]
    if dates is Note:  # for the index of due dates
        found.append(Note.due_date >= _earliest_due(on))
    return found


def _earliest_due(on_time_until: date) -> ColumnElement[date]:
    """No note that may be paid on time until this date or later is due before this."""
    extra = cast(Note.on_time_until - Note.due_date, Integer)
    most = select(func.max(extra)).where(extra > USUAL_EXTRA_DAYS).scalar_subquery()
    return literal(on_time_until, Date) - func.coalesce(most, USUAL_EXTRA_DAYS)


def _of_status(status: str | None, as_of: date, today: date) -> Conditions:
    """But for what a status asks of the dates: `_of_dates`."""
    cancelled = Note.cancelled_on <= as_of
    every = steps()
    less_by_then = (
        select(every.c.act_id)
        .where(
            every.c.note_id == Note.id,
            every.c.reversed.is_(False),
            every.c.done_on <= as_of,
            every.c.principal_after.between(CENT, Note.amount - CENT),  # few rows
        )
        .exists()
    )
    ended = and_(Note.settled_on <= as_of, or_(Note.cancelled_on.is_(None), ~cancelled))
    acted_on = or_(Note.last_paid_on.is_not(None), Note.last_act_on.is_not(None))
    match status:
        case None:
            return []
        case "open":
            return _open(as_of, today)
        case Status.CANCELLED:
            return [cancelled]
        case Status.PAID:
            return [ended, Note.closed.is_(None)]
        case Status.RENEGOTIATED | Status.RETURNED | Status.WRITTEN_OFF:
            return [ended, Note.closed == status]
        case Status.OVERDUE:
            return _open(as_of, today)
        case Status.PARTIAL:
            return [*_open(as_of, today), acted_on, less_by_then]
        case Status.PENDING:
            return [*_open(as_of, today), or_(~acted_on, ~less_by_then)]
    return [false()]


def _of_bands(bands: tuple[str, ...], as_of: date, dates: Any) -> Conditions:
    """Of an open note that is in one of the bands (R16)."""
    if not bands:
        return []
    ways = [
        and_(*(_on_time(as_of, dates) if name == CURRENT else _late_by(name, as_of, dates)))
        for name in bands
    ]
    found: Conditions = [or_(*ways)]
    if CURRENT not in bands:  # what the ways have in common: one walk along the index of due dates
        places = [BANDS.index(name) for name in bands]
        found += _late_between(min(places), max(places), as_of, dates)
    return found


def _late_by(band: str, as_of: date, dates: Any) -> Conditions:
    place = BANDS.index(band)
    return [dates.on_time_until < as_of, *_late_between(place, place, as_of, dates)]


def _late_between(first: int, last: int, as_of: date, dates: Any) -> Conditions:
    """Due dates of the bands from one place to another, A vencer left out."""
    found: Conditions = [dates.due_date < as_of - timedelta(days=LIMITS[first - 1])]
    if last < len(LIMITS):
        found.append(dates.due_date >= as_of - timedelta(days=LIMITS[last]))
    return found


def _of_sales(filters: NoteFilters, as_of: date, today: date) -> Conditions:
    conditions: Conditions = []
    if as_of < today:
        conditions.append(Sale.sold_on <= as_of)
    if filters.sold_from:
        conditions.append(Sale.sold_on >= filters.sold_from)
    if filters.sold_to:
        conditions.append(Sale.sold_on <= filters.sold_to)
    if filters.seller == NO_SELLER:
        conditions.append(Sale.seller_id.is_(None))
    elif filters.seller is not None:
        conditions.append(Sale.seller_id == filters.seller)
    conditions += of_value(filters.value)
    return [Note.sale_id.in_(select(Sale.id).where(*conditions))] if conditions else []


def of_value(value: str | None) -> Conditions:
    """Conditions on Sale that its total lies in a range of `rules.value_ranges`."""
    above, up_to = value_limits(value) if value else (None, None)
    found: Conditions = []
    if above is not None:
        found.append(Sale.total > above)
    if up_to is not None:
        found.append(Sale.total <= up_to)
    return found


def _of_customers(filters: NoteFilters) -> Conditions:
    found: Conditions = []
    if filters.customer_id is not None:
        found.append(Note.customer_id == filters.customer_id)
    if filters.city:
        there = select(Customer.id).where(of_city(filters.city))
        found.append(Note.customer_id.in_(there))
    if filters.text.strip():
        people = select(Customer.id).where(by_customer(filters.text))
        if not may_be_old_number(filters.text):
            found.append(Note.customer_id.in_(people))
        else:  # few are found by digits: look-ups in indexes, where an OR would read every note
            other = aliased(Note)
            theirs = select(other.id).where(one_of(other.customer_id, people))
            named = select(other.id).where(by_number(filters.text, other.sale_id, other.number))
            old = notes_by_old_number(filters.text)
            found.append(one_of(Note.id, union(theirs, named, *old)))
    return found


def of_city(city: str) -> ColumnElement[bool]:
    """Condition on Customer; NO_CITY finds those of none."""
    return func.coalesce(Customer.city, "") == "" if city == NO_CITY else Customer.city == city


def _first(first: int | None, as_of: date) -> Conditions:
    if first is None:
        return []
    if first != UNPAID_30:
        return [Note.number == 1]
    wait = timedelta(days=UNPAID_30)
    made = DUE_AS_MADE
    given_up = Note.closed.in_([Closing.WRITTEN_OFF.value, Closing.RENEGOTIATED.value])
    instead = select(Renegotiation.id).where(Renegotiation.sale_id == Note.sale_id)
    return [
        Note.number == 1,
        ~instead.exists(),  # no new business (R15)
        made <= as_of - wait,
        or_(Note.settled_on.is_(None), Note.settled_on > made + UNPAID_30, given_up),
        or_(Note.cancelled_on.is_(None), Note.cancelled_on > as_of),
    ]


def _became_late(first: date | None, last: date | None, as_of: date, dates: Any) -> Conditions:
    if not first and not last:
        return []
    found: Conditions = [
        *_overdue(as_of, dates),
        or_(dates.settled_on.is_(None), dates.settled_on > dates.on_time_until),
        or_(dates.cancelled_on.is_(None), dates.cancelled_on > dates.on_time_until),
    ]
    if first:
        found += _on_time(first - timedelta(days=1), dates)
    if last:
        found += [dates.on_time_until < last, dates.due_date < last]
    return found
