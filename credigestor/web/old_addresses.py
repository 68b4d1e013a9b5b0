"""Addresses of before 0.5.0, whose parameters had names in two languages: links of then still open.

>>> renewed("/nova-venda", "cliente=7")
'customer=7'
>>> renewed("/clientes", "situacao=Todos&busca=ana+luz")
'status=all&q=ana+luz'
>>> renewed("/nova-venda", "customer=7") is None, renewed("/minha-conta", "de=7") is None
(True, True)
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

_CUSTOMER = {"cliente": "customer"}
_KEEP = {"baixar": "download"}
#: Path → old name → name. A path that ends in `/` stands for all below it.
NAMES: Mapping[str, Mapping[str, str]] = {
    "/nova-venda": _CUSTOMER,
    "/receber": {**_CUSTOMER, "nota": "note"},
    "/clientes": {
        "novo": "new",
        "busca": "q",
        "situacao": "status",
        "atrasados": "overdue",
    },
    "/documento/notas/": _KEEP,
    "/documento/carne/": _KEEP,
    "/documento/recibo/": {**_KEEP, "formato": "format"},
    "/documento/extrato/": {**_KEEP, "de": "from", "ate": "to"},
    "/documento/quitacao/": {**_KEEP, "notas": "notes", "em": "on"},
}
#: The label of a choice stood in the address, where its code stands now.
_CODES = {"situacao": {"Ativos": "active", "Inativos": "inactive", "Todos": "all"}}


def renewed(path: str, query: str) -> str | None:
    """The query of an address with today's names; None where no old one is in it."""
    names = NAMES.get(path) or NAMES.get(path[: path.rfind("/") + 1])
    pairs = parse_qsl(query, keep_blank_values=True) if names else []
    if not names or names.keys().isdisjoint(name for name, _ in pairs):
        return None
    return urlencode(
        [(names.get(name, name), _CODES.get(name, {}).get(word, word)) for name, word in pairs],
        safe=",",
    )
