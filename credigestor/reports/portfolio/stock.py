"""What the shop has to receive at a date, and how late it is (R16, R17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, func, literal, select, union_all
from sqlalchemy.orm import Session

from credigestor.db.summaries.tables import debtor_changes
from credigestor.reports.portfolio.rows import by_calendar, changes, known_by
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.aging import BANDS, bands_over
from credigestor.rules.money import ZERO
from credigestor.rules.periods import month_end

_EPOCH = date(2000, 1, 1)
_MEASURES = ("principal", "notes", "due_days", "inherited", "heirs")


@dataclass(frozen=True)
class BandTotal:
    """Open principal (R$) and notes of one aging band (R16)."""

    band: str
    principal: Decimal
    notes: int


@dataclass(frozen=True)
class Stock:
    """What is open at a date by aging band, in the order of BANDS; R$ of principal (R16).

    `days_late` is the mean of the overdue notes, each counted once. `inherited` is what stands in a
    band by an old debt's lateness, above that of the note itself; `heirs` of those notes are not
    late at all (R15).
    """

    as_of: date
    bands: tuple[BandTotal, ...]
    days_late: Decimal | None
    inherited: Decimal = ZERO
    heirs: int = 0

    @property
    def receivable(self) -> Decimal:
        """All open principal."""
        return sum((band.principal for band in self.bands), ZERO)

    @property
    def overdue(self) -> Decimal:
        """Principal that stands in a band of days late."""
        return self.over(0)

    def over(self, days: int) -> Decimal:
        """Principal in the bands of more days late than one of aging.LIMITS."""
        wanted = bands_over(days)
        return sum((band.principal for band in self.bands if band.band in wanted), ZERO)

    @property
    def open_notes(self) -> int:
        """Notes that owe anything."""
        return sum(band.notes for band in self.bands)

    @property
    def overdue_notes(self) -> int:
        """Notes that are Atrasada (R13)."""
        return self.open_notes - self.bands[0].notes - self.heirs

    def rate(self, part: Decimal) -> Decimal | None:
        """Percent of the receivable that an amount is (R17); None of nothing."""
        return 100 * part / self.receivable if self.receivable else None


@dataclass(frozen=True)
class Contracts:
    """Whole open balance of the sales with a note more than 30 or 90 days late, R$ (R17)."""

    over_30: Decimal
    over_90: Decimal

    def over(self, days: int) -> Decimal:
        """`over_30` or `over_90`, by the number."""
        return {30: self.over_30, 90: self.over_90}[days]


@dataclass(frozen=True)
class Charges:
    """Late interest and fine that overdue notes owe, R$ (R6, R7)."""

    interest: Decimal
    fine: Decimal


def stocks(session: Session, dates: Sequence[date], scope: Scope = EVERYTHING) -> list[Stock]:
    """The stock at each date, in the order given, in one statement (R16)."""
    rows = changes("aging_changes", scope, standing_on=min(dates))
    months = select(
        literal(None, Date).label("as_of"), rows.c.day, rows.c.band, *_sums(rows)
    ).where(rows.c.grain == "m", rows.c.day <= max(dates))
    days = [
        select(literal(day, Date), literal(day, Date), rows.c.band, *_sums(rows))
        .where(rows.c.grain == "d", rows.c.day.between(day.replace(day=1), day))
        .group_by(rows.c.band)
        for day in set(dates)
        if day != month_end(day)
    ]
    found = {day: _Bands() for day in dates}
    statement = union_all(months.group_by(rows.c.day, rows.c.band), *days)
    for as_of, day, band, *sums in session.execute(statement):
        if as_of is None:  # a month: known on its last day, and on every later one
            last = month_end(day)
            known = [at for at in found if last <= at]
        else:
            known = [as_of]
        for at in known:
            found[at].add(band, *sums)
    return [found[day].stock(day) for day in dates]


def contracts(session: Session, as_of: date, scope: Scope = EVERYTHING) -> Contracts:
    """The balances of whole contracts with a late note (arrasto) at a date (R17)."""
    rows = changes("cohort_changes", scope, standing_on=as_of)
    sums = session.execute(
        select(
            func.coalesce(func.sum(rows.c.contracts_over_30), ZERO),
            func.coalesce(func.sum(rows.c.contracts_over_90), ZERO),
        ).where(known_by(rows, as_of))
    ).one()
    return Contracts(*sums)


def charges(session: Session, as_of: date, scope: Scope = EVERYTHING, *, today: date) -> Charges:
    """What overdue notes owe of late interest and fine at the end of a day (R6, R7, R8)."""
    rows = by_calendar(session, "charges", scope, as_of, as_of, today=today)
    sums = session.execute(
        select(
            func.coalesce(func.sum(rows.c.interest), ZERO),
            func.coalesce(func.sum(rows.c.fine), ZERO),
        ).where(rows.c.day == as_of)
    ).one()
    return Charges(*sums)


def overdue_principal(session: Session, as_of: date, scope: Scope = EVERYTHING) -> Decimal:
    """The principal of the notes that are Atrasada themselves, whatever an old debt's risk, R$."""
    rows = changes("due_changes", scope, standing_on=as_of)
    overdue = select(func.sum(rows.c.overdue)).where(known_by(rows, as_of))
    return session.scalar(overdue) or ZERO


def debtors(session: Session, as_of: date) -> tuple[int, int]:
    """How many customers owe anything at a date, and how many of them are late."""
    table = debtor_changes
    owing, late = session.execute(
        select(func.sum(table.c.debtors), func.sum(table.c.late)).where(table.c.day <= as_of)
    ).one()
    return int(owing or 0), int(late or 0)


def _sums(rows: FromClause) -> list[ColumnElement[Any]]:
    return [func.sum(rows.c[name]) for name in _MEASURES]


class _Bands:
    """Sums of changes by band."""

    def __init__(self) -> None:
        self._sums: list[list[Any]] = [[ZERO, 0, 0, ZERO, 0] for _ in BANDS]

    def add(self, band: int, *sums: Decimal | int) -> None:
        self._sums[band] = [a + b for a, b in zip(self._sums[band], sums, strict=True)]

    def stock(self, as_of: date) -> Stock:
        principal, notes, due_days, inherited, heirs = zip(*self._sums, strict=True)
        bands = tuple(
            BandTotal(*row) for row in zip(BANDS, principal, map(int, notes), strict=True)
        )
        late = int(sum(notes[1:]) - sum(heirs))
        since = (as_of - _EPOCH).days * late - int(sum(due_days[1:]))
        mean = Decimal(since) / late if late else None
        return Stock(as_of, bands, mean, sum(inherited, ZERO), int(sum(heirs)))
