"""Guarantors of a sale (avalistas): who signs its notes beside the customer, two at most (R23).

Their personal data stands in the table alone. The log tells of a change by the middle of the
CPF, enough to hold against the paper and too little to say who it is, and tells it of the
customer, with whose data it is erased (R28).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator
from sqlalchemy import delete, exists, insert, or_, select
from sqlalchemy.orm import Session

from credigestor.db.models import ContractPrinting, Customer, Guarantor, NotePrinting, Sale
from credigestor.errors import Conflict, InvalidInput, InvalidInputs, NotFound
from credigestor.rules import privacy
from credigestor.rules.identity import mask_tax_id, parse_name, parse_tax_id
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import audit
from credigestor.services.inputs import InputModel, text
from credigestor.services.ledger import lock_notes_of_sales

#: As many as a note has lines for.
MOST = 2


def parse_address(typed: str | None) -> str:
    """An address on one line, at most 200 characters; raises InvalidInput."""
    cleaned = text(typed, field="address", maximum=200, label="Endereço")
    return " ".join(cleaned.split())


class GuarantorInput(InputModel):
    """A guarantor as typed: name, CPF or CNPJ, address (R26).

    Wrong fields raise InvalidInputs through `inputs.parse`.
    """

    name: Annotated[str, BeforeValidator(parse_name)]
    tax_id: Annotated[str, BeforeValidator(lambda value: parse_tax_id(value, field="tax_id"))]
    address: Annotated[str, BeforeValidator(parse_address)] = ""


def field_of(position: int, name: str) -> str:
    """The field of the guarantor at a position, as errors name it.

    >>> field_of(2, "tax_id")
    'guarantor2_tax_id'
    """
    return f"guarantor{position}_{name}"


def check(guarantors: Sequence[GuarantorInput], *, customer_tax_id: str | None) -> None:
    """Raise InvalidInput for more than two, and InvalidInputs for the customer's CPF or one twice.

    Without the customer's number, what depends on it is not checked.
    """
    if len(guarantors) > MOST:
        raise InvalidInput(f"Uma venda tem no máximo {MOST} avalistas.", field="guarantors")
    errors: dict[str, str] = {}
    seen: set[str] = set()
    for position, guarantor in enumerate(guarantors, 1):
        if guarantor.tax_id == customer_tax_id:
            message = "O avalista não pode ser o próprio cliente: é outra pessoa que garante."
            errors[field_of(position, "tax_id")] = message
        elif guarantor.tax_id in seen:
            errors[field_of(position, "tax_id")] = "Este avalista aparece duas vezes."
        seen.add(guarantor.tax_id)
    if errors:
        raise InvalidInputs(errors)


def add(session: Session, sale_id: int, guarantors: Sequence[GuarantorInput]) -> None:
    """Write the guarantors of a sale that has none; they were checked before."""
    if guarantors:
        session.execute(
            insert(Guarantor),
            [
                {"sale_id": sale_id, "position": position, **guarantor.model_dump()}
                for position, guarantor in enumerate(guarantors, 1)
            ],
        )


def replace(
    session: Session, actor: Actor, *, sale_id: int, guarantors: Sequence[GuarantorInput]
) -> bool:
    """Put these guarantors in place of those that a sale has; False when they are the same.

    Who sells may, until a note or the contract is printed; then it takes Permission.AMEND. Raises
    NotAllowed, NotFound, InvalidInput, or Conflict for a sale that is cancelled or has no notes
    and for an anonymised customer (R28).
    """
    actor.require(Permission.SELL)
    # Notes first, as who prints or cancels does: neither happens in between.
    notes = [note.id for note in lock_notes_of_sales(session, [sale_id])]
    sale = session.execute(
        select(Sale.customer_id, Sale.cancelled_on, Customer.tax_id, Customer.anonymised_at)
        .join(Customer)
        .where(Sale.id == sale_id)
        .with_for_update(of=Sale)
    ).one_or_none()
    if sale is None:
        raise NotFound("Venda não encontrada.")
    if sale.cancelled_on is not None:
        raise Conflict("A venda foi cancelada: os avalistas não mudam mais.")
    if sale.anonymised_at is not None:
        raise Conflict(privacy.REFUSAL)
    if not notes:
        raise Conflict("Esta venda não tem notas: não há o que avalizar.")
    printed = or_(
        exists().where(NotePrinting.note_id.in_(notes)),
        exists().where(ContractPrinting.sale_id == sale_id),
    )
    if session.scalar(select(printed)):
        actor.require(Permission.AMEND)
    check(guarantors, customer_tax_id=sale.tax_id)
    former = [
        GuarantorInput.model_construct(name=row.name, tax_id=row.tax_id, address=row.address)
        for row in session.execute(
            select(Guarantor.name, Guarantor.tax_id, Guarantor.address)
            .where(Guarantor.sale_id == sale_id)
            .order_by(Guarantor.position)
        )
    ]
    if former == list(guarantors):
        return False
    session.execute(delete(Guarantor).where(Guarantor.sale_id == sale_id))
    add(session, sale_id, guarantors)
    before, after = _told(former), _told(guarantors)
    if before == after:  # a name or an address written better
        after = {"guarantor_data": True}
        before = {}
    audit.record(
        session,
        actor,
        "edit",
        "customer",
        sale.customer_id,
        before=before,
        after={"sale": sale_id, **after},
    )
    return True


def _told(guarantors: Sequence[GuarantorInput]) -> dict[str, Any]:
    return {"guarantors": ", ".join(mask_tax_id(guarantor.tax_id) for guarantor in guarantors)}
