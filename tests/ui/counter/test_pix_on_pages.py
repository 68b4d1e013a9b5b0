"""Pix on the pages of a note and a payment, and while money is received (R25)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest
from streamlit.testing.v1.element_tree import Toggle

from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor
from credigestor.rules.pix import payload
from credigestor.services import settings
from credigestor.ui.kit import data
from tests.portfolio import TODAY, Made
from tests.services.discounting import priced
from tests.services.paying import pay, reverse, sell
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

NOTE, PAYMENT, RECEIVE = "counter/note.py", "counter/payment.py", "counter/receive.py"


@pytest.fixture
def key(admin: Actor) -> None:
    """The shop of R25's example."""
    shop = data.settings().model_copy(
        update={
            "pix_key": "11222333000181",
            "legal_name": "LOJA MODELO LTDA",
            "city": "FORTALEZA",
        }
    )
    with transaction() as session:
        settings.change(session, admin, shop)


@pytest.fixture
def sale() -> Made:
    """A note of 200,00 due 15 days ago (R7: 205,00 today), and R14's of 88,85 in 47 days at 1 %."""
    made = sell(("200.00", TODAY - timedelta(days=15)), ("88.85", TODAY + timedelta(days=47)))
    priced(made.id, "1")
    return made


def code(amount: str, txid: str) -> str:
    return payload(
        key="11222333000181", name="LOJA MODELO LTDA", city="FORTALEZA", amount=D(amount), txid=txid
    )


def codes(app: Visit) -> list[str]:
    assert not app.exception
    return [element.value for element in app.code]


def toggle(app: Visit, start: str) -> Toggle:
    return next(each for each in app.toggle if each.label.startswith(start))


@pytest.mark.usefixtures("key")
def test_a_late_notes_code_has_todays_charges_and_the_notes_number(sale: Made) -> None:
    app = open_app(role="seller", page=NOTE, id=sale.notes[0])
    assert codes(app) == [code("205.00", "NP000001P01")]
    assert "Pix de R$ 205,00" in text_of(app)
    assert "Para LOJA MODELO LTDA, identificado como NP000001P01" in text_of(app)
    assert "veja se caiu na conta e registre em Receber" in text_of(app)


@pytest.mark.usefixtures("key")
def test_the_day_looked_at_changes_nothing_of_what_is_paid_today(sale: Made) -> None:
    app = open_app(role="seller", page=NOTE, id=sale.notes[0], as_of="2027-11-23")
    assert codes(app) == [code("205.00", "NP000001P01")]


@pytest.mark.usefixtures("key")
def test_r14_an_early_notes_code_has_the_discount_unless_one_wants_none(sale: Made) -> None:
    app = open_app(role="seller", page=NOTE, id=sale.notes[1])
    assert codes(app) == [code("87.48", "NP000001P02")]
    assert "1,37" in toggle(app, "Com o desconto").label
    toggle(app, "Com o desconto").set_value(False).run()
    assert codes(app) == [code("88.85", "NP000001P02")]


@pytest.mark.usefixtures("key")
def test_a_paid_or_cancelled_note_has_no_code(manager: Actor, sale: Made) -> None:
    pay(manager, TODAY, (sale.notes[0], "205.00"))
    app = open_app(role="seller", page=NOTE, id=sale.notes[0])
    assert codes(app) == []
    assert "Pix de hoje" not in [each.label for each in app.expander]


@pytest.mark.usefixtures("key")
def test_a_payments_page_has_the_code_of_what_its_notes_still_owe(
    manager: Actor, sale: Made
) -> None:
    payment = pay(manager, TODAY, (sale.notes[0], "55.00"))
    app = open_app(role="seller", page=PAYMENT, id=payment)
    assert codes(app) == [code("150.00", "NP000001P01")]
    pay(manager, TODAY, (sale.notes[0], "150.00"))
    assert codes(open_app(role="seller", page=PAYMENT, id=payment)) == []


@pytest.mark.usefixtures("key")
def test_r12_a_reversed_payments_notes_owe_it_again_together_under_the_customers_number(
    manager: Actor, sale: Made
) -> None:
    payment = pay(manager, TODAY, (sale.notes[0], "205.00"), (sale.notes[1], "88.85"))
    assert codes(open_app(role="seller", page=PAYMENT, id=payment)) == []
    reverse(manager, payment)
    app = open_app(role="seller", page=PAYMENT, id=payment)
    assert codes(app) == [code("292.48", "C1")]


@pytest.mark.parametrize(("role", "way_out"), [("admin", True), ("manager", False)])
def test_without_a_key_the_page_says_what_is_missing_and_who_can_fill_it_in(
    sale: Made, role: str, way_out: bool
) -> None:
    app = open_app(role=role, page=NOTE, id=sale.notes[0])
    assert codes(app) == []
    told = text_of(app)
    assert "falta cadastrar: chave Pix, razão social ou nome e cidade." in told
    assert ("Peça a um administrador" in told) is not way_out
    links = [each.proto.label for each in app.get("page_link")]
    assert ("Abrir as configurações" in links) is way_out


@pytest.mark.usefixtures("key")
def test_while_receiving_by_pix_the_code_is_of_exactly_what_was_typed(sale: Made) -> None:
    app = open_app(role="seller", page=RECEIVE, note=sale.notes[0])
    amount = next(each for each in app.text_input if each.label == "Valor recebido (R$)")
    amount.set_value("55,00").run()
    assert codes(app) == []  # in cash there is nothing to scan
    app.segmented_control[0].set_value("pix").run()
    assert codes(app) == [code("55.00", "NP000001P01")]
    assert any(each.label.startswith("Confirmar") for each in app.button)


@pytest.mark.usefixtures("key")
def test_of_several_notes_the_code_bears_the_customers_number(sale: Made) -> None:
    app = open_app(role="seller", page=RECEIVE, customer=1)
    app.segmented_control[0].set_value("pix").run()
    next(each for each in app.button if each.label.startswith("Quitar tudo")).click().run()
    assert codes(app) == [code("292.48", "C1")]
