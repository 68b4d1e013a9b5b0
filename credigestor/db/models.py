"""The tables, and the invariants that the database itself keeps.

Named CHECK, UNIQUE and FOREIGN KEY constraints carry the rules; `db.violations` words each
for the person at the counter. Money is NUMERIC(12,2) in R$, rates are percent. payments,
reversals and audit_log are append-only and a payment item keeps its money: triggers in the
migrations see to it. What INSTALLATION names tells of this server, not of the shop: no backup
holds it, and a restore leaves it as it is.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    case,
    cast,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as PGUUID
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from credigestor.rules.identification import identification
from credigestor.rules.methods import CREDIT, PLUS, SEVERAL, UNKNOWN, Method
from credigestor.rules.true_rate import PLACES

Money = Numeric(12, 2)
Rate = Numeric(7, 4)
DailyRate = Numeric(24, PLACES)
#: The series that numbers payments and acts, in the order in which they are recorded.
ACT_NUMBERS = "payments_id_seq"


class Base(DeclarativeBase):
    """Declarative base: every constraint gets a predictable name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as configuration
        str: Text,
        datetime: TIMESTAMP(timezone=True),
        uuid.UUID: PGUUID(as_uuid=True),
        dict[str, Any]: JSONB,
    }


def _id() -> Mapped[int]:
    return mapped_column(Identity(), primary_key=True)


def _now() -> Mapped[datetime]:
    return mapped_column(server_default=func.now())


def _money(default: str | None = None) -> Mapped[Any]:
    return mapped_column(Money, server_default=default)


def _old_number(table: str) -> Index:
    """Of what another system called a row, as `reports.search.by_old_number` looks for it."""
    return Index(
        f"ix_{table}_old_number",
        text("ltrim(lower(ref), '0')"),
        postgresql_where=text("ref IS NOT NULL"),
    )


class User(Base):
    """A person who logs in; `login` is folded to lower case."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("login"),
        CheckConstraint("role IN ('seller', 'manager', 'admin')", name="role"),
        CheckConstraint("login = lower(login)", name="login_lower"),
    )
    id: Mapped[int] = _id()
    login: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = _now()
    password_changed_at: Mapped[datetime] = _now()


class LoginSession(Base):
    """A browser that is logged in, or about to be (a ticket not yet traded for a cookie).

    Only SHA-256 digests of the cookie, the ticket and the visitor's cookie are kept; once the
    ticket was traded, `visitor_hash` is of the cookie by which the browser is known again.
    """

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("token_hash"), UniqueConstraint("ticket_hash"))
    id: Mapped[int] = _id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str | None]
    ticket_hash: Mapped[str | None]
    ticket_expires_at: Mapped[datetime | None]
    visitor_hash: Mapped[str | None]
    address: Mapped[str]
    user_agent: Mapped[str]
    created_at: Mapped[datetime] = _now()
    last_seen_at: Mapped[datetime] = _now()
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class LoginAttempt(Base):
    """One try at a password, for lockout by account and by address."""

    __tablename__ = "login_attempts"
    __table_args__ = (
        Index("ix_login_attempts_login_at", "login", "at"),
        Index("ix_login_attempts_address_at", "address", "at"),
    )
    id: Mapped[int] = _id()
    login: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime] = _now()
    succeeded: Mapped[bool]


class SettingsVersion(Base):
    """One version of the shop's settings; the newest row is in force."""

    __tablename__ = "settings"
    id: Mapped[int] = _id()
    data: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = _now()
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    changed_by_name: Mapped[str]


