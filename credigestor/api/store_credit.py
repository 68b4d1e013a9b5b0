"""A customer's credit: how much, where from, paid back (R31)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Body, Day, Money, MoneyIn, PathId, Why, examples
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.papers import PDF, drawn
from credigestor.api.payments import Undone
from credigestor.db.engine import snapshot
from credigestor.reports import store_credit as reports
from credigestor.reports.customers import registered
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Permission
from credigestor.services import store_credit as services
from credigestor.services.inputs import parse
from credigestor.services.store_credit import NewPayback

customers = Operations("/customers", "Clientes")
router = Operations("/paybacks", "Clientes")


class CreditMovement(Answer):
    """What came to a customer's credit, or went; an undone one changes no balance."""

    id: int
    moved_on: date
    recorded_at: datetime
    kind: Literal["kept", "returned", "spent", "paid_down", "paid_back"]
    amount: Money
    balance: Money
    method: Method | None
    source: str | None
    payment_id: int | None
    act_id: int | None
    sale_id: int | None
    reason: str | None
    made_by: str | None
    undone: Undone | None


class StoreCredit(Answer):
    """What the shop owes a customer as credit on a day."""

    as_of: date
    customer_id: int
    balance: Money
    movements: list[CreditMovement]


class CreditToPayBack(Body):
    """Credit to be paid back in money; of today unless it says otherwise."""

    model_config = examples({"amount": "40.42", "method": "pix", "reason": "Pediu o troco"})

    amount: MoneyIn
    method: Method
    paid_on: Day | None = None
    reason: str


class CreditPaidBack(Answer):
    """The payback; `id` is its address below /paybacks."""

    id: int
    customer_id: int
    paid_on: date
    amount: Money
    method: Method


class PaybackUndone(Answer):
    """A payback that was undone."""

    id: int
    reversed_on: date


@customers.reads("/{customer_id}/store_credit", Permission.COUNTER, "O crédito de um cliente")
def store_credit(customer_id: PathId, call: Caller, as_of: Day | None = None) -> StoreCredit:
    """A customer's credit and its movements."""
    day = as_of or call.today
    with snapshot() as session:
        registered(session, customer_id)
        found = reports.movements(session, customer_id, as_of=day)
        balance = reports.balance(session, customer_id, on=day)
    return StoreCredit(
        as_of=day,
        customer_id=customer_id,
        balance=balance,
        movements=[
            CreditMovement.model_validate(
                {name: getattr(each, name) for name in CreditMovement.model_fields}
            )
            for each in found
        ],
    )


@customers.writes(
    "/{customer_id}/paybacks",
    Permission.RETURN,
    "Devolver crédito a um cliente, em dinheiro",
    answers=CreditPaidBack,
)
def pay_back(customer_id: PathId, call: Caller, once: Once, data: CreditToPayBack) -> Response:
    """Pay credit back."""

    def act(session: Session) -> CreditPaidBack:
        new = parse(
            NewPayback,
            {
                **data.model_dump(),
                "operation_id": once.key,
                "customer_id": customer_id,
                "paid_on": data.paid_on or call.today,
            },
        )
        made = services.pay_back(session, call.actor, new, today=call.today)
        shown = {name: getattr(new, name) for name in CreditPaidBack.model_fields if name != "id"}
        return CreditPaidBack(id=made, **shown)

    return once(data, act)


@router.reads(
    "/{payback_id}/slip", Permission.COUNTER, "O recibo de crédito devolvido, em PDF", **PDF
)
def slip(payback_id: PathId, call: Caller) -> Response:
    """A payback's paper."""
    return drawn(call, "credito", payback_id)


@router.writes(
    "/{payback_id}/reversal",
    Permission.RETURN,
    "Desfazer uma devolução de crédito",
    answers=PaybackUndone,
)
def reverse(payback_id: PathId, call: Caller, once: Once, data: Why) -> Response:
    """Undo a payback as of today."""

    def act(session: Session) -> PaybackUndone:
        services.undo_payback(
            session, call.actor, movement_id=payback_id, why=data.reason, today=call.today
        )
        return PaybackUndone(id=payback_id, reversed_on=call.today)

    return once(data, act)
