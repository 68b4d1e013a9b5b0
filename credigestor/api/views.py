"""What figures are of: the as-of date and the part of the portfolio that an address asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeVar

from fastapi import Depends, Query
from sqlalchemy.orm import Session

from credigestor.api.calls import Call, Caller
from credigestor.api.fields import Day, NotYetIn
from credigestor.api.sales import Seller, ValueRange
from credigestor.db import replica
from credigestor.db.engine import transaction
from credigestor.errors import InvalidInput
from credigestor.reports.scope import Scope
from credigestor.reports.unfolded import unfolded
from credigestor.rules.periods import Period
from credigestor.services import summaries

R = TypeVar("R")

#: Seconds that a figure waits for summaries that somebody else brings up.
_PATIENCE = 2.0


async def _scope(
    seller: Seller | None = None, city: str | None = None, value: ValueRange | None = None
) -> Scope:
    return Scope(seller, city, value)


AskedScope = Annotated[Scope, Depends(_scope)]
#: First and last day of a period.
PeriodStart = Annotated[Day | None, Query(description="Sem ele, o primeiro dia do mês.")]
PeriodEnd = Annotated[Day | None, Query(description="Sem ele, a data dos números.")]


def passed(day: date | None, today: date) -> date:
    """An as-of date, today without one; refuses what is yet to come."""
    if day is not None and day > today:
        raise InvalidInput("A data não pode ser futura.", field="as_of")
    return day or today


def period(start: date | None, end: date | None, as_of: date) -> Period:
    """The period asked for, by default the as-of date's month; refuses one that ends too early."""
    last = end or as_of
    first = start or last.replace(day=1)
    if first > last:
        raise InvalidInput("O período termina antes de começar.", field="start")
    return Period(first, last)


def caught_up(call: Call, read: Callable[[Session], R]) -> tuple[R, NotYetIn | None]:
    """What is read where summaries know the ledger as it stands, or what they do not know yet."""
    with transaction() as session:
        caught_up = summaries.try_refresh(session, today=call.today, patience=_PATIENCE)
    usual = summaries.READERS_SALES if caught_up else 0
    found, rest = replica.read(lambda session: (read(session), unfolded(session, more_than=usual)))
    return found, NotYetIn(sales=rest.sales, since=rest.since) if rest else None


@dataclass(frozen=True)
class View:
    """What a chart is asked for; `period` is of those that tell of what moved."""

    as_of: date
    scope: Scope
    period: Period


async def of_day(call: Caller, scope: AskedScope, as_of: Day | None = None) -> View:
    """The view of a chart of what stands on a day."""
    day = passed(as_of, call.today)
    return View(day, scope, period(None, None, day))


async def of_period(
    call: Caller,
    scope: AskedScope,
    as_of: Day | None = None,
    start: PeriodStart = None,
    end: PeriodEnd = None,
) -> View:
    """The view of a chart that also tells what moved in a period."""
    day = passed(as_of, call.today)
    return View(day, scope, period(start, end, day))
