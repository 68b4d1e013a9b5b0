"""The contract on the sale's page: printed by one click, opened, and opened again."""

from __future__ import annotations

import re

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import ContractPrinting
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.portfolio import TODAY, Made
from tests.services.paying import sell
from tests.services.selling import count
from tests.ui.counter.test_document_bars import change, kind_of, links, opened
from tests.ui.support import open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

SALE, PRINT = "counter/sale.py", "print_contract:1"


@pytest.fixture
def sale(admin: Actor) -> Made:
    change(admin, legal_name="Loja Modelo Ltda", tax_id="11222333000181", city="Fortaleza")
    return sell()


def test_a_click_records_the_printing_and_opens_it_and_it_opens_again(sale: Made) -> None:
    app = open_app("seller", page=SALE, id=sale.id)
    app.button(key=PRINT).click().run()
    [path] = opened(app)
    assert re.fullmatch("/documento/contrato/[0-9a-f-]{36}", path)
    assert links(app)["Abrir o contrato"] == path
    assert kind_of(app, path) == 'inline; filename="contrato-000001.pdf"'
    assert app.button(key=PRINT).label == "Imprimir contrato · 2ª impressão"
    app.button(key=PRINT).click().run()
    assert opened(app) != [path]
    assert count(ContractPrinting) == 2
    [first] = [url for label, url in links(app).items() if label.startswith("1ª impressão")]
    assert first == path


def test_a_shop_without_its_data_and_a_cancelled_sale_have_no_contract_to_print(
    sale: Made, admin: Actor
) -> None:
    change(admin, city="")
    app = open_app("seller", page=SALE, id=sale.id)
    assert app.button(key=PRINT).disabled
    with transaction() as session:
        sales.cancel(session, admin, sale_id=sale.id, why="engano", today=TODAY)
    assert "Imprimir contrato" not in text_of(app.run())
