"""Addresses of before: parameters named in two languages (0.5.0), and pages renamed since.

Links of then still open.

>>> renewed("/nova-venda", "cliente=7")
'/nova-venda?customer=7'
>>> renewed("/clientes", "situacao=Todos&busca=ana+luz")
'/clientes?status=all&q=ana+luz'
>>> renewed("/caixa", "city=Sobral"), renewed("/caixa", "")
('/previsao?city=Sobral', '/previsao')
>>> renewed("/nova-venda", "customer=7") is None, renewed("/minha-conta", "de=7") is None
(True, True)
>>> renewed("/inicio", ""), renewed("/configuracoes", "tab=pix")
('/', '/configuracoes?settings_tab=Pix')
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
    "/configuracoes": {"tab": "settings_tab"},
    "/documento/notas/": _KEEP,
    "/documento/carne/": _KEEP,
    "/documento/recibo/": {**_KEEP, "formato": "format"},
    "/documento/extrato/": {**_KEEP, "de": "from", "ate": "to"},
    "/documento/quitacao/": {**_KEEP, "notas": "notes", "em": "on"},
}
#: To a shop, "caixa" is the drawer; the first page's name is typed, and its address is none.
PATHS: Mapping[str, str] = {"/caixa": "/previsao", "/inicio": "/"}
#: The label of a choice stood in the address, where its code stands now.
_CODES = {
    "situacao": {"Ativos": "active", "Inativos": "inactive", "Todos": "all"},
    "tab": {"pix": "Pix"},
}


def renewed(path: str, query: str) -> str | None:
    """An address as it is today, its query with it; None where nothing of it is old."""
    if path in PATHS:
        return PATHS[path] + (f"?{query}" if query else "")
    names = NAMES.get(path) or NAMES.get(path[: path.rfind("/") + 1])
    pairs = parse_qsl(query, keep_blank_values=True) if names else []
    if not names or names.keys().isdisjoint(name for name, _ in pairs):
        return None
    today = urlencode(
        [(names.get(name, name), _CODES.get(name, {}).get(word, word)) for name, word in pairs],
        safe=",",
    )
    return f"{path}?{today}"
