"""What a program says of a payment, and the service's input made of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from credigestor.api import handed
from credigestor.api.calls import Call
from credigestor.api.fields import (
    Body,
    Day,
    Id,
    MoneyIn,
    examples,
)
from credigestor.api.handed import PartsIn
from credigestor.errors import InvalidInput
from credigestor.rules.methods import Method
from credigestor.rules.money import ZERO
from credigestor.services import waivers as waived
from credigestor.services.inputs import parse
from credigestor.services.payers import PayerInput
from credigestor.services.payments import NewPayment

#: Notes that one payment may name.
MOST_NOTES = 500
#: Where the body has what the service's refusals name.
RENAMED = {
    "amount": "items",
    "waived": "waivers",
    "payer_name": "payer/name",
    "payer_tax_id": "payer/tax_id",
}


class ItemToPay(Body):
    """Money for one note, and what is taken off its principal beside it (R14)."""

    note_id: Id
    amount: MoneyIn
    discount: MoneyIn | None = None


class ToWaive(Body):
    """What of a note's charges is let go (R29)."""

    note_id: Id
    interest: MoneyIn = ZERO
    fine: MoneyIn = ZERO


Waivers = Annotated[list[ToWaive], Field(max_length=MOST_NOTES)]


class PayerOfIt(Body):
    """Who pays, where that is not the customer (Código Civil art. 304)."""

    name: str
    tax_id: str | None = None


class PaymentToMake(Body):
    """A payment of one customer for their notes; of today unless it says otherwise.

    `waivers` let go charges of notes that are paid, and are one with the payment. It comes in one
    `method`, or in `methods` that add up to its items; or `by_credit`, by what the shop owes the
    customer (R31). What was handed over beyond the items and is `kept` becomes such credit.
    """

    model_config = examples(
        {
            "customer_id": 7,
            "method": "pix",
            "items": [{"note_id": 318, "amount": "150.00"}, {"note_id": 319, "amount": "62.40"}],
        },
        {
            "customer_id": 7,
            "paid_on": "2026-11-20",
            "method": "cash",
            "items": [{"note_id": 318, "amount": "87.48", "discount": "1.37"}],
            "backdate_reason": "O recibo ficou na gaveta",
        },
        {
            "customer_id": 7,
            "methods": [
                {"method": "cash", "amount": "100.00"},
                {"method": "pix", "amount": "50.00"},
            ],
            "items": [{"note_id": 318, "amount": "150.00"}],
            "waivers": [{"note_id": 318, "interest": "0.50", "fine": "3.00"}],
            "waiver_reason": "Pagou o valor da nota",
            "payer": {"name": "Rita de Cássia Moreira", "tax_id": "111.444.777-35"},
        },
    )

    customer_id: Id
    paid_on: Day | None = None
    method: Method | None = None
    methods: PartsIn = ()
    by_credit: bool = False
    kept: MoneyIn = ZERO
    payer: PayerOfIt | None = None
    items: Annotated[list[ItemToPay], Field(min_length=1, max_length=MOST_NOTES)]
    backdate_reason: str | None = None
    discount_reason: str | None = None
    waivers: Waivers = Field(default_factory=list)
    waiver_reason: str | None = None


def by_note(waivers: Sequence[ToWaive]) -> dict[int, waived.Waived]:
    """What is let go of each note's charges; raises InvalidInput for a note named twice."""
    found = {
        each.note_id: waived.Waived(interest=each.interest, fine=each.fine) for each in waivers
    }
    if len(found) != len(waivers):
        raise InvalidInput("A mesma nota aparece duas vezes.", field="waived")
    return found


def asked(call: Call, data: PaymentToMake, key: uuid.UUID) -> NewPayment:
    """The payment that a body asks for, as the service takes it."""
    return parse(
        NewPayment,
        {
            "operation_id": key,
            "customer_id": data.customer_id,
            "paid_on": data.paid_on or call.today,
            "method": data.method,
            "methods": handed.asked(data.methods),
            "by_credit": data.by_credit,
            "kept": data.kept,
            "payer": data.payer and parse(PayerInput, data.payer.model_dump()),
            "items": tuple((item.note_id, item.amount) for item in data.items),
            "discounts": {item.note_id: item.discount for item in data.items if item.discount},
            "backdate_reason": data.backdate_reason,
            "discount_reason": data.discount_reason,
            "waived": by_note(data.waivers),
            "waiver_reason": data.waiver_reason,
        },
    )
