"""Who answers for a sale's notes beside the customer."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from credigestor.db.models import ContractPrinting, Guarantor, Note, NotePrinting


@dataclass(frozen=True)
class SaleGuarantor:
    """A guarantor (avalista): CPF or CNPJ without points, address on one line or empty."""

    name: str
    tax_id: str
    address: str


def of_sale(session: Session, sale_id: int) -> tuple[SaleGuarantor, ...]:
    """The guarantors of a sale, in the order in which they sign: two at most."""
    rows = session.execute(
        select(Guarantor.name, Guarantor.tax_id, Guarantor.address)
        .where(Guarantor.sale_id == sale_id)
        .order_by(Guarantor.position)
    )
    return tuple(SaleGuarantor(*row) for row in rows)


def already_printed(session: Session, sale_id: int) -> bool:
    """Whether a note or the contract was printed: only a manager changes the guarantors then."""
    notes = select(NotePrinting.id).join(Note).where(Note.sale_id == sale_id)
    contract = select(ContractPrinting.id).where(ContractPrinting.sale_id == sale_id)
    return bool(session.scalar(select(or_(exists(notes), exists(contract)))))
