"""The rows of a list of instalments, as typed or pasted, read strictly (R33)."""

from __future__ import annotations

from credigestor.errors import InvalidInput, InvalidInputs
from credigestor.rules.calendar import parse_date
from credigestor.rules.due_schedule import ListedNote, at_row, row_field
from credigestor.rules.money import CENT, parse_money


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
