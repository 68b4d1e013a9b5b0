"""All that is dated and all that undid it, in one form: what closed days are looked through for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from credigestor.db.models import (
    Act,
    ActItem,
    ActReversal,
    CreditMovement,
    Money,
    Note,
    Payment,
    PaymentItem,
    Reversal,
    Sale,
    SaleMoney,
)
from credigestor.rules.methods import CREDIT
from credigestor.rules.money import ZERO


def records() -> Any:
    """Its rows, with the columns of `_NAMES` and what kind each is."""
    owed = _sum(Note.amount, Note.sale_id == Sale.id)
    paid = _sum(PaymentItem.principal + PaymentItem.discount, PaymentItem.payment_id == Payment.id)
    taken = _sum(ActItem.principal, ActItem.act_id == Act.id)
    of_sale = aliased(Sale)
    came = case((SaleMoney.method == CREDIT, ZERO), else_=SaleMoney.amount)  # R31
    whys = (Payment.backdate_reason, Act.reason, of_sale.backdate_reason)
    nothing, no_act = cast(literal(0), Money), cast(null(), Text)
    return union_all(
        _row(
            "sale",
            no_act,
            Sale.id,
            Sale.sold_on,
            Sale.created_at,
            Sale.created_by,
            Sale.backdate_reason,
            Sale.customer_id,
            owed,
            nothing,
        ),
        _row(
            "down_payment",
            no_act,
            SaleMoney.sale_id,
            SaleMoney.moved_on,
            SaleMoney.created_at,
            SaleMoney.done_by,
            of_sale.backdate_reason,
            of_sale.customer_id,
            nothing,
            came,
        )
        .join(of_sale, of_sale.id == SaleMoney.sale_id)
        .where(SaleMoney.kind == "down"),
        _row(
            "cancellation",
            no_act,
            Sale.id,
            Sale.sold_on,
            Sale.cancelled_at,
            Sale.cancelled_by,
            Sale.cancel_reason,
            Sale.customer_id,
            nothing,
            nothing,
        ).where(Sale.cancelled_at.is_not(None)),
        _row(
            "payment",
            no_act,
            Payment.id,
            Payment.paid_on,
            Payment.created_at,
            Payment.received_by,
            Payment.backdate_reason,
            Payment.customer_id,
            -paid,
            Payment.amount,
        ),
        _row(
            "payment_reversal",
            no_act,
            Payment.id,
            Payment.paid_on,
            Reversal.reversed_at,
            Reversal.reversed_by,
            Reversal.reason,
            Payment.customer_id,
            paid,
            -Payment.amount,
        ).join(Payment, Payment.id == Reversal.payment_id),
        _row(
            "act",
            Act.kind,
            Act.id,
            Act.acted_on,
            Act.created_at,
            Act.made_by,
            Act.reason,
            Act.customer_id,
            -taken,
            nothing,
        ),
        _row(
            "act_reversal",
            Act.kind,
            Act.id,
            Act.acted_on,
            ActReversal.reversed_at,
            ActReversal.reversed_by,
            ActReversal.reason,
            Act.customer_id,
            taken,
            nothing,
        ).join(Act, Act.id == ActReversal.act_id),
        _row(
            "credit",
            CreditMovement.kind,
            CreditMovement.id,
            CreditMovement.moved_on,
            CreditMovement.created_at,
            CreditMovement.made_by,
            func.coalesce(CreditMovement.reason, *whys),
            CreditMovement.customer_id,
            nothing,
            nothing,
            CreditMovement.amount,
        )
        .outerjoin(Payment, Payment.id == CreditMovement.payment_id)
        .outerjoin(Act, Act.id == CreditMovement.act_id)
        .outerjoin(of_sale, of_sale.id == CreditMovement.sale_id),
    )


def _sum(amount: Any, of: ColumnElement[bool]) -> ColumnElement[Decimal]:
    return select(func.coalesce(func.sum(amount), ZERO)).where(of).scalar_subquery()


_NAMES = (
    *("act", "id", "dated_on", "recorded_at", "done_by", "reason", "customer_id"),
    *("receivable", "received", "credit"),
)


def _row(kind: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    """The columns of `_NAMES`; only credit that moved has the last."""
    moved = () if len(columns) == len(_NAMES) else (cast(literal(0), Money),)
    named = (column.label(name) for name, column in zip(_NAMES, (*columns, *moved), strict=True))
    return select(cast(literal(kind), Text).label("kind"), *named)
