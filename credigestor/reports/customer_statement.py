"""The statement of a customer (extrato): what was sold and paid between two dates, and is owed.

The running balance is of principal. Charges paid stand beside it, and a reversed payment is
told without any effect, so that the closing balance is what `note_balances` states that day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.models import (
    Note,
)
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.errors import InvalidInput
from credigestor.reports import store_credit
from credigestor.reports.customer_movements import Kind, Movement, movements
from credigestor.reports.named_customer import NamedCustomer, named_customer
from credigestor.reports.notes import OpenNote, open_notes
from credigestor.reports.store_credit import Movement as CreditMovement
from credigestor.rules.calendar import check_date_range
from credigestor.rules.money import ZERO


@dataclass(frozen=True)
class CustomerStatement:
    """Both days of the period belong to it; `owed` are the open notes of `today`, oldest first."""

    shop: ShopSettings
    customer: NamedCustomer
    since: date
    until: date
    today: date
    opening: Decimal
    movements: Sequence[Movement]
    owed: Sequence[OpenNote]
    #: What moved the customer's credit in the period, and what it was at its end, R$ (R31).
    credit: Sequence[CreditMovement] = ()
    credit_balance: Decimal = ZERO

    @property
    def closing(self) -> Decimal:
        """Principal owed at the end of the period, R$."""
        return self.movements[-1].balance if self.movements else self.opening

    def sum(self, kind: Kind, name: str) -> Decimal:
        """What the movements of a kind come to, R$; names as in `Movement.sum`."""
        return sum((each.sum(name) for each in self.movements if each.kind is kind), ZERO)


def statement(
    session: Session, customer_id: int, *, since: date, until: date, today: date
) -> CustomerStatement:
    """What happened with a customer between two days, and what is owed today.

    Raises NotFound, Conflict for an anonymised customer, InvalidInput when the period is turned
    round or ends after today.
    """
    customer = named_customer(session, customer_id)
    check_date_range(since, "since")
    if until > today:
        raise InvalidInput("O extrato vai no máximo até hoje.", field="until")
    if since > until:
        raise InvalidInput("O começo do período vem depois do fim.", field="since")
    before = note_balances(since - timedelta(days=1), today=today)
    before = before.where(Note.customer_id == customer_id)
    opening = session.scalar(select(func.sum(before.subquery().c.principal))) or ZERO
    credit = store_credit.movements(session, customer_id, as_of=until)
    return CustomerStatement(
        shop=current_settings(session),
        customer=customer,
        since=since,
        until=until,
        today=today,
        opening=opening,
        movements=_balanced(opening, movements(session, customer_id, since, until)),
        owed=open_notes(session, customer_id, on=today, today=today),
        credit=[each for each in credit if each.moved_on >= since],
        credit_balance=credit[-1].balance if credit else ZERO,
    )


def _balanced(opening: Decimal, happened: Sequence[Movement]) -> list[Movement]:
    changes = (each.sum("principal") for each in happened)
    _, *balances = accumulate(changes, initial=opening)
    return [
        replace(each, balance=balance) for each, balance in zip(happened, balances, strict=True)
    ]
