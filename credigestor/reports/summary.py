"""The shop's headline figures at a date: what a restore or an import is compared by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from credigestor.db.balances import open_notes
from credigestor.db.models import Customer, Note, Payment, PaymentItem, Reversal, Sale
from credigestor.rules.aging import BANDS
from credigestor.rules.money import ZERO


@dataclass(frozen=True)
class Summary:
    """Headline figures at a date: counts, and money in R$.

    Sales are those made and not cancelled by then, with their notes; payments and what was
    received leave reversed ones out (R22). `financed` is the principal financed, without
    contract interest; `receivable_principal` is what the notes still owe of their amounts.
    `aging` maps every band to its open principal; `current` is all that is not overdue (R16).
    """

    customers: int
    sales: int
    notes: int
    payments: int
    financed: Decimal
    receivable_principal: Decimal
    overdue_notes: int
    overdue_principal: Decimal
    overdue_interest: Decimal
    overdue_fine: Decimal
    received_principal: Decimal
    received_interest: Decimal
    received_fine: Decimal
    aging: Mapping[str, Decimal]


def summary(session: Session, as_of: date, *, today: date) -> Summary:
    """The headline figures at `as_of`, which may be past (R16, R22)."""
    made = made_by(as_of)
    figures: dict[str, Any] = {
        "customers": session.scalar(select(func.count()).select_from(Customer)),
        "notes": session.scalar(
            select(func.count()).select_from(Note).join(Sale, Sale.id == Note.sale_id).where(made)
        ),
        "payments": session.scalar(
            select(func.count())
            .select_from(Payment)
            .where(
                Payment.paid_on <= as_of,
                ~select(Reversal.id).where(Reversal.payment_id == Payment.id).exists(),
            )
        ),
    }
    for statement in (_sales(made), _overdue(as_of, today), _received(as_of)):
        figures |= session.execute(statement).mappings().one()
    aging = _aging(session, as_of, today)
    return Summary(**figures, receivable_principal=sum(aging.values(), ZERO), aging=aging)


def as_json(figures: Summary) -> dict[str, Any]:
    """The figures as JSON's own types: counts as integers, R$ as strings of two decimals."""
    return {
        key: {band: _text(value) for band, value in part.items()}
        if isinstance(part, dict)
        else _text(part)
        for key, part in asdict(figures).items()
    }


def made_by(as_of: date) -> ColumnElement[bool]:
    """The condition of a sale made by `as_of` and not cancelled by then."""
    return and_(Sale.sold_on <= as_of, or_(Sale.cancelled_on.is_(None), Sale.cancelled_on > as_of))


def _sales(made: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(
        func.count().label("sales"),
        func.coalesce(func.sum(Sale.total - Sale.down_payment), ZERO).label("financed"),
    ).where(made)


def _overdue(as_of: date, today: date) -> Select[*tuple[Any, ...]]:
    notes = open_notes(as_of, today=today).subquery()
    return select(
        func.count().label("overdue_notes"),
        *(
            func.coalesce(func.sum(notes.c[part]), ZERO).label(f"overdue_{part}")
            for part in ("principal", "interest", "fine")
        ),
    ).where(notes.c.is_overdue)


def _received(as_of: date) -> Select[*tuple[Any, ...]]:
    return select(
        *(
            func.coalesce(func.sum(column), ZERO).label(f"received_{column.key}")
            for column in (PaymentItem.principal, PaymentItem.interest, PaymentItem.fine)
        )
    ).where(PaymentItem.paid_on <= as_of, PaymentItem.reversed.is_(False))


def _aging(session: Session, as_of: date, today: date) -> dict[str, Decimal]:
    notes = open_notes(as_of, today=today).subquery()
    found = session.execute(
        select(notes.c.band, func.sum(notes.c.principal)).group_by(notes.c.band)
    )
    return dict.fromkeys(BANDS, ZERO) | {row[0]: row[1] for row in found}


def _text(value: Decimal | int) -> str | int:
    return f"{value:.2f}" if isinstance(value, Decimal) else value
