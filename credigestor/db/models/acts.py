"""What is done to notes that is no payment, and what each kind keeps beside."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from credigestor.db.models.base import Base, Money, Rate, an_id, money, now
from credigestor.db.models.handing import one_of
from credigestor.db.models.sales import CLOSED_AFTER
from credigestor.rules.methods import CREDIT

#: The series that numbers payments and acts, in the order in which they are recorded.
ACT_NUMBERS = "payments_id_seq"


class Act(Base):
    """Something done to notes that is no payment, by one person on one day (R15, R29–R34).

    What it did to each note are its items. Its number is one of the payments' series: acts and
    payments of one day are folded in the order of their numbers. Append-only.
    """

    __tablename__ = "acts"
    __table_args__ = (
        UniqueConstraint("operation_id"),
        UniqueConstraint("id", "kind", "acted_on"),  # for its items, which name all three
        CheckConstraint(
            "kind IN ('waiver', 'return', 'new_date', 'renegotiation', 'write_off', 'charged')",
            name="kind",
        ),
        CheckConstraint("char_length(reason) >= 3", name="reason"),
        Index("ix_acts_customer_id", "customer_id"),
        Index("ix_acts_acted_on", "acted_on"),
    )
    id: Mapped[int] = mapped_column(
        primary_key=True, server_default=text(f"nextval('{ACT_NUMBERS}')")
    )
    operation_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    acted_on: Mapped[date]
    reason: Mapped[str | None]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = now()


class ActItem(Base):
    """What an act did to one note, and the note after it: a payment item's sister.

    `asked_*`, what it was to take off, and the dates agreed never change. What it took and the
    `*_after` state follow from a replay (R11).
    """

    __tablename__ = "act_items"
    __table_args__ = (
        UniqueConstraint("act_id", "note_id"),
        ForeignKeyConstraint(
            ["act_id", "kind", "acted_on"], ["acts.id", "acts.kind", "acts.acted_on"]
        ),
        CheckConstraint("principal >= 0 AND (fine >= 0 OR kind = 'charged')", name="not_negative"),
        CheckConstraint("interest >= 0 OR kind IN ('new_date', 'charged')", name="interest"),
        CheckConstraint("num_nulls(due_date, on_time_until, free_until) IN (0, 3)", name="dates"),
        CheckConstraint(CLOSED_AFTER, name="closed_after"),
        Index("ix_act_items_note_id", "note_id", "acted_on", "act_id"),
        Index("ix_act_items_acted_on", "acted_on"),
    )
    id: Mapped[int] = an_id()
    act_id: Mapped[int]
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    kind: Mapped[str]
    acted_on: Mapped[date]
    asked_interest: Mapped[Decimal] = money("0")
    asked_fine: Mapped[Decimal] = money("0")
    asked_principal: Mapped[Decimal] = money("0")
    due_date: Mapped[date | None]
    on_time_until: Mapped[date | None]
    free_until: Mapped[date | None]
    interest: Mapped[Decimal] = mapped_column(Money)
    fine: Mapped[Decimal] = mapped_column(Money)
    principal: Mapped[Decimal] = mapped_column(Money)
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


class ActReversal(Base):
    """The undoing of an act that is no payment: who, when and why; once per act (R12)."""

    __tablename__ = "act_reversals"
    __table_args__ = (
        UniqueConstraint("act_id"),
        CheckConstraint("char_length(reason) >= 3", name="reason"),
    )
    id: Mapped[int] = an_id()
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.id"))
    reversed_on: Mapped[date]
    reversed_at: Mapped[datetime] = now()
    reversed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str]


class Return(Base):
    """What came back in an act of the kind `return`, which no note can tell (R30). Append-only.

    `value` is what the goods are worth, R$; `share` the percent of the sale by which it was chosen,
    where it was. What exceeded the open notes went `back` to the customer, `back_by` a method. An
    act in which no note falls has no items, and this alone.
    """

    __tablename__ = "returns"
    __table_args__ = (
        UniqueConstraint("act_id"),
        CheckConstraint("kind IN ('regret', 'defect', 'courtesy')", name="kind"),
        CheckConstraint("value > 0", name="value"),
        CheckConstraint("share > 0 AND share <= 100", name="share"),
        CheckConstraint("back >= 0", name="back"),
        one_of("back_by", CREDIT),
        CheckConstraint("(back_by IS NULL) = (back = 0)", name="back_by"),
        Index("ix_returns_sale_id", "sale_id"),
    )
    id: Mapped[int] = an_id()
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.id"))
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    kind: Mapped[str]
    value: Mapped[Decimal] = mapped_column(Money)
    share: Mapped[Decimal | None] = mapped_column(Rate)
    back: Mapped[Decimal] = money("0")
    back_by: Mapped[str | None]


class CreditMovement(Base):
    """What the shop owes a customer (R31): R$ above zero come to it, below zero go. Append-only.

    `kept` beside a payment, from money handed over `method`; `returned` by an act; `spent` by a
    payment; `paid_down` on a sale; `paid_back` by a method. What is undone has a row of its own, of
    the same day and the opposite amount, that names it; both then count for nothing on any day.
    """

    __tablename__ = "credit_movements"
    __table_args__ = (
        UniqueConstraint("operation_id"),
        UniqueConstraint("undoes_id"),
        UniqueConstraint("payment_id", "kind"),
        UniqueConstraint("act_id"),
        UniqueConstraint("sale_id"),
        CheckConstraint(
            "kind IN ('kept', 'returned', 'spent', 'paid_down', 'paid_back', 'undone')", name="kind"
        ),
        CheckConstraint(
            "CASE WHEN kind IN ('kept', 'returned') THEN amount > 0"
            " WHEN kind IN ('spent', 'paid_down', 'paid_back') THEN amount < 0"
            " ELSE amount <> 0 END",
            name="amount",
        ),
        CheckConstraint(
            "(kind IN ('kept', 'spent')) = (payment_id IS NOT NULL)"
            " AND (kind = 'returned') = (act_id IS NOT NULL)"
            " AND (kind = 'paid_down') = (sale_id IS NOT NULL)"
            " AND (kind = 'undone') = (undoes_id IS NOT NULL)"
            " AND (kind = 'paid_back') = (operation_id IS NOT NULL)",
            name="source",
        ),
        CheckConstraint("(kind IN ('kept', 'paid_back')) = (method IS NOT NULL)", name="moved"),
        one_of("method"),
        CheckConstraint("(kind IN ('paid_back', 'undone')) = (reason IS NOT NULL)", name="reason"),
        Index("ix_credit_movements_customer_id", "customer_id", "moved_on"),
        Index("ix_credit_movements_moved_on", "moved_on"),
    )
    id: Mapped[int] = an_id()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[str]
    moved_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Money)
    method: Mapped[str | None]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    act_id: Mapped[int | None] = mapped_column(ForeignKey("acts.id"))
    sale_id: Mapped[int | None] = mapped_column(ForeignKey("sales.id"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("credit_movements.id"))
    operation_id: Mapped[uuid.UUID | None]
    reason: Mapped[str | None]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = now()


class Renegotiation(Base):
    """Old notes closed by an act of the kind `renegotiation`, and the sale that took their place.

    `old_interest` and `old_fine`, R$, are charges that the new notes hold: received as those are
    paid. `first_sold_on` is when the oldest of the debts was sold, `days_late` how late the oldest
    note closed was (R15). Append-only; undone where its act is.
    """

    __tablename__ = "renegotiations"
    __table_args__ = (
        UniqueConstraint("operation_id"),
        UniqueConstraint("act_id"),
        UniqueConstraint("sale_id"),
        UniqueConstraint("payment_id"),
        UniqueConstraint("waiver_id"),
        CheckConstraint("kind IN ('novation', 'confession')", name="kind"),
        CheckConstraint("old_interest >= 0 AND old_fine >= 0", name="old_charges"),
        CheckConstraint("days_late >= 0", name="days_late"),
    )
    id: Mapped[int] = an_id()
    operation_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.id"))
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    #: The down payment on the old notes, and what was let go of their charges.
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    waiver_id: Mapped[int | None] = mapped_column(ForeignKey("acts.id"))
    old_interest: Mapped[Decimal] = mapped_column(Money)
    old_fine: Mapped[Decimal] = mapped_column(Money)
    first_sold_on: Mapped[date]
    days_late: Mapped[int]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = now()


class DayClosing(Base):
    """The closing of all days up to one, by a manager (R37): the newest row is in force.

    One of an earlier day opens those after it again, with a reason. `figures` is the summary of
    `until` as it was then. Append-only.
    """

    __tablename__ = "closings"
    __table_args__ = (
        UniqueConstraint("operation_id"),
        CheckConstraint("char_length(reason) >= 3", name="reason"),
    )
    id: Mapped[int] = an_id()
    operation_id: Mapped[uuid.UUID]
    until: Mapped[date]
    figures: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = now()
