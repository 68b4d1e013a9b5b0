"""What moves a customer's credit, in words (R31)."""

from __future__ import annotations

#: By the kind of a movement, as the record keeps it.
MOVEMENT_NAMES = {
    "kept": "Guardado de um pagamento",
    "returned": "De uma devolução de mercadoria",
    "spent": "Usado num pagamento",
    "paid_down": "Usado na entrada de uma venda",
    "paid_back": "Devolvido ao cliente",
    "undone": "Movimento desfeito",
}
