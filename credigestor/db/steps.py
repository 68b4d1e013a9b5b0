"""The steps of notes, in SQL: payments and the other acts in one form (R11).

Columns: note_id, item_id, act_id (steps of a day follow each other by these numbers), done_on, kind
("payment", or as `rules.acts` names it), reversed, what the step took off the note (interest,
fine, principal, discount, R$), and the note after it (`*_after`; dates NULL as the note was made).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import (
    ARRAY,
    Integer,
    Subquery,
    Text,
    any_,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from credigestor.db.models import ActItem, Money, Note, PaymentItem, Sale
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.charges import Act, DueDates, Paid, Terms

#: The columns of a note's state after a step, and those that only other acts than payments change.
AFTER = (
    *("principal_after", "interest_after", "fine_after", "fine_charged_after"),
    *("interest_from_after", "due_date_after", "on_time_until_after", "free_until_after"),
    *("written_off_after", "closed_after"),
)
_BOTH = ("interest", "fine", "principal", "reversed", *AFTER)

_ALL = union_all(
    select(
        PaymentItem.note_id,
        PaymentItem.id.label("item_id"),
        PaymentItem.payment_id.label("act_id"),
        PaymentItem.paid_on.label("done_on"),
        cast("payment", Text).label("kind"),
        PaymentItem.discount,
        *(getattr(PaymentItem, name) for name in _BOTH),
    ),
    select(
        ActItem.note_id,
        ActItem.id,
        ActItem.act_id,
        ActItem.acted_on,
        ActItem.kind,
        cast(0, Money).label("discount"),
        *(getattr(ActItem, name) for name in _BOTH),
    ),
)

#: The same as text, for the statements that are.
STEPS = str(_ALL.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))


#: When a note was due as it was made, whatever was agreed since (R32).
DUE_AS_MADE = func.coalesce(Note.original_due_date, Note.due_date)


def steps(name: str = "steps") -> Subquery:
    """All steps of all notes, to select from."""
    return _ALL.subquery(name)


def terms_of(note: Note, sale: Sale) -> Terms:
    """What a note was made with (R4, R5)."""
    return Terms(
        note.amount,
        note.original_due_date or note.due_date,
        note.original_free_until or note.free_until,
        sale.late_rate,
        sale.fine_rate,
    )


@dataclass(frozen=True, slots=True)
class Recorded:
    """A live act on a note, with the number it was recorded by and the row of its item."""

    note_id: int
    act_id: int
    item: type[PaymentItem] | type[ActItem]
    item_id: int
    act: Act


def recorded(session: Session, note_ids: Collection[int]) -> list[Recorded]:
    """The live acts on these notes, by day and within a day as recorded: a replay's order (R11)."""
    ids = any_(literal(list(note_ids), ARRAY(Integer)))
    p, a = PaymentItem.__table__.c, ActItem.__table__.c
    payments = session.execute(
        select(p.id, p.note_id, p.payment_id, p.paid_on, p.amount, p.discount).where(
            p.note_id == ids, p.reversed.is_(False)
        )
    )
    found = [
        Recorded(
            row.note_id,
            row.payment_id,
            PaymentItem,
            row.id,
            Paid(row.paid_on, row.amount, row.discount),
        )
        for row in payments
    ]
    acts = session.execute(select(ActItem.__table__).where(a.note_id == ids, a.reversed.is_(False)))
    found += [
        Recorded(
            row.note_id,
            row.act_id,
            ActItem,
            row.id,
            Acted(
                ActKind(row.kind),
                row.acted_on,
                row.asked_interest,
                row.asked_fine,
                row.asked_principal,
                row.due_date and DueDates(row.due_date, row.on_time_until, row.free_until),
            ),
        )
        for row in acts
    ]
    return sorted(found, key=lambda each: (each.act.on, each.act_id))