class Customer(Base):
    """A customer; `name_folded` is the name without case, accents and apostrophes, for search.

    Names that are only like what was typed are found by their words (`reports.similar_names`).
    """

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("tax_id"),
        UniqueConstraint("ref"),
        UniqueConstraint("operation_id"),
        CheckConstraint("credit_limit >= 0", name="credit_limit"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 120", name="name_length"),
        CheckConstraint("char_length(tax_id) IN (11, 14)", name="tax_id_length"),
        UniqueConstraint("country", "foreign_document"),
        CheckConstraint("(foreign_document IS NULL) = (country IS NULL)", name="foreign_document"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        Index("ix_customers_name_folded", "name_folded"),
        # The few who are to be asked for their CPF.
        Index(
            "ix_customers_unidentified",
            "id",
            postgresql_where=text("tax_id IS NULL AND foreign_document IS NULL"),
        ),
        Index(
            "ix_customers_tax_id_prefix", "tax_id", postgresql_ops={"tax_id": "text_pattern_ops"}
        ),
        Index("ix_customers_phone", "phone"),
        # Looked into for hundreds of spellings a search: no list of pending rows to read each time.
        Index(
            "ix_customers_words",
            text("string_to_array(translate(name_folded, '-.', '  '), ' ')"),
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )
    id: Mapped[int] = _id()
    ref: Mapped[str | None]
    operation_id: Mapped[uuid.UUID | None]
    name: Mapped[str]
    name_folded: Mapped[str]
    #: None of who has a foreign document instead, or is yet to be asked for it.
    tax_id: Mapped[str | None]
    foreign_document: Mapped[str | None]
    #: The country of the foreign document, ISO 3166.
    country: Mapped[str | None]
    phone: Mapped[str | None]
    second_phone: Mapped[str | None]
    #: Phones as somebody wrote them, which nobody can dial before they are looked at.
    phone_text: Mapped[str | None]
    email: Mapped[str | None]
    birth_date: Mapped[date | None]
    zip_code: Mapped[str | None]
    street: Mapped[str | None]
    street_number: Mapped[str | None]
    complement: Mapped[str | None]
    district: Mapped[str | None]
    city: Mapped[str | None]
    state: Mapped[str | None]
    credit_limit: Mapped[Decimal | None] = mapped_column(Money)
    workplace: Mapped[str | None]
    spouse: Mapped[str | None]
    personal_references: Mapped[str | None]
    remarks: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = _now()
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    updated_at: Mapped[datetime] = _now()
    #: When the person's data was erased on request (R28); name and tax id are stand-ins since.
    anonymised_at: Mapped[datetime | None]

    @hybrid_property
    def identification(self) -> str | None:
        """By what the customer is known, in one text, as `rules.identification` reads it."""
        return identification(self.tax_id, self.foreign_document, self.country)

    @identification.inplace.expression
    @classmethod
    def _identification(cls) -> ColumnElement[str | None]:
        return func.coalesce(cls.tax_id, cls.country + " " + cls.foreign_document)


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
        _old_number("sales"),
    )
    id: Mapped[int] = _id()
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
    created_at: Mapped[datetime] = _now()
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
    id: Mapped[int] = _id()
    operation_id: Mapped[uuid.UUID]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    made_on: Mapped[date]
    valid_until: Mapped[date]
    terms: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = _now()
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
    id: Mapped[int] = _id()
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    position: Mapped[int]
    name: Mapped[str]
    tax_id: Mapped[str]
    address: Mapped[str] = mapped_column(server_default="")


_OPEN = text("principal_balance > 0 AND cancelled_on IS NULL")
_ENDS = "IN ('returned', 'renegotiated', 'written_off')"
_CLOSED, _CLOSED_AFTER = f"closed {_ENDS}", f"closed_after {_ENDS}"


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
        _old_number("notes"),
        # The few that may be paid on time unusually long after they are due.
        Index(
            "ix_notes_long_on_time",
            text("(on_time_until - due_date)"),
            postgresql_where=text("on_time_until - due_date > 4"),
        ),
    )
    id: Mapped[int] = _id()
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
    interest_carried: Mapped[Decimal] = _money("0")
    fine_carried: Mapped[Decimal] = _money("0")
    fine_charged: Mapped[bool] = mapped_column(server_default=text("false"))
    interest_from: Mapped[date]
    last_paid_on: Mapped[date | None]
    settled_on: Mapped[date | None]
    cancelled_on: Mapped[date | None]
    original_due_date: Mapped[date | None]
    original_on_time_until: Mapped[date | None]
    original_free_until: Mapped[date | None]
    written_off: Mapped[Decimal] = _money("0")
    closed: Mapped[str | None]
    last_act_on: Mapped[date | None]


