"""The menu's search: what is typed leads on from any page, and costs nothing until it is typed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, update

from credigestor.db.engine import get_engine, transaction
from credigestor.db.models import Sale
from credigestor.rules.permissions import Actor
from credigestor.ui.app import menu_search
from tests.portfolio import TODAY, Made, add_customer
from tests.services.paying import pay, sell
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

BOX = "Procurar em tudo"


@pytest.fixture
def sale(db: str) -> Made:
    made = sell(("10.00", TODAY), ("10.00", TODAY))
    with transaction() as session:
        session.execute(update(Sale).values(ref="A17"))
        add_customer(session, "Zélia *Prado*", tax_id="52998224725", phone="+5585988724443")
    return made


def box(app: Visit) -> Any:
    return next(w for w in app.text_input if w.label == BOX)


def found(app: Visit, typed: str) -> list[tuple[str, str]]:
    """Labels as read, without what they owe, and the pages of the results, by their titles."""
    box(app).set_value(typed).run()
    assert not app.exception
    links = [e.proto for e in app.sidebar.get("page_link") if e.proto.page != "minha-conta"]
    return [
        (link.label.replace("\\", "").replace("\xa0", " "), f"{link.page}?{link.query_string}")
        for link in links
    ]


def test_a_number_a_name_a_cpf_and_a_phone_lead_to_their_pages(sale: Made, manager: Actor) -> None:
    paid = pay(manager, TODAY, (sale.notes[0], "3.00"))
    app = open_app(role="seller", page="counter/notes.py")
    assert found(app, "") == []
    [note] = found(app, "a17-2")
    assert note[0].startswith("Nota 000001-02/02 (antes A17) · ")
    assert note[1] == f"nota?id={sale.notes[1]}"
    assert [page for _, page in found(app, f"{paid}")] == ["venda?id=1", f"pagamento?id={paid}"]
    for typed in ("zelia", "529.982.247-25", "98872-4443"):
        assert found(app, typed) == [("Zélia *Prado* · não deve nada", "cliente?id=2")], typed
    assert found(app, "nada disso") == []
    assert "Nada encontrado." in app.texts


def test_it_is_empty_again_once_what_it_found_was_opened(sale: Made) -> None:
    app = open_app(role="seller", page="counter/customers.py")
    assert found(app, "zelia")
    app.query_params["id"] = "2"
    app.switch_page("pages/counter/customer.py").run()
    assert box(app).value == ""
    found(app, "zelia")
    app.run()
    assert box(app).value == "zelia", "while one stays"
    app.query_params["id"] = "1"
    assert box(app.run()).value == ""


def test_it_asks_nothing_until_somebody_types(sale: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(role="seller", page="counter/account.py")

    def asked() -> int:
        statements: list[str] = []

        def count(*args: Any) -> None:
            statements.append(args[2])

        event.listen(get_engine(), "before_cursor_execute", count)
        try:
            assert not app.run().exception
        finally:
            event.remove(get_engine(), "before_cursor_execute", count)
        return len(statements)

    asked()
    with_it = asked()
    with monkeypatch.context() as patch:
        patch.setattr(menu_search, "menu_search", lambda *_: None)
        assert asked() == with_it
        assert BOX not in [w.label for w in app.text_input]
    app.run()
    box(app).set_value("zelia")
    assert asked() > with_it
