"""Old debts for a new one: what a deal would make, made, read, on paper, undone (R15)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import (
    Answer,
    Day,
    Money,
    PathId,
    Rate,
    Why,
)
from credigestor.api.once import Once, placed
from credigestor.api.operations import Operations
from credigestor.api.papers import PDF, drawn
from credigestor.api.renegotiation_input import RENAMED, DealToMake, asked
from credigestor.api.sale_previews import NO_OPERATION, PlannedNote
from credigestor.db.engine import snapshot
from credigestor.db.models import Renegotiation as Row
from credigestor.reports import deals
from credigestor.reports import renegotiations as reports
from credigestor.rules import renegotiation as rule
from credigestor.rules import true_rate
from credigestor.rules.charges import Split
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import sale_number
from credigestor.rules.permissions import Permission
from credigestor.rules.renegotiation import Agreement
from credigestor.services import renegotiations as services
from credigestor.services.waivers import Waived

router = Operations("/renegotiations", "Renegociações")


class DealMade(Answer):
    """The new deal: the sale that takes the place of the notes, and the down payment's receipt."""

    id: int
    sale_id: int
    number: str
    agreed_on: date
    payment_id: int | None


class DealNote(Answer):
    """A note of the old debt on the day: what it owed, and what of it entered the new one."""

    note_id: int
    number: str
    due_date: date
    principal: Money
    interest: Money
    fine: Money
    waived: Money
    paid: Money
    entered: Money


class DealPreview(Answer):
    """What a deal would make: `entered` is the new debt, before contract interest.

    Its notes hold `old_interest` and `old_fine`, received as they are paid.
    """

    customer_id: int
    agreed_on: date
    old_notes: Annotated[list[DealNote], Field(description="As notas que se fecham.")]
    entered: Money
    old_interest: Money
    old_fine: Money
    to_pay: Money
    effective_monthly_rate: Rate
    effective_yearly_rate: Rate
    notes: list[PlannedNote]


class DealUndone(Answer):
    """When a deal was undone, by whom, and why."""

    on: Annotated[date, Field(description="Dia em que foi desfeita.")]
    by: Annotated[str | None, Field(description="Quem desfez.")]
    reason: str


class Deal(Answer):
    """A renegotiation, undone or not; whether it was broken on the day."""

    as_of: date
    id: int
    kind: Annotated[Agreement, Field(description="Novação, ou confissão da dívida antiga.")]
    sale_id: int
    number: str
    customer_id: int
    agreed_on: date
    reason: str | None
    made_by: str | None
    payment_id: int | None
    old_notes: Annotated[list[DealNote], Field(description="As notas que se fecham.")]
    waived: Money
    paid: Money
    entered: Money
    old_interest: Money
    old_fine: Money
    broken: bool
    undone: DealUndone | None


class DealReversed(Answer):
    """A deal that was undone."""

    id: int
    reversed_on: date


@router.acts("/preview", Permission.RENEGOTIATE, "O que uma renegociação faria: as duas dívidas")
def preview(call: Caller, data: DealToMake) -> DealPreview:
    """What a deal would make; what would refuse it refuses this."""
    with placed(data, RENAMED), snapshot() as session:
        new = asked(call, data, NO_OPERATION)
        found = services.preview(session, call.actor, new, today=call.today)
    plan, nothing = found.plan, Split(ZERO, ZERO, ZERO)
    old = []
    for note in found.notes:
        waived = new.waived.get(note.id, Waived())
        owed = found.owed[note.id]
        old.append(
            DealNote(
                note_id=note.id,
                number=note.label,
                due_date=note.due_date,
                principal=owed.principal,
                interest=owed.interest + waived.interest,
                fine=owed.fine + waived.fine,
                waived=waived.total,
                paid=found.paid.get(note.id, ZERO),
                entered=rule.amount(found.closed.get(note.id, nothing)),
            )
        )
    return DealPreview(
        customer_id=new.customer_id,
        agreed_on=new.agreed_on,
        old_notes=old,
        entered=found.entering,
        old_interest=found.old.interest,
        old_fine=found.old.fine,
        to_pay=plan.total,
        effective_monthly_rate=true_rate.monthly(plan.daily_rate),
        effective_yearly_rate=true_rate.yearly(plan.daily_rate),
        notes=[PlannedNote.model_validate(note) for note in plan.notes],
    )


@router.writes(
    "",
    Permission.RENEGOTIATE,
    "Renegociar: fechar notas e registrar a venda que fica no lugar delas",
    answers=DealMade,
)
def create(call: Caller, once: Once, data: DealToMake) -> Response:
    """Make a deal."""

    def act(session: Session) -> DealMade:
        new = asked(call, data, once.key)
        made = services.make(session, call.actor, new, today=call.today)
        row = session.get_one(Row, made)
        return DealMade(
            id=made,
            sale_id=row.sale_id,
            number=sale_number(row.sale_id),
            agreed_on=new.agreed_on,
            payment_id=row.payment_id,
        )

    return once(data, act, renamed=RENAMED)


@router.reads("/{renegotiation_id}", Permission.COUNTER, "Uma renegociação, com as notas antigas")
def read(renegotiation_id: PathId, call: Caller, as_of: Day | None = None) -> Deal:
    """One deal."""
    day = as_of or call.today
    with snapshot() as session:
        found = reports.find(session, renegotiation_id)
        broken = deals.is_broken(session, found.sale_id, as_of=day, today=call.today)
    names = ("id", "kind", "sale_id", "customer_id", "agreed_on", "reason", "made_by")
    return Deal(
        as_of=day,
        **{name: getattr(found, name) for name in names},
        number=sale_number(found.sale_id),
        payment_id=found.payment_id,
        old_notes=[_old(note) for note in found.notes],
        waived=found.waived,
        paid=found.paid,
        entered=found.entered,
        old_interest=found.old.interest,
        old_fine=found.old.fine,
        broken=broken,
        undone=DealUndone.model_validate(found.undone) if found.undone else None,
    )


@router.reads(
    "/{renegotiation_id}/document",
    Permission.COUNTER,
    "O acordo de uma renegociação, em PDF",
    **PDF,
)
def document(renegotiation_id: PathId, call: Caller) -> Response:
    """The agreement on paper."""
    return drawn(call, "acordo", renegotiation_id)


@router.writes(
    "/{renegotiation_id}/reversal",
    Permission.RENEGOTIATE,
    "Desfazer uma renegociação da qual nada foi pago",
    answers=DealReversed,
)
def reverse(renegotiation_id: PathId, call: Caller, once: Once, data: Why) -> Response:
    """Undo a deal."""

    def act(session: Session) -> DealReversed:
        services.reverse(
            session,
            call.actor,
            renegotiation_id=renegotiation_id,
            why=data.reason,
            today=call.today,
        )
        return DealReversed(id=renegotiation_id, reversed_on=call.today)

    return once(data, act)


def _old(note: reports.OldNote) -> DealNote:
    owed: Split = note.owed
    waived: Decimal = rule.amount(note.waived)
    return DealNote(
        note_id=note.note_id,
        number=note.number,
        due_date=note.due_date,
        principal=owed.principal,
        interest=owed.interest,
        fine=owed.fine,
        waived=waived,
        paid=note.paid,
        entered=note.entered,
    )
