"""What identifies a payment in an import, so that the same row is never taken twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from credigestor.imports.batch import Given

if TYPE_CHECKING:
    from credigestor.imports.batch import NewPayment

#: Stands before each amount of the split that a row says.
MARK = ";"


def payment_ref(sale_ref: str, number: int, payment: NewPayment) -> str:
    """Note, date, amount, method, which of those alike, and the split where its row says one."""
    return f"{likeness(sale_ref, number, payment)}#{payment.copy}{payment.split}"


def likeness(sale_ref: str, number: int, payment: NewPayment) -> str:
    """What it shares with those alike, whatever their rows say of a split."""
    return f"{sale_ref}/{number}/{payment.paid_on.isoformat()}/{payment.amount}/{payment.method}"


def plain_refs(
    sale_ref: str, number: int, payments: Iterable[NewPayment]
) -> Iterator[tuple[str, NewPayment]]:
    """Each of a note's payments by what it would be called if no row said a split."""
    alike = Counter[str]()
    for payment in payments:
        name = likeness(sale_ref, number, payment)
        alike[name] += 1
        yield f"{name}#{alike[name]}", payment


def name_anew(
    sale_ref: str, number: int, payments: Iterable[NewPayment], undone: Collection[str]
) -> None:
    """Count a note's payments alike past the references that are undone, which stay taken.

    So a row that was changed, and changed back, is one that is not on record.
    """
    past = Counter[tuple[str, str]]()
    for payment in payments:
        alike = likeness(sale_ref, number, payment), payment.split
        payment.copy += past[alike]
        while payment_ref(sale_ref, number, payment) in undone:
            payment.copy += 1
            past[alike] += 1


def split_text(given: Given | None) -> str:
    """The split as a reference ends with it: interest, fine, discount, R$.

    >>> from decimal import Decimal
    >>> split_text(Given(Decimal(5), Decimal(2), Decimal(0))), split_text(None)
    (';5.00;2.00;0.00', '')
    """
    if given is None:
        return ""
    return "".join(f"{MARK}{each:.2f}" for each in (given.interest, given.fine, given.discount))


def parted(ref: str) -> tuple[str, str]:
    """What a payment's reference shares with those alike, and its split.

    The reference of a sale may hold the mark itself.

    >>> parted("V;1/2/2026-02-10/30.00/cash#1;5.00;2.00;0.00")
    ('V;1/2/2026-02-10/30.00/cash', ';5.00;2.00;0.00')
    >>> parted("V;1/2/2026-02-10/30.00/cash#1")
    ('V;1/2/2026-02-10/30.00/cash', '')
    """
    alike, _, after = ref.rpartition("#")
    _, mark, split = after.partition(MARK)
    return alike, mark + split
