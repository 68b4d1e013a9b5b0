"""The manager's first page: what stands at a date, what moved in a period, and who owes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.db.balances import open_notes
from credigestor.db.models import Customer
from credigestor.reports.portfolio import collections, flows, stock
from credigestor.reports.portfolio.act_totals import act_totals
from credigestor.reports.portfolio.collections import DueTotal
from credigestor.reports.portfolio.flows import Flow
from credigestor.reports.portfolio.largest import largest
from credigestor.reports.portfolio.rows import sold_in
from credigestor.reports.portfolio.stock import Charges, Contracts, Stock
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.reports.store_credit import owed_to_customers, paid_down
from credigestor.rules.charges import Split
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import note_number
from credigestor.rules.periods import Period, stock_dates

#: Points of the small charts of the cards, the last one being the as-of date or its month.
HISTORY = 12
#: Months that the chart of what was sold and received shows.
CHART_MONTHS = 13
NEXT_DAYS = 7


@dataclass(frozen=True)
class Headline:
    """The figures of the cards: now, what they are compared with, and their history.

    `history` holds month ends and the as-of date, `months` the flow of as many months (R16–R17,
    R22). `acts`: what other acts than payments took off notes in the period, by kind (R29–R34).
    `down_by_credit`: what of the period's down payments was paid by customers' credit (R31).
    `customer_credit`: what the shop owes all its customers at the as-of date, whatever the scope.
    """

    stock: Stock
    before: Stock
    history: tuple[Stock, ...]
    contracts: Contracts
    charges: Charges
    flow: Flow
    flow_before: Flow
    months: dict[date, Flow]
    acts: Mapping[str, Split]
    down_by_credit: Decimal
    customer_credit: Decimal


@dataclass(frozen=True)
class Details:
    """The charts and lists below the cards."""

    dues: list[DueTotal]
    debtors: pd.DataFrame
    next_due: pd.DataFrame


def headline(
    session: Session,
    as_of: date,
    period: Period,
    before: tuple[date, Period],
    *,
    today: date,
    scope: Scope = EVERYTHING,
) -> Headline:
    """The figures of the cards at `as_of` and over `period`, beside those of `before`.

    Each as it was seen then: an earlier period on its own as-of date, its sales as old as these.
    """
    before_on, before_period = before
    *history, now, then = stock.stocks(session, [*stock_dates(as_of, HISTORY), before_on], scope)
    return Headline(
        now,
        then,
        (*history, now),
        stock.contracts(session, as_of, scope),
        stock.charges(session, as_of, scope, today=today),
        flows.flow(session, period, as_of=as_of, scope=scope),
        flows.flow(session, before_period, as_of=before_on, scope=scope),
        flows.by_month(session, as_of, count=CHART_MONTHS, scope=scope),
        act_totals(session, period, as_of=as_of, scope=scope),
        paid_down(session, period, as_of=as_of, scope=scope),
        owed_to_customers(session, as_of),
    )


def details(session: Session, as_of: date, *, today: date, scope: Scope = EVERYTHING) -> Details:
    """What is due when, who owes most, and the notes of the next days, at `as_of`."""
    return Details(
        collections.receivable_by_month(session, as_of, scope),
        largest_debtors(session, as_of, today=today, scope=scope),
        next_due(session, as_of, today=today, scope=scope),
    )


def largest_debtors(
    session: Session, as_of: date, *, today: date, scope: Scope = EVERYTHING, count: int = 10
) -> pd.DataFrame:
    """The customers who owe most principal: customer_id, name, notes, principal (all open),
    overdue (principal), charges (R$), days_late (of the oldest note), most first.
    """
    ids = [customer_id for customer_id, _ in largest(session, as_of, count=count, scope=scope)]
    notes = open_notes(as_of, today=today).subquery()
    principal = func.sum(notes.c.principal)
    statement = (
        select(
            notes.c.customer_id,
            Customer.name,
            func.count().label("notes"),
            principal.label("principal"),
            func.coalesce(principal.filter(notes.c.is_overdue), ZERO).label("overdue"),
            func.sum(notes.c.interest + notes.c.fine).label("charges"),
            func.max(notes.c.days_late).label("days_late"),
        )
        .join(Customer, Customer.id == notes.c.customer_id)
        .where(notes.c.customer_id.in_(ids), sold_in(scope, notes.c.sale_id))
        .group_by(notes.c.customer_id, Customer.name)
        .order_by(principal.desc(), notes.c.customer_id)
    )
    return pd.read_sql(statement, session.connection(), coerce_float=False)


def next_due(
    session: Session,
    as_of: date,
    *,
    today: date,
    scope: Scope = EVERYTHING,
    days: int = NEXT_DAYS,
    limit: int = 100,
) -> pd.DataFrame:
    """Open notes due within `days` days, that of `as_of` included, soonest first.

    Columns: note_id, number (as printed), due_date, customer_id, name, phone, owed (R$); at
    most `limit` rows.
    """
    notes = open_notes(as_of, today=today).subquery()
    rows = session.execute(
        select(notes, Customer.name, Customer.phone)
        .join(Customer, Customer.id == notes.c.customer_id)
        .where(
            notes.c.due_date.between(as_of, as_of + timedelta(days=days - 1)),
            sold_in(scope, notes.c.sale_id),
        )
        .order_by(notes.c.due_date, notes.c.note_id)
        .limit(limit)
    )
    columns = ["note_id", "number", "due_date", "customer_id", "name", "phone", "owed"]
    return pd.DataFrame(
        [
            (
                row.note_id,
                note_number(row.sale_id, row.number, row.installments),
                row.due_date,
                row.customer_id,
                row.name,
                row.phone,
                row.owed,
            )
            for row in rows
        ],
        columns=columns,
    )
