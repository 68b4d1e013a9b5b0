"""Sales whose notes parcelas.csv lists: uneven amounts, dates and numbers as they were (R33, R2b).

They are numbered by their due dates. What they add up to above the amount financed is contract
interest, and the true rate goes by the sale's own dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from credigestor.db.settings import ShopSettings
from credigestor.errors import InvalidInput
from credigestor.imports.batch import KnownCustomer, NewCustomer, NewNote, NewSale
from credigestor.imports.lines import NoteLine, SaleLine
from credigestor.imports.problems import NOTES, SALES, Refuse
from credigestor.imports.told import Told
from credigestor.rules import true_rate
from credigestor.rules.calendar import (
    HolidayRules,
    check_date_range,
    format_date,
    last_on_time_day,
)
from credigestor.rules.charges import Terms
from credigestor.rules.due_schedule import ScheduleKind
from credigestor.rules.installments import MAX_INSTALLMENTS, RATE_PLACES
from credigestor.rules.money import CENT, ZERO, format_brl
from credigestor.rules.schedule import PlannedNote, rate_of_amounts
from credigestor.services.sale_input import NewSale as SaleData
from credigestor.services.sale_input import check_money

_LEAST_RATE = Decimal(1).scaleb(-RATE_PLACES)


class Listed:
    """The rows of parcelas.csv by their sale, until that is read."""

    def __init__(self, refuse: Refuse) -> None:
        self.refuse = refuse
        self._rows: dict[str, list[NoteLine]] = {}

    def add(self, line: NoteLine) -> None:
        """Keep a row for its sale."""
        self._rows.setdefault(line.sale_ref, []).append(line)

    def __contains__(self, ref: object) -> bool:
        return ref in self._rows

    def take(self, ref: str) -> list[NoteLine] | None:
        """The notes of a sale in order of due date; None where a number stands twice."""
        rows = self._rows.pop(ref)
        first: dict[int, int] = {}
        for row in rows:
            if first.setdefault(row.number, row.line) != row.line:
                reason = f"A parcela {row.number} já está na linha {first[row.number]}."
                self.refuse(NOTES, row.line, "parcela", reason)
                return None
        return sorted(rows, key=lambda row: (row.due_date, row.number))

    def left(self) -> Iterator[NoteLine]:
        """The first row of each sale that nobody took."""
        for rows in self._rows.values():
            yield rows[0]


def make_listed(
    customer: NewCustomer | KnownCustomer,
    line: SaleLine,
    data: SaleData,
    rows: Sequence[NoteLine],
    settings: ShopSettings,
    told: Told,
    *,
    today: date,
) -> NewSale:
    """A sale with the notes that its rows list, nothing paid.

    A sale dated after its first due date was typed in later, and is of that day. Raises
    InvalidInput, whose field is a column of vendas.csv as `make_sale` has it, or "schedule".
    """
    check_money(data)
    for row in rows:
        check_date_range(row.due_date, "schedule")
    if len(rows) > MAX_INSTALLMENTS:
        raise InvalidInput(
            f"Uma venda tem no máximo {MAX_INSTALLMENTS} parcelas.", field="schedule"
        )
    if data.down_payment == data.total:
        raise InvalidInput("A entrada já paga a venda toda: não há parcelas.", field="down_payment")
    total = _total(line, data, rows, told)
    sold_on = min(data.sold_on, rows[0].due_date)
    if sold_on < data.sold_on:
        told.add(SALES, line.line, *earlier(line.ref, data.sold_on, sold_on))
    check_date_range(sold_on, "sold_on")
    if sold_on > today:
        raise InvalidInput("A data da venda não pode ser futura.", field="sold_on")
    values: dict[str, Any] = {
        "ref": line.ref,
        "seller_id": data.seller_id,
        "sold_on": sold_on,
        "description": data.description,
        "total": total,
        "down_payment": data.down_payment,
        "installments": len(rows),
        "first_due_date": rows[0].due_date,
        "contract_rate": ZERO,
        "carried": None,
        "due_day": None,
        "daily_rate": ZERO,
        "schedule": str(ScheduleKind.LIST),
        "schedule_step": None,
        "late_rate": settings.late_rate,
        "fine_rate": settings.fine_rate,
        "grace_days": settings.grace_days,
        "created_by": data.seller_id,
    }
    holidays = settings.holiday_rules
    notes = [_note(number, row, settings, holidays) for number, row in enumerate(rows, start=1)]
    sale = NewSale(customer, values, notes, data.down_payment_methods)
    sale.ended = line.ended
    sale.plain = line.ended is None and not any(row.ended for row in rows)
    if any(row.number != number for number, row in enumerate(rows, start=1)):
        sale.by_number = {row.number: note for row, note in zip(rows, notes, strict=True)}
    _rated(sale, line, data.sold_on, told)
    return sale


def rate_by_dates(sale: NewSale) -> None:
    """Give a sale whose notes are listed the rate that they make, by their days (R2b, R33)."""
    values, planned = sale.values, [note.planned for note in sale.notes]
    financed = values["total"] - values["down_payment"]
    days = [(note.due_date - values["sold_on"]).days for note in planned]
    amounts = [note.amount for note in planned]
    rate = rate_of_amounts(financed, days, amounts)
    if not rate and sum(amounts) > financed:  # a cent over years: less than a rate can say
        rate = _LEAST_RATE
    values["contract_rate"] = rate
    values["daily_rate"] = true_rate.daily_rate(financed, zip(days, amounts, strict=True))


def earlier(ref: str, typed: date, sold_on: date) -> tuple[str, str]:
    """What to tell of a sale that was typed in after it was first due."""
    what = "Vendas datadas depois do primeiro vencimento, que ficam com o dia dele"
    return what, f"venda {ref}: {format_date(sold_on)} em vez de {format_date(typed)}"


def _total(line: SaleLine, data: SaleData, rows: Sequence[NoteLine], told: Told) -> Decimal:
    """The sale's total: less the cents that whoever split it lost, never more (R33)."""
    listed = sum((row.amount for row in rows), ZERO)
    short = data.total - data.down_payment - listed
    if short <= 0:
        return data.total
    if short > CENT * len(rows):
        raise InvalidInput(
            f"As parcelas da venda {line.ref} somam {format_brl(listed)}: faltam "
            f"{format_brl(short)} para o valor financiado.",
            field="schedule",
        )
    told.add(
        SALES,
        line.line,
        "Vendas cujas parcelas perdem centavos, que ficam com a soma delas",
        f"venda {line.ref}: {format_brl(data.total - short)} em vez de {format_brl(data.total)}",
    )
    return data.total - short


