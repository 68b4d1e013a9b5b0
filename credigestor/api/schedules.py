"""How due dates are sent and told (R33), and the faults of a list at their rows."""

from __future__ import annotations

from collections.abc import Set
from typing import Annotated, Protocol

from pydantic import BeforeValidator, Field

from credigestor.api import guarantors
from credigestor.api.fields import Answer, Body, Day, MoneyIn, examples, integer
from credigestor.errors import InvalidInput
from credigestor.rules.due_schedule import ListedNote, Schedule, ScheduleKind, row_field
from credigestor.rules.installments import MAX_INSTALLMENTS

_STEP = "De quantos em quantos dias (`days`, 1 a 180), ou qual dia útil do mês (`business_day`)."


class NewListedNote(Body):
    """A row of a free list; what has no `amount` is computed."""

    due_date: Day
    amount: MoneyIn | None = None


class NewSchedule(Body):
    """How the notes fall due; monthly unless it says otherwise.

    By `business_day` the notes begin with the first one on or after `first_due_date`. A `list`
    says by its `notes` how many there are and when, in any order: `installments` and
    `first_due_date` are not sent with it. Where all have their amount, these make the rate.
    """

    model_config = examples(
        {"kind": "days", "step": 15},
        {"kind": "business_day", "step": 5},
        {
            "kind": "list",
            "notes": [
                {"due_date": "2026-12-20", "amount": "400.00"},
                {"due_date": "2027-01-10"},
                {"due_date": "2027-02-10"},
            ],
        },
    )

    kind: ScheduleKind = ScheduleKind.MONTHLY
    step: Annotated[
        Annotated[int, Field(ge=1, le=180), BeforeValidator(integer)] | None,
        Field(description=_STEP),
    ] = None
    notes: Annotated[
        tuple[NewListedNote, ...],
        # Told, and left to the rule: it refuses the first row that is too many, by its number.
        Field(
            description="As linhas de uma lista (`list`).",
            json_schema_extra={"maxItems": MAX_INSTALLMENTS},
        ),
    ] = ()


MONTHLY = NewSchedule()

#: Where the body of a sale has what the service's refusals name.
RENAMED = guarantors.RENAMED | {
    "schedule_step": "schedule/step",
    **{
        row_field(row, name): f"schedule/notes/{row - 1}/{name}"
        for row in range(1, MAX_INSTALLMENTS + 2)
        for name in NewListedNote.model_fields
    },
}


class SaleSchedule(Answer):
    """How the notes of a sale fall due; those of a list tell it by their dates."""

    kind: ScheduleKind
    step: Annotated[int | None, Field(description=_STEP)]


class Kept(Protocol):
    """Whatever keeps a schedule as a sale does."""

    @property
    def schedule(self) -> str: ...
    @property
    def schedule_step(self) -> int | None: ...


def read(sent: NewSchedule, beside: Set[str]) -> Schedule:
    """The schedule as the service takes it; InvalidInput for fields `beside` a list that say it."""
    if sent.kind is ScheduleKind.LIST:
        for name in ("installments", "first_due_date"):
            if name in beside:
                raise InvalidInput("A lista de vencimentos já o diz: não envie.", field=name)
    rows = tuple(ListedNote(note.due_date, note.amount) for note in sent.notes)
    return Schedule(sent.kind, sent.step, rows)


def of(sale: Kept) -> SaleSchedule:
    """The schedule of a sale that was made."""
    return SaleSchedule(kind=ScheduleKind(sale.schedule), step=sale.schedule_step)
