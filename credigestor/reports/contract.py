"""The contract of a sale on credit, as one printing puts it on paper, and which there were."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import ContractPrinting, Sale, User
from credigestor.db.settings import current_settings, settings_at
from credigestor.errors import Conflict, NotFound
from credigestor.reports.credit_terms import CreditTerms, kept_of, notes_as_made
from credigestor.reports.guarantors import SaleGuarantor, of_sale
from credigestor.reports.named_customer import named_customer
from credigestor.rules.numbering import sale_number


@dataclass(frozen=True, kw_only=True)
class Contract(CreditTerms):
    """What one printing of a contract puts on paper; `printed_at` is in the shop's time.

    `shop` is what the settings said then, so that the paper stays what was signed; names,
    addresses and guarantors are those of now, as on notes.
    """

    sale_id: int
    guarantors: Sequence[SaleGuarantor]
    copy: int
    printed_at: datetime

    @property
    def number(self) -> str:
        """The sale's number, which is the contract's."""
        return sale_number(self.sale_id)


@dataclass(frozen=True)
class Printed:
    """One printing of a contract: its operation, when in the shop's time, and by whom."""

    operation_id: uuid.UUID
    copy: int
    printed_at: datetime
    printed_by: str | None


def contract(session: Session, operation_id: uuid.UUID) -> Contract:
    """The contract of a recorded printing, the same each time.

    Raises NotFound, or Conflict when the sale was cancelled or the customer anonymised since.
    """
    found = session.execute(
        select(ContractPrinting, Sale)
        .join(Sale, Sale.id == ContractPrinting.sale_id)
        .where(ContractPrinting.operation_id == operation_id)
    ).one_or_none()
    if found is None:
        raise NotFound("Impressão não encontrada.")
    printing, sale = found
    if sale.cancelled_on is not None:
        raise Conflict(f"A venda {sale_number(sale.id)} foi cancelada: seu contrato não vale mais.")
    shop = settings_at(session, printing.printed_at)
    return Contract(
        shop=shop,
        customer=named_customer(session, sale.customer_id),
        **kept_of(sale),
        installments=notes_as_made(session, sale.id),
        sale_id=sale.id,
        guarantors=of_sale(session, sale.id),
        copy=printing.copy,
        printed_at=printing.printed_at.astimezone(ZoneInfo(shop.time_zone)),
    )


def printings(session: Session, sale_id: int) -> list[Printed]:
    """Every printing of a sale's contract, in order."""
    zone = ZoneInfo(current_settings(session).time_zone)
    rows = session.execute(
        select(
            ContractPrinting.operation_id,
            ContractPrinting.copy,
            ContractPrinting.printed_at,
            User.name,
        )
        .outerjoin(User, User.id == ContractPrinting.printed_by)
        .where(ContractPrinting.sale_id == sale_id)
        .order_by(ContractPrinting.copy)
    )
    return [Printed(id_, copy, at.astimezone(zone), by) for id_, copy, at, by in rows]
