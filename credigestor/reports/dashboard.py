"""The manager's first page: what stands at a date, what moved in a period (R16, R17, R22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from dateutil.relativedelta import relativedelta
from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    SQLColumnExpression,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from credigestor.db.balances import open_notes
from credigestor.db.models import Customer, PaymentItem, Sale
from credigestor.reports.summary import made_by
from credigestor.rules.aging import BANDS
from credigestor.rules.charges import ZERO
from credigestor.rules.numbering import note_number
from credigestor.rules.periods import Period, months

#: Months that the chart of what falls due shows one by one.
DUE_MONTHS = 12
NEXT_DAYS = 7


@dataclass(frozen=True)
class Stock:
    """What the shop has to receive at a date: R$ of principal, charges of overdue notes apart.

    `over_30` and `over_90` count the notes late by more than 30 and 90 days; the `_contract`
    ones all that is open of a sale with such a note (arrasto) (R17).
    """

    as_of: date
    receivable: Decimal
    overdue: Decimal
    over_30: Decimal
    over_30_contract: Decimal
    over_90: Decimal
    over_90_contract: Decimal
    interest: Decimal
    fine: Decimal
    open_notes: int
    overdue_notes: int

    def rate(self, part: str) -> Decimal | None:
        """Percent of the receivable that a field such as `over_30` is (R17); None of nothing."""
        return 100 * getattr(self, part) / self.receivable if self.receivable else None


@dataclass(frozen=True)
class Flow:
    """What was sold and received in a period, R$; reversals and cancelled sales left out (R22)."""

    sales: int
    sold: Decimal
    principal: Decimal
    interest: Decimal
    fine: Decimal

    @property
    def charges(self) -> Decimal:
        """Late interest and fines received, R$."""
        return self.interest + self.fine

    @property
    def received(self) -> Decimal:
        """All that was received, R$; down payments belong to the sale and are not in it."""
        return self.principal + self.charges


@dataclass(frozen=True)
class BandTotal:
    """Open principal (R$) and notes of one aging band (R16)."""

    band: str
    principal: Decimal
    notes: int


@dataclass(frozen=True)
class DueTotal:
    """Open principal (R$) and notes due from one day to another; `overdue` is the late part.

    None is an open limit.
    """

    due_from: date | None
    due_to: date | None
    principal: Decimal
    overdue: Decimal
    notes: int


@dataclass(frozen=True)
class MonthTotal:
    """Sold, and received of principal and charges, in the month that begins on `month`, R$."""

    month: date
    sales: int
    sold: Decimal
    principal: Decimal
    charges: Decimal


def stocks(session: Session, dates: Sequence[date], *, today: date) -> list[Stock]:
    """The receivables at each date, in the order given, in one statement (R17)."""
    asked = list(dict.fromkeys(dates))
    rows = session.execute(union_all(*(_stock(day, today) for day in asked))).mappings()
    found = {row["as_of"]: Stock(**row) for row in rows}
    return [found[day] for day in dates]


def flow(session: Session, period: Period, *, as_of: date) -> Flow:
    """What was sold and received from the first to the last day of a period (R22).

    Sales cancelled by `as_of` and whatever is dated after it are left out.
    """
    sold = select(
        func.count().label("sales"), func.coalesce(func.sum(Sale.total), ZERO).label("sold")
    ).where(Sale.sold_on.between(period.start, period.end), made_by(as_of))
    received = select(
        *(
            func.coalesce(func.sum(column), ZERO).label(column.key)
            for column in (PaymentItem.principal, PaymentItem.interest, PaymentItem.fine)
        )
    ).where(
        PaymentItem.paid_on.between(period.start, min(period.end, as_of)),
        PaymentItem.reversed.is_(False),
    )
    return Flow(
        **session.execute(sold).mappings().one(), **session.execute(received).mappings().one()
    )


def by_month(session: Session, as_of: date, *, count: int) -> list[MonthTotal]:
    """Sold and received in each of the last `count` months, the last one up to `as_of` (R22)."""
    firsts = months(as_of, count)
    sale_month = _month(Sale.sold_on)
    sold = (
        select(sale_month.label("month"), func.count().label("sales"), func.sum(Sale.total))
        .where(Sale.sold_on >= firsts[0], made_by(as_of))
        .group_by(sale_month)
    )
    paid_month = _month(PaymentItem.paid_on)
    received = (
        select(
            paid_month.label("month"),
            func.sum(PaymentItem.principal),
            func.sum(PaymentItem.interest + PaymentItem.fine),
        )
        .where(
            PaymentItem.paid_on.between(firsts[0], as_of),
            PaymentItem.reversed.is_(False),
        )
        .group_by(paid_month)
    )
    sales = {row[0]: row[1:] for row in session.execute(sold)}
    payments = {row[0]: row[1:] for row in session.execute(received)}
    return [
        MonthTotal(first, *sales.get(first, (0, ZERO)), *payments.get(first, (ZERO, ZERO)))
        for first in firsts
    ]


def aging(session: Session, as_of: date, *, today: date) -> list[BandTotal]:
    """Open principal and number of notes of every band, in order (R16)."""
    notes = open_notes(as_of, today=today).subquery()
    statement = select(notes.c.band, func.sum(notes.c.principal), func.count()).group_by(
        notes.c.band
    )
    found = {row[0]: row[1:] for row in session.execute(statement)}
    return [BandTotal(band, *found.get(band, (ZERO, 0))) for band in BANDS]


def receivable_by_month(session: Session, as_of: date, *, today: date) -> list[DueTotal]:
    """Open principal by the month it is due.

    One total for all that fell due before the month of `as_of`, one for each of DUE_MONTHS
    months, one for all that comes after.
    """
    notes = open_notes(as_of, today=today).subquery()
    firsts = [*months(as_of, 1), *months(as_of + relativedelta(months=DUE_MONTHS), DUE_MONTHS)]
    due = _month(notes.c.due_date)
    bucket = case(
        (due < firsts[0], 0),
        *((due == first, k) for k, first in enumerate(firsts[:-1], start=1)),
        else_=DUE_MONTHS + 1,
    ).label("bucket")
    principal = func.sum(notes.c.principal)
    overdue = func.coalesce(principal.filter(notes.c.is_overdue), ZERO)
    statement = select(bucket, principal, overdue, func.count()).group_by(bucket)
    found = {row[0]: row[1:] for row in session.execute(statement)}
    ends = [first - timedelta(days=1) for first in firsts]
    limits = zip([None, *firsts], [*ends, None], strict=True)
    return [DueTotal(*limit, *found.get(k, (ZERO, ZERO, 0))) for k, limit in enumerate(limits)]


def largest_debtors(session: Session, as_of: date, *, today: date, count: int = 10) -> pd.DataFrame:
    """The customers who owe most principal: customer_id, name, notes, principal (all open),
    overdue (principal), charges (R$), days_late (of the oldest note).
    """
    notes = open_notes(as_of, today=today).subquery()
    owed = (
        select(
            notes.c.customer_id,
            func.count().label("notes"),
            func.sum(notes.c.principal).label("principal"),
            func.coalesce(func.sum(notes.c.principal).filter(notes.c.is_overdue), ZERO).label(
                "overdue"
            ),
            func.sum(notes.c.interest + notes.c.fine).label("charges"),
            func.max(notes.c.days_late).label("days_late"),
        )
        .group_by(notes.c.customer_id)
        .order_by(func.sum(notes.c.principal).desc(), notes.c.customer_id)
        .limit(count)
        .subquery()
    )
    statement = (
        select(owed.c.customer_id, Customer.name, *list(owed.c)[1:])
        .join(Customer, Customer.id == owed.c.customer_id)
        .order_by(owed.c.principal.desc(), owed.c.customer_id)
    )
    return _frame(session, statement)


def next_due(
    session: Session, as_of: date, *, today: date, days: int = NEXT_DAYS, limit: int = 100
) -> pd.DataFrame:
    """Open notes due within `days` days, that of `as_of` included, soonest first.

    Columns: note_id, number (as printed), due_date, customer_id, name, phone, owed (R$); at
    most `limit` rows.
    """
    notes = open_notes(as_of, today=today).subquery()
    rows = session.execute(
        select(notes, Customer.name, Customer.phone)
        .join(Customer, Customer.id == notes.c.customer_id)
        .where(notes.c.due_date.between(as_of, as_of + timedelta(days=days - 1)))
        .order_by(notes.c.due_date, Customer.name_folded, notes.c.note_id)
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


def _stock(as_of: date, today: date) -> Select[*tuple[Any, ...]]:
    notes = open_notes(as_of, today=today).subquery()
    late = notes.c.days_late
    principal = func.sum(notes.c.principal)
    sales = (
        select(
            principal.label("receivable"),
            principal.filter(notes.c.is_overdue).label("overdue"),
            principal.filter(late > 30).label("over_30"),
            principal.filter(late > 90).label("over_90"),
            func.max(late).label("days_late"),
            func.sum(notes.c.interest).filter(notes.c.is_overdue).label("interest"),
            func.sum(notes.c.fine).filter(notes.c.is_overdue).label("fine"),
            func.count().label("open_notes"),
            func.count().filter(notes.c.is_overdue).label("overdue_notes"),
        )
        .group_by(notes.c.sale_id)
        .subquery()
    )
    money: dict[str, ColumnElement[Any]] = {name: func.sum(sales.c[name]) for name in _STOCK_SUMS}
    for days in (30, 90):
        money[f"over_{days}_contract"] = func.sum(sales.c.receivable).filter(
            sales.c.days_late > days
        )
    return select(
        literal(as_of, Date).label("as_of"),
        *(func.coalesce(value, ZERO).label(name) for name, value in money.items()),
        *(
            cast(func.coalesce(func.sum(sales.c[name]), 0), Integer).label(name)
            for name in ("open_notes", "overdue_notes")
        ),
    )


_STOCK_SUMS = ("receivable", "overdue", "over_30", "over_90", "interest", "fine")


def _month(day: SQLColumnExpression[date]) -> ColumnElement[date]:
    return cast(func.date_trunc(literal_column("'month'"), day), Date)


def _frame(session: Session, statement: Select[*tuple[Any, ...]]) -> pd.DataFrame:
    return pd.read_sql(statement, session.connection(), coerce_float=False)
