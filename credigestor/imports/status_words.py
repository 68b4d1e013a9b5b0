"""What shops write for how an instalment or a sale stands, and for how money came.

>>> [status_of(said) for said in ("PAGO", "Em aberto", "cancelada", "S", "renegociado", "x")]
['paga', 'aberta', 'cancelada', 'paga', 'renegociada', 'x']
>>> status_of(""), status_of("vencida há 30 dias"), status_of("Pago parcial")
('', 'aberta', 'aberta')
"""

from __future__ import annotations

from functools import lru_cache

from credigestor.rules.identity import fold

#: Ours, and the beginnings of the words that mean them; the first that fits is it.
STATUSES: dict[str, tuple[str, ...]] = {
    "cancelada": ("cancel", "exclu", "anulad", "estorn", "inativ"),
    "devolvida": ("devol",),
    "renegociada": ("reneg", "repact", "acordo", "refinanc"),
    "aberta": (
        *("abert", "em abert", "pend", "a venc", "vencid", "atras", "a receb", "receber", "nao"),
        *("n pag", "parcial", "pago parc", "paga parc", "debito", "deve", "inadimp", "prorrog"),
    ),
    "paga": ("pag", "quit", "liquid", "baix", "receb", "ok", "sim", "encerrad", "concl", "finaliz"),
}
_LETTERS = {"s": "paga", "n": "aberta", "p": "paga", "a": "aberta", "c": "cancelada",
            "q": "paga", "l": "paga", "b": "paga", "v": "aberta", "d": "devolvida"}  # fmt: skip


@lru_cache(maxsize=4096)
def status_of(said: str) -> str:
    """Our word for it; what is none of them stays as it is."""
    plain = fold(said).strip(" .!*")
    if not plain:
        return ""
    if plain in _LETTERS:
        return _LETTERS[plain]
    for ours, beginnings in STATUSES.items():
        if plain.startswith(beginnings):
            return ours
    return said
