"""Who pays where that is not the customer (Código Civil art. 304): a name, a CPF if it is told.

The log says only that somebody else paid: who it was stands in the table alone, and goes with the
customer's data or the payer's own (R28).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator
from sqlalchemy import ColumnElement, delete, insert, or_, select
from sqlalchemy.orm import Session

from credigestor.db.models import Payer, Payment
from credigestor.errors import InvalidInput
from credigestor.rules.identity import parse_name, parse_tax_id
from credigestor.services.inputs import InputModel


def _tax_id(typed: str | None) -> str | None:
    typed = (typed or "").strip()
    return parse_tax_id(typed, field="payer_tax_id") if typed else None


def _name(typed: str) -> str:
    try:
        return parse_name(typed)
    except InvalidInput as error:
        raise InvalidInput(error.message, field="payer_name") from error


class PayerInput(InputModel):
    """Somebody's name, and CPF or CNPJ or none (R26); read by `inputs.parse`."""

    name: Annotated[str, BeforeValidator(_name)]
    tax_id: Annotated[str | None, BeforeValidator(_tax_id)] = None


def add(session: Session, payment_id: int, payer: PayerInput | None) -> None:
    """Write who made a payment, if that is not the customer."""
    if payer is not None:
        session.execute(insert(Payer).values(payment_id=payment_id, **payer.model_dump()))


def of_payment(session: Session, payment_id: int) -> PayerInput | None:
    """Who made a payment, where that is not the customer."""
    row = session.execute(
        select(Payer.name, Payer.tax_id).where(Payer.payment_id == payment_id)
    ).one_or_none()
    return row and PayerInput(name=row.name, tax_id=row.tax_id)


def erase(session: Session, customer_id: int, tax_id: str | None) -> None:
    """Delete who paid for a customer, and the customer as a payer for others (R28).

    While `credigestor.anonymising` names the customer; the database refuses it otherwise.
    """
    theirs = select(Payment.id).where(Payment.customer_id == customer_id)
    of_them: list[ColumnElement[bool]] = [Payer.payment_id.in_(theirs)]
    if tax_id is not None:  # who is without a CPF is not whoever paid without telling theirs
        of_them.append(Payer.tax_id == tax_id)
    session.execute(delete(Payer).where(or_(*of_them)).execution_options(synchronize_session=False))
