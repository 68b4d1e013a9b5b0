"""Notes under lock, and the replay that keeps them equal to the fold of their acts (R11).

Whatever happens to a note goes through here: a payment, or an act of another kind.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Row,
    Select,
    Table,
    any_,
    bindparam,
    select,
)
from sqlalchemy.orm import Session

from credigestor.db.json_rows import insert_rows, many, update_rows
from credigestor.db.models import ActItem, Base, PaymentItem
from credigestor.db.steps import AFTER, Recorded, recorded
from credigestor.rules.acts import Acted
from credigestor.rules.charges import (
    Act,
    Closing,
    DueDates,
    State,
    Step,
    Terms,
    fold,
    new_state,
)
from credigestor.rules.numbering import note_number
from credigestor.services.ledger_rows import note_columns, step_columns

_NOTES, _SALES, _ITEMS, _ACT_ITEMS = (
    Base.metadata.tables[name] for name in ("notes", "sales", "payment_items", "act_items")
)
_STEP = ("interest", "fine", "principal", *AFTER)
_FOLDED = (
    *("principal_balance", "interest_carried", "fine_carried", "fine_charged", "interest_from"),
    *("due_date", "on_time_until", "free_until", "original_due_date", "original_on_time_until"),
    *("original_free_until", "written_off", "closed", "last_paid_on", "last_act_on", "settled_on"),
)

_n, _s = _NOTES.c, _SALES.c


def _notes_by(column: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """SELECT of the notes whose column is one of :ids, in id order."""
    return (
        select(
            *(_n.id, _n.sale_id, _n.customer_id, _n.number, _s.installments, _s.sold_on),
            *(_n.cancelled_on, _s.daily_rate, _n.amount, _s.late_rate, _s.fine_rate),
            *(_n[name] for name in _FOLDED),
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
_TABLES: dict[type[PaymentItem] | type[ActItem], Table] = {
    PaymentItem: _ITEMS,
    ActItem: _ACT_ITEMS,
}
_REWRITE = {item: update_rows(table, _STEP) for item, table in _TABLES.items()}
_WRITE_NOTES = update_rows(_NOTES, _FOLDED)
_ADD_ITEMS = insert_rows(
    _ITEMS, ["payment_id", "note_id", "paid_on", "amount", "discount", *_STEP]
).add_cte(_WRITE_NOTES.cte("written"))
_ADD_ACT_ITEMS = insert_rows(
    _ACT_ITEMS,
    [
        *("act_id", "note_id", "kind", "acted_on", "asked_interest", "asked_fine"),
        *("asked_principal", "due_date", "on_time_until", "free_until", *_STEP),
    ],
)


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
    last_act_on: date | None
    settled_on: date | None
    cancelled_on: date | None
    daily_rate: Decimal
    terms: Terms
    #: The dates it was made with.
    made: DueDates
    state: State

    @property
    def due_date(self) -> date:
        """When it is due: as made, or as agreed anew (R32)."""
        return self.state.moved.due_date if self.state.moved else self.terms.due_date

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
    """A locked note and its fold: all steps, or `newest`, those after its stored state."""

    note: LockedNote
    steps: Sequence[Step]
    newest: bool = False

    def step_of(self, act: Act) -> Step:
        """The step of an act just folded in."""
        return next(step for step in self.steps if step.act is act)


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
    return [_locked(row) for row in session.execute(statement, {"ids": list(ids)})]


def _locked(row: Row[Any]) -> LockedNote:
    dates = DueDates(row.due_date, row.on_time_until, row.free_until)
    moved = row.original_due_date is not None
    return LockedNote(
        id=row.id,
        sale_id=row.sale_id,
        customer_id=row.customer_id,
        number=row.number,
        installments=row.installments,
        sold_on=row.sold_on,
        last_paid_on=row.last_paid_on,
        last_act_on=row.last_act_on,
        settled_on=row.settled_on,
        cancelled_on=row.cancelled_on,
        daily_rate=row.daily_rate,
        terms=Terms(
            amount=row.amount,
            due_date=row.original_due_date or row.due_date,
            free_until=row.original_free_until or row.free_until,
            late_rate=row.late_rate,
            fine_rate=row.fine_rate,
        ),
        made=DueDates(row.original_due_date, row.original_on_time_until, row.original_free_until)
        if moved
        else dates,
        state=State(
            principal=row.principal_balance,
            interest=row.interest_carried,
            fine=row.fine_carried,
            fine_charged=row.fine_charged,
            interest_from=row.interest_from,
            moved=dates if moved else None,
            closed=Closing(row.closed) if row.closed else None,
            lost=row.written_off,
        ),
    )


def append(session: Session, note: LockedNote, *acts: Act, rewrite: bool = True) -> Folded:
    """Fold new acts of one day into a locked note, in their order; `write` then writes the note.

    Those dated before the note's newest act replay the note (R11). Raises charges.Overpaid
    when one of them, or a later one after the replay, no longer fits.
    """
    newest = max((day for day in (note.last_paid_on, note.last_act_on) if day), default=None)
    if newest is not None and acts[0].on < newest:
        return replay(session, note, *acts, rewrite=rewrite)
    state, steps = note.state, []
    for act in acts:
        steps.append(act.folded(note.terms, state))
        state = steps[-1].state
    return Folded(note, steps, newest=True)


def replay(session: Session, note: LockedNote, *new: Act, rewrite: bool = True) -> Folded:
    """Fold the note's live acts again, rewriting what they took off it (R11).

    `new`, acts that have no item yet, are folded in among them; `write` then
    writes the note. Raises charges.Overpaid when an act no longer fits; nothing is written
    then, nor without `rewrite`.
    """
    entries: list[tuple[Recorded | None, Act]] = [
        (there, there.act) for there in recorded(session, [note.id])
    ]
    entries = sorted([*entries, *((None, act) for act in new)], key=lambda entry: entry[1].on)
    steps = fold(note.terms, [act for _, act in entries])
    if rewrite:
        there = zip((there for there, _ in entries), steps, strict=True)
        rewrite_items(session, [(each, step) for each, step in there if each is not None])
    return Folded(note, steps)


def states_on(session: Session, notes: Sequence[LockedNote], on: date) -> dict[int, State]:
    """How the notes stood at the end of a day, by id: as stored, or folded up to it (R11)."""
    later = [n.id for n in notes if any(d and d > on for d in (n.last_paid_on, n.last_act_on))]
    known = recorded(session, later) if later else []
    found = {}
    for note in notes:
        found[note.id] = note.state
        if note.id in later:
            steps = fold(
                note.terms, (e.act for e in known if e.note_id == note.id and e.act.on <= on)
            )
            found[note.id] = steps[-1].state if steps else new_state(note.terms)
    return found


def rewrite_items(session: Session, steps: Sequence[tuple[Recorded, Step]]) -> None:
    """Write anew what acts that are on record took off their notes, and the notes after them."""
    for item, statement in _REWRITE.items():
        rows = [
            {"id": there.item_id, **step_columns(step)}
            for there, step in steps
            if there.item is item
        ]
        if rows:
            session.execute(statement, many(_TABLES[item], rows))


def write(
    session: Session, folded: Sequence[Folded], new_items: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Write the notes' folded columns and a payment's new items, all in one statement."""
    if not folded:
        return  # an act of which no note knows (R30)
    notes = many(_NOTES, [{"id": each.note.id, **_columns(each)} for each in folded])
    if new_items:
        session.execute(_ADD_ITEMS, {**notes, **many(_ITEMS, new_items)})
    else:
        session.execute(_WRITE_NOTES, notes)


def add_act_items(
    session: Session, act_id: int, acts: Sequence[tuple[LockedNote, Acted, Step]]
) -> None:
    """Write what an act did to each of its notes."""
    rows = [
        {
            "act_id": act_id,
            "note_id": note.id,
            "kind": act.kind.value,
            "acted_on": act.on,
            "asked_interest": act.interest,
            "asked_fine": act.fine,
            "asked_principal": act.principal,
            "due_date": act.moved and act.moved.due_date,
            "on_time_until": act.moved and act.moved.on_time_until,
            "free_until": act.moved and act.moved.free_until,
            **step_columns(step),
        }
        for note, act, step in acts
    ]
    if rows:
        session.execute(_ADD_ACT_ITEMS, many(_TABLES[ActItem], rows))


def _columns(folded: Folded) -> dict[str, Any]:
    note = folded.note
    columns = note_columns(note.terms, note.made, folded.steps)
    if folded.newest:  # the days of the steps before these stand in the note
        for name in ("last_paid_on", "last_act_on"):
            columns[name] = columns[name] or getattr(note, name)
        columns["settled_on"] = note.settled_on or columns["settled_on"]
    return columns