class Handed:
    """Money handed over: `method`, or with SEVERAL the part of each in its own column (R36).

    So the sum of the parts is a CHECK of the one row, and what came by a method a sum of columns.
    """

    amount: Mapped[Decimal] = mapped_column(Money)
    method: Mapped[str]
    cash: Mapped[Decimal | None] = mapped_column(Money)
    pix: Mapped[Decimal | None] = mapped_column(Money)
    card: Mapped[Decimal | None] = mapped_column(Money)
    transfer: Mapped[Decimal | None] = mapped_column(Money)
    cheque: Mapped[Decimal | None] = mapped_column(Money)
    boleto: Mapped[Decimal | None] = mapped_column(Money)

    @hybrid_property
    def way(self) -> str:
        """The method, or each one's part, as `rules.methods` words it."""
        if self.method != SEVERAL:
            return self.method
        parts = ((method, getattr(self, method.value)) for method in Method)
        return PLUS.join(f"{method} {part}" for method, part in parts if part is not None)

    @way.inplace.expression
    @classmethod
    def _way(cls) -> ColumnElement[str]:
        parts = ((method, getattr(cls, method.value)) for method in Method)
        told = (f"{method} " + cast(part, Text) for method, part in parts)
        return case((cls.method == SEVERAL, func.concat_ws(PLUS, *told)), else_=cls.method)


def _one_of(column: str, *others: str) -> CheckConstraint:
    """The column is a method, or one of the others, which stand in its place."""
    known = ", ".join(f"'{name}'" for name in (*Method, *others))
    return CheckConstraint(f"{column} IN ({known})", name="method")


def _ways(*others: str) -> tuple[CheckConstraint, ...]:
    """What holds of the columns of Handed; `others` stand in a method's place."""
    names = [method.value for method in Method]
    each = ", ".join(names)
    return (
        _one_of("method", SEVERAL, *others),
        CheckConstraint(
            f"CASE WHEN method = '{SEVERAL}' THEN num_nonnulls({each}) >= 2"
            f" ELSE num_nonnulls({each}) = 0 END",
            name="several",
        ),
        CheckConstraint(
            f"method <> '{SEVERAL}' OR amount = "
            + " + ".join(f"coalesce({name}, 0)" for name in names),
            name="parts",
        ),
        CheckConstraint(f"least({each}) > 0", name="each_part"),
    )


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
        *_ways(CREDIT, UNKNOWN),  # nobody knows how, of some that an import brings
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
    id: Mapped[int] = _id()
    ref: Mapped[str | None]
    operation_id: Mapped[uuid.UUID]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    paid_on: Mapped[date]
    backdate_reason: Mapped[str | None]
    discount_reason: Mapped[str | None]
    received_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = _now()
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
    id: Mapped[int] = _id()
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
        CheckConstraint(_CLOSED_AFTER, name="closed_after"),
        Index("ix_payment_items_note_id", "note_id", "paid_on", "payment_id"),
        Index("ix_payment_items_paid_on", "paid_on"),
    )
    id: Mapped[int] = _id()
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    paid_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Money)
    interest: Mapped[Decimal] = mapped_column(Money)
    fine: Mapped[Decimal] = mapped_column(Money)
    principal: Mapped[Decimal] = mapped_column(Money)
    discount: Mapped[Decimal] = _money("0")
    reversed: Mapped[bool] = mapped_column(server_default=text("false"))
    principal_after: Mapped[Decimal] = mapped_column(Money)
    interest_after: Mapped[Decimal] = mapped_column(Money)
    fine_after: Mapped[Decimal] = mapped_column(Money)
    fine_charged_after: Mapped[bool]
    interest_from_after: Mapped[date]
    due_date_after: Mapped[date | None]
    on_time_until_after: Mapped[date | None]
    free_until_after: Mapped[date | None]
    written_off_after: Mapped[Decimal] = _money("0")
    closed_after: Mapped[str | None]


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
    created_at: Mapped[datetime] = _now()


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
        CheckConstraint(_CLOSED_AFTER, name="closed_after"),
        Index("ix_act_items_note_id", "note_id", "acted_on", "act_id"),
        Index("ix_act_items_acted_on", "acted_on"),
    )
    id: Mapped[int] = _id()
    act_id: Mapped[int]
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    kind: Mapped[str]
    acted_on: Mapped[date]
    asked_interest: Mapped[Decimal] = _money("0")
    asked_fine: Mapped[Decimal] = _money("0")
    asked_principal: Mapped[Decimal] = _money("0")
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
    written_off_after: Mapped[Decimal] = _money("0")
    closed_after: Mapped[str | None]


