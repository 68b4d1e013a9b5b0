"""Acts on notes beside payments: recorded and undone in one way, whatever their kind (R29–R34).

A kind's own service finds out what is to be done to which note, and hands it over here.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credigestor.db.models import Act, ActItem, ActReversal, Base, Customer, Note, Return
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.rules import privacy
from credigestor.rules.acts import ACT_NAMES, KINDS, Acted, ActKind
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Overpaid, Step, owed_on
from credigestor.rules.money import CENT, format_brl
from credigestor.rules.permissions import Actor
from credigestor.services import audit, operations, store_credit
from credigestor.services.act_dates import check_undoing
from credigestor.services.inputs import InputModel, reason
from credigestor.services.ledger import (
    Folded,
    LockedNote,
    add_act_items,
    append,
    lock_notes,
    replay,
    write,
)

_CREATE = audit.creation(
    Base.metadata.tables["acts"],
    ["operation_id", "kind", "customer_id", "acted_on", "reason", "made_by"],
    "act",
)


class NewAct(InputModel):
    """One act of one customer's notes; its reason as it is kept."""

    operation_id: uuid.UUID
    kind: ActKind
    customer_id: int
    acted_on: date
    reason: str | None = None


def record(
    session: Session,
    actor: Actor,
    new: NewAct,
    acts: Mapping[int, Acted],
    *,
    beside: Mapping[str, Any] | None = None,
) -> int:
    """Do this to these notes (by id) and return the act's id; the same operation again, the same.

    `beside` is what the kind keeps in a table of its own, for the audit log to tell as well.

    Its kind's service has asked for the permission and checked the day. Raises NotFound, Conflict
    (a note that was cancelled or does not bear the act, or the operation recorded another one) or
    InvalidInput (another customer's note, or before its sale); then nothing changes.
    """
    notes = lock_notes(session, acts.keys())
    act_id = create(session, actor, new, acts, beside=beside)
    if act_id is None:
        return recorded_before(session, new, acts)
    if len(notes) != len(acts):
        raise NotFound("Nota não encontrada.")
    folded = []
    for note in notes:
        check_note(note, new.customer_id, new.acted_on)
        folded.append(appended(session, note, acts[note.id]))
    add_items(session, act_id, folded, acts)
    write(session, folded)
    return act_id


def create(
    session: Session,
    actor: Actor,
    new: NewAct,
    acts: Mapping[int, Acted],
    *,
    beside: Mapping[str, Any] | None = None,
) -> int | None:
    """Number an act and log it; None where its operation has recorded it already."""
    row = {**new.model_dump(), "kind": new.kind.value}
    told = {
        "act": new.kind,
        "customer_id": new.customer_id,
        "acted_on": new.acted_on,
        "reason": new.reason,
        "on_notes": [_told(*item) for item in sorted(acts.items())],
        **(beside or {}),
    }
    made: int | None = session.scalar(
        _CREATE, audit.created(actor, {**row, "made_by": actor.id}, after=told)
    )
    return made


def appended(session: Session, note: LockedNote, act: Acted, *, rewrite: bool = True) -> Folded:
    """A locked note with the act folded in; raises Conflict where it does not fit."""
    try:
        folded = append(session, note, act, rewrite=rewrite)
    except Overpaid as error:
        raise does_not_fit(note, act, error) from error
    check_whole(note, act, folded.step_of(act))
    return folded


def check_whole(note: LockedNote, act: Acted, step: Step) -> None:
    """Refuse a new act that takes less than it asks: only in a replay a part lapses (R29)."""
    if KINDS[act.kind].memo or step.split == act.asked:
        return
    left = owed_on(note.terms, step.state, act.on)
    raise InvalidInput(
        f"A nota {note.label} deve em {format_date(act.on)} "
        f"{format_brl(left.interest + step.split.interest)} de juros e "
        f"{format_brl(left.fine + step.split.fine)} de multa: não é possível dispensar mais.",
        field="waived",
    )


def check_note(note: LockedNote, customer_id: int, on: date, *, field: str = "acted_on") -> None:
    """Refuse a note of somebody else, one that was cancelled, and a day before its sale."""
    if note.customer_id != customer_id:
        raise InvalidInput("A nota é de outro cliente.", field="items")
    if note.cancelled_on is not None:
        raise Conflict(f"A nota {note.label} foi cancelada.")
    if on < note.sold_on:
        raise InvalidInput(
            f"A data não pode ser anterior à venda ({format_date(note.sold_on)}).", field=field
        )


def add_items(
    session: Session, act_id: int, folded: Sequence[Folded], acts: Mapping[int, Acted]
) -> None:
    """Write what the act did to each of the notes."""
    steps: list[tuple[LockedNote, Acted, Step]] = []
    for each in folded:
        act = acts.get(each.note.id)
        if act is not None:
            steps.append((each.note, act, each.step_of(act)))
    add_act_items(session, act_id, steps)


