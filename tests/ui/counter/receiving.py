"""The page that receives payments in tests: opened, typed into, read and confirmed."""

from __future__ import annotations

from typing import Any

from credigestor.db.engine import snapshot
from credigestor.db.models import Payment
from tests.ui.support import Visit, open_app

PAGE = "counter/receive.py"


def open_page(role: str = "seller", **query: Any) -> Visit:
    """Open the page, at the address of a customer or note."""
    app = open_app(role=role, page=PAGE, **query)
    assert not app.exception
    return app


def told(app: Visit) -> str:
    """What the person reads, Markdown's escapes and unbreakable spaces undone."""
    assert not app.exception
    return app.texts.replace("\\", "").replace("\xa0", " ")


def button(app: Visit, start: str) -> Any:
    """The first button whose label starts so."""
    return next(b for b in app.button if b.label.startswith(start))


def labels(app: Visit) -> str:
    """The labels of buttons and checkboxes, as read."""
    texts = [b.label for b in app.button] + [c.label for c in app.checkbox]
    return "\n".join(texts).replace("\\", "").replace("\xa0", " ")


def typed(app: Visit, label: str, value: str) -> Visit:
    """Type into the field with a label."""
    next(w for w in app.text_input if w.label == label).set_value(value)
    app.run()
    return app


def amount(app: Visit, value: str) -> Visit:
    """Type the amount received."""
    return typed(app, "Valor recebido (R$)", value)


def tick(app: Visit, *positions: int) -> Visit:
    """Choose the notes at these places."""
    for position in positions:
        app.checkbox[position].check()
    app.run()
    return app


def confirm(app: Visit) -> Visit:
    """Click what writes the payment."""
    button(app, "Confirmar").click().run()
    return app


def preview(app: Visit) -> list[tuple[str, ...]]:
    """The rows of the previewed allocation."""
    return [tuple(row) for row in app.table[0].value.values]


def payment() -> Payment:
    """The only payment, as stored."""
    with snapshot() as session:
        return session.query(Payment).one()