class ActReversal(Base):
    """The undoing of an act that is no payment: who, when and why; once per act (R12)."""

    __tablename__ = "act_reversals"
    __table_args__ = (
        UniqueConstraint("act_id"),
        CheckConstraint("char_length(reason) >= 3", name="reason"),
    )
    id: Mapped[int] = _id()
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.id"))
    reversed_on: Mapped[date]
    reversed_at: Mapped[datetime] = _now()
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
        _one_of("back_by", CREDIT),
        CheckConstraint("(back_by IS NULL) = (back = 0)", name="back_by"),
        Index("ix_returns_sale_id", "sale_id"),
    )
    id: Mapped[int] = _id()
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.id"))
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    kind: Mapped[str]
    value: Mapped[Decimal] = mapped_column(Money)
    share: Mapped[Decimal | None] = mapped_column(Rate)
    back: Mapped[Decimal] = _money("0")
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
        _one_of("method"),
        CheckConstraint("(kind IN ('paid_back', 'undone')) = (reason IS NOT NULL)", name="reason"),
        Index("ix_credit_movements_customer_id", "customer_id", "moved_on"),
        Index("ix_credit_movements_moved_on", "moved_on"),
    )
    id: Mapped[int] = _id()
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
    created_at: Mapped[datetime] = _now()


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
    id: Mapped[int] = _id()
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
    created_at: Mapped[datetime] = _now()


class Reversal(Base):
    """The undoing of a payment: who, when and why; once per payment (R12)."""

    __tablename__ = "reversals"
    __table_args__ = (
        UniqueConstraint("payment_id"),
        CheckConstraint("char_length(reason) >= 3", name="reason"),
    )
    id: Mapped[int] = _id()
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    reversed_on: Mapped[date]
    reversed_at: Mapped[datetime] = _now()
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
        *_ways(CREDIT, UNKNOWN),
        Index("ix_sale_money_moved_on", "moved_on"),
    )
    id: Mapped[int] = _id()
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    kind: Mapped[str]
    moved_on: Mapped[date]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = _now()


class CustomerMove(Base):
    """A sale that was recorded for another customer, moved to the right one: who, when and why.

    Its notes, payments and acts go with it, and keep their dates and numbers. Sales moved by one
    click share its `operation_id`. Append-only.
    """

    __tablename__ = "customer_moves"
    __table_args__ = (
        UniqueConstraint("operation_id", "sale_id"),
        CheckConstraint("from_id <> to_id", name="customers"),
        CheckConstraint("char_length(reason) >= 3", name="reason"),
        Index("ix_customer_moves_sale_id", "sale_id"),
        Index("ix_customer_moves_from_id", "from_id"),
        Index("ix_customer_moves_to_id", "to_id"),
    )
    id: Mapped[int] = _id()
    operation_id: Mapped[uuid.UUID]
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    moved_on: Mapped[date]
    moved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str]
    created_at: Mapped[datetime] = _now()


