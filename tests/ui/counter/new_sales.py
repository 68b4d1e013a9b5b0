"""The new sale's form in tests: opened, typed into, read and confirmed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from credigestor.db.engine import snapshot
from credigestor.db.models import Sale
from tests.ui.support import Visit, open_app

PAGE = "counter/new_sale.py"


def visit(customer: int | None = None, role: str = "seller") -> Visit:
    """Open the form, for a customer if one is given."""
    query = {"customer": str(customer)} if customer else None
    return open_app(role, page=PAGE, query=query)


def by_label(elements: Any, label: str) -> Any:
    """The one element with a label."""
    [found] = [element for element in elements if element.label == label]
    return found


def field(app: Visit, label: str) -> Any:
    """The field with a label."""
    return by_label([*app.text_input, *app.date_input, *app.selectbox], label)


def fill(app: Visit, way: str | None = "cash", **values: Any) -> Visit:
    """Type into the fields and look once: a call for each is how a person does it.

    The way of a down payment is chosen where it is asked for.
    """
    labels = {
        "total": "Total da venda (R$)",
        "down": "Entrada (R$)",
        "count": "Parcelas",
        "first_due": "Primeiro vencimento",
        "description": "Descrição (opcional)",
        "sold_on": "Data da venda",
        "seller": "Vendedor",
        "rate": "Juros do contrato (% ao mês)",
        "reason": "Motivo para liberar a venda",
    }
    for name, value in values.items():
        field(app, labels[name]).set_value(value)
    app.run()
    for asked in app.segmented_control:
        if asked.label == "Forma da entrada" and not asked.value and way:
            asked.set_value(way).run()
    assert not app.exception
    return app


def words(app: Visit) -> str:
    """What the person reads, Markdown's escapes and unbreakable spaces undone."""
    return app.texts.replace("\\", "").replace("\xa0", " ")


def confirm(app: Visit) -> Any:
    """The button that makes the sale."""
    return by_label(app.button, "Confirmar venda")


def sales() -> list[Sale]:
    """All sales, as stored."""
    with snapshot() as session:
        return list(session.scalars(select(Sale).order_by(Sale.id)))
