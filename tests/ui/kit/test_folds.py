"""Folds are drawn once one looks into them, stay drawn, and open over what was typed."""

from __future__ import annotations

from datetime import date

import pytest

from credigestor.db.engine import transaction
from tests.portfolio import add_customer, add_sale
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

NEW_SALE, SALE = "counter/new_sale.py", "counter/sale.py"


@pytest.fixture(autouse=True)
def of_who_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Visit, "unfolds", False)


def opened(app: Visit, *, among: str, now: bool = True) -> Visit:
    """Click on the one fold whose key has this word."""
    state: dict[str, object] = app.session_state._state.filtered_state
    [asked] = [key for key in state if among in key and key.endswith(":asked")]
    app.session_state[asked.removesuffix(":asked")] = now
    return app.run()


def labels(app: Visit) -> list[str]:
    assert not app.exception
    return [field.label for field in (*app.text_input, *app.text_area, *app.selectbox)]


def sales() -> tuple[int, int]:
    with transaction() as session:
        ana = add_customer(session, "Ana")
        found = [
            add_sale(session, ana, date(2026, 5, 1), [("100.00", date(2026, 6, 1))])
            for _ in range(2)
        ]
    return found[0].id, found[1].id


def test_what_nobody_looked_into_is_not_drawn_and_what_was_opened_stays() -> None:
    one, _ = sales()
    app = open_app("seller", page=SALE, id=one)
    assert {"Editar descrição e vendedor", "Incluir avalistas"} <= {e.label for e in app.expander}
    assert "Descrição" not in labels(app)
    assert "Descrição" in labels(opened(app, among="edit_fold"))
    assert "Descrição" in labels(opened(app, among="edit_fold", now=False))


def test_another_page_begins_anew() -> None:
    one, _ = sales()
    app = opened(open_app("seller", page=SALE, id=one), among="edit_fold")
    app.switch_page("pages/counter/receive.py").run()
    app.switch_page("pages/counter/sale.py")
    app.query_params["id"] = str(one)
    assert "Descrição" not in labels(app.run())


def rate(app: Visit) -> list[str | None]:
    assert not app.exception
    return [f.value for f in app.text_input if f.label.startswith("Juros do contrato")]


def test_a_fold_over_what_was_typed_opens_by_itself() -> None:
    app = open_app("seller", page=NEW_SALE)
    assert rate(app) == []
    assert rate(opened(app, among="details:")) == [""]
    [field] = [f for f in app.text_input if f.label.startswith("Juros do contrato")]
    field.set_value("2").run()
    app.switch_page("pages/counter/receive.py").run()
    app.switch_page("pages/counter/new_sale.py").run()
    assert rate(app) == ["2"]
