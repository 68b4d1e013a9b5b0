"""Due dates and the days on which a note can be paid without charges (R3, R4, R8).

Due dates are counted from the first one, so the anchor day comes back after a short month:

>>> [format_date(due) for due in due_dates(date(2026, 1, 31), 4)]
['31/01/2026', '28/02/2026', '31/03/2026', '30/04/2026']

A first due date that was suggested keeps the sale's day:

>>> anchor = anchor_day(date(2026, 1, 31), date(2026, 2, 28))
>>> [format_date(due) for due in due_dates(date(2026, 2, 28), 4, anchor)]
['28/02/2026', '31/03/2026', '30/04/2026', '31/05/2026']

A note due on a day without business is on time until the next business day (Código Civil,
art. 132 §1; STJ REsp 1.954.924). 20/11/2026 is a Friday and a national holiday:

>>> rules = HolidayRules()
>>> is_business_day(date(2026, 11, 20), rules)
False
>>> format_date(last_on_time_day(date(2026, 11, 20), rules))
'23/11/2026'
>>> format_date(last_free_day(date(2026, 11, 20), 5, rules))
'28/11/2026'

National holidays are those of Leis 662/1949 (with 10.607/2002), 6.802/1980 and 14.759/2023 (20
November, since 2024) and Good Friday; the lists, and those of the states, come from the
`holidays` library. Carnival (its Monday and Tuesday, not Ash Wednesday, when shops open) and
Corpus Christi are no national holidays: they count only when the shop says so. A state may have
made one its own by law, as Rio de Janeiro did with Carnival Tuesday (Lei 5.243/2008).

>>> is_business_day(date(2026, 2, 17), rules)
True
>>> is_business_day(date(2026, 2, 17), HolidayRules(carnival=True))
False
>>> is_business_day(date(2026, 2, 17), HolidayRules(state="RJ"))
False
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta
from holidays.countries.brazil import Brazil

from credigestor.errors import InvalidInput
from credigestor.rules.quoting import quote

MIN_YEAR, MAX_YEAR = 1990, 2200  # what a person may type
MONTHS = ("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez")
_WEEKDAYS = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")
MONTH_NAMES = (
    *("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto"),
    *("setembro", "outubro", "novembro", "dezembro"),
)

_DATE = re.compile(
    r"(?P<d>[0-9]{2})/(?P<m>[0-9]{2})/(?P<y>[0-9]{4})"
    r"|(?P<Y>[0-9]{4})-(?P<M>[0-9]{2})-(?P<D>[0-9]{2})"
)
_DAY = timedelta(days=1)


class _Brazil(Brazil):
    # The library gives no holiday at all after its end_year, 2100.
    end_year = MAX_YEAR + 100


@dataclass(frozen=True)
class HolidayRules:
    """Which days, besides the national holidays, are not business days for the shop.

    `state` is the two-letter UF, `local` the dates that the shop itself entered.
    """

    state: str | None = None
    carnival: bool = False
    corpus_christi: bool = False
    local: frozenset[date] = frozenset()


def is_business_day(day: date, rules: HolidayRules) -> bool:
    """Tell whether a day is from Monday to Friday and no holiday under the rules (R4)."""
    return (
        day.weekday() < 5
        and day not in rules.local
        and day not in _holidays(day.year, rules.state, rules.carnival, rules.corpus_christi)
    )


def next_business_day(day: date, rules: HolidayRules) -> date:
    """Give the day itself when it is a business day, else the first one after it (R4)."""
    while not is_business_day(day, rules):
        day += _DAY
    return day


def due_dates(first: date, count: int, anchor: int | None = None) -> list[date]:
    """Give `count` monthly due dates counted from the first, on the same day of each month (R3).

    `anchor` is that day where the first month was too short for it.
    """
    return [months_on(first, k, anchor) for k in range(count)]


def months_on(first: date, months: int, anchor: int | None = None) -> date:
    """Give the due date so many months after the first one, or before it (R3)."""
    return first + relativedelta(months=months, day=anchor)


def default_first_due(sale_date: date) -> date:
    """Give the first due date to offer for a sale: the same day one month on (R3)."""
    return sale_date + relativedelta(months=1)


def anchor_day(sale_date: date, first_due: date) -> int | None:
    """Give the day that due dates keep where it is not the first one's own: the sale's (R3).

    Who takes the suggestion agrees on the sale's day, though the first month may lack it.

    >>> [anchor_day(date(2026, 1, 31), date(2026, 2, day)) for day in (27, 28)]
    [None, 31]
    """
    kept = first_due == default_first_due(sale_date) and sale_date.day != first_due.day
    return sale_date.day if kept else None


def last_on_time_day(due: date, rules: HolidayRules) -> date:
    """Give the last day on which a note is paid on time: due, or the next business day (R4)."""
    return next_business_day(due, rules)


def last_free_day(due: date, grace_days: int, rules: HolidayRules) -> date:
    """Give the last day without charges: the last on-time day plus grace in calendar days (R8)."""
    return last_on_time_day(due, rules) + timedelta(days=grace_days)


def parse_date(text: str, *, field: str | None = None, earliest_year: int = MIN_YEAR) -> date:
    """Read dd/mm/yyyy or ISO yyyy-mm-dd, between the years `earliest_year` and 2200.

    Raises InvalidInput for anything else and for days that do not exist.

    >>> parse_date("23/11/2026") == parse_date("2026-11-23") == date(2026, 11, 23)
    True
    """
    if not text.strip():
        raise InvalidInput("Informe a data, por exemplo 23/11/2026.", field=field)
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise InvalidInput(
            f"Data inválida: {quote(text.strip())}. Digite dia, mês e ano com quatro dígitos, "
            "como 23/11/2026.",
            field=field,
        )
    day, month, year = match.group("d", "m", "y") if match["d"] else match.group("D", "M", "Y")
    try:
        parsed = date(int(year), int(month), int(day))
    except ValueError:
        raise InvalidInput(
            f"A data {quote(text.strip())} não existe. Confira o dia e o mês.", field=field
        ) from None
    return check_date_range(parsed, field, earliest_year=earliest_year)


def check_date_range(day: date, field: str | None = None, *, earliest_year: int = MIN_YEAR) -> date:
    """Give the day back; raise InvalidInput when its year is before `earliest_year` or after 2200.

    Birth dates need an earlier year than the default, 1990.
    """
    if not earliest_year <= day.year <= MAX_YEAR:
        raise InvalidInput(
            f"A data {format_date(day)} está fora do período aceito: o ano deve ficar entre "
            f"{earliest_year} e {MAX_YEAR}.",
            field=field,
        )
    return day


def format_date(day: date) -> str:
    """Show a date as 23/11/2026."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def format_moment(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """Show a moment as 23/11/2026 14:07, as the clock of `zone` (else its own) had it.

    >>> noon = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("UTC"))
    >>> format_moment(noon), format_moment(noon, ZoneInfo("America/Bahia"))
    ('23/11/2026 12:00', '23/11/2026 09:00')
    """
    if zone is not None:
        moment = moment.astimezone(zone)
    return f"{format_date(moment)} {moment:%H:%M}"


def format_days(count: int) -> str:
    """Show a count of days as "1 dia" or "47 dias"."""
    return "1 dia" if count == 1 else f"{count} dias"


def written_date(day: date) -> str:
    """Show a date as a letter has it: "1º de novembro de 2026"."""
    return f"{day.day}{'º' if day.day == 1 else ''} de {month_name(day)}"


def weekday(day: date) -> str:
    """Show the day of the week of a date, as seg."""
    return _WEEKDAYS[day.weekday()]


def month_label(day: date) -> str:
    """Show the month of a date as nov/26."""
    return f"{MONTHS[day.month - 1]}/{day.year % 100:02}"


def month_name(day: date) -> str:
    """Show the month of a date in a sentence, as "novembro de 2026"."""
    return f"{MONTH_NAMES[day.month - 1]} de {day.year:04}"


@lru_cache(maxsize=2048)
def _holidays(
    year: int, state: str | None, carnival: bool, corpus_christi: bool
) -> frozenset[date]:
    days = set(_Brazil(years=year, subdiv=state))
    if carnival:
        days |= {easter(year) - timedelta(days=48), easter(year) - timedelta(days=47)}
    if corpus_christi:
        days.add(easter(year) + timedelta(days=60))
    return frozenset(days)