def _rated(sale: NewSale, line: SaleLine, typed: date, told: Told) -> None:
    """Give the sale its rate; or, where no time passes for interest, its notes as the total.

    So it is where what is due on its day already pays what is financed, and where its day had to
    be an earlier one than was typed: what is above cannot be called interest then (R2b).
    """
    values = sale.values
    try:
        rate_by_dates(sale)
    except InvalidInput:
        due = [(note.planned.due_date, note.planned.amount) for note in sale.notes]
        at_once = sum((amount for day, amount in due if day == values["sold_on"]), ZERO)
        if at_once < values["total"] - values["down_payment"] and values["sold_on"] == typed:
            raise
        before = values["total"]
        values["total"] = values["down_payment"] + sum((amount for _, amount in due), ZERO)
        rate_by_dates(sale)
        told.add(
            SALES,
            line.line,
            "Vendas sem prazo para juros, cujo acréscimo entra no total",
            f"venda {line.ref}: {format_brl(values['total'])} em vez de {format_brl(before)}",
        )


def _note(number: int, row: NoteLine, settings: ShopSettings, holidays: HolidayRules) -> NewNote:
    due = row.due_date
    on_time_until = last_on_time_day(due, holidays)
    free_until = on_time_until + timedelta(days=settings.grace_days)
    planned = PlannedNote(number, row.amount, due, on_time_until, free_until)
    terms = Terms(row.amount, due, free_until, settings.late_rate, settings.fine_rate)
    return NewNote(planned, terms, ref=row.old_number or None, line=row.line, ended=row.ended)
