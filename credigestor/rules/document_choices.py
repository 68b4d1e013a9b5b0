"""What is printed: which document a shop offers first, and in which format.

>>> SALE_DOCUMENT_NAMES[SaleDocument.NOTES], RECEIPT_FORMAT_NAMES[ReceiptFormat.ROLL]
('Notas promissórias', 'Bobina de 80 mm')
"""

from __future__ import annotations

from enum import StrEnum


class SaleDocument(StrEnum):
    """The two documents of a sale."""

    NOTES = "notes"
    BOOKLET = "booklet"


class ReceiptFormat(StrEnum):
    """A receipt on A4, twice on one A4 (for shop and customer), or on a roll of 80 or 58 mm."""

    ONE = "one"
    TWO = "two"
    ROLL = "roll"
    ROLL_58 = "roll58"


SALE_DOCUMENT_NAMES = {
    SaleDocument.NOTES: "Notas promissórias",
    SaleDocument.BOOKLET: "Carnê",
}
RECEIPT_FORMAT_NAMES = {
    ReceiptFormat.ONE: "A4, uma via",
    ReceiptFormat.TWO: "A4, duas vias",
    ReceiptFormat.ROLL: "Bobina de 80 mm",
    ReceiptFormat.ROLL_58: "Bobina de 58 mm",
}
