"""When a sale's notes fall due, as it was agreed (R33): monthly, by days, by business days, a list.

>>> from credigestor.rules.calendar import format_date
>>> def shown(days: list[date]) -> list[str]:
...     return [format_date(day) for day in days]
>>> fortnightly = Schedule(ScheduleKind.DAYS, 15)
>>> shown(fortnightly.due_dates(date(2026, 12, 10), 4, HolidayRules()))
['10/12/2026', '25/12/2026', '09/01/2027', '24/01/2027']

The n-th business day of each month, from the first one on or after the day that is asked for;
Saturdays are none, and 01/01/27 is a holiday:

>>> payday = Schedule(ScheduleKind.BUSINESS_DAY, 5)
>>> shown(payday.due_dates(date(2026, 12, 29), 2, HolidayRules()))
['08/01/2027', '05/02/2027']
>>> print(MONTHLY.told, fortnightly.told, payday.told, sep="; ")
mensais; a cada 15 dias; no 5º dia útil de cada mês
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from credigestor.errors import InvalidInput, InvalidInputs
from credigestor.rules.calendar import (
    HolidayRules,
    check_date_range,
    due_dates,
    is_business_day,
    month_name,
    months_on,
)
from credigestor.rules.installments import MAX_INSTALLMENTS
from credigestor.rules.money import CENT, MAX_MONEY, format_brl


class ScheduleKind(StrEnum):
    """The four ways of agreeing on due dates."""

    MONTHLY = "monthly"
    DAYS = "days"
    BUSINESS_DAY = "business_day"
    LIST = "list"


SCHEDULE_NAMES = {
    ScheduleKind.MONTHLY: "Mensal",
    ScheduleKind.DAYS: "A cada n dias",
    ScheduleKind.BUSINESS_DAY: "Dia útil",
    ScheduleKind.LIST: "Lista",
}
#: What the step of a kind may be: days between two notes, or which business day.
STEPS = {ScheduleKind.DAYS: (1, 180), ScheduleKind.BUSINESS_DAY: (1, 20)}
_STEP_NAMES = {
    ScheduleKind.DAYS: "O intervalo em dias",
    ScheduleKind.BUSINESS_DAY: "O dia útil",
}


@dataclass(frozen=True, slots=True)
class ListedNote:
    """A row of a free list: the due date, and the amount in R$ where one was agreed on."""

    due_date: date
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """How due dates were agreed: the kind, its step (see STEPS), the rows of a free list."""

    kind: ScheduleKind = ScheduleKind.MONTHLY
    step: int | None = None
    listed: tuple[ListedNote, ...] = ()

    @property
    def is_monthly(self) -> bool:
        """Whether R2 and R3 make the notes; all others go by days."""
        return self.kind is ScheduleKind.MONTHLY

    @property
    def is_list(self) -> bool:
        """Whether the rows say all: how many notes, and when."""
        return self.kind is ScheduleKind.LIST

    @property
    def told(self) -> str:
        """How the notes fall due, as in "4 notas a cada 15 dias"."""
        return told(self.kind, self.step)

    def check(self, sold_on: date) -> None:
        """Raise InvalidInput for a step or rows that make no sense, at field or row."""
        check_step(self.kind, self.step)
        if not self.is_list:
            if self.listed:
                raise InvalidInput("Só uma lista de datas tem linhas.", field="schedule")
        elif not self.listed:
            raise InvalidInput("Informe as datas das parcelas.", field="schedule")
        else:
            _check_rows(self.listed, sold_on)

    def due_dates(
        self, first: date, count: int, holidays: HolidayRules, anchor: int | None = None
    ) -> list[date]:
        """The due dates in order, the first on `first` or, by business days, from it on.

        A list has its own. Raises InvalidInput for a month without so many business days.
        """
        if self.kind is ScheduleKind.DAYS:
            return [first + timedelta(days=k * (self.step or 1)) for k in range(count)]
        if self.kind is ScheduleKind.BUSINESS_DAY:
            step = self.step or 1
            begin = 0 if nth_business_day(first, step, holidays) >= first else 1
            months = range(begin, begin + count)
            return [nth_business_day(months_on(first, k), step, holidays) for k in months]
        if self.is_list:
            return sorted(row.due_date for row in self.listed)
        return due_dates(first, count, anchor)


MONTHLY = Schedule()


def told(kind: str, step: int | str | None) -> str:
    """How notes fall due, in words that follow their number."""
    if kind == ScheduleKind.DAYS:
        return "a cada dia" if step == 1 else f"a cada {step} dias"
    if kind == ScheduleKind.BUSINESS_DAY:
        return f"no {step}º dia útil de cada mês"
    return "em datas combinadas" if kind == ScheduleKind.LIST else "mensais"


def check_step(kind: ScheduleKind, step: int | None, *, field: str = "schedule_step") -> None:
    """Raise InvalidInput where a kind lacks its step, has one too many, or a wrong one."""
    if kind not in STEPS:
        if step is not None:
            raise InvalidInput("Estes vencimentos não têm intervalo.", field=field)
        return
    least, most = STEPS[kind]
    if step is None or not least <= step <= most:
        raise InvalidInput(f"{_STEP_NAMES[kind]} deve ser de {least} a {most}.", field=field)


def nth_business_day(month: date, nth: int, holidays: HolidayRules) -> date:
    """The n-th business day of the month of a date (R33); InvalidInput where it has fewer."""
    day, found = month.replace(day=1), 0
    while True:
        if is_business_day(day, holidays):
            found += 1
            if found == nth:
                return day
        day += timedelta(days=1)
        if day.month != month.month:
            raise InvalidInput(
                f"No calendário da loja, {month_name(month)} não tem {nth} dias úteis.",
                field="schedule_step",
            )


def row_field(row: int, name: str) -> str:
    """The field of a list's row, counted from 1, as errors name it.

    >>> row_field(2, "due_date")
    'schedule_row2_due_date'
    """
    return f"schedule_row{row}_{name}"


def at_row(row: int, message: str) -> str:
    """A message that says its row, since a table shows it below.

    >>> at_row(2, "Data inválida.")
    'Linha 2: data inválida.'
    """
    return f"Linha {row}: {message[0].lower()}{message[1:]}"


def _check_rows(listed: tuple[ListedNote, ...], sold_on: date) -> None:
    errors: dict[str, str] = {}
    seen: dict[date, int] = {}
    for row, each in enumerate(listed, 1):
        wrong = _wrong_day(each.due_date, seen, sold_on)
        if wrong:
            errors[row_field(row, "due_date")] = at_row(row, wrong)
        seen.setdefault(each.due_date, row)
        wrong = _wrong_amount(each.amount)
        if wrong:
            errors[row_field(row, "amount")] = at_row(row, wrong)
    if len(listed) > MAX_INSTALLMENTS:
        row = MAX_INSTALLMENTS + 1
        message = f"uma venda tem no máximo {MAX_INSTALLMENTS} parcelas."
        errors = {row_field(row, "due_date"): at_row(row, message)}
    if errors:
        raise InvalidInputs(errors)


def _wrong_day(day: date, seen: dict[date, int], sold_on: date) -> str:
    try:
        check_date_range(day)
    except InvalidInput as error:
        return error.message
    if day < sold_on:
        return "o vencimento não pode ser antes da venda."
    if day in seen:
        return f"a linha {seen[day]} já vence neste dia."
    return ""


def _wrong_amount(amount: Decimal | None) -> str:
    if amount is None:
        return ""
    if amount < CENT:
        return "o valor deve ser maior que zero."
    if amount > MAX_MONEY:
        return f"valor alto demais: o máximo é {format_brl(MAX_MONEY)}."
    return "" if amount == round(amount, 2) else "use no máximo dois decimais."
