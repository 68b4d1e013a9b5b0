"""The rows of a list of instalments, as typed or pasted, read strictly (R33)."""

from __future__ import annotations

from decimal import Decimal

from credigestor.errors import InvalidInput, InvalidInputs
from credigestor.rules.calendar import parse_date
from credigestor.rules.due_schedule import ListedNote, at_row, row_field
from credigestor.rules.money import CENT, ZERO, format_brl, parse_money
from credigestor.ui.kit.figures import format_count


def read_rows(rows: list[tuple[str, str]]) -> tuple[ListedNote, ...]:
    """Rows of dates and amounts as typed; InvalidInputs names every wrong cell by its row."""
    found, errors = [], {}
    for row, (due, amount) in enumerate(rows, 1):
        day, money = None, None
        try:
            day = parse_date(due, field="due_date")
            money = parse_money(amount, field="amount", minimum=CENT) if amount else None
        except InvalidInput as error:
            errors[row_field(row, error.field or "due_date")] = at_row(row, error.message)
        if day is not None:
            found.append(ListedNote(day, money))
    if errors:
        raise InvalidInputs(errors)
    return tuple(found)


def told(listed: tuple[ListedNote, ...], financed: Decimal | None) -> str:
    """What was typed of the amounts, what is left, and what is done about it."""
    amounts = [row.amount for row in listed if row.amount is not None]
    given, free = sum(amounts, ZERO), len(listed) - len(amounts)
    count = format_count(len(listed), "parcela", "parcelas")
    of = f" de {format_brl(financed)}" if financed is not None else ""
    left = ZERO if financed is None else financed - given
    short = f", faltam {format_brl(left)}" if left > 0 else ""
    if not amounts:
        return f"{count}, valores calculados. Veja-os na prévia."
    if free:
        rest = "a sem valor é calculada" if free == 1 else f"as {free} sem valor são calculadas"
        return f"{count}: digitados {format_brl(given)}{of}{short}; {rest}."
    if short:
        return f"{count} que somam {format_brl(given)}{of}{short}."
    return f"{count} que somam {format_brl(given)}{of}; o que passa do financiado são juros."
