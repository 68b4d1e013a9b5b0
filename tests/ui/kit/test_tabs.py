"""Tabs are read and drawn once one looks at them, and stay until one leaves the page or its row."""

from __future__ import annotations

import pytest

from credigestor.db.engine import transaction
from credigestor.rules.permissions import Role
from tests.factories import add_user
from tests.portfolio import add_customer
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

CUSTOMER = "counter/customer.py"


def drawn(app: Visit) -> list[str]:
    """The tabs that have anything but the place of a message."""
    assert not app.exception
    return [tab.label for tab in app.tabs if [each.type for each in tab.children.values()][1:]]


def customers() -> tuple[int, int]:
    with transaction() as session:
        return add_customer(session, "Ana"), add_customer(session, "Bia")


def test_only_the_tab_that_the_address_names_is_drawn_and_what_was_looked_at_stays() -> None:
    ana, _ = customers()
    app = open_app("seller", page=CUSTOMER, id=ana)
    assert drawn(app) == ["Notas em aberto"]
    assert drawn(app.look_at("Cadastro", "Compras")) == ["Notas em aberto", "Compras", "Cadastro"]
    app = open_app("seller", page=CUSTOMER, id=ana, customer_tab="Documentos")
    assert drawn(app) == ["Documentos"]


def test_what_was_typed_in_a_tab_is_there_after_a_look_at_another() -> None:
    ana, _ = customers()
    app = open_app("seller", page=CUSTOMER, id=ana).look_at("Contatos")
    [said] = [field for field in app.text_input if field.label == "Observação (opcional)"]
    said.set_value("liga amanhã").run()
    app.look_at("Compras", "Contatos")
    [said] = [field for field in app.text_input if field.label == "Observação (opcional)"]
    assert said.value == "liga amanhã"


def test_another_row_and_another_visit_begin_anew() -> None:
    ana, bia = customers()
    app = open_app("seller", page=CUSTOMER, id=ana).look_at("Compras", "Pagamentos")
    app.query_params["id"] = str(bia)
    assert drawn(app.run()) == ["Pagamentos"]
    app.switch_page("pages/counter/receive.py").run()
    app.switch_page("pages/counter/customer.py")
    app.query_params.update(id=str(bia), customer_tab="Compras")
    assert drawn(app.run()) == ["Compras"]


def test_a_tab_that_nobody_looks_at_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object, **__: object) -> None:
        pytest.fail("a closed tab was read")

    ana, _ = customers()
    monkeypatch.setattr("credigestor.reports.customer_profile.purchases", read)
    monkeypatch.setattr("credigestor.reports.customer_profile.payments", read)
    monkeypatch.setattr("credigestor.reports.contacts.contacts", read)
    assert drawn(open_app("seller", page=CUSTOMER, id=ana)) == ["Notas em aberto"]
    monkeypatch.setattr("credigestor.services.users.list_users", read)
    app = open_app(user=add_user(Role.ADMIN), page="admin/users.py", users_tab="Cadastrar")
    assert drawn(app) == ["Cadastrar"]
