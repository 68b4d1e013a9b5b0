"""Acts on notes that are no payment: charges let go, and the undoing of any of them (R29, R12)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Call, Caller
from credigestor.api.fields import Answer, Body, Day, Id, Money, PathId, Why, examples
from credigestor.api.notes import Split
from credigestor.api.once import Once, placed
from credigestor.api.operations import Operations
from credigestor.api.payment_input import MOST_NOTES, ToWaive, by_note
from credigestor.api.sale_previews import NO_OPERATION
from credigestor.db.engine import snapshot
from credigestor.rules.money import ZERO
from credigestor.rules.permissions import Permission
from credigestor.services import acts as services
from credigestor.services import waivers
from credigestor.services.inputs import parse
from credigestor.services.waivers import NewWaiver

router = Operations("/acts", "Atos")
waiving = Operations("/waivers", "Dispensas")

#: Where the body has what the service's refusals name.
RENAMED = {
    "waived": "waivers",
    "items": "waivers",
    "waiver_reason": "reason",
    "acted_on": "waived_on",
}


class WaiverToMake(Body):
    """Charges of one customer's notes to be let go; today unless it says otherwise."""

    model_config = examples(
        {
            "customer_id": 7,
            "waivers": [{"note_id": 318, "interest": "0.50", "fine": "3.00"}],
            "reason": "Cliente antiga, atrasou por doença",
        }
    )

    customer_id: Id
    waived_on: Day | None = None
    waivers: Annotated[list[ToWaive], Field(min_length=1, max_length=MOST_NOTES)]
    reason: str
    backdate_reason: str | None = None


class WaiverMade(Answer):
    """The new waiver, and all that it let go."""

    id: int
    waived_on: date
    interest: Money
    fine: Money


class WaivedNote(Answer):
    """What the waiver would take off a note, and what the note would owe then."""

    note_id: int
    number: str
    taken: Split
    after: Money


class WaiverPreview(Answer):
    """What a waiver would do, note by note."""

    customer_id: int
    waived_on: date
    notes: list[WaivedNote]


class ActReversed(Answer):
    """An act that was undone."""

    id: int
    reversed_on: date


def asked(call: Call, data: WaiverToMake, key: uuid.UUID) -> NewWaiver:
    """The waiver that a body asks for, as the service takes it."""
    return parse(
        NewWaiver,
        {
            "operation_id": key,
            "customer_id": data.customer_id,
            "waived_on": data.waived_on or call.today,
            "waived": by_note(data.waivers),
            "reason": data.reason,
            "backdate_reason": data.backdate_reason,
        },
    )


@waiving.writes("", Permission.SELL, "Dispensar juros e multa", answers=WaiverMade)
def create(call: Caller, once: Once, data: WaiverToMake) -> Response:
    """Let go charges of notes."""

    def act(session: Session) -> WaiverMade:
        new = asked(call, data, once.key)
        return WaiverMade(
            id=waivers.waive(session, call.actor, new, today=call.today),
            waived_on=new.waived_on,
            interest=sum((each.interest for each in new.waived.values()), ZERO),
            fine=sum((each.fine for each in new.waived.values()), ZERO),
        )

    return once(data, act, renamed=RENAMED)


@waiving.acts("/preview", Permission.SELL, "O que uma dispensa faria em cada nota")
def preview(call: Caller, data: WaiverToMake) -> WaiverPreview:
    """What a waiver would do; what would refuse it refuses this."""
    with placed(data, RENAMED), snapshot() as session:
        new = asked(call, data, NO_OPERATION)
        made = waivers.preview(session, call.actor, new, today=call.today)
    return WaiverPreview(
        customer_id=new.customer_id,
        waived_on=new.waived_on,
        notes=[
            WaivedNote(
                note_id=note.id,
                number=note.label,
                taken=Split.model_validate(step.split),
                after=step.state.total,
            )
            for note, step in made
        ],
    )


@router.writes("/{act_id}/reversal", Permission.REVERSE, "Desfazer um ato", answers=ActReversed)
def reverse(act_id: PathId, call: Caller, once: Once, data: Why) -> Response:
    """Undo an act as of today; asks also for the permission of its kind."""

    def act(session: Session) -> ActReversed:
        services.reverse(session, call.actor, act_id=act_id, why=data.reason, today=call.today)
        return ActReversed(id=act_id, reversed_on=call.today)

    return once(data, act)
