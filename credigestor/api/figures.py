"""Figures at a date: the summary, the dashboard, and who is late."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, Query
from sqlalchemy.orm import Session

from credigestor.api.calls import Call, Caller
from credigestor.api.fields import Answer, Day, Money, Rate
from credigestor.api.notes import Band
from credigestor.api.operations import Operations
from credigestor.api.paging import DatedPage, Paging
from credigestor.api.sales import Seller, ValueRange
from credigestor.db.engine import snapshot, transaction
from credigestor.errors import InvalidInput
from credigestor.reports import delinquency as late
from credigestor.reports.delinquency import DelinquencyFilters
from credigestor.reports.portfolio import flows, stock
from credigestor.reports.scope import Scope
from credigestor.reports.summary import summary as headline
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Permission
from credigestor.services import summaries

router = Operations("", "Números")

#: Seconds that a figure waits for summaries that somebody else brings up.
_PATIENCE = 2.0


class Summary(Answer):
    """The headline figures at a date; `aging` maps each band to its open principal."""

    as_of: date
    customers: int
    sales: int
    notes: int
    payments: int
    financed: Money
    receivable_principal: Money
    overdue_notes: int
    overdue_principal: Money
    overdue_interest: Money
    overdue_fine: Money
    received_principal: Money
    received_interest: Money
    received_fine: Money
    aging: dict[str, Money]


class BandTotal(Answer):
    """What is open in one band."""

    band: str
    notes: int
    principal: Money


class Portfolio(Answer):
    """What is open on the day, R$ of principal; `days_late` is the mean of the overdue notes."""

    receivable: Money
    overdue: Money
    open_notes: int
    overdue_notes: int
    days_late: Rate | None
    bands: list[BandTotal]
    contracts_over_30: Money
    contracts_over_90: Money
    late_interest: Money
    late_fine: Money


class Movement(Answer):
    """What was sold and received in a period; reversals and cancelled sales left out."""

    start: date
    end: date
    sales: int
    sold: Money
    financed: Money
    installments: int
    received: Money
    principal: Money
    interest: Money
    fine: Money
    discount: Money


class Dashboard(Answer):
    """What stands on the day, and what moved in the period."""

    as_of: date
    portfolio: Portfolio
    movement: Movement


class LateCustomer(Answer):
    """A customer with overdue notes, and their sums."""

    customer_id: int
    name: str
    tax_id: str
    phone: str | None
    city: str | None
    notes: int
    oldest_due: date
    days_late: int
    principal: Money
    interest: Money
    fine: Money
    owed: Money


class LateTotals(Answer):
    """The sums over all customers that the filters leave."""

    customers: int
    notes: int
    principal: Money
    interest: Money
    fine: Money
    owed: Money


class LatePage(DatedPage[LateCustomer]):
    """Who is late, a page at a time, with the sums of all pages."""

    totals: LateTotals


async def _scope(
    seller: Seller | None = None, city: str | None = None, value: ValueRange | None = None
) -> Scope:
    return Scope(seller, city, value)


AskedScope = Annotated[Scope, Depends(_scope)]


def _passed(day: date | None, today: date) -> date:
    if day is not None and day > today:
        raise InvalidInput("A data não pode ser futura.", field="as_of")
    return day or today


@contextmanager
def _caught_up(call: Call) -> Iterator[Session]:
    """A snapshot whose summaries know the ledger as it stands."""
    with transaction() as session:
        summaries.try_refresh(session, today=call.today, patience=_PATIENCE)
    with snapshot() as session:
        yield session


@router.reads("/summary", Permission.ANALYTICS, "O resumo da loja numa data")
def summary(call: Caller, as_of: Day | None = None) -> Summary:
    """The figures that a restore is compared by."""
    day = _passed(as_of, call.today)
    with snapshot() as session:
        found = headline(session, day, today=call.today)
    return Summary.model_validate({**vars(found), "as_of": day})


@router.reads("/dashboard", Permission.ANALYTICS, "O painel numa data, com o movimento do período")
def dashboard(
    call: Caller,
    scope: AskedScope,
    as_of: Day | None = None,
    start: Annotated[Day | None, Query(description="Sem ele, o primeiro dia do mês.")] = None,
    end: Annotated[Day | None, Query(description="Sem ele, a data dos números.")] = None,
) -> Dashboard:
    """The figures of the dashboard's cards."""
    day = _passed(as_of, call.today)
    last = end or day
    first = start or last.replace(day=1)
    if first > last:
        raise InvalidInput("O período termina antes de começar.", field="start")
    with _caught_up(call) as session:
        [now] = stock.stocks(session, [day], scope)
        contracts = stock.contracts(session, day, scope)
        charges = stock.charges(session, day, scope, today=call.today)
        flow = flows.flow(session, Period(first, last), as_of=day, scope=scope)
    return Dashboard(
        as_of=day,
        portfolio=Portfolio(
            receivable=now.receivable,
            overdue=now.overdue,
            open_notes=now.open_notes,
            overdue_notes=now.overdue_notes,
            days_late=None if now.days_late is None else round(now.days_late, 1),
            bands=[BandTotal.model_validate(band) for band in now.bands],
            contracts_over_30=contracts.over_30,
            contracts_over_90=contracts.over_90,
            late_interest=charges.interest,
            late_fine=charges.fine,
        ),
        movement=Movement.model_validate(
            {**vars(flow), "received": flow.received, "start": first, "end": last}
        ),
    )


@router.reads("/reports/delinquency", Permission.ANALYTICS, "Quem está atrasado numa data")
def delinquency(
    call: Caller,
    paging: Paging,
    scope: AskedScope,
    as_of: Day | None = None,
    band: Annotated[list[Band], Query(description="Uma ou várias faixas de atraso.")] = [],  # noqa: B006 - FastAPI copies it
    due_from: Day | None = None,
    due_to: Day | None = None,
) -> LatePage:
    """Customers with overdue notes, most principal first."""
    day = _passed(as_of, call.today)
    filters = DelinquencyFilters(scope, tuple(band), due_from, due_to)
    statement = late.listed(day, filters, today=call.today, after=paging.after(Decimal, int))
    with _caught_up(call) as session:
        rows = session.execute(statement.limit(paging.rows)).all()
        totals = late.totals(session, day, filters, today=call.today)
    shown, cursor = paging.cut(rows, lambda row: [row.principal, row.customer_id])
    return LatePage(
        as_of=day,
        items=[LateCustomer.model_validate(row) for row in shown],
        next_cursor=cursor,
        totals=LateTotals.model_validate(totals),
    )
