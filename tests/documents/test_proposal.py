"""The proposal on paper, and that one sale's figures are one text on every paper and page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from credigestor.documents import credit_words, proposal
from credigestor.documents.flow import BOTTOM
from credigestor.reports.named_customer import NamedCustomer
from credigestor.reports.proposals import Offered
from credigestor.ui.counter.credit_lines import credit_lines
from tests.documents import booklets, contracts, looking
from tests.documents.booklets import AT, LOGO, WIDEST_SHOP, booklet
from tests.documents.contracts import contract, words

_OWN = ("sale_id", "guarantors", "copy", "printed_at")


def offered(**changes: Any) -> Offered:
    """The proposal of the sale whose booklet `booklets.booklet` makes."""
    sale = contract(**changes)
    shared = {name: value for name, value in vars(sale).items() if name not in _OWN}
    return Offered(
        **shared,
        id=12,
        customer_id=7,
        valid_until=date(2026, 1, 7),
        made_by="Vera Vaz",
        seller_id=3,
        sale_id=None,
    )


def printed(data: Offered, logo: bytes | None = None) -> bytes:
    return proposal.pdf(data, made_at=AT, logo=logo)


@pytest.fixture(scope="module")
def usual() -> bytes:
    return printed(offered(total="1200.00", down_payment=Decimal("200.00")), LOGO)


@pytest.mark.parametrize(
    "element",
    [
        "Proposta de venda a prazo Nº 000012 · válida até 07/01/2026",
        # name and addresses of who offers (CDC art. 54-B, IV)
        "CNPJ 11.222.333/0001-81 Rua Barão de Aracati, 1200, Aldeota, Fortaleza/CE, CEP 60175-000",
        "contato@lojaagata.com.br",
        "Cliente. Zélia D'Ávila Muñoz, CPF 529.982.247-25, Rua das Flores, 12, Fortaleza/CE.",
        "Mercadoria. Fogão de 4 bocas",
        # with and without credit (art. 52, V), rates (54-B, I and II), notes (54-B, III)
        "Preço à vista R$ 1.200,00",
        "Taxa efetiva ao mês · ao ano (CET) 0,99 % · 12,74 %",
        "Total a pagar a prazo, com a entrada R$ 1.266,19",
        "Multa por atraso 2 % Juros de mora, por atraso 1 % ao mês",
        "12ª 10/01/2027 R$ 88,84",
        # how long it stands (54-B, III), paying early (54-B, V)
        "Validade. Fechada até 07/01/2026, a venda fica com a data desta proposta, 05/01/2026",
        "esta proposta não é contrato nem recibo.",
        "É direito do cliente quitar antes, no todo ou em parte",
        "Cláusula da loja. A garantia do produto é a do fabricante.",
        "Fortaleza/CE, 5 de janeiro de 2026. Pela loja: Vera Vaz.",
    ],
)
def test_it_tells_what_the_law_wants_told_before_a_sale(usual: bytes, element: str) -> None:
    assert element in words(usual)


def test_each_text_stands_where_it_stood(usual: bytes) -> None:
    looking.assert_sound(usual)
    found = looking.positions(usual)
    assert found == looking.golden("proposal", found)


def test_one_and_120_notes_and_the_longest_texts_overlap_nothing() -> None:
    looking.assert_sound(printed(offered(installments=1, contract_rate="0", description="")))
    data = offered(
        total="9999999999.99",
        installments=120,
        contract_rate="0.0330",
        shop=WIDEST_SHOP,
        customer=NamedCustomer(7, "W" * 120, "52998224725", "W" * 375),
        description="W" * 500,
        grace_days=60,
    )
    pdf = printed(replace(data, id=2_147_483_647, made_by="W" * 80), LOGO)
    looking.assert_sound(pdf)
    found = words(pdf)
    assert "120ª" in found
    assert found.count("W") >= 120 + 375 + 500 + 600 + 80


def _without_feet(pdf: bytes) -> str:
    """What is written but at the feet of pages, over which a clause goes on."""
    lines = [line.text for line in looking.texts(pdf) if line.box.bottom < BOTTOM]
    return " ".join(" ".join(lines).replace("\xa0", " ").split())


def test_one_sales_figures_and_conditions_are_one_text_on_every_paper_and_page() -> None:
    asked: dict[str, Any] = {"total": "1000.00", "down_payment": Decimal(100), "installments": 12}
    sale, agreed, proposed = booklet(**asked), contract(**asked), offered(**asked)
    papers = [
        _without_feet(each)
        for each in (booklets.printed(sale), contracts.printed(agreed), printed(proposed))
    ]
    told = [
        *(f"{label} {value}" for row in credit_words.figures(agreed) for label, value in row),
        *(f"{lead}. {text}" for lead, text in credit_words.conditions(agreed)),
    ]
    for each in told:
        text = each.replace("\xa0", " ")
        assert [text in paper for paper in papers] == [True] * 3, text
    [cet] = [value for row in credit_words.figures(agreed) for k, value in row if "CET" in k]
    monthly, yearly = cet.split(" · ")
    for terms in (sale, agreed, proposed):
        assert f"{monthly} ao mês, {yearly} ao ano (CET)" in credit_lines(terms)[0]
