"""Personal data on a customer's page: for administrators, and what is left of it after (R28)."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
import streamlit as st
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Customer, LoginSession
from credigestor.db.settings import current_settings
from credigestor.errors import NotAllowed
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor
from credigestor.services import payments
from tests.portfolio import add_customer, add_sale
from tests.ui.listed import lists
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

PAGE = "counter/customer.py"
LONG_AGO = date(2015, 3, 10)


def make_customer(name: str = "Zélia D'Ávila", **columns: Any) -> int:
    with transaction() as session:
        return add_customer(session, name, phone="+5585988724443", city="Crato", **columns)


def open_customer(customer_id: int, role: str = "admin") -> Visit:
    app = open_app(role=role, page=PAGE, id=customer_id).look_at()
    assert not app.exception
    return app


def labels(app: Visit) -> list[str]:
    """Every button of the page itself."""
    return [found.label for found in app.button if found.label != "Sair"]


def click(app: Visit, label: str) -> None:
    next(found for found in app.button if found.label == label).click().run()
    assert not app.exception


def confirm(app: Visit, word: str) -> None:
    field = next(
        each for each in app.text_input if each.label == "Para confirmar, digite ANONIMIZAR"
    )
    field.set_value(word)
    click(app, "Anonimizar para sempre")


def stored(customer_id: int) -> Customer:
    with snapshot() as session:
        return session.get_one(Customer, customer_id)


def acts() -> list[str]:
    with snapshot() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.mark.parametrize("role", ["seller", "manager"])
def test_only_an_administrator_sees_personal_data(role: str) -> None:
    app = open_customer(make_customer(), role)
    assert "Dados pessoais (LGPD)" not in [each.label for each in app.expander]
    assert not app.download_button
    assert "Anonimizar para sempre" not in labels(app)


def test_a_customer_who_owes_gets_no_button_but_each_condition() -> None:
    customer_id = make_customer()
    with transaction() as session:
        add_sale(session, customer_id, LONG_AGO, [("100.00", LONG_AGO)], late_rate="0")
    app = open_customer(customer_id)
    texts = text_of(app)
    assert ":material/cancel: Ainda deve R$ 102,00, em 1 nota em aberto." in texts
    assert ":material/check_circle: O negócio mais recente (vencimento de nota)" in texts
    assert "Anonimizar para sempre" not in labels(app)


def test_the_word_must_be_typed() -> None:
    customer_id = make_customer()
    app = open_customer(customer_id)
    confirm(app, "sim")
    assert "Digite ANONIMIZAR para confirmar." in text_of(app)
    assert stored(customer_id).anonymised_at is None


def test_after_it_the_page_shows_the_figures_and_offers_nothing_more(admin: Actor) -> None:
    customer_id = make_customer()
    with transaction() as session:
        sale = add_sale(session, customer_id, LONG_AGO, [("100.00", LONG_AGO)])
        payments.receive(
            session,
            admin,
            payments.NewPayment(
                operation_id=uuid.uuid4(),
                customer_id=customer_id,
                paid_on=LONG_AGO,
                method=Method.PIX,
                items=((sale.notes[0], Decimal(100)),),
                backdate_reason="teste",
            ),
            today=LONG_AGO + timedelta(days=60),
        )
    app = open_customer(customer_id)
    confirm(app, "ANONIMIZAR")
    texts = text_of(app)
    assert "Dados pessoais apagados." in texts
    assert "Cliente anonimizado em" in texts
    assert app.title[0].value == f"Cliente anonimizado {customer_id}"
    assert "anonimizado · Crato" in texts
    assert "Zélia" not in texts
    assert [tab.label for tab in app.tabs] == [
        *("Notas em aberto", "Compras", "Pagamentos", "Contatos"),
    ]
    assert labels(app) == []
    assert not app.main.text_input
    assert not app.download_button
    assert [len(frame.value) for frame in lists(app)] == [1, 1]  # the purchase, the payment
    assert acts()[-1] == "anonymise"


def test_every_role_sees_the_banner(admin: Actor) -> None:
    customer_id = make_customer()
    confirm(open_customer(customer_id), "ANONIMIZAR")
    for role in ("seller", "manager"):
        app = open_customer(customer_id, role)
        assert "a pedido (LGPD)" in text_of(app)
        assert labels(app) == []


def test_an_anonymised_customer_is_not_offered_for_a_sale(admin: Actor) -> None:
    customer_id = make_customer()
    confirm(open_customer(customer_id), "ANONIMIZAR")
    app = open_app(role="seller", page="counter/new_sale.py", customer=customer_id)
    assert "inativo" in text_of(app)
    assert open_app(role="seller", page="counter/receive.py", customer=customer_id)
    assert "Zélia" not in text_of(open_app(role="seller", page="counter/customers.py", q="Zélia"))


def test_the_years_of_keeping_are_a_setting() -> None:
    app = open_app(role="admin", page="admin/settings.py").look_at("Privacidade")
    years = next(each for each in app.number_input if "Guarda" in each.label)
    assert years.value == 5
    years.set_value(10)
    click(app, "Salvar privacidade")
    assert "Configurações salvas." in text_of(app)
    with snapshot() as session:
        assert current_settings(session).retention_years == 10


def copy_button(customer_id: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bytes]:
    """What the download button runs when an administrator clicks it."""
    offered: list[Callable[[], bytes]] = []
    monkeypatch.setattr(st, "download_button", lambda label, make, *_, **__: offered.append(make))
    open_customer(customer_id)
    return offered[0]


def test_the_copy_is_a_zip_and_is_written_to_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    customer_id = make_customer()
    make = copy_button(customer_id, monkeypatch)
    assert acts() == []  # drawing the page makes no copy
    with zipfile.ZipFile(io.BytesIO(make())) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["dados.json", "dados.pdf"]
    assert acts() == ["export"]


def test_who_was_logged_out_meanwhile_gets_no_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    make = copy_button(make_customer(), monkeypatch)
    with transaction() as session:
        for login in session.scalars(select(LoginSession)):
            session.delete(login)
    with pytest.raises(NotAllowed, match="sessão terminou"):
        make()
    assert acts() == []


def test_a_copy_that_could_not_be_made_is_not_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    make = copy_button(make_customer(), monkeypatch)
    with (
        patch("credigestor.exports.customer_file.make", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        make()
    assert acts() == []
