"""Goods that come back: which notes fall for their value, and what goes back (R30).

Sold for 1.000,00: 300,00 down and seven notes of 100,00, of which two are paid. For 400,00 of goods
the newest four fall, for 650,00 all five, and 150,00 go back.

>>> from datetime import date
>>> from decimal import Decimal as D
>>> day = date(2026, 11, 25)
>>> def open_notes(amount, numbers):
...     dues = (date(2026, 9 + n, 10) if n < 4 else date(2027, n - 3, 10) for n in numbers)
...     return [OpenNote(n, n, due, D(amount)) for n, due in zip(numbers, dues)]
>>> seven = open_notes("100.00", range(3, 8))
>>> found = returned(D("400.00"), seven, D(0), day, received=D("500.00"))
>>> [each.key for each in found.falls], str(found.back)
([7, 6, 5, 4], '0.00')
>>> found = returned(D("650.00"), seven, D(0), day, received=D("500.00"))
>>> [each.key for each in found.falls], str(found.back)
([7, 6, 5, 4, 3], '150.00')

Sold on 10/09/26 at 1 % a month in 12, of which two are paid: 400,00 is worth notes 12 to 9, and
75,80 of note 8.

>>> from credigestor.rules.installments import split_price
>>> from credigestor.rules.true_rate import daily_rate
>>> twelve = split_price(D(1000), D(1), 12)
>>> dues = [date(2026, n, 10) for n in (10, 11, 12)] + [date(2027, n, 10) for n in range(1, 10)]
>>> rate = daily_rate(D(1000), [((d - date(2026, 9, 10)).days, a) for d, a in zip(dues, twelve)])
>>> left = [OpenNote(n, n, dues[n - 1], twelve[n - 1]) for n in range(3, 13)]
>>> found = returned(D("400.00"), left, rate, day, received=D("177.70"))
>>> [str(each.worth) for each in found.falls]
['80.81', '81.64', '82.48', '83.29', '71.78']
>>> str(found.falls[-1].principal), str(found.falls[-1].left)
('75.80', '13.05')
>>> str(sum(note.principal for note in left)), str(worth_of(left, rate, day))
('888.49', '845.73')

Who gives everything back within the time for regret is given everything back (CDC art. 49): what
was received, with the interest in it. Nothing beyond what was received goes back in any case.

>>> str(returned(D("1000.00"), left, rate, day, received=D("177.70")).back)
'154.27'
>>> str(returned(D("1000.00"), left, rate, day, received=D("177.70"), everything=True).back)
'177.70'

Overdue notes fall last, at face, and their charges stay. One that owes charges is not closed by a
return: they are received or let go first.

>>> late = [OpenNote(1, 1, date(2026, 11, 10), D("100.00"), charges=D("2.50"), overdue=True)]
>>> str(returned(D("99.99"), late, D(0), day, received=D("0")).falls[0].left)
'0.01'
>>> returned(D("100.00"), late, D(0), day, received=D("0"))
Traceback (most recent call last):
credigestor.rules.returns.ChargesOwed: note 1 owes 2.50 of charges
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from credigestor.rules import early
from credigestor.rules.money import ZERO


class ReturnKind(StrEnum):
    """Why goods come back, as the record keeps it."""

    REGRET = "regret"  # within seven days of a sale made away from the shop (CDC art. 49)
    DEFECT = "defect"  # CDC art. 18
    COURTESY = "courtesy"  # the shop need not


RETURN_NAMES = {
    ReturnKind.REGRET: "Arrependimento",
    ReturnKind.DEFECT: "Vício do produto",
    ReturnKind.COURTESY: "Cortesia",
}


@dataclass(frozen=True, slots=True)
class OpenNote:
    """A note that is open on the day: what is left of its principal and its charges then, R$."""

    key: int
    number: int
    due_date: date
    principal: Decimal
    charges: Decimal = ZERO
    overdue: bool = False

    def days(self, on: date) -> int:
        """Days until it is due; none once it is overdue: then it counts at face."""
        return 0 if self.overdue else (self.due_date - on).days


@dataclass(frozen=True, slots=True)
class Fall:
    """What of a note's principal falls, what that is worth on the day, and what is left, R$."""

    key: int
    principal: Decimal
    worth: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class Returned:
    """Which notes fall, in that order, and the money or credit that goes back, R$."""

    falls: Sequence[Fall]
    back: Decimal

    @property
    def principal(self) -> Decimal:
        """What falls of all notes together, R$."""
        return sum((each.principal for each in self.falls), ZERO)


class ChargesOwed(ValueError):
    """A note would fall whole while it owes charges; carries it."""

    def __init__(self, note: OpenNote) -> None:
        super().__init__(f"note {note.key} owes {note.charges} of charges")
        self.note = note


def returned(
    value: Decimal,
    notes: Iterable[OpenNote],
    rate: Decimal,
    on: date,
    *,
    received: Decimal,
    everything: bool = False,
) -> Returned:
    """What goods worth R$ `value` take off a sale's open notes on a day, and what goes back.

    `rate` is the sale's own daily rate (R2b), `received` what the shop has of this sale and has
    not given back. With `everything` all notes fall and all of that goes back. Raises ChargesOwed.
    """
    rest, falls = value, []
    newest_first = sorted(notes, key=lambda each: (each.due_date, each.number), reverse=True)
    for note in sorted(newest_first, key=lambda each: each.overdue):
        if not (rest or everything):
            break
        worth = early.present_value(note.principal, rate, note.days(on))
        if everything or rest >= worth:
            principal = note.principal
        else:
            principal, worth = early.settled_by(rest, note.principal, rate, note.days(on)), rest
        if principal == note.principal and note.charges:
            raise ChargesOwed(note)
        falls.append(Fall(note.key, principal, worth, note.principal - principal))
        rest = max(rest - worth, ZERO)
    return Returned(falls, received if everything else min(rest, received))


def worth_of(notes: Iterable[OpenNote], rate: Decimal, on: date) -> Decimal:
    """What open notes are worth on a day, each by R14, R$."""
    return sum((early.present_value(n.principal, rate, n.days(on)) for n in notes), ZERO)