class Contact(Base):
    """Somebody got in touch with a customer about what is owed, and what came of it.

    Append-only, but for the remark of a customer who is being anonymised (R28).
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("operation_id"),
        CheckConstraint("channel IN ('whatsapp', 'phone', 'in_person')", name="channel"),
        CheckConstraint(
            "outcome IN ('spoke', 'promised', 'wrong_number', 'refused', 'no_answer')",
            name="outcome",
        ),
        CheckConstraint("char_length(remark) BETWEEN 1 AND 500", name="remark"),
        Index("ix_contacts_customer_id", "customer_id"),
        Index("ix_contacts_contacted_on", "contacted_on"),
    )
    id: Mapped[int] = _id()
    operation_id: Mapped[uuid.UUID]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    contacted_on: Mapped[date]
    channel: Mapped[str]
    outcome: Mapped[str]
    remark: Mapped[str | None]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = _now()


class PromiseToPay(Base):
    """An amount that a customer promised in a contact, R$, for a day (R38). Append-only.

    `on_time_until` is that day's last on-time day (R4), fixed when the promise is made.
    """

    __tablename__ = "promises"
    __table_args__ = (
        UniqueConstraint("contact_id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("on_time_until >= due_on", name="on_time_until"),
        Index("ix_promises_on_time_until", "on_time_until"),
    )
    id: Mapped[int] = _id()
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    amount: Mapped[Decimal] = mapped_column(Money)
    due_on: Mapped[date]
    on_time_until: Mapped[date]


class PromiseWithdrawal(Base):
    """The taking back of a promise: who, when and why; once per promise (R38). Append-only."""

    __tablename__ = "promise_withdrawals"
    __table_args__ = (
        UniqueConstraint("promise_id"),
        CheckConstraint("char_length(reason) >= 3", name="reason"),
    )
    id: Mapped[int] = _id()
    promise_id: Mapped[int] = mapped_column(ForeignKey("promises.id"))
    withdrawn_on: Mapped[date]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str]
    created_at: Mapped[datetime] = _now()


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
    id: Mapped[int] = _id()
    operation_id: Mapped[uuid.UUID]
    until: Mapped[date]
    figures: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = _now()


class NotePrinting(Base):
    """A note put on paper: the first copy, or a later one that says "2ª VIA" (R23).

    The notes printed by one press of the button share its `operation_id`. Append-only.
    """

    __tablename__ = "note_printings"
    __table_args__ = (
        UniqueConstraint("operation_id", "note_id"),
        UniqueConstraint("note_id", "copy"),
        CheckConstraint("copy >= 1", name="copy"),
    )
    id: Mapped[int] = _id()
    operation_id: Mapped[uuid.UUID]
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    copy: Mapped[int]
    printed_at: Mapped[datetime] = _now()
    printed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ContractPrinting(Base):
    """A sale's contract put on paper, one copy for each who signs: the first time, or again.

    Append-only.
    """

    __tablename__ = "contract_printings"
    __table_args__ = (
        UniqueConstraint("operation_id"),
        UniqueConstraint("sale_id", "copy"),
        CheckConstraint("copy >= 1", name="copy"),
    )
    id: Mapped[int] = _id()
    operation_id: Mapped[uuid.UUID]
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    copy: Mapped[int]
    printed_at: Mapped[datetime] = _now()
    printed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Logo(Base):
    """An image that heads the shop's documents; the settings in force name one by its SHA-256."""

    __tablename__ = "logos"
    __table_args__ = (
        UniqueConstraint("sha256"),
        CheckConstraint("media_type IN ('image/png', 'image/jpeg')", name="media_type"),
        CheckConstraint("octet_length(content) <= 1048576", name="size"),
    )
    id: Mapped[int] = _id()
    sha256: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes]
    created_at: Mapped[datetime] = _now()
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ImportMapping(Base):
    """How files of an earlier import were read, by the name that a person gave it."""

    __tablename__ = "import_mappings"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 60", name="name"),
        CheckConstraint("octet_length(data::text) <= 1048576", name="size"),
    )
    id: Mapped[int] = _id()
    name: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changed_at: Mapped[datetime] = _now()
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ImportRun(Base):
    """What came of a file that lay in the watched folder, or of several that belong together.

    One row a content, known by `digest` (SHA-256): what was refused and is tried again is told
    anew. The counts are of rows that came in. `detail` has the rows of the import's report, which
    name people: it goes when a customer is anonymised, and after a while by itself.
    """

    __tablename__ = "import_runs"
    __table_args__ = (
        UniqueConstraint("digest"),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
        CheckConstraint(
            "least(customers, sales, notes, payments, differences, problems) >= 0", name="counts"
        ),
        CheckConstraint(
            "NOT refused OR customers + sales + notes + payments = 0", name="nothing_refused"
        ),
    )
    id: Mapped[int] = _id()
    at: Mapped[datetime] = _now()
    file: Mapped[str]
    digest: Mapped[str]
    refused: Mapped[bool]
    customers: Mapped[int]
    sales: Mapped[int]
    notes: Mapped[int]
    payments: Mapped[int]
    differences: Mapped[int]
    problems: Mapped[int]
    detail: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class AuditEntry(Base):
    """One write: who, when, on what, before and after.

    Append-only, but for the personal data of a customer who is being anonymised (R28).
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_entity", "entity", "entity_id"),
        Index("ix_audit_log_at", "at"),
    )
    id: Mapped[int] = _id()
    at: Mapped[datetime] = _now()
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str]
    action: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class AuditSeal(Base):
    """What an entry of the audit log was when it was written, as a digest; `check` compares.

    A trigger writes it with the entry, and again when a customer in it is anonymised (R28).
    """

    __tablename__ = "audit_seals"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seal: Mapped[bytes]


class Download(Base):
    """A file that was asked for: a single-use address for one login, and how far it has come.

    Only the SHA-256 of the token is kept. `what` says how the file is made, by whichever process
    gets the request. `rows` and `size` (bytes) grow while it is sent; `rows_expected` is an
    estimate.
    """

    __tablename__ = "downloads"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_downloads_created_at", "created_at"),
    )
    id: Mapped[int] = _id()
    token_hash: Mapped[str]
    #: The user's id and the login session's: no foreign keys, these rows outlive a restore.
    user_id: Mapped[int]
    session_id: Mapped[int]
    what: Mapped[dict[str, Any]]
    file_name: Mapped[str]
    created_at: Mapped[datetime] = _now()
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    rows_expected: Mapped[int | None]
    rows: Mapped[int] = mapped_column(BigInteger, server_default="0")
    size: Mapped[int] = mapped_column(BigInteger, server_default="0")
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]


class BackupRun(Base):
    """A backup, its verification, or a restore: begun, and how it ended.

    `ok` is None while it runs, or when its process was killed. `file` is a name in the backup
    folder, or the path given on the command line; `detail` a sentence in Portuguese.
    """

    __tablename__ = "backup_runs"
    __table_args__ = (
        CheckConstraint("kind IN ('backup', 'verify', 'restore')", name="kind"),
        CheckConstraint("(finished_at IS NULL) = (ok IS NULL)", name="finished"),
        Index("ix_backup_runs_kind", "kind", "started_at"),
    )
    id: Mapped[int] = _id()
    kind: Mapped[str]
    automatic: Mapped[bool]
    actor_name: Mapped[str]
    started_at: Mapped[datetime] = _now()
    finished_at: Mapped[datetime | None]
    ok: Mapped[bool | None]
    file: Mapped[str]
    size: Mapped[int | None] = mapped_column(BigInteger)
    encrypted: Mapped[bool] = mapped_column(server_default=text("false"))
    detail: Mapped[str] = mapped_column(server_default="")


class ApiOperation(Base):
    """A write that a program asked for by the API: what it asked, and what it was answered.

    `digest` is the SHA-256 of who asked what; `answer` holds ids, numbers, dates and amounts, and
    nobody's name. As old as the record that it tells of.
    """

    __tablename__ = "api_operations"
    operation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    digest: Mapped[str]
    answer: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = _now()


class ApiKey(Base):
    """A key by which a program calls the API for a user; only its SHA-256 is kept.

    It belongs to the installation: no backup holds it, and none brings a revoked one back. So no
    foreign key ties it to its user, whom id and `user_since` (created_at) name together: after a
    restore another may have the id.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        UniqueConstraint("key_hash"),
        CheckConstraint("key_hash ~ '^[0-9a-f]{64}$'", name="key_hash"),
        CheckConstraint("expires_at > created_at", name="expires_at"),
    )
    id: Mapped[int] = _id()
    name: Mapped[str]
    user_id: Mapped[int]
    user_since: Mapped[datetime]
    key_hash: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    created_by_name: Mapped[str]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    last_used_address: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_name: Mapped[str | None]


