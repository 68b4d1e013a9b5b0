"""How money may be handed over, in one way or in several, and what each is called (R24, R36).

A record says its way in one text: the method, or each one's part where there are several.

>>> way_of([(Method.PIX, Decimal("87.48"))])
'pix'
>>> way_of([(Method.PIX, Decimal("47.48")), (Method.CASH, Decimal("40.00"))])
'cash 40.00 + pix 47.48'
>>> in_words("cash 40.00 + pix 47.48")
'Dinheiro 40,00 + Pix 47,48'
>>> parts_of("cash 40.00 + pix 47.48", Decimal("87.48"))
[('cash', Decimal('40.00')), ('pix', Decimal('47.48'))]
>>> in_words(way_of([])), in_words("pix")
('Não informado', 'Pix')
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from credigestor.rules.money import format_number


class Method(StrEnum):
    """How money was handed over; TED, DOC and a deposit are TRANSFER, any card is CARD."""

    CASH = "cash"
    PIX = "pix"
    CARD = "card"
    TRANSFER = "transfer"
    CHEQUE = "cheque"
    BOLETO = "boleto"


METHOD_NAMES = {
    Method.CASH: "Dinheiro",
    Method.PIX: "Pix",
    Method.CARD: "Cartão",
    Method.TRANSFER: "Transferência",
    Method.CHEQUE: "Cheque",
    Method.BOLETO: "Boleto",
}
#: What stands in a method's place: several of them, that nobody said which (a down payment), or
#: what the shop owed the customer: no money comes or goes then (R31).
SEVERAL, UNKNOWN, CREDIT = "several", "unknown", "credit"
#: A way of one method, or credit.
OneWay = Literal["cash", "pix", "card", "transfer", "cheque", "boleto", "credit"]
NAMES = {
    **{str(method): name for method, name in METHOD_NAMES.items()},
    SEVERAL: "Várias formas",
    UNKNOWN: "Não informado",
    CREDIT: "Crédito do cliente",
}
PLUS = " + "

#: What was handed over in each method, R$.
Part = tuple[Method, Decimal]


def way_of(parts: Iterable[tuple[str, Decimal]]) -> str:
    """The text of these parts, in the order of the methods; UNKNOWN of none."""
    found = dict(parts)
    if len(found) <= 1:
        return str(next(iter(found), UNKNOWN))
    return PLUS.join(f"{method} {found[method]:.2f}" for method in Method if method in found)


def parts_of(way: str, amount: Decimal) -> list[tuple[str, Decimal]]:
    """Each method of a way with its part of the amount, R$."""
    if " " not in way:
        return [(way, amount)]
    told = (part.split(" ") for part in way.split(PLUS))
    return [(method, Decimal(value)) for method, value in told]


def in_words(way: str) -> str:
    """A way as people call it; of several with the part of each, R$."""
    if " " not in way:
        return NAMES[way]
    return PLUS.join(f"{NAMES[m]} {format_number(value)}" for m, value in parts_of(way, Decimal(0)))


def in_a_sentence(way: str) -> str:
    """The same inside a sentence: dinheiro, cartão, but Pix."""
    words = in_words(way)
    return PLUS.join(w if w.startswith("Pix") else w[0].lower() + w[1:] for w in words.split(PLUS))
