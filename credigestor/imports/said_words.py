"""What shops write for how an instalment or a sale stands, and for how money came.

>>> [status_of(said) for said in ("PAGO", "Em aberto", "cancelada", "S", "renegociado", "x")]
['paga', 'aberta', 'cancelada', 'paga', 'renegociada', 'x']
>>> status_of(""), status_of("vencida há 30 dias"), status_of("Pago parcial")
('', 'aberta', 'aberta')
>>> way_of("cartão de crédito"), way_of("Dinheiro 1.040,00 + Pix 47,48"), way_of("permuta")
('Cartão', 'Dinheiro 1040.00 + Pix 47.48', 'permuta')
>>> unknown_words("forma", ("Pix", "permuta", "")), unknown_words("situacao", ("PAGO", "x"))
(('permuta', ''), ('x',))
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from credigestor.imports.cell_values import read_amount
from credigestor.rules.identity import fold
from credigestor.rules.method_words import method_of
from credigestor.rules.methods import METHOD_NAMES, PLUS

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


@lru_cache(maxsize=4096)
def way_of(said: str) -> str:
    """A method, or the part of each, as the import reads it; what is none stays as it is."""
    if PLUS.strip() in said:
        parts = (part.strip().rpartition(" ") for part in said.split(PLUS.strip()))
        read = [(name, read_amount(value, ",")) for name, _, value in parts]
        if all(name and amount is not None for name, amount in read):
            return PLUS.join(f"{way_of(name)} {amount:.2f}" for name, amount in read)
        return said
    method = method_of(said)
    return said if method is None else METHOD_NAMES[method]


def unknown_words(name: str, words: Iterable[str]) -> tuple[str, ...]:
    """Those of a column's words that mean nothing to us: a person is asked about them."""
    if name == "situacao":
        return tuple(word for word in words if status_of(word) not in (*STATUSES, ""))
    return tuple(word for word in words if PLUS.strip() not in word and method_of(word) is None)
