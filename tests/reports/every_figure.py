"""Every figure of a shop at some dates, as JSON has it, to compare one version's with another's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Customer
from credigestor.reports import customer_statement, notes
from credigestor.reports.portfolio import (
    collections,
    first_payment,
    flows,
    forecast,
    recovery,
    rolls,
    stock,
    vintages,
)
from credigestor.reports.summary import summary
from credigestor.rules.periods import Period

MONTHS = 24


def every_figure(session: Session, dates: Sequence[date], *, today: date) -> dict[str, Any]:
    """The portfolio and what each customer owes at each of the dates, and all that they ever did.

    The summaries are up to `today`.
    """
    customers = session.scalars(select(Customer.id).order_by(Customer.id)).all()
    found: dict[str, Any] = {"portfolio": {}, "owed": {}}
    for day in dates:
        found["portfolio"][str(day)] = _told(_portfolio(session, day, today))
        owed = {each: notes.open_notes(session, each, on=day, today=today) for each in customers}
        found["owed"][str(day)] = {
            str(each): [_told([note.number, note.owed.total, note.days_late]) for note in there]
            for each, there in owed.items()
            if there
        }
    found["statements"] = {str(each): _told(_movements(session, each, today)) for each in customers}
    return found


def _portfolio(session: Session, day: date, today: date) -> dict[str, Any]:
    year = Period(day.replace(month=1, day=1), day)
    return {
        "summary": summary(session, day, today=today),
        "stock": stock.stocks(session, [day])[0],
        "contracts": stock.contracts(session, day),
        "charges": stock.charges(session, day, today=today),
        "debtors": stock.debtors(session, day),
        "year": flows.flow(session, year, as_of=day),
        "flows": flows.by_month(session, day, count=MONTHS),
        "vintages": vintages.vintages(session, day),
        "first_payments": first_payment.by_month(session, day),
        "first_payments_by_seller": first_payment.by_seller(session, day),
        "rolls": rolls.rolls(session, day, MONTHS, today=today),
        "forecast": forecast.forecast(session, day),
        "collections": collections.collections(session, day),
        "receivable_by_month": collections.receivable_by_month(session, day),
        "open_by_due_month": collections.open_by_due_month(session, day),
        "recoveries": recovery.recoveries(session, day, MONTHS),
    }


def _movements(session: Session, customer: int, today: date) -> list[Any]:
    told = customer_statement.statement(
        session, customer, since=date(2000, 1, 1), until=today, today=today
    )
    return [
        (each.on, each.kind, each.number, each.balance, *map(each.sum, ("amount", "principal")))
        for each in told.movements
    ]


def _told(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _told(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _told(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_told(each) for each in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if value is None or isinstance(value, int) else str(value)


def differences(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """Where what was told before is told otherwise; what is told beside it does not count."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            yield from differences(value, after.get(key, "nothing"), f"{place}/{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for k, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, f"{place}/{k}")
    elif before != after:
        yield f"{place}: {before} → {after}"
