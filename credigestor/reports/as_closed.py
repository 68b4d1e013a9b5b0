"""The figures of a day as it was closed, from the records that there were then (R37).

Only notes to which something happened since are folded again: of all others, now is then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    any_,
    func,
    literal,
    or_,
    select,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from credigestor.db.models import (
    Act,
    ActItem,
    ActReversal,
    Customer,
    DayClosing,
    Note,
    Payment,
    PaymentItem,
    Renegotiation,
    Reversal,
    Sale,
)
from credigestor.db.steps import terms_of
from credigestor.reports.summary import Summary
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.aging import band
from credigestor.rules.charges import Act as AnAct
from credigestor.rules.charges import (
    Closing,
    DueDates,
    Paid,
    due_date,
    fold,
    new_state,
    owed_on,
)
from credigestor.rules.methods import CREDIT
from credigestor.rules.money import ZERO
from credigestor.rules.renegotiation import TRIED


@dataclass(frozen=True)
class Closed:
    """A closed day's figures as it was closed, and the moment when it was."""

    closed_at: datetime
    figures: Summary


@dataclass(frozen=True)
class _Happened:
    """An act on a note, by the number that orders those of a day, and whether it counts.

    What is paid `by_credit` is no money that came (R31).
    """

    number: int
    act: AnAct
    then: bool
    now: bool
    by_credit: bool = False


def as_closed(session: Session, day: date, *, now: Summary) -> Closed | None:
    """A closed day's figures as it was closed, by its summary `now`; None for a day that is open.

    It was closed by the first of the closings that have kept it closed until now.
    """
    row = select(DayClosing.id, DayClosing.until, DayClosing.created_at)
    opened = (
        select(func.coalesce(func.max(DayClosing.id), 0))
        .where(DayClosing.until < day)
        .scalar_subquery()
    )
    first = session.execute(
        row.where(DayClosing.id > opened).order_by(DayClosing.id).limit(1)
    ).one_or_none()
    if first is None:
        return None
    return Closed(first.created_at, figures(session, day, first.created_at, now=now))


def figures(session: Session, day: date, moment: datetime, *, now: Summary) -> Summary:
    """What the summary `now` of a day was at a moment after it, from what was on record then."""
    added: dict[str, Any] = defaultdict(int)
    aging: dict[str, Any] = defaultdict(int)
    new_sales = set(
        session.scalars(select(Sale.id).where(Sale.sold_on <= day, Sale.created_at > moment))
    )
    ids = set(session.scalars(_touched(day, moment)))
    void = set(session.scalars(_void_since(day, moment)))
    changed_sales = new_sales | void
    ids |= set(session.scalars(select(Note.id).where(_among(Note.sale_id, changed_sales))))
    # How its other notes were paid decides how late a note of a renegotiation counts.
    deals = _deals(session, ids)
    ids |= set(session.scalars(select(Note.id).where(_among(Note.sale_id, deals))))
    happened = _happened(session, ids, day, moment)
    rows = session.execute(
        select(Sale, Note).join(Sale, Sale.id == Note.sale_id).where(_among(Note.id, ids))
    )
    of_sale: dict[Sale, list[Note]] = defaultdict(list)
    for sale, note in rows:
        of_sale[sale].append(note)
    for sale, notes in of_sale.items():
        late = deals.get(sale.id, 0)
        if _stands(sale, day):
            now_done = [[a for a in happened.get(n.id, ()) if a.now] for n in notes]
            _count(sale, notes, now_done, late, day, added, aging, -1)
        if sale.id in void or (sale.id not in new_sales and _stands(sale, day)):
            then_done = [[a for a in happened.get(n.id, ()) if a.then] for n in notes]
            _count(sale, notes, then_done, late, day, added, aging, 1)
    for sale in session.scalars(select(Sale).where(_among(Sale.id, changed_sales))):
        sign = int(sale.id in void) - int(_stands(sale, day))
        count, amount = "sales", "financed"
        if sale.id in deals:
            count, amount = "renegotiations", "renegotiated"
        added[count] += sign
        added[amount] += sign * (sale.total - sale.down_payment)
    added["payments"] += _payments(session, day, moment)
    newer = select(func.count()).select_from(Customer).where(Customer.created_at > moment)
    added["customers"] -= session.scalar(newer) or 0
    changed = {name: getattr(now, name) + value for name, value in added.items()}
    bands = {name: value + aging[name] for name, value in now.aging.items()}
    receivable = sum(bands.values(), ZERO)
    return replace(now, **changed, aging=bands, receivable_principal=receivable)


def _among(column: InstrumentedAttribute[int], ids: Iterable[int]) -> ColumnElement[bool]:
    return column == any_(literal(list(ids), ARRAY(Integer)))


def _stands(sale: Sale, day: date) -> bool:
    return sale.cancelled_on is None or sale.cancelled_on > day


def _void_since(day: date, moment: datetime) -> Select[int]:
    """SELECT of the sales that a renegotiation made and that were undone since, as of their day."""
    return select(Sale.id).where(
        Sale.created_at <= moment, Sale.cancelled_on <= day, Sale.cancelled_at > moment
    )


