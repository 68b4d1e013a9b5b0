"""Payments, what each did to notes, their undoing; and money of sales apart from notes."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from credigestor.db.models.base import Base, Money, an_id, money, now
from credigestor.db.models.handing import Handed, ways
from credigestor.db.models.sales import CLOSED_AFTER
from credigestor.rules.methods import CREDIT, UNKNOWN


class Payment(Handed, Base):
    """One handing-over of money by one customer, R$; never edited or deleted (R12).

    `discount_reason` is a manager's, where more was taken off than the law grants (R14). One that
    was recorded for a namesake is `moved_from` that payment and keeps the number of its `receipt`.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("operation_id"),
        UniqueConstraint("ref"),
        CheckConstraint("amount > 0", name="amount"),
        *ways(CREDIT, UNKNOWN),  # nobody knows how, of some that an import brings
        CheckConstraint("char_length(discount_reason) >= 3", name="discount_reason"),
        CheckConstraint("(moved_from IS NULL) = (receipt IS NULL)", name="moved"),
        CheckConstraint("receipt <= moved_from AND moved_from < id", name="moved_from"),
        Index("ix_payments_paid_on", "paid_on"),
        Index(
            *("ix_payments_moved_from", "moved_from"),
            unique=True,
            postgresql_where=text("moved_from IS NOT NULL"),
        ),
        Index("ix_payments_receipt", "receipt", postgresql_where=text("receipt IS NOT NULL")),
        # Few: the facts of the portfolio look each note's payments up here.
        Index("ix_payments_by_credit", "id", postgresql_where=text("method = 'credit'")),
        Index("ix_payments_customer_id", "customer_id"),
    )
    id: Mapped[int] = an_id()
    ref: Mapped[str | None]
    operation_id: Mapped[uuid.UUID]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    paid_on: Mapped[date]
    backdate_reason: Mapped[str | None]
    discount_reason: Mapped[str | None]
    received_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = now()
    moved_from: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    receipt: Mapped[int | None]

    @hybrid_property
    def number(self) -> int:
        """What its receipt says: its own id, or that of the payment which it was first."""
        return self.receipt or self.id

    @number.inplace.expression
    @classmethod
    def _number(cls) -> ColumnElement[int]:
        return func.coalesce(cls.receipt, cls.id)


class Payer(Base):
    """Who paid where that is not the customer (R24; Código Civil art. 304), CPF if it was told.

    Of a person: it goes when the customer, or who paid, is anonymised (R28), and no other way.
    """

    __tablename__ = "payers"
    __table_args__ = (
        UniqueConstraint("payment_id"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 120", name="name_length"),
        CheckConstraint("char_length(tax_id) IN (11, 14)", name="tax_id_length"),
    )
    id: Mapped[int] = an_id()
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    name: Mapped[str]
    tax_id: Mapped[str | None]


class PaymentItem(Base):
    """The part of a payment that went to one note, its allocation, and the note after it.

    `amount`, the money, and `discount`, what was taken off the principal beside it (R14), never
    change. The allocation (R9) and the `*_after` state follow from a replay
    (R11), so the newest live item on or before a date states the note at that date.
    """

    __tablename__ = "payment_items"
    __table_args__ = (
        UniqueConstraint("payment_id", "note_id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "interest >= 0 AND fine >= 0 AND principal >= 0 AND discount >= 0", name="not_negative"
        ),
        CheckConstraint("interest + fine + principal = amount", name="allocation"),
        CheckConstraint(CLOSED_AFTER, name="closed_after"),
        Index("ix_payment_items_note_id", "note_id", "paid_on", "payment_id"),
        Index("ix_payment_items_paid_on", "paid_on"),
    )
    id: Mapped[int] = an_id()
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    paid_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Money)
    interest: Mapped[Decimal] = mapped_column(Money)
    fine: Mapped[Decimal] = mapped_column(Money)
    principal: Mapped[Decimal] = mapped_column(Money)
    discount: Mapped[Decimal] = money("0")
    reversed: Mapped[bool] = mapped_column(server_default=text("false"))
    principal_after: Mapped[Decimal] = mapped_column(Money)
    interest_after: Mapped[Decimal] = mapped_column(Money)
    fine_after: Mapped[Decimal] = mapped_column(Money)
    fine_charged_after: Mapped[bool]
    interest_from_after: Mapped[date]
    due_date_after: Mapped[date | None]
    on_time_until_after: Mapped[date | None]
    free_until_after: Mapped[date | None]
    written_off_after: Mapped[Decimal] = money("0")
    closed_after: Mapped[str | None]


class Reversal(Base):
    """The undoing of a payment: who, when and why; once per payment (R12)."""

    __tablename__ = "reversals"
    __table_args__ = (
        UniqueConstraint("payment_id"),
        CheckConstraint("char_length(reason) >= 3", name="reason"),
    )
    id: Mapped[int] = an_id()
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    reversed_on: Mapped[date]
    reversed_at: Mapped[datetime] = now()
    reversed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str]


class SaleMoney(Handed, Base):
    """Money of a sale beside its notes: its down payment, or that handed back (R35).

    One of each kind a sale, never edited or deleted. UNKNOWN is the method of those made before
    it was asked for; of CREDIT no money came, nor goes back (R31).
    """

    __tablename__ = "sale_money"
    __table_args__ = (
        UniqueConstraint("sale_id", "kind"),
        CheckConstraint("kind IN ('down', 'refund')", name="kind"),
        CheckConstraint("amount > 0", name="amount"),
        *ways(CREDIT, UNKNOWN),
        Index("ix_sale_money_moved_on", "moved_on"),
    )
    id: Mapped[int] = an_id()
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    kind: Mapped[str]
    moved_on: Mapped[date]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = now()
