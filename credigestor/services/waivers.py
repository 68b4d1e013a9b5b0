"""Letting late interest and fine go, by themselves or beside a payment (R29)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.db.models import Act, ActItem
from credigestor.db.settings import current_settings
from credigestor.errors import InvalidInput, NotFound
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.charges import Owed, Step
from credigestor.rules.money import CENT, MAX_MONEY, ZERO, format_brl
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import acts
from credigestor.services.act_dates import backdated_because
from credigestor.services.inputs import InputModel, reason
from credigestor.services.ledger import LockedNote, lock_notes, notes_named

if TYPE_CHECKING:
    from credigestor.services.payment_input import NewPayment


class Waived(InputModel):
    """What of a note's charges is let go, R$."""

    interest: Decimal = ZERO
    fine: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Both together, R$."""
        return self.interest + self.fine

    def on(self, day: date) -> Acted:
        """The act on a day."""
        return Acted(ActKind.WAIVER, day, interest=self.interest, fine=self.fine)


class NewWaiver(InputModel):
    """Charges of one customer's notes (by id) that are let go on a day, and why."""

    operation_id: uuid.UUID
    customer_id: int
    waived_on: date
    waived: dict[int, Waived]
    reason: str
    backdate_reason: str | None = None


def waive(session: Session, actor: Actor, data: NewWaiver, *, today: date) -> int:
    """Let charges of notes go and return the act's id; the same operation again, the same (R29).

    A manager may, or a seller up to the limit of the settings. Raises NotAllowed, InvalidInput
    (the future, before the sale, more than the charges owed that day, no reason), NotFound or
    Conflict; then nothing changes.
    """
    actor.require(Permission.SELL)
    _check_date(session, actor, data, today)
    lock_notes(session, data.waived.keys())  # so that two waivers see one another's
    why = _granted_because(session, actor, data)
    new = acts.NewAct(
        operation_id=data.operation_id,
        kind=ActKind.WAIVER,
        customer_id=data.customer_id,
        acted_on=data.waived_on,
        reason=why,
    )
    done = {note_id: waived.on(data.waived_on) for note_id, waived in data.waived.items()}
    return acts.record(session, actor, new, done)


def preview(
    session: Session, actor: Actor, data: NewWaiver, *, today: date
) -> list[tuple[LockedNote, Step]]:
    """What `waive` would do to each note now, in id order; it writes and locks nothing."""
    actor.require(Permission.SELL)
    _check_date(session, actor, data, today)
    _granted_because(session, actor, data)
    notes = notes_named(session, data.waived.keys())
    if len(notes) != len(data.waived):
        raise NotFound("Nota não encontrada.")
    found = []
    for note in notes:
        acts.check_note(note, data.customer_id, data.waived_on, field="waived_on")
        act = data.waived[note.id].on(data.waived_on)
        step = acts.appended(session, note, act, rewrite=False).step_of(act)
        found.append((note, step))
    return found


def _check_date(session: Session, actor: Actor, data: NewWaiver, today: date) -> None:
    why = data.backdate_reason
    backdated_because(
        session, actor, data.waived_on, why, today=today, field="waived_on", what="ato"
    )


def _granted_because(session: Session, actor: Actor, data: NewWaiver) -> str:
    return granted_because(
        *(session, actor, data.waived, data.reason),
        on=data.waived_on,
        operation_id=data.operation_id,
    )


def granted_because(
    session: Session,
    actor: Actor,
    waived: Mapping[int, Waived],
    why: str | None,
    *,
    on: date,
    operation_id: uuid.UUID,
) -> str:
    """The reason to keep of charges let go; refuses more than the actor may let go (R29).

    A seller's limit holds of all that other operations let go of these notes that day:
    three waivers are not three times the limit.

    Raises InvalidInput, or NotAllowed's sentence at the field where a seller has no limit.
    """
    if not waived or any(each.total < CENT for each in waived.values()):
        raise InvalidInput("Diga quanto dos encargos é dispensado.", field="waived")
    for each in waived.values():
        for value in (each.interest, each.fine):
            if value < 0 or value > MAX_MONEY or value != value.quantize(CENT):
                raise InvalidInput("Valor inválido.", field="waived")
    kept = reason(why, field="waiver_reason")
    total = sum((each.total for each in waived.values()), ZERO)
    if not actor.can(Permission.WAIVE):
        limit = current_settings(session).waiver_limit
        before = _let_go_before(session, operation_id, waived, on)
        if total + before > limit:
            may = f"um vendedor dispensa até {format_brl(limit)}" if limit else "só um gerente pode"
            if limit and before:
                may += f", e das mesmas notas já se dispensaram {format_brl(before)} nesse dia"
            raise InvalidInput(
                f"Dispensar {format_brl(total)} de encargos precisa de um gerente: {may}.",
                field="waived",
            )
    return kept


def _let_go_before(
    session: Session, operation_id: uuid.UUID, waived: Mapping[int, Waived], on: date
) -> Decimal:
    """What other operations let go of these notes on that day, R$."""
    found = (
        select(func.coalesce(func.sum(ActItem.interest + ActItem.fine), ZERO))
        .join(Act, Act.id == ActItem.act_id)
        .where(
            ActItem.kind == ActKind.WAIVER.value,
            ActItem.note_id.in_(waived),
            ActItem.acted_on == on,
            ActItem.reversed.is_(False),
            Act.operation_id != operation_id,
        )
    )
    return session.scalars(found).one()


def beside(session: Session, actor: Actor, data: NewPayment) -> acts.NewAct | None:
    """The act that lets go what is let go beside a payment, or None; refused as `waive` does.

    It has the payment's operation, and is undone with it.
    """
    if not data.waived:
        return None
    if not data.waived.keys() <= dict(data.items).keys():
        raise InvalidInput("Há dispensa para uma nota que não está sendo paga.", field="waived")
    return acts.NewAct(
        operation_id=data.operation_id,
        kind=ActKind.WAIVER,
        customer_id=data.customer_id,
        acted_on=data.paid_on,
        reason=granted_because(
            *(session, actor, data.waived, data.waiver_reason),
            on=data.paid_on,
            operation_id=data.operation_id,
        ),
    )


def recorded_beside(session: Session, operation_id: uuid.UUID) -> dict[int, Waived]:
    """What a payment's operation let go of each note's charges."""
    found = select(ActItem.note_id, ActItem.asked_interest, ActItem.asked_fine).join(
        Act, Act.id == ActItem.act_id
    )
    return {
        row.note_id: Waived(interest=row.asked_interest, fine=row.asked_fine)
        for row in session.execute(found.where(Act.operation_id == operation_id))
    }


def suggested(notes: Sequence[tuple[int, Owed]], short: Decimal) -> dict[int, Waived]:
    """Whose charges to let go where R$ `short` is missing to settle notes, in their order (R29).

    The fine goes before the interest of each note; nothing where charges alone do not cover it.
    """
    left, found = short, {}
    for note_id, owed in notes:
        fine = min(left, owed.fine)
        interest = min(left - fine, owed.interest)
        if fine + interest:
            found[note_id] = Waived(interest=interest, fine=fine)
        left -= fine + interest
    return {} if left else found