class ApiCalls(Base):
    """How often somebody called the API in one minute (since 1970): a login, a key, an address.

    Not in the server's journal: a count costs a read no wait for the disk, and a crash loses it.
    """

    __tablename__ = "api_calls"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy's own way
    caller: Mapped[str] = mapped_column(primary_key=True)
    minute: Mapped[int]
    calls: Mapped[int]


class Installation(Base):
    """Which installation this is, one row, made when it is first asked for: its backups' mark.

    `signing_key` signs the API's tokens, from the first login there on. `setup_code` is what a new
    shop's first visitor from another machine is asked for, gone with the first administrator.
    """

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("one", name="one"),)
    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    id: Mapped[uuid.UUID]
    signing_key: Mapped[bytes | None]
    setup_code: Mapped[str | None]


class WebhookEndpoint(Base):
    """Where events go, which ones, and the secret that signs them; off with its cause.

    For a day after a change the former secret signs beside the new one. `overdue_told` is the last
    day whose newly late notes were told.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        CheckConstraint("cardinality(events) > 0", name="events"),
        CheckConstraint("off_cause IN ('person', 'gone', 'failing')", name="off_cause"),
        CheckConstraint("(off_cause IS NULL) = (off_at IS NULL)", name="off"),
    )
    id: Mapped[int] = _id()
    url: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret: Mapped[bytes]
    old_secret: Mapped[bytes | None]
    old_secret_until: Mapped[datetime | None]
    off_cause: Mapped[str | None]
    off_at: Mapped[datetime | None]
    overdue_told: Mapped[date]
    created_at: Mapped[datetime] = _now()


class WebhookEvent(Base):
    """An event for one endpoint, written in the act's own transaction; in order of id.

    `next_at` is when it is tried again, None for at once. No foreign key leads into the shop's
    tables: these rows outlive a restore.
    """

    __tablename__ = "webhook_events"
    __table_args__ = (
        Index(
            "ix_webhook_events_waiting",
            *("endpoint_id", "customer_id", "id"),
            postgresql_where=text("delivered_at IS NULL"),
        ),
        Index("ix_webhook_events_endpoint_id", "endpoint_id", "id"),
        Index("ix_webhook_events_at", "at"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    message_id: Mapped[uuid.UUID] = mapped_column(server_default=func.gen_random_uuid())
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    type: Mapped[str]
    customer_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    data: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]


class WebhookAttempt(Base):
    """One try at a delivery: the status that came back, or in Portuguese why none did."""

    __tablename__ = "webhook_attempts"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("webhook_events.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    status: Mapped[int | None]
    milliseconds: Mapped[int]
    error: Mapped[str | None]


INSTALLATION = frozenset(
    {
        *(Download.__tablename__, BackupRun.__tablename__, Installation.__tablename__),
        *(ApiKey.__tablename__, ApiCalls.__tablename__),
        # A copy of the shop on another machine must not tell anybody anything.
        *(WebhookEndpoint.__tablename__, WebhookEvent.__tablename__, WebhookAttempt.__tablename__),
    }
)
