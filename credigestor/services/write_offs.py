"""Debts given up: notes written off, chosen one by one or from a list (R34)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Act, ActItem
from credigestor.errors import InvalidInput, NotFound
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.charges import Split, Step
from credigestor.rules.money import ZERO
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import acts, operations
from credigestor.services.act_dates import check_day
from credigestor.services.inputs import InputModel, reason
from credigestor.services.ledger import LockedNote, lock_notes, notes_named

#: Notes written off at once.
MOST_NOTES = 500


class NewWriteOff(InputModel):
    """Notes (by id), of any customers, that are given up on a day, and why.

    `expected` is the principal that was seen to be lost, R$: another sum is refused.
    """

    operation_id: uuid.UUID
    note_ids: tuple[int, ...]
    written_off_on: date
    reason: str
    expected: Decimal | None = None


@dataclass(frozen=True)
class Lost:
    """A note that is given up: principal, and the charges owed that day as a memo, R$."""

    note: LockedNote
    lost: Split


def preview(session: Session, actor: Actor, data: NewWriteOff, *, today: date) -> list[Lost]:
    """What `write_off` would give up, in id order; it writes and locks nothing, and asks why."""
    _check(session, actor, data, today)
    notes = _all(notes_named(session, data.note_ids), data)
    found = []
    for note in notes:
        acts.check_note(note, note.customer_id, data.written_off_on, field="written_off_on")
        step = _folded(session, note, data.written_off_on)
        found.append(Lost(note, step.split))
    return found


def write_off(session: Session, actor: Actor, data: NewWriteOff, *, today: date) -> list[int]:
    """Give notes up: they leave the receivables, for a reason; the acts' ids (R34).

    One act a customer, each undone by itself; the same operation again, the same. What is received
    of them later is recovered. Raises NotAllowed, NotFound, InvalidInput (the future, before the
    sale, no note, too many, no reason) or Conflict (a note that is not open); then nothing changes.
    """
    _check(session, actor, data, today)
    why = reason(data.reason)
    notes = _all(lock_notes(session, data.note_ids), data)
    of_customer: dict[int, list[LockedNote]] = {}
    for note in notes:
        of_customer.setdefault(note.customer_id, []).append(note)
    made = []
    for customer_id, theirs in sorted(of_customer.items()):
        new = acts.NewAct(
            operation_id=uuid.uuid5(data.operation_id, str(customer_id)),
            kind=ActKind.WRITE_OFF,
            customer_id=customer_id,
            acted_on=data.written_off_on,
            reason=why,
        )
        done = {note.id: Acted(ActKind.WRITE_OFF, data.written_off_on) for note in theirs}
        made.append(acts.record(session, actor, new, done))
    lost = lost_by(session, made)
    operations.require_same(
        data.expected in (None, lost),
        done="mostrou outra soma: as notas mudaram,",
        again="baixar o que devem agora",
    )
    return made


def lost_by(session: Session, act_ids: Sequence[int]) -> Decimal:
    """The principal that acts gave up, R$."""
    items = select(ActItem.principal).join(Act, Act.id == ActItem.act_id)
    return sum(session.scalars(items.where(ActItem.act_id.in_(act_ids))), ZERO)


def _check(session: Session, actor: Actor, data: NewWriteOff, today: date) -> None:
    actor.require(Permission.WRITE_OFF)
    check_day(
        *(session, actor, data.written_off_on),
        today=today,
        field="written_off_on",
        what="registro",
    )
    if not data.note_ids:
        raise InvalidInput("Escolha ao menos uma nota.", field="note_ids")
    if len(set(data.note_ids)) != len(data.note_ids):
        raise InvalidInput("A mesma nota aparece duas vezes.", field="note_ids")
    if len(data.note_ids) > MOST_NOTES:
        raise InvalidInput(f"Baixe no máximo {MOST_NOTES} notas de uma vez.", field="note_ids")


def _all(notes: list[LockedNote], data: NewWriteOff) -> list[LockedNote]:
    if len(notes) != len(data.note_ids):
        raise NotFound("Nota não encontrada.", field="note_ids")
    return notes


def _folded(session: Session, note: LockedNote, on: date) -> Step:
    act = Acted(ActKind.WRITE_OFF, on)
    return acts.appended(session, note, act, rewrite=False).step_of(act)