def _deals(session: Session, ids: Collection[int]) -> dict[int, int]:
    """The sales of some notes that took the place of others, and how late those were (R15)."""
    found = (
        select(Renegotiation.sale_id, Renegotiation.days_late)
        .join(Note, Note.sale_id == Renegotiation.sale_id)
        .where(_among(Note.id, ids))
        .distinct()
    )
    return {row.sale_id: row.days_late for row in session.execute(found)}


def _touched(day: date, moment: datetime) -> CompoundSelect[int]:
    """SELECT of the notes to which something dated by a day was done, or undone, since."""
    paid = (
        select(PaymentItem.note_id)
        .join(Payment, Payment.id == PaymentItem.payment_id)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .where(
            Payment.paid_on <= day, or_(Payment.created_at > moment, Reversal.reversed_at > moment)
        )
    )
    acted = (
        select(ActItem.note_id)
        .join(Act, Act.id == ActItem.act_id)
        .outerjoin(ActReversal, ActReversal.act_id == Act.id)
        .where(Act.acted_on <= day, or_(Act.created_at > moment, ActReversal.reversed_at > moment))
    )
    return union(paid, acted)


def _happened(
    session: Session, ids: Collection[int], day: date, moment: datetime
) -> dict[int, list[_Happened]]:
    """All that was ever done to notes up to a day, in a replay's order, undone or not."""
    found: dict[int, list[_Happened]] = {}
    paid = (
        select(PaymentItem, Payment.created_at, Reversal.reversed_at, Payment.method)
        .join(Payment, Payment.id == PaymentItem.payment_id)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .where(_among(PaymentItem.note_id, ids), PaymentItem.paid_on <= day)
    )
    for item, made, undone, method in session.execute(paid):
        act = Paid(item.paid_on, item.amount, item.discount)
        there = made <= moment and (undone is None or undone > moment)
        found.setdefault(item.note_id, []).append(
            _Happened(item.payment_id, act, there, undone is None, method == CREDIT)
        )
    acted = (
        select(ActItem, Act.created_at, ActReversal.reversed_at)
        .join(Act, Act.id == ActItem.act_id)
        .outerjoin(ActReversal, ActReversal.act_id == Act.id)
        .where(_among(ActItem.note_id, ids), ActItem.acted_on <= day)
    )
    for row in session.execute(acted):
        one: Any = row[0]
        moved = one.due_date and DueDates(one.due_date, one.on_time_until, one.free_until)
        asked = (one.asked_interest, one.asked_fine, one.asked_principal)
        done = Acted(ActKind(one.kind), one.acted_on, *asked, moved)
        there = row[1] <= moment and (row[2] is None or row[2] > moment)
        found.setdefault(one.note_id, []).append(_Happened(one.act_id, done, there, row[2] is None))
    for acts in found.values():
        acts.sort(key=lambda each: (each.act.on, each.number))
    return found


def _count(
    sale: Sale,
    notes: Sequence[Note],
    acts: Sequence[Sequence[_Happened]],
    inherited: int,
    day: date,
    added: dict[str, Any],
    aging: dict[str, Any],
    sign: int,
) -> None:
    """Add what notes of a sale with these acts are in the figures of a day, or take it away.

    `inherited` is how late an old debt was whose place the sale took; all its notes are there then.
    """
    states = []
    for note, done in zip(notes, acts, strict=True):
        terms = terms_of(note, sale)
        steps = fold(terms, [each.act for each in done])
        states.append((note, terms, steps[-1].state if steps else new_state(terms)))
        added["notes"] += sign
        for each, step in zip(done, steps, strict=True):
            if not isinstance(step.act, Paid) or step.state.closed is Closing.WRITTEN_OFF:
                continue  # what comes after a write-off is recovered, and not received (R34)
            if each.by_credit:
                added["paid_by_credit"] += sign * step.act.amount
                continue
            for part in ("principal", "interest", "fine"):
                added[f"received_{part}"] += sign * getattr(step.split, part)
    paid = sum(not state.principal and not state.closed for _, _, state in states)
    risk = inherited if paid < min(TRIED, len(notes)) else 0
    for note, terms, state in states:
        if state.principal == 0:
            continue
        until = note.original_on_time_until or note.on_time_until
        overdue = day > (state.moved.on_time_until if state.moved else until)
        late = (day - due_date(terms, state)).days if overdue else 0
        aging[band(max(late, risk))] += sign * state.principal
        if overdue:
            owed = owed_on(terms, state, day)
            added["overdue_notes"] += sign
            for part in ("principal", "interest", "fine"):
                added[f"overdue_{part}"] += sign * getattr(owed, part)


def _payments(session: Session, day: date, moment: datetime) -> int:
    """How many more payments counted then: those reversed since, less those made since."""
    counts = (
        select(
            func.count().filter(Payment.created_at <= moment, Reversal.reversed_at > moment),
            func.count().filter(Payment.created_at > moment, Reversal.id.is_(None)),
        )
        .select_from(Payment)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .where(Payment.paid_on <= day)
    )
    more, fewer = session.execute(counts).one()
    return more - fewer
