"""Where the balance of each aging band went from one month's end to the next (R20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.summaries.tables import LOST, RENEGOTIATED, RETURNED
from credigestor.reports.portfolio.rows import by_calendar
from credigestor.reports.portfolio.stock import BandTotal, stocks
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.aging import BANDS
from credigestor.rules.money import ZERO
from credigestor.rules.periods import closed_months, month_end


@dataclass(frozen=True)
class Origin:
    """What stood in a band at the end of a month, and where it is a month later; R$ of principal.

    `went` holds what is overdue then, by its band; `renegotiated` is owed still, by other notes
    that stand in a band of their own (R15). `returned` fell for goods that came back (R30), `lost`
    was given up (R34): neither was paid.
    """

    band: str
    balance: Decimal
    went: Mapping[str, Decimal]
    renegotiated: Decimal = ZERO
    returned: Decimal = ZERO
    lost: Decimal = ZERO

    @property
    def cured(self) -> Decimal:
        """What is overdue no more: paid, or cancelled; of CURRENT, also what is not due yet."""
        ended = self.renegotiated + self.returned + self.lost
        return self.balance - sum(self.went.values(), ZERO) - ended

    @property
    def rolled(self) -> Decimal:
        """What went on to the next band (R20); nothing of the last, which has none."""
        place = BANDS.index(self.band) + 1
        return self.went.get(BANDS[place], ZERO) if place < len(BANDS) else ZERO

    def share(self, part: Decimal) -> Decimal | None:
        """Percent of the balance that an amount is; None of nothing."""
        return 100 * part / self.balance if self.balance else None


@dataclass(frozen=True)
class Roll:
    """The roll-rate matrix of a month, named by its first day: its rows in the order of BANDS."""

    month: date
    origins: tuple[Origin, ...]

    @property
    def start(self) -> date:
        """The last day of the month before, at whose end the balances stood."""
        return self.month - timedelta(days=1)

    @property
    def end(self) -> date:
        """The last day of the month, at whose end it is seen where they went."""
        return month_end(self.month)

    @property
    def overdue(self) -> Decimal:
        """What was overdue at the start, R$."""
        return sum((row.balance for row in self.origins[1:]), ZERO)

    @property
    def cured(self) -> Decimal | None:
        """Percent of what was overdue at the start that is so no more; None of nothing."""
        cured = sum((row.cured for row in self.origins[1:]), ZERO)
        return 100 * cured / self.overdue if self.overdue else None


def rolls(
    session: Session, as_of: date, count: int, scope: Scope = EVERYTHING, *, today: date
) -> list[Roll]:
    """The matrices of the last `count` months that have ended by a date, oldest first (R20)."""
    months = closed_months(as_of, count)
    starts = [month - timedelta(days=1) for month in months]
    balances = stocks(session, starts, scope)
    went = _went(session, months, scope, today)
    return [
        Roll(
            month,
            tuple(
                _origin(band, went.get((month, place), {}))
                for place, band in enumerate(stock.bands)
            ),
        )
        for month, stock in zip(months, balances, strict=True)
    ]


def _origin(band: BandTotal, ends: dict[int, Decimal]) -> Origin:
    ended = [ends.pop(place, ZERO) for place in (RENEGOTIATED, RETURNED, LOST)]
    went = {BANDS[place]: principal for place, principal in ends.items()}
    return Origin(band.band, band.principal, went, *ended)


def _went(
    session: Session, months: list[date], scope: Scope, today: date
) -> dict[tuple[date, int], dict[int, Decimal]]:
    """By month and place of the band at its start: R$ by place at its end, or by how it ended."""
    rows = by_calendar(session, "rolls", scope, months[0], month_end(months[-1]), today=today)
    statement = (
        select(rows.c.month, rows.c.from_band, rows.c.to_band, rows.c.principal)
        .where(rows.c.month.between(months[0], months[-1]))
        .where(rows.c.from_band >= 0, rows.c.principal != 0)
        .order_by(rows.c.month, rows.c.from_band, rows.c.to_band)
    )
    found: dict[tuple[date, int], dict[int, Decimal]] = {}
    for month, start, end, principal in session.execute(statement):
        found.setdefault((month, start), {})[end] = principal
    return found
