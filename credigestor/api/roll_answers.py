"""What the API tells of roll rates (R20)."""

from __future__ import annotations

from datetime import date

from credigestor.api.fields import Answer, Money, Percent


class Origin(Answer):
    """What stood in a band at the start of a month, and what of it is overdue a month later."""

    band: str
    balance: Money
    cured: Money
    renegotiated: Money
    returned: Money
    lost: Money
    rolled: Money
    went: dict[str, Money]


class Roll(Answer):
    """Where the balance of each band went in a month; `cured` is the share of what was overdue."""

    month: date
    start: date
    end: date
    overdue: Money
    cured: Percent | None
    origins: list[Origin]
