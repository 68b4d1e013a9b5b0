"""Sales and payments to the right customer, and two registers of one person made one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Body, Id, MoneyIn, PathId, examples
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.payment_input import MOST_NOTES
from credigestor.rules.permissions import Permission
from credigestor.services import customer_moves as services
from credigestor.services import payment_moves
from credigestor.services.inputs import parse

sales = Operations("/sales", "Vendas")
customers = Operations("/customers", "Clientes")
payments = Operations("/payments", "Pagamentos")


class SaleToMove(Body):
    """To whom a sale goes, and why."""

    model_config = examples({"customer_id": 12, "reason": "Foi lançada para um homônimo"})

    customer_id: Id
    reason: str


class SaleMoved(Answer):
    """The sale, and whose it is now."""

    id: int
    customer_id: int


class RegisterToMerge(Body):
    """Into which register a double one goes, and why."""

    model_config = examples({"into_id": 12, "reason": "Cadastro em dobro"})

    into_id: Id
    reason: str


class RegisterMerged(Answer):
    """The register that stays, and how many sales came to it."""

    into_id: int
    sales: int


@sales.writes(
    "/{sale_id}/move", Permission.MOVE, "Passar uma venda ao cliente certo", answers=SaleMoved
)
def move(sale_id: PathId, call: Caller, once: Once, data: SaleToMove) -> Response:
    """Move a sale with its notes, payments and acts."""

    def act(session: Session) -> SaleMoved:
        services.move_sale(
            session,
            call.actor,
            operation_id=once.key,
            sale_id=sale_id,
            customer_id=data.customer_id,
            why=data.reason,
            today=call.today,
        )
        return SaleMoved(id=sale_id, customer_id=data.customer_id)

    return once(data, act)


@customers.writes(
    "/{customer_id}/merge",
    Permission.MOVE,
    "Juntar um cadastro em dobro ao certo",
    answers=RegisterMerged,
)
def merge(customer_id: PathId, call: Caller, once: Once, data: RegisterToMerge) -> Response:
    """Move all sales of a double register, and deactivate it."""

    def act(session: Session) -> RegisterMerged:
        moved = services.merge(
            session,
            call.actor,
            operation_id=once.key,
            customer_id=customer_id,
            into_id=data.into_id,
            why=data.reason,
            today=call.today,
        )
        return RegisterMerged(into_id=data.into_id, sales=moved)

    return once(data, act)


class ItemToMove(Body):
    """What of the money goes to one note."""

    note_id: Id
    amount: MoneyIn


class PaymentToMove(Body):
    """Whose a payment is, what goes to each of their notes, and why."""

    model_config = examples(
        {
            "customer_id": 12,
            "items": [{"note_id": 31, "amount": "150.00"}],
            "reason": "Foi lançado para um homônimo",
        }
    )

    customer_id: Id
    items: Annotated[list[ItemToMove], Field(min_length=1, max_length=MOST_NOTES)]
    reason: str


class PaymentMoved(Answer):
    """The payment that was reversed, and the one that took its place."""

    reversed_id: int
    id: int
    customer_id: int


@payments.writes(
    "/{payment_id}/move",
    Permission.MOVE,
    "Passar um pagamento ao cliente certo",
    answers=PaymentMoved,
)
def move_payment(payment_id: PathId, call: Caller, once: Once, data: PaymentToMove) -> Response:
    """Reverse a payment and receive its money for another customer, both or neither."""

    def act(session: Session) -> PaymentMoved:
        made = payment_moves.move(
            session,
            call.actor,
            parse(
                payment_moves.PaymentToMove,
                {
                    "operation_id": once.key,
                    "payment_id": payment_id,
                    "customer_id": data.customer_id,
                    "items": tuple((item.note_id, item.amount) for item in data.items),
                    "reason": data.reason,
                },
            ),
            today=call.today,
        )
        return PaymentMoved(reversed_id=payment_id, id=made, customer_id=data.customer_id)

    return once(data, act)
