"""Status of a note and aging bands, derived at a date, never stored (R13, R16).

>>> band(0), band(30), band(31), band(400)
('current', '1-30', '31-60', '>360')
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from credigestor.rules.charges import Closing

#: Upper limit in days of each band but the last; the first holds what is not late.
LIMITS = (0, 30, 60, 90, 180, 360)
#: The band of what is not late.
CURRENT = "current"
BANDS = (CURRENT, "1-30", "31-60", "61-90", "91-180", "181-360", ">360")
BAND_NAMES = {
    CURRENT: "A vencer",
    "1-30": "1–30 dias",
    "31-60": "31–60 dias",
    "61-90": "61–90 dias",
    "91-180": "91–180 dias",
    "181-360": "181–360 dias",
    ">360": "> 360 dias",
}
#: Notes more days late than each of these are told apart (R17), and vintages judged by them (R19).
OVER_DAYS = (30, 90)


def band(days_late: int) -> str:
    """Aging band of a note by its days late; 0 for one that is not Atrasada (R16)."""
    for limit, name in zip(LIMITS, BANDS, strict=False):
        if days_late <= limit:
            return name
    return BANDS[-1]


def bands_over(days: int) -> tuple[str, ...]:
    """The bands of notes more than so many days late; `days` is one of LIMITS.

    >>> bands_over(90)
    ('91-180', '181-360', '>360')
    """
    return BANDS[LIMITS.index(days) + 1 :]


def short_name(band: str) -> str:
    """A band's name where there is little room.

    >>> short_name("31-60")
    '31–60'
    """
    return BAND_NAMES[band].removesuffix(" dias")


class Status(StrEnum):
    """Status of a note at a date (R13); of one that an act closed, what `Closing` calls it."""

    CANCELLED = "cancelled"
    RENEGOTIATED = "renegotiated"
    RETURNED = "returned"
    WRITTEN_OFF = "written_off"
    PAID = "paid"
    OVERDUE = "overdue"
    PARTIAL = "partial"
    PENDING = "pending"


STATUS_NAMES = {
    Status.CANCELLED: "Cancelada",
    Status.RENEGOTIATED: "Renegociada",
    Status.RETURNED: "Devolvida",
    Status.WRITTEN_OFF: "Baixada",
    Status.PAID: "Paga",
    Status.OVERDUE: "Atrasada",
    Status.PARTIAL: "Parcial",
    Status.PENDING: "Pendente",
}


def status(
    *,
    cancelled: bool,
    closed: Closing | None,
    settled: bool,
    touched: bool,
    on_time_until: date,
    on: date,
) -> Status:
    """Status at a date, the first that applies in R13's order.

    `settled`: principal and charges are zero; `touched`: less than all of it is owed;
    `on_time_until`: the last on-time day (R4).
    """
    if cancelled:
        return Status.CANCELLED
    if closed:
        return Status(closed)
    if settled:
        return Status.PAID
    if on > on_time_until:
        return Status.OVERDUE
    return Status.PARTIAL if touched else Status.PENDING
