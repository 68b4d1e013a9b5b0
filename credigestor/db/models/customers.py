"""Customers, those double who went into one, and what was agreed with them about paying."""

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

from credigestor.db.models.base import Base, Money, an_id, now
from credigestor.rules.identification import identification


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
    id: Mapped[int] = an_id()
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
    created_at: Mapped[datetime] = now()
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    updated_at: Mapped[datetime] = now()
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
    id: Mapped[int] = an_id()
    operation_id: Mapped[uuid.UUID]
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    moved_on: Mapped[date]
    moved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str]
    created_at: Mapped[datetime] = now()


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
    id: Mapped[int] = an_id()
    operation_id: Mapped[uuid.UUID]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    contacted_on: Mapped[date]
    channel: Mapped[str]
    outcome: Mapped[str]
    remark: Mapped[str | None]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = now()


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
    id: Mapped[int] = an_id()
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
    id: Mapped[int] = an_id()
    promise_id: Mapped[int] = mapped_column(ForeignKey("promises.id"))
    withdrawn_on: Mapped[date]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str]
    created_at: Mapped[datetime] = now()