def reverse(session: Session, actor: Actor, *, act_id: int, why: str, today: date) -> None:
    """Undo an act by a record of its own and replay its notes (R12).

    Asks for the permission of its kind. Raises NotAllowed, NotFound, InvalidInput (no reason) or
    Conflict (already undone, the customer is anonymised, a later act no longer fits, or a deal
    stands on the new date: how late the debt was is part of it).
    """
    act = session.get(Act, act_id)
    if act is None:
        raise NotFound("Ato não encontrado.")
    kind = KINDS[ActKind(act.kind)]
    actor.require(kind.permission)
    if kind.bound:
        raise Conflict(f"{ACT_NAMES[ActKind(act.kind)]}: desfaça o acordo inteiro, na venda dele.")
    why = reason(why)
    check_undoing(session, actor, act.acted_on, today=today)
    notes = lock_notes(
        session, session.scalars(select(ActItem.note_id).where(ActItem.act_id == act_id)).all()
    )
    if session.scalar(select(Customer.anonymised_at).where(Customer.id == act.customer_id)):
        raise Conflict(privacy.REFUSAL)
    if act.kind == ActKind.NEW_DATE and (deals := [note for note in notes if note.state.in_a_deal]):
        raise Conflict(
            f"A nota {deals[0].label} foi renegociada contando com este vencimento: desfaça antes "
            "a renegociação."
        )
    undo(session, actor, act, why, today=today)
    write(session, [replayed(session, note) for note in notes])


def stand_on(session: Session, sale_id: int) -> bool:
    """Whether an act that was not undone was done to a sale's notes, or gave money back for it."""
    undone = select(ActReversal.act_id)
    notes = select(Note.id).where(Note.sale_id == sale_id)
    of_notes = select(ActItem.act_id).where(ActItem.note_id.in_(notes), ActItem.reversed.is_(False))
    of_sale = select(Return.act_id).where(Return.sale_id == sale_id, Return.act_id.not_in(undone))
    return bool(session.scalar(select(of_notes.exists() | of_sale.exists())))


def undo(session: Session, actor: Actor, act: Act, why: str, *, today: date) -> None:
    """Record that an act no longer counts; its notes, which are locked, are the caller's to replay.

    Raises Conflict where it was undone before.
    """
    new_id = session.scalar(
        insert(ActReversal)
        .values(
            act_id=act.id,
            reversed_on=today,
            reversed_at=func.clock_timestamp(),
            reversed_by=actor.id,
            reason=why,
        )
        .on_conflict_do_nothing(index_elements=[ActReversal.act_id])
        .returning(ActReversal.id)
    )
    if new_id is None:
        raise Conflict("Este ato já foi desfeito.")
    session.execute(update(ActItem).where(ActItem.act_id == act.id).values(reversed=True))
    store_credit.undo_of(session, actor, why, customer_id=act.customer_id, act_id=act.id)
    audit.record(
        session,
        actor,
        "reverse",
        "act",
        act.id,
        before={"act": act.kind, "customer_id": act.customer_id, "acted_on": act.acted_on},
        after={"reason": why, "on": today},
    )


def recorded_before(session: Session, new: NewAct, acts: Mapping[int, Acted]) -> int:
    """The act that this operation recorded; raises Conflict where it was another one."""
    [act] = operations.recorded(session, Act, new.operation_id)
    items = session.scalars(select(ActItem).where(ActItem.act_id == act.id)).all()
    asked = {note_id: (a.interest, a.fine, a.principal) for note_id, a in acts.items()}
    before = {
        item.note_id: (item.asked_interest, item.asked_fine, item.asked_principal) for item in items
    }
    operations.require_same(
        (act.kind, act.customer_id, act.acted_on, before)
        == (new.kind.value, new.customer_id, new.acted_on, asked),
        done=f"gravou outro ato, o nº {act.id},",
        again="gravar outro",
    )
    return act.id


def does_not_fit(note: LockedNote, act: Acted, error: Overpaid) -> Conflict:
    """What to say of a note that does not bear the act, or with it no longer a later one."""
    if error.act is not act:
        return Conflict(
            f"Com este ato, o de {format_date(error.act.on)} já não caberia no que a nota "
            f"{note.label} devia naquele dia ({format_brl(error.owed.total)}). Desfaça aquele "
            "primeiro.",
            field="acted_on",
        )
    if note.state.closed or error.owed.total == 0:
        return Conflict(f"A nota {note.label} já não está em aberto.", field="items")
    return Conflict(
        f"A nota {note.label} deve {format_brl(error.owed.total)} em {format_date(act.on)}: "
        "o que se pede passa disso.",
        field="items",
    )


def replayed(session: Session, note: LockedNote) -> Folded:
    """A locked note after an act was undone; Conflict where a later one no longer fits."""
    try:
        return replay(session, note)
    except Overpaid as error:
        raise Conflict(
            f"Sem este ato, o de {format_date(error.act.on)} já não caberia no que a nota "
            f"{note.label} devia naquele dia. Desfaça aquele primeiro."
        ) from error


def _told(note_id: int, act: Acted) -> dict[str, Any]:
    """What was done to a note, as the audit log keeps it."""
    parts = {"interest": act.interest, "fine": act.fine, "principal": act.principal}
    kept = {name: part.quantize(CENT) for name, part in parts.items() if part}
    told: dict[str, Any] = {"note": note_id, **kept}
    if act.moved:
        told["due_date"] = act.moved.due_date
    return told
