"""What a search or a list tells of a customer, and what limits it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Found:
    """A customer as a search shows it; tax id and phone as stored, or the phone as written.

    `identification` is what `rules.identification` makes of CPF, CNPJ or foreign document.
    """

    id: int
    name: str
    tax_id: str | None
    identification: str | None
    phone: str | None
    phone_text: str | None
    city: str | None
    state: str | None
    active: bool


@dataclass(frozen=True)
class Match(Found):
    """A customer that a search found, with what is owed today, R$, charges included.

    `similar` where the name is only like what was typed.
    """

    owed: Decimal
    overdue_notes: int
    similar: bool = False


@dataclass(frozen=True)
class CustomerFilters:
    """What limits the list of customers; the default leaves out only the inactive ones.

    `active` of None lists both; `overdue` keeps those with an overdue note today, `unidentified`
    those who are without CPF, CNPJ and foreign document.
    """

    text: str = ""
    active: bool | None = True
    overdue: bool = False
    unidentified: bool = False


@dataclass(frozen=True)
class Exposure:
    """What a customer owes at a date, R$; `overdue` holds charges, `principal` does not.

    `limit` is None where the customer has none; `identification` where they have neither CPF nor
    document, and so get no credit (R23).
    """

    customer_id: int
    name: str
    active: bool
    identification: str | None
    limit: Decimal | None
    principal: Decimal
    overdue_notes: int
    overdue: Decimal
