"""Dates, amounts and counts as people and programs write them, read a column at a time.

A cell that can be read one way only is read that way; what could mean two things is read as the
rest of its column says, and asked about where nothing in the column tells.

>>> read_date("5/1/26"), read_date("2026-01-05 14:30:00"), read_date("05.01.2026")
(datetime.date(2026, 1, 5), datetime.date(2026, 1, 5), datetime.date(2026, 1, 5))
>>> read_date("46027"), read_date("05/jan/2026"), read_date("20260105")  # Excel counts from 1900
(datetime.date(2026, 1, 5), datetime.date(2026, 1, 5), datetime.date(2026, 1, 5))
>>> read_date("12/31/2025", month_first=True), read_date("31/02/2026")
(datetime.date(2025, 12, 31), None)

>>> [str(read_amount(cell)) for cell in ("R$ 1.234,56", "1234.5", "1,460.00", "(12,00)", "7")]
['1234.56', '1234.50', '1460.00', '-12.00', '7.00']
>>> read_amount("1,460") is None, str(read_amount("1,460", ".")), str(read_amount("1,460", ","))
(True, '1460.00', '1.46')
>>> mark_of(["1,460", "2,500", "12.90"]), mark_of(["1,460", "2,500"]), is_ambiguous("1,460")
('.', None, True)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from credigestor.imports.workbook_process import NUMBER
from credigestor.rules.calendar import MONTHS
from credigestor.rules.money import round_cents

#: What stands for nothing, beside the empty cell.
_NOTHING = re.compile(
    r"[\s/.\-–_]*|r\$\s*-|null|n/?a|nan|none|#n/d|#ref!|0?0/0?0/(00)?00", re.IGNORECASE
)
_PARTS = re.compile(
    r"(?P<a>[0-9]{1,4})[/.\- ](?P<b>[0-9]{1,2}|[a-zç]{3,9})\.?[/.\- ](?P<c>[0-9]{1,4})"
    r"(?:[T ,]+[0-9]{1,2}[:h].*)?",
    re.IGNORECASE,
)
_EIGHT = re.compile(r"[0-9]{8}")
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_FIRST_SERIAL, _LAST_SERIAL = 14_000, 80_000  # 1938 to 2119
_EPOCH = date(1899, 12, 30)
#: Two digits from here on are of the last century.
_CENTURY, _CENTURY_OF_BIRTHS = 70, 16
_AMOUNT = re.compile(
    r"(?P<minus>[-(]?)\s*(?:r\$)?\s*(?P<minus2>-?)\s*(?P<digits>[0-9][0-9.,]*)\s*"
    r"(?P<after>\)|-|d|c|reais)?",
    re.IGNORECASE,
)
_THREE = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")


@lru_cache(maxsize=2**15)
def is_nothing(cell: str) -> bool:
    """Whether a cell says nothing: empty, a dash, an empty date, NULL."""
    return _NOTHING.fullmatch(cell) is not None


@lru_cache(maxsize=2**15)
def read_date(cell: str, month_first: bool = False, births: bool = False) -> date | None:
    """A day; None where the cell is none. `month_first` is the American order."""
    text = cell.removeprefix(NUMBER)
    if _SERIAL.fullmatch(text):
        serial = int(float(text))
        inside = _FIRST_SERIAL <= serial <= _LAST_SERIAL
        return _EPOCH + timedelta(days=serial) if inside else None
    if _EIGHT.fullmatch(text):
        first = int(text[:4])
        if 1900 <= first <= 2200:
            return _date(first, int(text[4:6]), int(text[6:]))
        return _date(int(text[4:]), int(text[2:4]), int(text[:2]))
    match = _PARTS.fullmatch(text)
    if match is None:
        return None
    a, b, c = match["a"], match["b"].lower(), match["c"]
    if not b.isdigit():
        return _date(_year(c, births), _month(b), int(a)) if len(a) <= 2 else None
    if len(a) == 4:
        return _date(int(a), int(b), int(c))
    if len(a) > 2 or len(c) not in (2, 4):
        return None
    day, month = (int(b), int(a)) if month_first else (int(a), int(b))
    return _date(_year(c, births), month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(digits: str, births: bool) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year < (_CENTURY_OF_BIRTHS if births else _CENTURY) else 1900)


def _month(name: str) -> int:
    return MONTHS.index(name[:3]) + 1 if name[:3] in MONTHS else 0


def has_month_first(cells: Iterable[str]) -> bool:
    """Whether a column's days can only be read month first: a day of a month stands there."""
    first = second = 0
    for cell in cells:
        match = _PARTS.fullmatch(cell)
        if match is not None and match["b"].isdigit() and len(match["a"]) <= 2:
            first += int(match["a"]) > 12
            second += int(match["b"]) > 12
    return second > first


@lru_cache(maxsize=2**15)
def read_amount(cell: str, mark: str | None = None) -> Decimal | None:
    """An amount, R$ to the cent; None where it is none, or could be two and `mark` is None.

    Brackets and a minus before or behind it make it negative.
    """
    if cell.startswith(NUMBER):
        value = Decimal(cell[1:])
        return round_cents(value) if abs(value) < 10**12 else None
    match = _AMOUNT.fullmatch(cell.strip())
    if match is None:
        return None
    digits = match["digits"]
    found = _THREE.fullmatch(digits)
    # 0,460 is no thousand: what begins with a zero has its mark before the fraction.
    point = _point_of(digits) or (digits[1] if found and digits[0] == "0" else mark)
    if point is None:
        if found:
            return None
        point = ","
    other = "." if point == "," else ","
    whole, _, fraction = digits.partition(point)
    groups = whole.split(other)
    if point in fraction or other in fraction or any(len(group) != 3 for group in groups[1:]):
        return None
    value = Decimal(f"{''.join(groups)}.{fraction or 0}")
    if value >= 10**12:
        return None
    minus = match["minus"] or match["minus2"] or match["after"] in ("-", "D", "d")
    return round_cents(-value if minus else value)


def _point_of(digits: str) -> str | None:
    """The decimal mark of digits that can be read one way only; None where there is none."""
    commas, points = digits.count(","), digits.count(".")
    if commas and points:
        last = "," if digits.rfind(",") > digits.rfind(".") else "."
        return last if digits.count(last) == 1 else None
    if commas + points == 1 and not _THREE.fullmatch(digits):
        return "," if commas else "."
    if commas + points > 1:
        return "." if commas else ","
    return None


def is_ambiguous(cell: str) -> bool:
    """Whether an amount could be a thousand and something, or one and something."""
    if cell.startswith(NUMBER):
        return False
    match = _AMOUNT.fullmatch(cell.strip())
    return bool(match and _THREE.fullmatch(match["digits"]) and match["digits"][0] != "0")


def mark_of(cells: Iterable[str]) -> str | None:
    """The decimal mark that most of a column's amounts show; None where none of them tells."""
    shown = Counter[str]()
    for cell in cells:
        match = None if cell.startswith(NUMBER) else _AMOUNT.fullmatch(cell.strip())
        if match is not None and (point := _point_of(match["digits"])):
            shown[point] += 1
    return shown.most_common(1)[0][0] if shown else None


def plain(cell: str) -> str:
    """A cell as text: a number of a spreadsheet without what marks it, whole where it is."""
    if not cell.startswith(NUMBER):
        return cell
    return cell[1:].removesuffix(".0")
