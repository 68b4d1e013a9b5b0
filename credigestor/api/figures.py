"""Figures at a date: the summary, the dashboard, and who is late."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Call, Caller
from credigestor.api.fields import Answer, Day, Money, NotYetIn, Rate
from credigestor.api.notes import Band
from credigestor.api.operations import Operations
from credigestor.api.paging import DatedPage, Paging
from credigestor.api.views import (
    AskedScope,
    View,
    caught_up,
    of_period,
    passed,
)
from credigestor.db import replica
from credigestor.reports import delinquency as late
from credigestor.reports import summary as headlines
from credigestor.reports.as_closed import Closed, as_closed
from credigestor.reports.delinquency import DelinquencyFilters
from credigestor.reports.folded_summary import folded_summary
from credigestor.reports.portfolio import flows, stock
from credigestor.reports.portfolio.act_totals import NOTHING, act_totals
from credigestor.reports.store_credit import owed_to_customers
from credigestor.reports.unfolded import unfolded
from credigestor.rules.acts import ActKind
from credigestor.rules.permissions import Permission

router = Operations("", "Números")

#: A day's figures now, and as they were where it is closed.
_Both = tuple[headlines.Summary, Closed | None]
#: How often the summaries are brought up where others write meanwhile, before all is recounted.
_TRIES = 3


class Figures(Answer):
    """The headline figures at a date; `aging` maps each band to its open principal."""

    customers: int
    sales: int
    notes: int
    payments: int
    financed: Money
    renegotiations: int
    renegotiated: Money
    receivable_principal: Money
    overdue_notes: int
    overdue_principal: Money
    overdue_interest: Money
    overdue_fine: Money
    received_principal: Money
    received_interest: Money
    received_fine: Money
    paid_by_credit: Money
    aging: dict[str, Money]


class Summary(Figures):
    """The figures now; of a day that is closed, also when that was, and as they were then (R37)."""

    as_of: date
    closed_at: datetime | None = None
    as_closed: Figures | None = None


class BandTotal(Answer):
    """What is open in one band."""

    band: str
    notes: int
    principal: Money


class Portfolio(Answer):
    """What is open on the day, R$ of principal; `days_late` is the mean of the overdue notes.

    `inherited` is in its band by the lateness of a renegotiated debt (R15).
    """

    receivable: Money
    overdue: Money
    open_notes: int
    overdue_notes: int
    days_late: Rate | None
    inherited: Money
    heirs: int
    bands: list[BandTotal]
    contracts_over_30: Money
    contracts_over_90: Money
    late_interest: Money
    late_fine: Money


class Movement(Answer):
    """What was sold and received in a period; reversals and cancelled sales left out.

    `returned` is what goods that came back took off the notes, apart from all of it (R30).
    """

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
    returned: Money


class Dashboard(Answer):
    """What stands on the day, and what moved in the period.

    `customer_credit` is what the shop owes its customers then, of the whole shop (R31).
    """

    as_of: date
    not_yet_in: NotYetIn | None = None
    portfolio: Portfolio
    movement: Movement
    customer_credit: Money


class LateCustomer(Answer):
    """A customer with overdue notes, and their sums."""

    customer_id: int
    name: str
    tax_id: str | None
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
    not_yet_in: NotYetIn | None = None


@router.reads(
    "/summary",
    Permission.ANALYTICS,
    "O resumo da loja numa data",
    response_model_exclude_unset=True,
)
def summary(call: Caller, as_of: Day | None = None) -> Summary:
    """The figures that a restore is compared by, which the summaries give to the cent."""
    day = passed(as_of, call.today)
    found, then = _folded(call, day) or replica.read(
        lambda session: _recounted(session, day, today=call.today)
    )
    closed = {"closed_at": then.closed_at, "as_closed": vars(then.figures)} if then else {}
    return Summary.model_validate({**vars(found), "as_of": day, **closed})


def _folded(call: Call, day: date) -> _Both | None:
    """The figures from the summaries; None where others write faster than those are brought up."""

    def read(session: Session) -> _Both | None:
        if unfolded(session):
            return None
        now = folded_summary(session, day, today=call.today)
        return now, as_closed(session, day, now=now)

    tries = (caught_up(call, read)[0] for _ in range(_TRIES))
    return next(filter(None, tries), None)


def _recounted(session: Session, day: date, *, today: date) -> _Both:
    now = headlines.summary(session, day, today=today)
    return now, as_closed(session, day, now=now)


@router.reads("/dashboard", Permission.ANALYTICS, "O painel numa data, com o movimento do período")
def dashboard(call: Caller, seen: Annotated[View, Depends(of_period)]) -> Dashboard:
    """The figures of the dashboard's cards."""
    found, rest = caught_up(call, lambda session: _dashboard(session, seen, today=call.today))
    return found.model_copy(update={"not_yet_in": rest})


def _dashboard(session: Session, seen: View, *, today: date) -> Dashboard:
    day, scope, moved = seen.as_of, seen.scope, seen.period
    [now] = stock.stocks(session, [day], scope)
    contracts = stock.contracts(session, day, scope)
    charges = stock.charges(session, day, scope, today=today)
    flow = flows.flow(session, moved, as_of=day, scope=scope)
    acts = act_totals(session, moved, as_of=day, scope=scope)
    credit = owed_to_customers(session, day)
    return Dashboard(
        as_of=day,
        portfolio=Portfolio(
            receivable=now.receivable,
            overdue=now.overdue,
            open_notes=now.open_notes,
            overdue_notes=now.overdue_notes,
            days_late=None if now.days_late is None else round(now.days_late, 1),
            inherited=now.inherited,
            heirs=now.heirs,
            bands=[BandTotal.model_validate(band) for band in now.bands],
            contracts_over_30=contracts.over_30,
            contracts_over_90=contracts.over_90,
            late_interest=charges.interest,
            late_fine=charges.fine,
        ),
        movement=Movement.model_validate(
            {
                **vars(flow),
                "received": flow.received,
                "returned": acts.get(ActKind.RETURN, NOTHING).principal,
                "start": moved.start,
                "end": moved.end,
            }
        ),
        customer_credit=credit,
    )


@router.lists(
    "/reports/delinquency",
    Permission.ANALYTICS,
    "Quem está atrasado numa data, pelo código do cliente",
    answers=LatePage,
)
def delinquency(
    call: Caller,
    paging: Paging,
    scope: AskedScope,
    as_of: Day | None = None,
    band: Annotated[list[Band], Query(description="Uma ou várias faixas de atraso.")] = [],  # noqa: B006 - FastAPI copies it
    due_from: Day | None = None,
    due_to: Day | None = None,
) -> LatePage | Response:
    """Customers with overdue notes in the order of their codes, a page at a time or all.

    What a customer owes may change between two pages, and so may no key.
    """
    day = passed(as_of, call.today)
    filters = DelinquencyFilters(scope, tuple(band), due_from, due_to)
    after = paging.after(int)
    statement = late.listed(
        day, filters, today=call.today, after=after[0] if after else None, order="customer_id"
    ).limit(paging.most)
    if whole := paging.whole(statement, LateCustomer.model_validate, as_of=day):
        return whole
    (rows, totals), rest = caught_up(
        call,
        lambda session: (
            session.execute(statement).all(),
            late.totals(session, day, filters, today=call.today),
        ),
    )
    shown, cursor = paging.cut(rows, lambda row: [row.customer_id])
    return LatePage(
        as_of=day,
        not_yet_in=rest,
        items=[LateCustomer.model_validate(row) for row in shown],
        next_cursor=cursor,
        totals=LateTotals.model_validate(totals),
    )
