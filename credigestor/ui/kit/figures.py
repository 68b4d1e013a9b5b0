"""Figures in Brazilian notation: changes against an earlier one, rates, counts, sizes."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from credigestor.rules.calendar import format_days
from credigestor.rules.money import format_brl, format_percent, round_cents

NOTHING = "—"
UNCHANGED = "sem mudança"
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def in_percent(now: Decimal, before: Decimal) -> str | None:
    """The change from `before` in percent; None when there was nothing before.

    >>> in_percent(Decimal(150), Decimal(100)), in_percent(Decimal(99), Decimal(100))
    ('+50,0\\xa0%', '-1,0\\xa0%')
    >>> in_percent(Decimal(100), Decimal(100)), in_percent(Decimal(100), Decimal(0))
    ('sem mudança', None)
    """
    return _signed(100 * (now - before) / before, "%") if before else None


def in_points(now: Decimal | None, before: Decimal | None) -> str | None:
    """The change of a rate, in percentage points; None when one of the two is missing.

    >>> in_points(Decimal("41.66"), Decimal("34.48"))
    '+7,2\\xa0p.p.'
    """
    return None if now is None or before is None else _signed(now - before, "p.p.")


def format_rate(value: Decimal | None) -> str:
    """A percentage with two decimals, or a dash where there is nothing to divide by."""
    return NOTHING if value is None else format_percent(value)


def whole_days(value: Decimal | None) -> str:
    """A mean of days as it is read, without a fraction of a day; a dash where there is none.

    >>> whole_days(Decimal("0.5")), whole_days(Decimal("47.49")), whole_days(None)
    ('1 dia', '47 dias', '—')
    """
    return NOTHING if value is None else format_days(int(value.quantize(Decimal(1), ROUND_HALF_UP)))


def rounded(value: Decimal | None) -> Decimal | None:
    """A percentage or a mean with two decimals, for a table and its file; None stays None.

    >>> rounded(Decimal(200) / 3), rounded(None)
    (Decimal('66.67'), None)
    """
    return None if value is None else round_cents(value)


def format_count(number: int, one: str = "", many: str = "") -> str:
    """A whole number, with its noun if given.

    >>> format_count(1234), format_count(1, "nota", "notas"), format_count(0, "nota", "notas")
    ('1.234', '1 nota', '0 notas')
    """
    noun = one if number == 1 else many
    return f"{number:,}".replace(",", ".") + (f" {noun}" if noun else "")


def shown_figure(value: int | Decimal) -> str:
    """A count, or R$.

    >>> shown_figure(1234)
    '1.234'
    """
    return format_brl(value) if isinstance(value, Decimal) else format_count(value)


def file_size(size: int) -> str:
    """Bytes in a unit that leaves at most three digits before the comma.

    >>> file_size(0), file_size(999), file_size(1_500), file_size(151_474_441)
    ('0 bytes', '999 bytes', '1,5 KB', '151,5 MB')
    """
    number, unit = float(size), 0
    while number >= 999.95 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:.{1 if unit else 0}f} {_UNITS[unit]}".replace(".", ",")


def _signed(value: Decimal, unit: str) -> str:
    # Streamlit takes any text without a minus for a rise, "0%" too.
    text = format_percent(value, 1).removesuffix("%") + unit
    if not any(digit in text for digit in "123456789"):
        return UNCHANGED
    return text if text.startswith("-") else f"+{text}"
