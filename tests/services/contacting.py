"""Contacts in tests: recorded and withdrawn by the service, each in a transaction of its own."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from credigestor.db.engine import snapshot, transaction
from credigestor.reports import contacts as reports
from credigestor.reports.contacts import ContactFilters, ContactMade, PromiseMade
from credigestor.rules.permissions import Actor
from credigestor.services import contacts
from credigestor.services.contacts import NewContact
from credigestor.services.inputs import parse
from tests.portfolio import TODAY


def new_contact(customer: int, outcome: str = "spoke", **changes: Any) -> NewContact:
    """A call that came to this."""
    values = {"operation_id": uuid.uuid4(), "customer_id": customer, "channel": "phone"}
    return parse(NewContact, {**values, "outcome": outcome, **changes})


def contact(actor: Actor, data: NewContact, today: date = TODAY) -> int:
    with transaction() as session:
        return contacts.record(session, actor, data, today=today)


def promise(
    actor: Actor, customer: int, amount: str, due: date, *, on: date = TODAY, **changes: Any
) -> PromiseMade:
    """A promise made on a day, as it stands then."""
    terms = {"amount": Decimal(amount), "due_on": due}
    made = contact(actor, new_contact(customer, "promised", **terms, **changes), on)
    found = next(each.promise for each in of(customer, on) if each.id == made)
    assert found
    return found


def withdraw(actor: Actor, promise_id: int, why: str = "engano", on: date = TODAY) -> None:
    with transaction() as session:
        contacts.withdraw(session, actor, promise_id=promise_id, why=why, today=on)


def of(customer: int | None, today: date = TODAY) -> list[ContactMade]:
    """A customer's contacts, the newest first."""
    with snapshot() as session:
        return reports.contacts(session, ContactFilters(customer), today=today)


def standing(customer: int, today: date) -> tuple[str, str, str]:
    """Status, share and what was paid of the customer's newest promise."""
    with snapshot() as session:
        found = reports.newest_promises(session, [customer], today=today)[customer]
    return found.status.value, str(found.share), str(found.paid)
