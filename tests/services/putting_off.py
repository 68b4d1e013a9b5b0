"""Putting notes off in tests: by the service, each agreement in a transaction of its own."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import Act, ActItem, AuditEntry
from credigestor.errors import BusinessError
from credigestor.rules.permissions import Actor
from credigestor.services import new_dates
from credigestor.services.inputs import parse
from credigestor.services.new_dates import NewDates
from tests.portfolio import TODAY
from tests.services.selling import count


def new_agreement(on: date, **changes: Any) -> NewDates:
    """An agreement of a day; note_id and due_date, or sale_id and days, among the changes."""
    asked = {"operation_id": uuid.uuid4(), "agreed_on": on, "reason": "recebe no dia 20"}
    return parse(NewDates, asked | changes)


def agree(actor: Actor, data: NewDates, today: date = TODAY) -> int:
    """Put off and commit; the act's id."""
    with transaction() as session:
        return new_dates.put_off(session, actor, data, today=today)


def put_off(actor: Actor, on: date, **changes: Any) -> int:
    """Make an agreement and record it."""
    return agree(actor, new_agreement(on, **changes))


def refused(actor: Actor, data: NewDates, today: date = TODAY) -> BusinessError:
    """The error that refuses an agreement, after which nothing is written."""
    tables = (Act, ActItem, AuditEntry)
    before = [count(table) for table in tables]
    with pytest.raises(BusinessError) as caught:
        agree(actor, data, today)
    assert [count(table) for table in tables] == before
    return caught.value
