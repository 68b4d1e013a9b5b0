"""Notes under lock, and the replay that keeps them equal to the fold of their payments (R11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, any_, bindparam, select
from sqlalchemy.orm import Session

from credigestor.db.json_rows import insert_rows, many, update_rows
from credigestor.db.models import Base, PaymentItem
from credigestor.rules.charges import Paid, State, Step, Terms, fold, new_state, settle
from credigestor.rules.numbering import note_number

_NOTES, _SALES, _ITEMS = (
    Base.metadata.tables[name] for name in ("notes", "sales", "payment_items")
)
_ALLOCATION = (
    *("interest", "fine", "principal", "principal_after", "interest_after", "fine_after"),
    *("fine_charged_after", "interest_from_after"),
)
_FOLDED = (
    *("principal_balance", "interest_carried", "fine_carried", "fine_charged", "interest_from"),
    *("last_paid_on", "settled_on"),
)

_n, _s = _NOTES.c, _SALES.c


def _notes_by(column: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """SELECT of the notes whose column is one of :ids, in id order."""
    return (
        select(
            *(_n.id, _n.sale_id, _n.customer_id, _n.number, _s.installments, _s.sold_on),
            *(_n.last_paid_on, _n.cancelled_on, _s.daily_rate),
            *(_n.amount, _n.due_date, _n.free_until, _s.late_rate, _s.fine_rate),
            *(_n.principal_balance, _n.interest_carried, _n.fine_carried, _n.fine_charged),
            _n.interest_from,
        )
        .join_from(_NOTES, _SALES)
        .where(column == any_(bindparam("ids", type_=ARRAY(Integer))))
        .order_by(_n.id)
    )


# Built once. Whoever locks notes locks them by one of these.
_NAMED, _NOTES_OF_SALES = _notes_by(_n.id), _notes_by(_n.sale_id)
_LOCK, _LOCK_OF_SALES, _LOCK_OF_CUSTOMER = (
    _notes_by(column).with_for_update(of=_NOTES) for column in (_n.id, _n.sale_id, _n.customer_id)
)
_REWRITE_ITEMS = update_rows(_ITEMS, _ALLOCATION)
_WRITE_NOTES = update_rows(_NOTES, _FOLDED)
_WRITE_NOTES_AND_ITEMS = insert_rows(
    _ITEMS, ["payment_id", "note_id", "paid_on", "amount", "discount", *_ALLOCATION]
).add_cte(_WRITE_NOTES.cte("written"))


@dataclass(frozen=True, slots=True)
class LockedNote:
    """A note held by this transaction, with what its sale says, its terms and folded state."""

    id: int
    sale_id: int
    customer_id: int
    number: int
    installments: int
    sold_on: date
    last_paid_on: date | None
    cancelled_on: date | None
    daily_rate: Decimal
    terms: Terms
    state: State

    @property
    def label(self) -> str:
        """The note's number as printed, e.g. 000123-02/10 (R23)."""
        return note_number(self.sale_id, self.number, self.installments)

    @property
    def settled(self) -> bool:
        """Whether nothing is left of it (R11)."""
        return self.state.principal == 0


@dataclass(frozen=True, slots=True)
class Folded:
    """A locked note and the newest steps of its fold, or none when nothing is paid on it."""

    note: LockedNote
    steps: Sequence[Step]

    def step_of(self, paid: Paid) -> Step:
        """The step of a payment just folded in."""
        return next(step for step in self.steps if step.paid is paid)


def lock_notes(session: Session, note_ids: Collection[int]) -> list[LockedNote]:
    """Lock the notes FOR UPDATE, always in id order, so that two payments never deadlock."""
    return _read(session, _LOCK, note_ids)


def lock_notes_of_sales(session: Session, sale_ids: Collection[int]) -> list[LockedNote]:
    """As `lock_notes`, all notes of these sales."""
    return _read(session, _LOCK_OF_SALES, sale_ids)


def lock_notes_of_customer(session: Session, customer_id: int) -> list[LockedNote]:
    """As `lock_notes`, all notes of a customer."""
    return _read(session, _LOCK_OF_CUSTOMER, [customer_id])


def notes_of_sales(session: Session, sale_ids: Collection[int]) -> list[LockedNote]:
    """All notes of these sales without a lock, for a snapshot that writes nothing."""
    return _read(session, _NOTES_OF_SALES, sale_ids)


