"""Notes under lock, and the replay that keeps them equal to the fold of their payments (R11)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from credigestor.db.models import Note, PaymentItem, Sale
from credigestor.rules.charges import Paid, State, Step, Terms, fold, new_state, settle
from credigestor.rules.numbering import note_number


@dataclass(frozen=True)
class LockedNote:
    """A note held by this transaction: its row, terms, folded state, and its sale's date."""

    row: Note
    terms: Terms
    state: State
    sold_on: date
    installments: int

    @property
    def label(self) -> str:
        """The note's number as printed, e.g. 000123-02/10 (R23)."""
        return note_number(self.row.sale_id, self.row.number, self.installments)


def lock_notes(session: Session, note_ids: Collection[int]) -> list[LockedNote]:
    """Lock the notes FOR UPDATE, always in id order, so that two payments never deadlock."""
    rows = session.execute(
        select(Note, Sale.late_rate, Sale.fine_rate, Sale.sold_on, Sale.installments)
        .join(Sale, Sale.id == Note.sale_id)
        .where(Note.id.in_(note_ids))
        .order_by(Note.id)
        .with_for_update(of=Note)
        .execution_options(populate_existing=True)
    )
    return [
        LockedNote(
            note,
            Terms(note.amount, note.due_date, note.free_until, late_rate, fine_rate),
            State(
                note.principal_balance,
                note.interest_carried,
                note.fine_carried,
                note.fine_charged,
                note.interest_from,
            ),
            sold_on,
            installments,
        )
        for note, late_rate, fine_rate, sold_on, installments in rows
    ]


def replay(session: Session, note: LockedNote, new: Paid | None = None) -> Step | None:
    """Fold the note's live payments again, rewriting its columns and their allocation (R11).

    With `new`, a payment that has no item yet is folded in among them and its step returned.
    Raises charges.Overpaid when a payment no longer fits; nothing is written then.
    """
    items = session.execute(
        select(PaymentItem.id, PaymentItem.paid_on, PaymentItem.amount)
        .where(PaymentItem.note_id == note.row.id, PaymentItem.reversed.is_(False))
        .order_by(PaymentItem.paid_on, PaymentItem.payment_id)
    ).all()
    entries: list[tuple[int | None, Paid]] = [
        (item.id, Paid(item.paid_on, item.amount)) for item in items
    ]
    if new is not None:
        entries.append((None, new))
        entries.sort(key=lambda entry: entry[1].on)
    steps = fold(note.terms, [paid for _, paid in entries])
    by_item = dict(zip((item_id for item_id, _ in entries), steps, strict=True))
    new_step = by_item.pop(None, None)
    if by_item:
        session.execute(
            update(PaymentItem),
            [{"id": item_id, **item_columns(step)} for item_id, step in by_item.items()],
        )
    write_note(session, note, steps)
    return new_step


def append(session: Session, note: LockedNote, paid: Paid) -> Step:
    """Fold one more payment into a locked note and write the note; its step is returned.

    A payment dated before the note's newest one replays the note (R11). Raises
    charges.Overpaid when this payment, or a later one after the replay, no longer fits.
    """
    if note.row.last_paid_on is not None and paid.on < note.row.last_paid_on:
        step = replay(session, note, new=paid)
        assert step is not None
        return step
    step = settle(note.terms, note.state, paid)
    write_note(session, note, [step])
    return step


def write_note(session: Session, note: LockedNote, steps: Sequence[Step]) -> None:
    """Write the note's folded columns."""
    session.execute(update(Note), [{"id": note.row.id, **note_columns(note.terms, steps)}])


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
