"""The customer as a document names them: name, CPF or CNPJ, address on one line."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from credigestor.db.models import Customer
from credigestor.errors import Conflict, NotFound
from credigestor.rules.address import address_of


@dataclass(frozen=True)
class NamedCustomer:
    """Who a document is about; `address` is empty where none is registered.

    `tax_id` is what `rules.identification` makes of CPF, CNPJ or foreign document.
    """

    id: int
    name: str
    tax_id: str | None
    address: str
    #: The number that another system gave them.
    ref: str | None = None


def named_customer(session: Session, customer_id: int) -> NamedCustomer:
    """A customer for a document; raises NotFound, and Conflict for an anonymised one (R28)."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("Cliente não encontrado.")
    if customer.anonymised_at is not None:
        raise Conflict(
            "Os dados deste cliente foram anonimizados a pedido: não há mais documentos dele."
        )
    return NamedCustomer(
        customer.id, customer.name, customer.identification, address_of(customer), customer.ref
    )
