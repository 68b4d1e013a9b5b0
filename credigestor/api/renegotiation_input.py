"""What a program says of a renegotiation, and the service's input made of it."""

from __future__ import annotations

import uuid
from typing import Annotated

from pydantic import BeforeValidator, Field

from credigestor.api import guarantors, handed, schedules
from credigestor.api.calls import Call
from credigestor.api.fields import (
    Body,
    Day,
    Id,
    MoneyIn,
    RateIn,
    examples,
    integer,
)
from credigestor.api.guarantors import NewGuarantor
from credigestor.api.handed import PartsIn
from credigestor.rules.installments import MAX_INSTALLMENTS
from credigestor.rules.methods import Method
from credigestor.rules.money import ZERO
from credigestor.rules.renegotiation import Agreement
from credigestor.services.inputs import parse
from credigestor.services.renegotiations import NewRenegotiation
from credigestor.services.waivers import Waived

#: Notes that one deal may close.
_MOST_NOTES = 500
#: Where the body has what the service's refusals name.
RENAMED = schedules.RENAMED | {"waived": "waivers"}


class ChargesToWaive(Body):
    """What of a note's late interest and fine is let go with the deal."""

    note_id: Id
    interest: MoneyIn = ZERO
    fine: MoneyIn = ZERO


class DealToMake(Body):
    """Notes of one customer for a new debt; agreed today unless it says otherwise.

    The down payment is handed over with it, by a `method`, `methods` that add up to it, or
    `by_credit`, and settles the old notes: interest, then fines, then principal.
    """

    model_config = examples(
        {
            "customer_id": 7,
            "kind": "novation",
            "notes": [318, 319, 320],
            "waivers": [{"note_id": 318, "fine": "3.00"}],
            "waiver_reason": "Cliente antiga",
            "down_payment": "60.00",
            "method": "pix",
            "installments": 4,
            "first_due_date": "2026-12-23",
            "reason": "Perdeu o emprego em setembro",
        }
    )

    customer_id: Id
    kind: Annotated[Agreement, Field(description="Novação, ou confissão da dívida antiga.")]
    agreed_on: Day | None = None
    notes: Annotated[
        tuple[Id, ...],
        Field(max_length=_MOST_NOTES, description="As notas que entram no acordo, pelo `id`."),
    ]
    reason: str
    waivers: Annotated[tuple[ChargesToWaive, ...], Field(max_length=_MOST_NOTES)] = ()
    waiver_reason: str | None = None
    down_payment: MoneyIn = ZERO
    method: Method | None = None
    methods: PartsIn = ()
    by_credit: bool = False
    installments: Annotated[int, Field(ge=1, le=MAX_INSTALLMENTS), BeforeValidator(integer)] = 1
    first_due_date: Day | None = None
    schedule: schedules.NewSchedule = schedules.MONTHLY
    contract_rate: RateIn = ZERO
    guarantors: Annotated[tuple[NewGuarantor, ...], Field(max_length=2)] = ()
    backdate_reason: str | None = None


def asked(call: Call, data: DealToMake, key: uuid.UUID) -> NewRenegotiation:
    """The deal that a body asks for, as the service takes it."""
    values = data.model_dump(exclude={"waivers", "methods"}) | {
        "operation_id": key,
        "methods": handed.asked(data.methods),
        "agreed_on": data.agreed_on or call.today,
        "waived": {
            each.note_id: Waived(interest=each.interest, fine=each.fine) for each in data.waivers
        },
        "guarantors": guarantors.read(data.guarantors),
        "schedule": schedules.read(data.schedule, data.model_fields_set),
    }
    return parse(NewRenegotiation, values)
