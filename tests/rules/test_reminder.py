"""The text that reminds a customer: fields, paragraphs that fall away, whom nobody reminds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from credigestor.db.settings import ShopSettings
from credigestor.errors import InvalidInput
from credigestor.rules import pix
from credigestor.rules.money import MAX_MONEY
from credigestor.rules.reminder import (
    DEFAULT,
    FIELDS,
    MAX_TEMPLATE,
    Reminder,
    check_template,
    filled,
    may_collect,
)

SHOP = ShopSettings(shop_name="Loja Modelo", pix_key="11222333000181", city="Fortaleza")
DUE = Reminder("Zélia D'Ávila", D("1205.00"), date(2026, 11, 10), "NP000123P02")


def test_the_usual_text_has_every_field_and_the_pix_code_on_a_line_of_its_own() -> None:
    text = filled(DEFAULT, SHOP, DUE, hour=13)
    assert text.startswith("Boa tarde, Zélia! Aqui é da Loja Modelo.")
    assert "vencimento em 10/11/2026 é hoje de R$ 1.205,00." in text
    assert pix.shop_payload(SHOP, D("1205.00"), "NP000123P02") in text.splitlines()
    assert not set("{}") & set(text)


def test_a_paragraph_without_its_value_is_left_out_with_its_words() -> None:
    nothing = filled(DEFAULT, ShopSettings(), DUE, hour=9)
    assert "Pix" not in nothing
    assert nothing.count("\n\n") == 2
    assert "Aqui é da loja." in nothing
    too_much = Reminder("Ana", MAX_MONEY + 1, DUE.due_date, "C1")
    assert "Pix" not in filled(DEFAULT, SHOP, too_much, hour=9)


def test_a_value_is_no_template_itself() -> None:
    odd = Reminder("{pix} {x}", D(1), DUE.due_date, "C1")
    assert filled("Oi, {nome}", SHOP, odd, hour=9) == "Oi, {pix}"


@pytest.mark.parametrize("text", ["{Nome}", "oi {nome", "nome}", "{}", "{nome {valor}}", "{a b}"])
def test_what_is_no_field_is_refused_with_those_that_there_are(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        check_template(text, field="whatsapp_text")
    assert error.value.field == "whatsapp_text"
    assert all(f"{{{name}}}" in error.value.message for name in FIELDS)


def test_the_usual_text_is_a_template_that_fits() -> None:
    check_template(DEFAULT)
    check_template("")
    assert len(DEFAULT) <= MAX_TEMPLATE


def test_r27_a_debt_of_a_leap_day_is_collected_until_the_last_day_of_february() -> None:
    assert may_collect(date(2024, 2, 29), date(2029, 2, 28))
    assert not may_collect(date(2024, 2, 29), date(2029, 3, 1))
