"""Who may be named as the seller of a sale."""

from __future__ import annotations

from credigestor.api.fields import Answer
from credigestor.api.operations import Operations
from credigestor.db.engine import snapshot
from credigestor.reports import sales as reports
from credigestor.rules.permissions import Permission

router = Operations("/sellers", "Vendas")


class NamedSeller(Answer):
    """Somebody who sells, or did; the name says who does no more."""

    id: int
    name: str


class Sellers(Answer):
    """Those who still work here first, by name."""

    items: list[NamedSeller]


@router.reads("", Permission.SELL, "Quem pode ser o vendedor de uma venda")
def listed() -> Sellers:
    """What the choice of the page Nova venda offers."""
    with snapshot() as session:
        found = reports.sellers(session)
    return Sellers(items=[NamedSeller(id=id_, name=name) for id_, name in found])
