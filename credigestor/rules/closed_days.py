"""What later changes of closed days are called (R37).

>>> change_name("payment_reversal"), change_name("act_reversal", "waiver")
('Estorno de pagamento', 'Dispensa de encargos desfeita')
"""

from __future__ import annotations

from credigestor.rules.acts import ACT_NAMES
from credigestor.rules.store_credit import MOVEMENT_NAMES

#: By kind, that of an act, or of credit that moved, with its own behind a colon.
CHANGE_NAMES = {
    "sale": "Venda",
    "down_payment": "Entrada",
    "cancellation": "Cancelamento de venda",
    "payment": "Pagamento",
    "payment_reversal": "Estorno de pagamento",
    **{f"act:{kind}": name for kind, name in ACT_NAMES.items()},
    **{f"act_reversal:{kind}": f"{name} desfeita" for kind, name in ACT_NAMES.items()},
    **{f"credit:{kind}": f"Crédito: {name.lower()}" for kind, name in MOVEMENT_NAMES.items()},
}


def change_name(kind: str, act: str | None = None) -> str:
    """What people call a change."""
    return CHANGE_NAMES[f"{kind}:{act}" if act else kind]
