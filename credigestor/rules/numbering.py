"""Numbers of sales, notes and receipts as printed, and as people type them back (R23).

>>> note_number(123, 2, 10), sale_number(123), receipt_number(45)
('000123-02/10', '000123', '000045')

Zeros and the count of instalments may be left out; a number alone is a sale's:

>>> parse_note_number("000123-02/10"), parse_note_number(" 123-2 "), parse_note_number("123")
((123, 2), (123, 2), (123, None))
>>> parse_note_number("Ana Luz") is None
True
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Old numbers that a paper names; of more it gives the count.
_NAMED = 6

_TYPED = re.compile(r"0*([0-9]{1,9})(?:\s*-\s*0*([0-9]{1,3})(?:\s*/\s*[0-9]{1,3})?)?", re.ASCII)


def sale_number(sale_id: int) -> str:
    """Number of a sale as printed."""
    return f"{sale_id:06d}"


def proposal_number(proposal_id: int) -> str:
    """Number of a proposal as printed."""
    return f"{proposal_id:06d}"


def receipt_number(payment_id: int) -> str:
    """Number of a payment's receipt as printed."""
    return f"{payment_id:06d}"


def money_number(kind: str, money_id: int) -> str:
    """Number of the receipt of a down payment (kind "down"), or of one handed back.

    >>> money_number("down", 12), money_number("refund", 13)
    ('E000012', 'D000013')
    """
    return f"{'E' if kind == 'down' else 'D'}{money_id:06d}"


def note_number(sale_id: int, number: int, installments: int) -> str:
    """Number of a note as printed: sale, place and count of its instalments."""
    return f"{sale_number(sale_id)}-{number:02d}/{installments:02d}"


def parse_note_number(text: str) -> tuple[int, int | None] | None:
    """Sale's id and note's place that a text names; None when it is no such number."""
    match = _TYPED.fullmatch(text.strip())
    if match is None:
        return None
    return int(match[1]), int(match[2]) if match[2] else None


def old_number(ref: str | None) -> str:
    """What another system called it, as it stands beside our number; empty where there is none.

    >>> old_number("4711-B"), old_number(None)
    ('Nº anterior: 4711-B', '')
    """
    return f"Nº anterior: {ref}" if ref else ""


def old_numbers(notes: Iterable[tuple[str, str | None]]) -> str:
    """The old numbers of some notes, each beside ours; empty where there is none.

    >>> old_numbers([("000123-02/10", "4711-B")]), old_numbers([("000123-02/10", None)])
    ('Nº anterior: 4711-B', '')
    >>> old_numbers([("000123-02/10", "4711-B"), ("000123-03/10", None), ("000124-01/01", "9")])
    'Nº anterior: 000123-02/10 era 4711-B, 000124-01/01 era 9'
    """
    every = list(notes)
    known = [(number, ref) for number, ref in every if ref]
    if len(every) == 1:
        return old_number(every[0][1])
    named = ", ".join(f"{number} era {ref}" for number, ref in known[:_NAMED])
    more = len(known) - _NAMED
    return old_number(named) + (f" e mais {more}" if more > 0 else "")
