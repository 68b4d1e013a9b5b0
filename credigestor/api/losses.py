"""Debts given up: what might be, what would be lost, recorded, and what may come back (R34)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Call, Caller
from credigestor.api.fields import Answer, Body, Day, Id, Money, MoneyIn, PathId, examples
from credigestor.api.notes import Split
from credigestor.api.once import Once, placed
from credigestor.api.operations import Operations
from credigestor.api.sale_previews import NO_OPERATION
from credigestor.db.engine import snapshot
from credigestor.reports import written_off as reports
from credigestor.rules.money import ZERO
from credigestor.rules.permissions import Permission
from credigestor.services import write_offs as services
from credigestor.services.inputs import parse
from credigestor.services.write_offs import MOST_NOTES, NewWriteOff

router = Operations("/losses", "Baixas por perda")
customers = Operations("/customers", "Clientes")

#: Where the body has what the service's refusals name.
RENAMED = {"items": "note_ids", "acted_on": "written_off_on"}


class NotesToPreview(Body):
    """Notes that would be given up."""

    model_config = examples({"note_ids": [318, 319]})

    note_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_NOTES)]
    written_off_on: Day | None = None


class NotesToWriteOff(NotesToPreview):
    """Notes to be given up, of any customers, and why; of today unless it says otherwise."""

    model_config = examples(
        {"note_ids": [318, 319], "reason": "Sumiu da cidade", "expected_loss": "300.00"}
    )

    reason: str
    expected_loss: MoneyIn | None = None


class LostNote(Answer):
    """What would be lost of a note: its principal, and the charges owed that day."""

    note_id: int
    number: str
    customer_id: int
    taken: Split


class LossPreview(Answer):
    """What would be given up."""

    written_off_on: date
    notes: list[LostNote]
    principal: Money
    charges: Money


class LossMade(Answer):
    """What was given up, an act a customer, each undone by itself."""

    act_ids: list[int]
    written_off_on: date
    principal: Money


class Candidate(Answer):
    """A late note that might be given up, and what it owes."""

    note_id: int
    number: str
    customer_id: int
    customer: str
    due_date: date
    days_late: int
    principal: Money
    charges: Money


class Candidates(Answer):
    """The oldest first, at most as many as are given up at once."""

    as_of: date
    items: list[Candidate]


class Recoverable(Answer):
    """A note that was given up: what was lost, and what may be received of it on the day."""

    note_id: int
    number: str
    act_id: int
    written_off_on: date
    lost: Money
    principal: Money
    interest: Money
    fine: Money


class RecoverableNotes(Answer):
    """What was given up of a customer by a day and not recovered whole by then."""

    as_of: date
    items: list[Recoverable]


@router.reads("/candidates", Permission.WRITE_OFF, "Notas que podem ser baixadas por perda")
def candidates(
    call: Caller,
    as_of: Day | None = None,
    over_days: Annotated[int, Query(ge=0, le=36500, description="Atraso acima de, dias.")] = 360,
    up_to: Annotated[MoneyIn | None, Query(description="Principal de até, R$.")] = None,
) -> Candidates:
    """Late notes, chosen by how late they are and how much they owe."""
    day = as_of or call.today
    with snapshot() as session:
        found = reports.candidates(
            session, over_days=over_days, up_to=up_to, as_of=day, today=call.today
        )
    return Candidates(as_of=day, items=[Candidate.model_validate(each) for each in found])


@router.acts("/preview", Permission.WRITE_OFF, "O que uma baixa por perda deixaria de receber")
def preview(call: Caller, data: NotesToPreview) -> LossPreview:
    """What would be given up; what would refuse it refuses this."""
    with placed(data, RENAMED), snapshot() as session:
        new = _asked(call, data, NO_OPERATION)
        found = services.preview(session, call.actor, new, today=call.today)
    return LossPreview(
        written_off_on=new.written_off_on,
        notes=[
            LostNote(
                note_id=each.note.id,
                number=each.note.label,
                customer_id=each.note.customer_id,
                taken=Split.model_validate(each.lost),
            )
            for each in found
        ],
        principal=sum((each.lost.principal for each in found), ZERO),
        charges=sum((each.lost.interest + each.lost.fine for each in found), ZERO),
    )


@router.writes("", Permission.WRITE_OFF, "Baixar notas por perda", answers=LossMade)
def create(call: Caller, once: Once, data: NotesToWriteOff) -> Response:
    """Give notes up."""

    def act(session: Session) -> LossMade:
        new = _asked(call, data, once.key)
        made = services.write_off(session, call.actor, new, today=call.today)
        return LossMade(
            act_ids=made,
            written_off_on=new.written_off_on,
            principal=services.lost_by(session, made),
        )

    return once(data, act, renamed=RENAMED)


@customers.reads(
    "/{customer_id}/losses", Permission.COUNTER, "O que foi baixado por perda de um cliente"
)
def of_customer(customer_id: PathId, call: Caller, as_of: Day | None = None) -> RecoverableNotes:
    """What may be received on a day of what was given up; POST /payments receives it."""
    day = as_of or call.today
    with snapshot() as session:
        found = reports.of_customer(session, customer_id, on=day)
    return RecoverableNotes(
        as_of=day,
        items=[
            Recoverable(
                note_id=each.note.id,
                number=each.note.number,
                act_id=each.act_id,
                written_off_on=each.written_off_on,
                lost=each.lost,
                principal=each.note.owed.principal,
                interest=each.note.owed.interest,
                fine=each.note.owed.fine,
            )
            for each in found
        ],
    )


def _asked(call: Call, data: NotesToPreview, key: uuid.UUID) -> NewWriteOff:
    """The write-off that a body asks for, as the service takes it."""
    values = {"reason": "", **data.model_dump()}
    values["expected"] = values.pop("expected_loss", None)
    values |= {"operation_id": key, "written_off_on": data.written_off_on or call.today}
    values["note_ids"] = tuple(data.note_ids)
    return parse(NewWriteOff, values)
