"""How money may be handed over, and what each way is called (R24).

>>> METHOD_NAMES[Method("pix")]
'Pix'
"""

from __future__ import annotations

from enum import StrEnum


class Method(StrEnum):
    """How money was handed over."""

    CASH = "cash"
    PIX = "pix"
    CARD = "card"
    TRANSFER = "transfer"


METHOD_NAMES = {
    Method.CASH: "Dinheiro",
    Method.PIX: "Pix",
    Method.CARD: "Cartão",
    Method.TRANSFER: "Transferência",
}
