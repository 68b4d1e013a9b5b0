"""Due dates put off by agreement: what it would do, recorded, its paper (R32)."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Call, Caller
from credigestor.api.fields import Answer, Body, Day, Id, Money, PathId, RateIn, examples
from credigestor.api.once import Once, placed
from credigestor.api.operations import Operations
from credigestor.api.papers import PDF, drawn
from credigestor.api.sale_previews import NO_OPERATION
from credigestor.db.engine import snapshot
from credigestor.reports import new_dates as reports
from credigestor.rules.permissions import Permission
from credigestor.services import new_dates as services
from credigestor.services.inputs import parse
from credigestor.services.new_dates import NewDates

router = Operations("/postponements", "Prorrogações")

#: Where the body has what the service's refusals name.
RENAMED = {"acted_on": "agreed_on"}


class DatesToPreview(Body):
    """A note (`note_id`) and its new `due_date`, or a sale (`sale_id`) and so many `days` more."""

    model_config = examples(
        {"note_id": 318, "due_date": "2026-12-20", "rate": "1"}, {"sale_id": 123, "days": 15}
    )

    note_id: Id | None = None
    due_date: Day | None = None
    sale_id: Id | None = None
    days: Id | None = None
    rate: RateIn = Decimal(0)
    agreed_on: Day | None = None


class DatesToAgree(DatesToPreview):
    """The same, and why; of today unless it says otherwise."""

    model_config = examples(
        {"note_id": 318, "due_date": "2026-12-20", "rate": "1", "reason": "Recebe no dia 20"},
        {"sale_id": 123, "days": 15, "reason": "A safra atrasou"},
    )

    reason: str


class NewDate(Answer):
    """A note's dates before and after, and the interest agreed for the days between."""

    note_id: int
    number: str
    principal: Money
    due_before: date
    due_date: date
    on_time_until: date
    free_until: date
    agreed_interest: Money


class DatesPreview(Answer):
    """What would be put off; `late` are open notes of the sale that stay as they are."""

    agreed_on: date
    notes: list[NewDate]
    agreed_interest: Money
    late: list[int]


class DatesAgreed(Answer):
    """The agreement that was recorded."""

    id: int
    number: str
    agreed_on: date
    note_ids: list[int]
    agreed_interest: Money


@router.acts("/preview", Permission.SELL, "O que uma prorrogação mudaria em cada nota")
def preview(call: Caller, data: DatesToPreview) -> DatesPreview:
    """What an agreement would do; what would refuse it refuses this."""
    with placed(data, RENAMED), snapshot() as session:
        new = _asked(call, data, NO_OPERATION)
        found = services.preview(session, call.actor, new, today=call.today)
    return DatesPreview(
        agreed_on=new.agreed_on,
        notes=[
            NewDate(
                note_id=each.note.id,
                number=each.note.label,
                principal=each.principal,
                due_before=each.before.due_date,
                due_date=each.after.due_date,
                on_time_until=each.after.on_time_until,
                free_until=each.after.free_until,
                agreed_interest=each.interest,
            )
            for each in found.moved
        ],
        agreed_interest=found.interest,
        late=[note.id for note in found.late],
    )


@router.writes("", Permission.SELL, "Prorrogar vencimentos", answers=DatesAgreed)
def create(call: Caller, once: Once, data: DatesToAgree) -> Response:
    """Put off a note, or the notes that are left of a sale."""

    def act(session: Session) -> DatesAgreed:
        new = _asked(call, data, once.key)
        act_id = services.put_off(session, call.actor, new, today=call.today)
        made = reports.one(session, act_id)
        return DatesAgreed(
            id=act_id,
            number=made.number,
            agreed_on=made.agreed_on,
            note_ids=[note.note_id for note in made.notes],
            agreed_interest=made.interest,
        )

    return once(data, act, renamed=RENAMED)


@router.reads(
    "/{act_id}/agreement", Permission.COUNTER, "O acordo de uma prorrogação, em PDF", **PDF
)
def agreement(act_id: PathId, call: Caller) -> Response:
    """An agreement's paper."""
    return drawn(call, "prorrogacao", act_id)


def _asked(call: Call, data: DatesToPreview, key: uuid.UUID) -> NewDates:
    """The agreement that a body asks for, as the service takes it."""
    values = {"reason": "", **data.model_dump()}
    values |= {"operation_id": key, "agreed_on": data.agreed_on or call.today}
    return parse(NewDates, values)
