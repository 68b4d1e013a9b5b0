"""How the notes of a sale came to be: number, amounts, due dates and true rate (R1–R3, R33)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import Row

from credigestor.errors import InvalidInput
from credigestor.reports.check.problem import Problem
from credigestor.rules.by_days import split_by_days
from credigestor.rules.calendar import anchor_day, due_dates
from credigestor.rules.due_schedule import ScheduleKind
from credigestor.rules.installments import carried, split
from credigestor.rules.money import ZERO, format_brl
from credigestor.rules.schedule import days_carried
from credigestor.rules.true_rate import daily_rate

_RATE_WITHIN = Decimal("1e-12")


def check_plan(notes: list[list[Row[Any]]]) -> Iterator[Problem]:
    """The notes of a sale are those that the sale makes (R1, R2, R3, R33)."""
    sale = notes[0][0]
    rows = [note[0] for note in notes if note[0].note_id is not None]
    financed = sale.sale_total - sale.sale_down_payment

    def problem(what: str, detail: str) -> Problem:
        return Problem(what, "sales", sale.sale_id, detail)

    if [row.note_number for row in rows] != list(range(1, sale.sale_installments + 1)):
        yield problem(
            "sale_notes",
            f"A venda tem {sale.sale_installments} parcelas; as notas não vão de 1 a "
            f"{sale.sale_installments}.",
        )
        return
    if not rows:
        return
    amounts = [row.note_amount for row in rows]
    due = [row.note_original_due_date or row.note_due_date for row in rows]
    if not _right_amounts(sale, financed, due, amounts):
        yield problem(
            "sale_amounts",
            f"As notas, que somam {format_brl(sum(amounts, ZERO))}, não são as que dividem os "
            f"{format_brl(financed)} financiados.",
        )
    yield from _check_making(sale, list(zip(due, amounts, strict=True)))


def _right_amounts(
    sale: Row[Any], financed: Decimal, due: list[date], amounts: list[Decimal]
) -> bool:
    rate = sale.sale_contract_rate
    if sale.sale_schedule == ScheduleKind.LIST:
        above = sum(amounts, ZERO) - financed
        return above == 0 or (above > 0 and rate > 0)
    try:
        if sale.sale_schedule == ScheduleKind.MONTHLY:
            return amounts == split(sale.sale_carried or financed, rate, len(amounts))
        days = [(day - sale.sale_sold_on).days for day in due]
        return amounts == split_by_days(financed, rate, days)
    except InvalidInput:
        return False


def _follow(sale: Row[Any], due: list[date]) -> bool:
    """Whether due dates are those that were agreed, as far as the calendar is kept (R3, R33)."""
    first, step = sale.sale_first_due_date, sale.sale_schedule_step
    if sale.sale_schedule == ScheduleKind.MONTHLY:
        return due == due_dates(first, len(due), sale.sale_due_day)
    if sale.sale_schedule == ScheduleKind.DAYS:
        return due == [first + timedelta(days=k * step) for k in range(len(due))]
    if sale.sale_schedule == ScheduleKind.LIST:
        # Of a sale made elsewhere, two notes may fall due on one day.
        apart = timedelta(days=1 if sale.sale_ref is None else 0)
        return due[0] == first and all(before + apart <= day for before, day in pairwise(due))
    months = due_dates(first.replace(day=1), len(due))
    return due[0] == first and all(
        day.replace(day=1) == month and day.weekday() < 5 and _weekdays(day) >= step
        for day, month in zip(due, months, strict=True)
    )


def _weekdays(until: date) -> int:
    """Mondays to Fridays of the month so far."""
    return sum(until.replace(day=day).weekday() < 5 for day in range(1, until.day + 1))


def _check_making(sale: Row[Any], notes: list[tuple[date, Decimal]]) -> Iterator[Problem]:
    """How the notes came to be: the days kept, what was split, and the true rate (R2b, R2c, R3)."""

    def problem(what: str, detail: str) -> Problem:
        return Problem(what, "sales", sale.sale_id, detail)

    financed = sale.sale_total - sale.sale_down_payment
    first, anchor = sale.sale_first_due_date, sale.sale_due_day
    due = [day for day, _ in notes]
    if not _follow(sale, due):
        yield problem("sale_due_dates", "Os vencimentos não são os que foram combinados.")
    elif anchor is not None and anchor != anchor_day(sale.sale_sold_on, first):
        yield problem("sale_due_day", "O dia dos vencimentos não é o da venda, nem o do primeiro.")
    if sale.sale_carried is not None:
        days = days_carried(sale.sale_sold_on, first, anchor)
        right = _carried(financed, sale.sale_contract_rate, days)
        if sale.sale_carried != right or right == financed:
            yield problem("sale_carried", "O valor que as notas dividem não é o financiado.")
    by_days = sorted(((day - sale.sale_sold_on).days, amount) for day, amount in notes)
    if abs(daily_rate(financed, by_days) - sale.sale_daily_rate) > _RATE_WITHIN:
        yield problem("sale_daily_rate", "A taxa efetiva não é a que as notas e suas datas dão.")


def _carried(financed: Decimal, rate: Decimal, days: int) -> Decimal | None:
    try:
        return carried(financed, rate, days)
    except InvalidInput:
        return None
