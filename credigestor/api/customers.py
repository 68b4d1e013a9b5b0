"""Customers: searched, registered, read, and what one owes on a day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Query
from pydantic import Field, StrictBool
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Body, Day, Money, MoneyIn, PathId, examples
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.paging import DatedPage, Paging
from credigestor.api.versions import Change, Seen
from credigestor.db.engine import snapshot
from credigestor.reports import customer_profile
from credigestor.reports import customers as reports
from credigestor.reports.customers import CustomerFilters
from credigestor.reports.search import MAX_QUERY
from credigestor.rules.aging import Status
from credigestor.rules.numbering import note_number
from credigestor.rules.permissions import Permission
from credigestor.services import customers as services
from credigestor.services.customers import CustomerInput
from credigestor.services.inputs import parse

router = Operations("/customers", "Clientes")


class NewCustomer(Body):
    """A customer as typed; CPF, CNPJ, phone and CEP with or without punctuation.

    `tax_id` of `null` takes a foreign document with its country, or a manager: nobody sells on
    credit to who has neither.
    """

    model_config = examples(
        {
            "name": "Maria do Socorro Lima",
            "tax_id": "529.982.247-25",
            "phone": "(85) 98872-4443",
            "email": "socorro.lima@example.com",
            "birth_date": "1984-07-19",
            "zip_code": "60175-055",
            "street": "Rua dos Tabajaras",
            "street_number": "325",
            "complement": "Apto 201",
            "district": "Praia de Iracema",
            "city": "Fortaleza",
            "state": "CE",
            "credit_limit": "1500.00",
            "second_phone": "(85) 3231-4455",
            "workplace": "Padaria Espiga, balconista",
            "spouse": "José de Lima",
            "personal_references": "Irmã: Rita Lima, (85) 98811-2233",
            "remarks": "Prefere ser chamada depois das 18 h",
        },
        {"name": "Francisco das Chagas Souza", "tax_id": "11144477735"},
    )

    name: str
    tax_id: str | None
    phone: str | None = None
    email: str | None = None
    birth_date: Day | None = None
    zip_code: str | None = None
    street: str | None = None
    street_number: str | None = None
    complement: str | None = None
    district: str | None = None
    city: str | None = None
    state: str | None = None
    credit_limit: MoneyIn | None = None
    remarks: str | None = None
    second_phone: str | None = None
    phone_text: str | None = None
    workplace: str | None = None
    spouse: str | None = None
    personal_references: str | None = None
    foreign_document: str | None = None
    country: str | None = None


class CustomerChange(NewCustomer):
    """What is to change of a customer: only what is sent changes, and `null` empties it.

    `active: false` keeps them from buying; what they owe stays.
    """

    model_config = examples(
        {"phone": "(85) 99123-4567", "complement": None, "credit_limit": "2000.00"},
        {"active": False},
    )

    name: str = Field(default_factory=str)  # so made, the schema tells of no default
    tax_id: str | None = Field(default_factory=str)
    active: StrictBool = Field(default_factory=bool)


class CustomerMade(Answer):
    """The new customer."""

    id: int


class Customer(Answer):
    """All that is registered of a customer; no limit is `null`."""

    id: int
    name: str
    tax_id: str | None
    phone: str | None
    email: str | None
    birth_date: date | None
    zip_code: str | None
    street: str | None
    street_number: str | None
    complement: str | None
    district: str | None
    city: str | None
    state: str | None
    credit_limit: Money | None
    remarks: str | None
    second_phone: str | None
    phone_text: str | None
    workplace: str | None
    spouse: str | None
    personal_references: str | None
    foreign_document: str | None
    country: str | None
    ref: str | None
    active: bool
    created_at: datetime
    updated_at: datetime


class CustomerRow(Answer):
    """A customer in a list, with what is owed, charges included."""

    id: int
    name: str
    tax_id: str | None
    phone: str | None
    city: str | None
    state: str | None
    active: bool
    owed: Money
    overdue_notes: int


class CustomerPage(DatedPage[CustomerRow]):
    """A page of customers; `similar` have names only like `q`, told where few match it."""

    similar: list[CustomerRow]


class OpenNote(Answer):
    """A note that a customer owes, with charges until the day."""

    id: int
    number: str
    sale_id: int
    due_date: date
    days_late: int
    status: Status
    amount: Money
    principal: Money
    interest: Money
    fine: Money
    owed: Money


class CustomerOwed(Answer):
    """What a customer owes on a day; `overdue` and `not_due` make `total`, charges included."""

    as_of: date
    principal: Money
    interest: Money
    fine: Money
    total: Money
    overdue: Money
    not_due: Money
    overdue_notes: int
    credit_limit: Money | None
    free_credit: Money | None
    notes: list[OpenNote]


@router.lists(
    "",
    Permission.COUNTER,
    "Clientes por nome, CPF, CNPJ ou telefone, pelo código",
    answers=CustomerPage,
)
def search(
    call: Caller,
    paging: Paging,
    q: Annotated[str, Query(max_length=MAX_QUERY)] = "",
    active: bool | None = None,
    overdue: bool = False,
    unidentified: bool = False,
) -> CustomerPage | Response:
    """Customers in the order of their codes, which no rename changes, a page at a time or all.

    Names like what was asked for beside them where few have it.
    """
    filters = CustomerFilters(q, active, overdue, unidentified)
    after = paging.after(int)
    statement = reports.listed(
        filters,
        today=call.today,
        limit=paging.most,
        after=after[0] if after else None,
        order="id",
    )
    if whole := paging.whole(statement, CustomerRow.model_validate, as_of=call.today):
        return whole
    with snapshot() as session:
        rows = session.execute(statement).all()
        few = after is None and len(rows) < min(reports.FEW, paging.rows)
        similar = reports.similar(session, filters, today=call.today) if few else []
    shown, cursor = paging.cut(rows, lambda row: [row.id])
    items = [CustomerRow.model_validate(row) for row in shown]
    return CustomerPage(
        as_of=call.today,
        items=items,
        next_cursor=cursor,
        similar=[CustomerRow.model_validate(match) for match in similar],
    )


@router.writes("", Permission.SELL, "Cadastrar um cliente", answers=CustomerMade)
def create(call: Caller, once: Once, data: NewCustomer) -> Response:
    """Register a customer."""
    return once(
        data,
        lambda session: CustomerMade(
            id=services.create(
                session,
                call.actor,
                parse(CustomerInput, data.model_dump()),
                operation_id=once.key,
                today=call.today,
            )
        ),
    )


@router.reads("/{customer_id}", Permission.COUNTER, "O cadastro de um cliente", versioned=Customer)
def read(customer_id: PathId, seen: Seen) -> Response:
    """One customer."""
    with snapshot() as session:
        return seen(_shown(session, customer_id))


@router.changes(
    "/{customer_id}", Permission.SELL, "Mudar o cadastro de um cliente", answers=Customer
)
def change(customer_id: PathId, call: Caller, change: Change, data: CustomerChange) -> Response:
    """Change what is registered of a customer."""

    def act(session: Session) -> None:
        sent = data.model_dump(exclude_unset=True)
        active = sent.pop("active", None)
        if sent:
            before = services.locked(session, customer_id)
            registered = {name: getattr(before, name) for name in NewCustomer.model_fields}
            whole = parse(CustomerInput, registered | sent)
            services.edit(session, call.actor, whole, customer_id=customer_id, today=call.today)
        if active is not None:
            services.set_active(session, call.actor, customer_id=customer_id, active=active)

    return change(
        data,
        act,
        lock=lambda session: services.locked(session, customer_id),
        shown=lambda session: _shown(session, customer_id),
    )


@router.reads("/{customer_id}/owed", Permission.COUNTER, "O que um cliente deve numa data")
def owed(customer_id: PathId, call: Caller, as_of: Day | None = None) -> CustomerOwed:
    """What a customer owes, note by note."""
    day = as_of or call.today
    with snapshot() as session:
        found = customer_profile.profile(session, customer_id, as_of=day, today=call.today)
        notes = customer_profile.open_notes(session, customer_id, as_of=day, today=call.today)
    limit: Decimal | None = found.customer.credit_limit
    return CustomerOwed(
        as_of=day,
        principal=found.owed.principal,
        interest=found.owed.interest,
        fine=found.owed.fine,
        total=found.owed.total,
        overdue=found.owed.overdue,
        not_due=found.owed.not_due,
        overdue_notes=found.owed.overdue_notes,
        credit_limit=limit,
        free_credit=found.free_credit,
        notes=[
            OpenNote.model_validate(
                {
                    **row,
                    "id": row["note_id"],
                    "number": note_number(row["sale_id"], row["number"], row["installments"]),
                }
            )
            for row in notes.to_dict("records")
        ],
    )


def _shown(session: Session, customer_id: int) -> Customer:
    return Customer.model_validate(reports.registered(session, customer_id))
