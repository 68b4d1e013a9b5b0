"""Sales on instalments, what was offered before, who answers for them, and their notes."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from credigestor.db.models.base import (
    Base,
    DailyRate,
    Money,
    Rate,
    an_id,
    money,
    now,
    old_number_index,
)


class Sale(Base):
    """A sale on instalments with its contract as made: rates in percent, grace in days (R5).

    `carried` is what its notes split where that is not what is financed (R2c), `due_day` the day
    that due dates keep where the first one lacks it (R3), `daily_rate` the true rate, a fraction
    a day (R2b), `schedule` how due dates were agreed and `schedule_step` its days, or which
    business day (R33).
    """

    __tablename__ = "sales"
    __table_args__ = (
        UniqueConstraint("ref"),
        UniqueConstraint("operation_id"),
        UniqueConstraint("proposal_id"),
        CheckConstraint("total > 0", name="total"),
        CheckConstraint("down_payment BETWEEN 0 AND total", name="down_payment"),
        CheckConstraint("installments BETWEEN 0 AND 120", name="installments"),
        CheckConstraint("(installments = 0) = (down_payment = total)", name="fully_paid_down"),
        CheckConstraint("(first_due_date IS NULL) = (installments = 0)", name="first_due_date"),
        CheckConstraint("first_due_date >= sold_on", name="first_due_after_sale"),
        CheckConstraint("contract_rate >= 0", name="contract_rate"),
        CheckConstraint("carried > 0", name="carried"),
        CheckConstraint("due_day BETWEEN 29 AND 31", name="due_day"),
        CheckConstraint("daily_rate >= 0", name="daily_rate"),
        CheckConstraint(
            "CASE schedule WHEN 'days' THEN coalesce(schedule_step BETWEEN 1 AND 180, false)"
            " WHEN 'business_day' THEN coalesce(schedule_step BETWEEN 1 AND 20, false)"
            " ELSE schedule IN ('monthly', 'list') AND schedule_step IS NULL END",
            name="schedule",
        ),
        CheckConstraint(
            "schedule = 'monthly' OR carried IS NULL AND due_day IS NULL", name="schedule_by_days"
        ),
        CheckConstraint("late_rate >= 0", name="late_rate"),
        CheckConstraint("fine_rate BETWEEN 0 AND 2", name="fine_rate"),
        CheckConstraint("grace_days BETWEEN 0 AND 60", name="grace_days"),
        CheckConstraint("(cancelled_on IS NULL) = (cancel_reason IS NULL)", name="cancelled"),
        Index("ix_sales_customer_id", "customer_id"),
        Index("ix_sales_sold_on", "sold_on"),
        Index("ix_sales_seller_id", "seller_id"),
        old_number_index("sales"),
    )
    id: Mapped[int] = an_id()
    ref: Mapped[str | None]
    operation_id: Mapped[uuid.UUID]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    sold_on: Mapped[date]
    description: Mapped[str] = mapped_column(server_default="")
    total: Mapped[Decimal] = mapped_column(Money)
    down_payment: Mapped[Decimal] = mapped_column(Money)
    installments: Mapped[int]
    first_due_date: Mapped[date | None]
    contract_rate: Mapped[Decimal] = mapped_column(Rate)
    carried: Mapped[Decimal | None] = mapped_column(Money)
    due_day: Mapped[int | None] = mapped_column(SmallInteger)
    daily_rate: Mapped[Decimal] = mapped_column(DailyRate, server_default=text("0"))
    schedule: Mapped[str] = mapped_column(server_default="monthly")
    schedule_step: Mapped[int | None] = mapped_column(SmallInteger)
    late_rate: Mapped[Decimal] = mapped_column(Rate)
    fine_rate: Mapped[Decimal] = mapped_column(Rate)
    grace_days: Mapped[int]
    override_reason: Mapped[str | None]
    override_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    #: A manager's, where it was registered with a date of closed days (R37).
    backdate_reason: Mapped[str | None]
    #: The proposal that became this sale.
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id"))
    cancelled_on: Mapped[date | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    cancel_reason: Mapped[str | None]
    created_at: Mapped[datetime] = now()
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Proposal(Base):
    """A sale offered to a customer, at terms (`db.proposal_terms`) that stand until a day.

    Append-only: a sale that it became names it.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("operation_id"),
        # The law's two days at least (CDC art. 54-B, III).
        CheckConstraint("valid_until >= made_on + 2", name="valid_until"),
        Index("ix_proposals_customer_id", "customer_id"),
    )
    id: Mapped[int] = an_id()
    operation_id: Mapped[uuid.UUID]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    made_on: Mapped[date]
    valid_until: Mapped[date]
    terms: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = now()
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Guarantor(Base):
    """Somebody who answers for a sale's notes beside the customer (avalista): at most two (R23)."""

    __tablename__ = "guarantors"
    __table_args__ = (
        UniqueConstraint("sale_id", "position"),
        CheckConstraint("position BETWEEN 1 AND 2", name="position"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 120", name="name_length"),
        CheckConstraint("char_length(tax_id) IN (11, 14)", name="tax_id_length"),
        CheckConstraint("char_length(address) <= 200", name="address_length"),
    )
    id: Mapped[int] = an_id()
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    position: Mapped[int]
    name: Mapped[str]
    tax_id: Mapped[str]
    address: Mapped[str] = mapped_column(server_default="")


_OPEN = text("principal_balance > 0 AND cancelled_on IS NULL")
_ENDS = "IN ('returned', 'renegotiated', 'written_off')"
_CLOSED, CLOSED_AFTER = f"closed {_ENDS}", f"closed_after {_ENDS}"


class Note(Base):
    """A promissory note: one instalment, and the fold of its live payments as columns (R11).

    `on_time_until` is the last on-time day (R4), `free_until` the last day without charges
    (R8); both are fixed when the note is made. From `principal_balance` on, the columns are
    the state after the newest live payment; `settled_on` is its date once nothing is left.
    `cancelled_on` follows the sale's (R13): a payment that waits for the note's lock sees it.
    The three dates are those in force; `original_*` those it was made with, where a later one was
    agreed (R32). `written_off` is the principal given up and not recovered (R34), `closed` how it
    ended without being paid, `last_act_on` the day of its newest live act that is no payment.
    """

    __tablename__ = "notes"
    __table_args__ = (
        UniqueConstraint("sale_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 120", name="number"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("principal_balance BETWEEN 0 AND amount", name="balance"),
        CheckConstraint("interest_carried >= 0", name="interest_carried"),
        CheckConstraint("fine_carried >= 0", name="fine_carried"),
        CheckConstraint("on_time_until >= due_date", name="on_time_until"),
        CheckConstraint("free_until >= on_time_until", name="free_until"),
        CheckConstraint("(settled_on IS NOT NULL) = (principal_balance = 0)", name="settled_on"),
        CheckConstraint(
            "principal_balance + written_off > 0 OR (interest_carried = 0 AND fine_carried = 0)",
            name="charges_before_principal",
        ),
        CheckConstraint(
            "written_off >= 0 AND (written_off = 0 OR principal_balance = 0)", name="written_off"
        ),
        CheckConstraint(_CLOSED, name="closed"),
        Index("ix_notes_customer_id", "customer_id"),
        Index("ix_notes_due_date", "due_date"),
        # The few whose dates were agreed anew (R32).
        Index("ix_notes_moved", "id", postgresql_where=text("original_due_date IS NOT NULL")),
        Index("ix_notes_open_due_date", "due_date", postgresql_where=_OPEN),
        Index("ix_notes_open_customer", "customer_id", postgresql_where=_OPEN),
        old_number_index("notes"),
        # The few that may be paid on time unusually long after they are due.
        Index(
            "ix_notes_long_on_time",
            text("(on_time_until - due_date)"),
            postgresql_where=text("on_time_until - due_date > 4"),
        ),
    )
    id: Mapped[int] = an_id()
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    number: Mapped[int]
    #: What another system called it, which need not be unique even there.
    ref: Mapped[str | None]
    amount: Mapped[Decimal] = mapped_column(Money)
    due_date: Mapped[date]
    on_time_until: Mapped[date]
    free_until: Mapped[date]
    principal_balance: Mapped[Decimal] = mapped_column(Money)
    interest_carried: Mapped[Decimal] = money("0")
    fine_carried: Mapped[Decimal] = money("0")
    fine_charged: Mapped[bool] = mapped_column(server_default=text("false"))
    interest_from: Mapped[date]
    last_paid_on: Mapped[date | None]
    settled_on: Mapped[date | None]
    cancelled_on: Mapped[date | None]
    original_due_date: Mapped[date | None]
    original_on_time_until: Mapped[date | None]
    original_free_until: Mapped[date | None]
    written_off: Mapped[Decimal] = money("0")
    closed: Mapped[str | None]
    last_act_on: Mapped[date | None]
