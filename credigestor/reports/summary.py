"""The shop's headline figures at a date: what a restore or an import is compared by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from credigestor.db.balances import open_notes
from credigestor.db.models import (
    Customer,
    Note,
    Payment,
    PaymentItem,
    Renegotiation,
    Reversal,
    Sale,
)
from credigestor.rules.aging import BANDS
from credigestor.rules.charges import Closing
from credigestor.rules.methods import CREDIT
from credigestor.rules.money import ZERO

_Select = Select[*tuple[Any, ...]]
#: Figures of the notes that are overdue, added up over the bands.
_OVERDUE = ("overdue_notes", "overdue_principal", "overdue_interest", "overdue_fine")


@dataclass(frozen=True)
class Summary:
    """Headline figures at a date: counts, and money in R$.

    Sales are those made and not cancelled by then, with their notes; payments and what was
    received leave reversed ones out (R22), and so is what was paid by credit, which came in before
    (R31): `paid_by_credit` is what of the notes it paid. `financed` is the principal financed,
    without contract interest; `receivable_principal` is what the notes still owe of their amounts.
    Sales in the place of older ones are no goods sold: `renegotiations` of `renegotiated` R$ stand
    apart, their notes with the others (R15). `aging` maps every band to its open principal;
    `current` is what is neither overdue (R16) nor counts as an old debt was (R15).
    """

    customers: int
    sales: int
    notes: int
    payments: int
    financed: Decimal
    renegotiations: int
    renegotiated: Decimal
    receivable_principal: Decimal
    overdue_notes: int
    overdue_principal: Decimal
    overdue_interest: Decimal
    overdue_fine: Decimal
    received_principal: Decimal
    received_interest: Decimal
    received_fine: Decimal
    paid_by_credit: Decimal
    aging: Mapping[str, Decimal]


def summary(session: Session, as_of: date, *, today: date) -> Summary:
    """The headline figures at `as_of`, which may be past (R16, R22)."""
    of_one_row, by_band = _statements(as_of, today)
    figures: dict[str, Any] = {}
    for statement in of_one_row:
        figures |= session.execute(statement).mappings().one()
    bands = session.execute(by_band).mappings().all()
    for name in _OVERDUE:
        figures[name] = sum((band[name] for band in bands), 0 if name == "overdue_notes" else ZERO)
    aging = dict.fromkeys(BANDS, ZERO) | {band["band"]: band["principal"] for band in bands}
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


# To build them takes longer than most of their answers.
@lru_cache(maxsize=16)
def _statements(as_of: date, today: date) -> tuple[list[_Select], _Select]:
    """Those of one row with figures by their names, and that of a row for each band."""
    made = made_by(as_of)
    return [_counts(as_of, made), _sales(made), _received(as_of)], _by_band(as_of, today)


def _counts(as_of: date, made: ColumnElement[bool]) -> _Select:
    notes = select(func.count()).select_from(Note).join(Sale, Sale.id == Note.sale_id).where(made)
    payments = (
        select(func.count())
        .select_from(Payment)
        .where(
            Payment.paid_on <= as_of,
            ~select(Reversal.id).where(Reversal.payment_id == Payment.id).exists(),
        )
    )
    return select(
        select(func.count()).select_from(Customer).scalar_subquery().label("customers"),
        notes.scalar_subquery().label("notes"),
        payments.scalar_subquery().label("payments"),
    )


def _sales(made: ColumnElement[bool]) -> _Select:
    financed, sold = Sale.total - Sale.down_payment, Renegotiation.id.is_(None)
    return (
        select(
            func.count().filter(sold).label("sales"),
            func.coalesce(func.sum(financed).filter(sold), ZERO).label("financed"),
            func.count().filter(~sold).label("renegotiations"),
            func.coalesce(func.sum(financed).filter(~sold), ZERO).label("renegotiated"),
        )
        .select_from(Sale)
        .outerjoin(Renegotiation, Renegotiation.sale_id == Sale.id)
        .where(made)
    )


def _by_band(as_of: date, today: date) -> _Select:
    notes = open_notes(as_of, today=today).subquery()
    return select(
        notes.c.band,
        func.sum(notes.c.principal).label("principal"),
        func.count().filter(notes.c.is_overdue).label("overdue_notes"),
        *(
            func.coalesce(func.sum(notes.c[part]).filter(notes.c.is_overdue), ZERO).label(
                f"overdue_{part}"
            )
            for part in ("principal", "interest", "fine")
        ),
    ).group_by(notes.c.band)


def _received(as_of: date) -> _Select:
    by_credit = select(Payment.id).where(Payment.method == CREDIT, Payment.paid_on <= as_of)
    money = PaymentItem.payment_id.not_in(by_credit)
    parts = {
        f"received_{column.key}": func.sum(column).filter(money)
        for column in (PaymentItem.principal, PaymentItem.interest, PaymentItem.fine)
    }
    parts["paid_by_credit"] = func.sum(PaymentItem.amount).filter(~money)
    return select(*(func.coalesce(total, ZERO).label(name) for name, total in parts.items())).where(
        PaymentItem.paid_on <= as_of,
        PaymentItem.reversed.is_(False),
        PaymentItem.closed_after.is_distinct_from(Closing.WRITTEN_OFF.value),  # recovered (R34)
    )


def _text(value: Decimal | int) -> str | int:
    return f"{value:.2f}" if isinstance(value, Decimal) else value