def notes_named(session: Session, note_ids: Collection[int]) -> list[LockedNote]:
    """As `notes_of_sales`, these notes."""
    return _read(session, _NAMED, note_ids)


def _read(
    session: Session, statement: Select[*tuple[Any, ...]], ids: Collection[int]
) -> list[LockedNote]:
    return [
        LockedNote(
            id=row.id,
            sale_id=row.sale_id,
            customer_id=row.customer_id,
            number=row.number,
            installments=row.installments,
            sold_on=row.sold_on,
            last_paid_on=row.last_paid_on,
            cancelled_on=row.cancelled_on,
            daily_rate=row.daily_rate,
            terms=Terms(
                amount=row.amount,
                due_date=row.due_date,
                free_until=row.free_until,
                late_rate=row.late_rate,
                fine_rate=row.fine_rate,
            ),
            state=State(
                principal=row.principal_balance,
                interest=row.interest_carried,
                fine=row.fine_carried,
                fine_charged=row.fine_charged,
                interest_from=row.interest_from,
            ),
        )
        for row in session.execute(statement, {"ids": list(ids)})
    ]


def append(session: Session, note: LockedNote, paid: Paid, *, rewrite: bool = True) -> Folded:
    """Fold one more payment into a locked note; `write` then writes the note.

    A payment dated before the note's newest one replays the note (R11). Raises
    charges.Overpaid when this payment, or a later one after the replay, no longer fits.
    """
    if note.last_paid_on is not None and paid.on < note.last_paid_on:
        return replay(session, note, new=paid, rewrite=rewrite)
    return Folded(note, [settle(note.terms, note.state, paid)])


def replay(
    session: Session, note: LockedNote, new: Paid | None = None, *, rewrite: bool = True
) -> Folded:
    """Fold the note's live payments again, rewriting their allocation (R11).

    With `new`, a payment that has no item yet is folded in among them; `write` then
    writes the note. Raises charges.Overpaid when a payment no longer fits; nothing is written
    then, nor without `rewrite`.
    """
    items = session.execute(
        select(PaymentItem.id, PaymentItem.paid_on, PaymentItem.amount, PaymentItem.discount)
        .where(PaymentItem.note_id == note.id, PaymentItem.reversed.is_(False))
        .order_by(PaymentItem.paid_on, PaymentItem.payment_id)
    ).all()
    entries: list[tuple[int | None, Paid]] = [
        (item.id, Paid(item.paid_on, item.amount, item.discount)) for item in items
    ]
    if new is not None:
        entries.append((None, new))
        entries.sort(key=lambda entry: entry[1].on)
    steps = fold(note.terms, [paid for _, paid in entries])
    by_item = dict(zip((item_id for item_id, _ in entries), steps, strict=True))
    by_item.pop(None, None)
    if by_item and rewrite:
        rows = [{"id": item_id, **item_columns(step)} for item_id, step in by_item.items()]
        session.execute(_REWRITE_ITEMS, many(_ITEMS, rows))
    return Folded(note, steps)


def write(
    session: Session, folded: Sequence[Folded], new_items: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Write the notes' folded columns and a payment's new items, all in one statement."""
    rows = [{"id": each.note.id, **note_columns(each.note.terms, each.steps)} for each in folded]
    notes = many(_NOTES, rows)
    if new_items:
        session.execute(_WRITE_NOTES_AND_ITEMS, {**notes, **many(_ITEMS, new_items)})
    else:
        session.execute(_WRITE_NOTES, notes)


def item_columns(step: Step) -> dict[str, Any]:
    """A payment item's allocation and the note's state after it."""
    return {
        "interest": step.split.interest,
        "fine": step.split.fine,
        "principal": step.split.principal,
        "principal_after": step.state.principal,
        "interest_after": step.state.interest,
        "fine_after": step.state.fine,
        "fine_charged_after": step.state.fine_charged,
        "interest_from_after": step.state.interest_from,
    }


def note_columns(terms: Terms, steps: Sequence[Step]) -> dict[str, Any]:
    """A note's folded columns after the steps; those of a new note where there are none."""
    state = steps[-1].state if steps else new_state(terms)
    last = steps[-1].paid.on if steps else None
    return {
        "principal_balance": state.principal,
        "interest_carried": state.interest,
        "fine_carried": state.fine,
        "fine_charged": state.fine_charged,
        "interest_from": state.interest_from,
        "last_paid_on": last,
        "settled_on": last if state.principal == 0 else None,
    }
