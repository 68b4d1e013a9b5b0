"""Contacts with customers about what they owe, and their promises to pay (R38)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from sqlalchemy import RowMapping
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import (
    Answer,
    Body,
    Day,
    Id,
    Money,
    MoneyIn,
    NotYetIn,
    PathId,
    QueryId,
    Rate,
    Why,
    examples,
)
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.paging import DatedPage, Paging
from credigestor.api.views import caught_up
from credigestor.db.engine import snapshot
from credigestor.reports import call_list as reports_of_calls
from credigestor.reports import contacts as reports
from credigestor.reports.call_list import call_list
from credigestor.reports.contacts import ContactFilters, ContactMade
from credigestor.rules.contacts import Channel, Outcome
from credigestor.rules.permissions import Permission
from credigestor.rules.promises import PromiseStatus
from credigestor.services import contacts as services
from credigestor.services.contacts import NewContact
from credigestor.services.inputs import parse

router = Operations("/contacts", "Contatos")
promises = Operations("/promises", "Contatos")


class ContactToRecord(Body):
    """A contact of today and what came of it; a promise has an amount and its day."""

    model_config = examples(
        {"customer_id": 12, "channel": "phone", "outcome": "no_answer"},
        {
            "customer_id": 12,
            "channel": "whatsapp",
            "outcome": "promised",
            "promised_amount": "200.00",
            "promised_for": "2026-11-20",
        },
    )

    customer_id: Id
    channel: Channel
    outcome: Outcome
    remark: str | None = None
    promised_amount: MoneyIn | None = None
    promised_for: Day | None = None


class ContactRecorded(Answer):
    """The new contact."""

    id: int
    customer_id: int


class PromiseOfContact(Answer):
    """What was promised and how it stands; `share` is what of it was paid in time, percent."""

    id: int
    amount: Money
    due_on: date
    on_time_until: date
    status: PromiseStatus
    paid: Money
    share: Rate
    withdrawn_on: date | None
    withdrawn_by: str | None
    withdrawal_reason: str | None


class Contact(Answer):
    """A contact with a customer, and the promise that came of it."""

    id: int
    customer_id: int
    customer: str
    contacted_on: date
    recorded_at: datetime
    channel: Channel
    outcome: Outcome
    remark: str | None
    made_by: str | None
    promise: PromiseOfContact | None


class Call(Answer):
    """Somebody to be called: what is overdue and may be collected, and what happened last."""

    customer_id: int
    name: str
    phone: str | None
    principal: Money
    owed: Money
    notes: int
    oldest_due: date
    days_late: int
    last_paid_on: date | None
    last_paid_amount: Money | None
    contact: Contact | None
    promise: PromiseOfContact | None


class Calls(Answer):
    """Whom to call first on a day, most overdue principal first; how many are left out."""

    as_of: date
    not_yet_in: NotYetIn | None = None
    contacted: int
    promised: int
    items: list[Call]


class PromiseWithdrawn(Answer):
    """A promise that was taken back."""

    id: int
    withdrawn_on: date


@router.writes(
    "", Permission.CONTACT, "Registrar um contato, e a promessa feita nele", answers=ContactRecorded
)
def record(call: Caller, once: Once, data: ContactToRecord) -> Response:
    """Record a contact of today."""

    def act(session: Session) -> ContactRecorded:
        new = parse(
            NewContact,
            {
                **data.model_dump(exclude={"promised_amount", "promised_for"}),
                "amount": data.promised_amount,
                "due_on": data.promised_for,
                "operation_id": once.key,
            },
        )
        made = services.record(session, call.actor, new, today=call.today)
        return ContactRecorded(id=made, customer_id=data.customer_id)

    return once(data, act, renamed={"amount": "promised_amount", "due_on": "promised_for"})


@router.lists(
    "",
    Permission.COUNTER,
    "Contatos e promessas, do mais novo ao mais antigo",
    answers=DatedPage[Contact],
)
def search(
    call: Caller,
    paging: Paging,
    customer_id: QueryId | None = None,
    outcome: Annotated[Outcome | None, Query()] = None,
) -> DatedPage[Contact] | Response:
    """Contacts, each with its promise as it stands today, a page at a time or all."""
    after, filters = paging.after(int), ContactFilters(customer_id, outcome)
    statement = reports.listed(filters, after=after[0] if after else None, limit=paging.most)

    def read(session: Session, rows: Sequence[RowMapping]) -> list[Contact]:
        found = reports.of_ids(session, [row["id"] for row in rows], today=call.today)
        return [_shown(each) for each in found]

    if whole := paging.whole_by(statement, read, as_of=call.today):
        return whole
    with snapshot() as session:
        found = read(session, session.execute(statement).mappings().all())
    shown, cursor = paging.cut(found, lambda each: [each.id])
    return DatedPage(as_of=call.today, items=list(shown), next_cursor=cursor)


@router.reads("/calls", Permission.ANALYTICS, "Quem chamar primeiro sobre o que está atrasado")
def calls(call: Caller) -> Calls:
    """The ten that the managers' first page shows."""
    found, rest = caught_up(call, lambda session: call_list(session, today=call.today))
    return Calls(
        as_of=call.today,
        not_yet_in=rest,
        contacted=found.contacted,
        promised=found.promised,
        items=[_call(each) for each in found.calls],
    )


@promises.writes(
    "/{promise_id}/withdrawal",
    Permission.CONTACT,
    "Retirar uma promessa, antes de ser julgada",
    answers=PromiseWithdrawn,
)
def withdraw(promise_id: PathId, call: Caller, once: Once, data: Why) -> Response:
    """Take a promise back as of today."""

    def act(session: Session) -> PromiseWithdrawn:
        services.withdraw(
            session, call.actor, promise_id=promise_id, why=data.reason, today=call.today
        )
        return PromiseWithdrawn(id=promise_id, withdrawn_on=call.today)

    return once(data, act)


def _call(found: reports_of_calls.Call) -> Call:
    paid_on, paid = found.last_paid or (None, None)
    return Call.model_validate(
        {
            **asdict(found.overdue),
            "last_paid_on": paid_on,
            "last_paid_amount": paid,
            "contact": asdict(found.contact) if found.contact else None,
            "promise": asdict(found.promise) if found.promise else None,
        }
    )


def _shown(found: ContactMade) -> Contact:
    return Contact.model_validate(asdict(found))
