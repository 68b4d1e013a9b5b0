"""CPF, phone, CEP and money are written as people write them once their field is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

CASES = [
    ("CPF ou CNPJ *", "52998224725", "529.982.247-25"),
    ("CPF ou CNPJ *", "11222333000181", "11.222.333/0001-81"),
    ("CPF ou CNPJ *", "5299822472", "5299822472"),  # a digit is missing: for the server to tell
    ("CPF ou CNPJ *", "529.98224725", "529.982.247-25"),
    ("Telefone com DDD", "85988724443", "(85) 98872-4443"),
    ("Telefone com DDD", "8532224443", "(85) 3222-4443"),
    ("CEP", "60175000", "60175-000"),
    ("Limite de crédito (R$)", "1234567,5", "1.234.567,50"),
    ("Limite de crédito (R$)", "1.23", "1.23"),
    ("Limite de crédito (R$)", "1500", "1.500,00"),
]


def test_a_number_is_written_as_people_do_once_its_field_is_left_and_saved_so(
    page: Any, server: Server, log_in: Callable[..., None]
) -> None:
    page.goto("/clientes?new=1")
    log_in(page, "adm")
    page.get_by_label("Nome completo *").fill("Bia Formatada")
    for label, typed, written in CASES:
        field = page.get_by_label(label, exact=True)
        field.fill(typed)
        field.press("Tab")
        expect(field).to_have_value(written)
    page.get_by_label("CPF ou CNPJ *").fill("52998224725")
    page.get_by_role("button", name="Cadastrar cliente").click()
    expect(page.get_by_role("heading", name="Bia Formatada")).to_be_visible()
    kept = "SELECT concat_ws(' ', tax_id, zip_code, credit_limit) FROM customers WHERE name = :name"
    assert server.scalar(kept, name="Bia Formatada") == "52998224725 60175000 1500.00"
