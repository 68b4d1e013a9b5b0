"""What an aging band is worth by how it has been paid before (R21).

Of the principal that ever left a band, part was paid and part went on into a deeper band. The
share of a band is the part that was paid, there or deeper; what is open in deeper bands counts
as not paid. Nothing leaves the last band unpaid: there it is what is open in it that does.

>>> paid = [Decimal(amount) for amount in (700, 120, 40, 0, 20, 0, 0)]
>>> still_open = [Decimal(amount) for amount in (500, 60, 0, 30, 10, 20, 0)]
>>> [str(band.share) for band in history(paid, still_open)]
['88', '75', '50', '40', '50', 'None', 'None']

Of "a vencer", 880 were paid and 120 are overdue; of 61–90 days, 20 were paid (at 91–180) and 30
stand deeper. Nothing has left the last two bands, so nothing is known of them. What discounts on
early settlement took off has left "a vencer" unpaid as well (R14):

>>> str(history(paid, still_open, discounts=Decimal(100))[0].share)
'80'

Nor was what was given up while in a band (R34): 60 beyond 360 days, which nothing else has left.

>>> lost = [Decimal(amount) for amount in (0, 0, 0, 0, 0, 0, 60)]
>>> [str(band.share) for band in history(paid, still_open, lost=lost)[4:]]
['20', '0', '0']

>>> not_due, *_, last = history(paid, still_open)
>>> not_due.worth(Decimal("500.01")), last.worth(Decimal(20)), last.worth(Decimal(0))
(Decimal('440.01'), None, Decimal('0'))

Rounded once, at its end: five sixths, which no decimal holds, of 0,03 are 0,025.

>>> History(paid=Decimal(5), unpaid=Decimal(1)).worth(Decimal("0.03"))
Decimal('0.03')
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from credigestor.rules.money import round_cents


@dataclass(frozen=True)
class History:
    """What was paid and what was not of the principal that has left a band, R$."""

    paid: Decimal
    unpaid: Decimal

    @property
    def share(self) -> Decimal | None:
        """Percent paid; None while nothing has left the band."""
        return 100 * self.paid / self._left if self._left else None

    @property
    def _left(self) -> Decimal:
        return self.paid + self.unpaid

    def worth(self, amount: Decimal) -> Decimal | None:
        """The share of an amount, R$ rounded to the cent; None where the share is not known.

        Of the amounts themselves: a share of endless decimals would be rounded before.
        """
        if not amount:
            return amount
        return round_cents(amount * self.paid / self._left) if self._left else None


def history(
    paid: Sequence[Decimal],
    still_open: Sequence[Decimal],
    *,
    lost: Sequence[Decimal] = (),
    discounts: Decimal = Decimal(0),
) -> list[History]:
    """How each band has been paid, by what was paid while in it and what is open in it (R$).

    `lost` was given up while in each band (R34); `discounts` are of notes not yet due, R$: of the
    first band.
    """
    last = len(paid) - 1
    return [
        History(
            sum(paid[k:], Decimal(0)),
            sum(still_open[min(k + 1, last) :], Decimal(0) if k else discounts)
            + sum(lost[k:], Decimal(0)),
        )
        for k in range(len(paid))
    ]
