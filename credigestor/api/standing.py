"""How a customer stands: credit before a sale, and the statement of a period."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from dateutil.relativedelta import relativedelta
from fastapi import Query
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Day, Money, MoneyIn, PathId, Rate
from credigestor.api.notes import Owed
from credigestor.api.operations import Operations
from credigestor.api.papers import PDF, drawn
from credigestor.db.engine import snapshot
from credigestor.reports import customer_statement as statements
from credigestor.reports.customer_movements import Kind
from credigestor.reports.customer_profile import profile
from credigestor.rules.money import ZERO
from credigestor.rules.permissions import Permission
from credigestor.services.credit import credit_warnings

router = Operations("/customers", "Clientes")

#: As on the customer's page.
_MONTHS = 3

Since = Annotated[
    Day | None, Query(description="Primeiro dia; três meses antes do último, se não disser.")
]
Until = Annotated[Day | None, Query(description="Último dia; hoje, se não disser.")]


class Punctuality(Answer):
    """Of the notes settled or late now, those paid on time; `share` in percent."""

    on_time: int
    settled: int
    late_now: int
    share: Rate | None
    average_days_late: Rate | None


class Credit(Answer):
    """How a customer stands today; `principal` counts against the limit, `overdue` has charges.

    `warnings` say why a sale with these notes takes a manager's word; none, and anybody sells.
    """

    as_of: date
    customer_id: int
    active: bool
    credit_limit: Money | None
    principal: Money
    free_credit: Money | None
    overdue: Money
    overdue_notes: int
    punctuality: Punctuality
    last_purchase: date | None
    new_notes: Money
    warnings: list[str]


class StatementPart(Answer):
    """What a movement is for one note; `principal` is what it changes of the balance."""

    number: str
    due_date: date
    amount: Money
    interest: Money
    fine: Money
    discount: Money
    principal: Money


class Movement(Answer):
    """A sale, a payment or a cancellation, and the balance of principal after it.

    `number` is the sale's or the receipt's; `undone` the day on which a payment was reversed.
    """

    on: date
    kind: Kind
    number: str
    detail: str
    total: Money
    down_payment: Money
    undone: date | None
    came_from: int | None
    went_to: int | None
    parts: list[StatementPart]
    balance: Money


class OwedNote(Answer):
    """A note that is open today, and what settles it today (R14)."""

    id: int
    number: str
    due_date: date
    days_late: int
    owed: Owed
    early_discount: Money
    settlement: Money


class Statement(Answer):
    """What happened in a period, both days included, and what is owed on `as_of`, today.

    `opening` and `closing` are balances of principal.
    """

    as_of: date
    customer_id: int
    customer: str
    since: date
    until: date
    opening: Money
    closing: Money
    movements: list[Movement]
    owed: list[OwedNote]


@router.reads("/{customer_id}/credit", Permission.COUNTER, "Como está o crédito de um cliente hoje")
def credit(
    customer_id: PathId,
    call: Caller,
    new_notes: Annotated[
        MoneyIn, Query(description="R$ de notas que se quer fazer agora, para os avisos.")
    ] = ZERO,
) -> Credit:
    """How a customer stands before a sale."""
    with snapshot() as session:
        found = profile(session, customer_id, as_of=call.today, today=call.today)
    owed, share = found.owed, found.punctuality.share
    warnings = credit_warnings(
        limit=found.customer.credit_limit,
        owed=owed.principal,
        overdue_notes=owed.overdue_notes,
        new_notes=new_notes,
    )
    return Credit(
        as_of=call.today,
        customer_id=customer_id,
        active=found.customer.active,
        credit_limit=found.customer.credit_limit,
        principal=owed.principal,
        free_credit=found.free_credit,
        overdue=owed.overdue,
        overdue_notes=owed.overdue_notes,
        punctuality=Punctuality(
            on_time=found.punctuality.on_time,
            settled=found.punctuality.settled,
            late_now=found.punctuality.late_now,
            share=None if share is None else round(share, 1),
            average_days_late=found.punctuality.average_days_late,
        ),
        last_purchase=found.last_purchase,
        new_notes=new_notes,
        warnings=warnings,
    )


@router.reads("/{customer_id}/statement", Permission.COUNTER, "O extrato de um cliente")
def statement(
    customer_id: PathId, call: Caller, since: Since = None, until: Until = None
) -> Statement:
    """What happened with a customer in a period."""
    first, last = _period(since, until, call.today)
    with snapshot() as session:
        found = statements.statement(
            session, customer_id, since=first, until=last, today=call.today
        )
    return Statement(
        as_of=found.today,
        customer_id=customer_id,
        customer=found.customer.name,
        since=found.since,
        until=found.until,
        opening=found.opening,
        closing=found.closing,
        movements=[Movement.model_validate(each) for each in found.movements],
        owed=[OwedNote.model_validate(each) for each in found.owed],
    )


@router.reads("/{customer_id}/statement.pdf", Permission.COUNTER, "O extrato, em PDF", **PDF)
def statement_pdf(
    customer_id: PathId, call: Caller, since: Since = None, until: Until = None
) -> Response:
    """The same on paper."""
    first, last = _period(since, until, call.today)
    return drawn(call, "extrato", customer_id, **{"from": str(first), "to": str(last)})


def _period(since: date | None, until: date | None, today: date) -> tuple[date, date]:
    last = until or today
    return since or last - relativedelta(months=_MONTHS), last
