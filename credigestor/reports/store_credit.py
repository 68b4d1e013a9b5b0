"""What the shop owes its customers as credit: of one, and of all at a date (R31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from credigestor.db.models import CreditMovement, Sale, User
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.errors import NotFound
from credigestor.reports.named_customer import NamedCustomer, named_customer
from credigestor.reports.portfolio.rows import sold_in
from credigestor.reports.receipt import Undone
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import receipt_number, sale_number
from credigestor.rules.periods import Period


@dataclass(frozen=True)
class Movement:
    """One movement of a customer's credit, R$; an undone one changes no balance.

    `kind` is kept, returned, spent, paid_down or paid_back; `source` the number of the receipt,
    return or sale that made it.
    """

    id: int
    moved_on: date
    recorded_at: datetime
    kind: str
    amount: Decimal
    balance: Decimal
    method: str | None
    payment_id: int | None
    act_id: int | None
    sale_id: int | None
    reason: str | None
    made_by: str | None
    undone: Undone | None

    @property
    def source(self) -> str | None:
        """The receipt's, the return's or the sale's number."""
        if self.sale_id:
            return sale_number(self.sale_id)
        made_by = self.payment_id or self.act_id
        return receipt_number(made_by) if made_by else None


@dataclass(frozen=True)
class Payback:
    """All that the receipt of credit paid back states."""

    shop: ShopSettings
    customer: NamedCustomer
    movement: Movement


def balance(session: Session, customer_id: int, *, on: date) -> Decimal:
    """A customer's credit at the end of a day, R$."""
    found = select(func.coalesce(func.sum(CreditMovement.amount), ZERO)).where(
        CreditMovement.customer_id == customer_id, CreditMovement.moved_on <= on
    )
    return session.scalars(found).one()


def owed_to_customers(session: Session, as_of: date) -> Decimal:
    """What the shop owes all its customers as credit at the end of a day, R$."""
    found = select(func.coalesce(func.sum(CreditMovement.amount), ZERO)).where(
        CreditMovement.moved_on <= as_of
    )
    return session.scalars(found).one()


def paid_down(
    session: Session, period: Period, *, as_of: date, scope: Scope = EVERYTHING
) -> Decimal:
    """What of a period's down payments was paid by credit, R$: no money of it (R31).

    Sales cancelled by `as_of` and whatever is dated after it are left out, as `flows.flow` does. It
    reads the movements themselves: they are as many as such sales in the period.
    """
    found = (
        select(-func.coalesce(func.sum(CreditMovement.amount), ZERO))
        .join(Sale, Sale.id == CreditMovement.sale_id)
        .where(
            CreditMovement.moved_on.between(period.start, min(period.end, as_of)),
            or_(Sale.cancelled_on.is_(None), Sale.cancelled_on > as_of),
            sold_in(scope, Sale.__table__.c.id),
        )
    )
    return session.scalars(found).one()


def movements(session: Session, customer_id: int, *, as_of: date) -> Sequence[Movement]:
    """A customer's movements up to a day, oldest first, with the balance after each."""
    maker, undoer, undone = aliased(User), aliased(User), aliased(CreditMovement)
    rows = session.execute(
        select(CreditMovement, maker.name, undone, undoer.name)
        .outerjoin(undone, undone.undoes_id == CreditMovement.id)
        .outerjoin(maker, maker.id == CreditMovement.made_by)
        .outerjoin(undoer, undoer.id == undone.made_by)
        .where(
            CreditMovement.customer_id == customer_id,
            CreditMovement.kind != "undone",
            CreditMovement.moved_on <= as_of,
        )
        .order_by(CreditMovement.moved_on, CreditMovement.id)
    )
    zone = ZoneInfo(current_settings(session).time_zone)
    found, left = [], ZERO
    for row, made_by, gone, gone_by in rows:
        left += ZERO if gone else row.amount
        found.append(
            Movement(
                id=row.id,
                moved_on=row.moved_on,
                recorded_at=row.created_at,
                kind=row.kind,
                amount=row.amount,
                balance=left,
                method=row.method,
                payment_id=row.payment_id,
                act_id=row.act_id,
                sale_id=row.sale_id,
                reason=row.reason,
                made_by=made_by,
                undone=Undone(_day(gone, zone), gone.created_at, gone_by, gone.reason or "")
                if gone
                else None,
            )
        )
    return found


def _day(gone: CreditMovement, zone: ZoneInfo) -> date:
    return gone.created_at.astimezone(zone).date()


def payback(session: Session, movement_id: int) -> Payback:
    """What the receipt of credit paid back states; raises NotFound, and Conflict (R28)."""
    row = session.get(CreditMovement, movement_id)
    if row is None or row.kind != "paid_back":
        raise NotFound("Devolução de crédito não encontrada.")
    there = movements(session, row.customer_id, as_of=row.moved_on)
    return Payback(
        shop=current_settings(session),
        customer=named_customer(session, row.customer_id),
        movement=next(each for each in there if each.id == movement_id),
    )
