"""Spreading one payment over several notes (R10).

>>> from decimal import Decimal as D
>>> distribute(D("250.00"), [(7, D("102.00")), (8, D("100.00")), (9, D("100.00"))])
[(7, Decimal('102.00')), (8, Decimal('100.00')), (9, Decimal('48.00'))]

And one discount over the notes that it settles (R14):

>>> spread(D("10.00"), {7: D("88.85"), 8: D("88.85"), 9: D("88.85")})
{7: Decimal('3.33'), 8: Decimal('3.34'), 9: Decimal('3.33')}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from credigestor.errors import InvalidInput
from credigestor.rules.money import ZERO, format_brl, round_cents


def distribute(amount: Decimal, owed: Sequence[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    """Give each note, in the order given, what it owes until the R$ amount is used up (R10).

    `owed` pairs note ids with what each owes; callers order them by the payer's choice or
    oldest due first (CC art. 352, 355). Raises InvalidInput, naming the exact amount owed,
    when the payment is larger than all of them together.
    """
    total = sum((value for _, value in owed), ZERO)
    if amount > total:
        raise InvalidInput(
            f"O valor passa do que é devido nas notas escolhidas: {format_brl(total)}.",
            field="amount",
        )
    parts = []
    left = amount
    for note_id, value in owed:
        part = min(left, value)
        if part > 0:
            parts.append((note_id, part))
            left -= part
    return parts


def spread(amount: Decimal, weights: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Part R$ in proportion to positive weights, by their keys; the cents sum exactly."""
    total = sum(weights.values(), ZERO)
    parts, reached, given = {}, ZERO, ZERO
    for key, weight in weights.items():
        reached += weight
        upto = round_cents(amount * reached / total)
        parts[key], given = upto - given, upto
    return parts
