"""The booklet on paper: what the law wants on its cover, and that every page of it is sound."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from credigestor.db.settings import ShopSettings
from credigestor.documents.booklet_words import settled
from credigestor.reports.named_customer import NamedCustomer
from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_number
from tests.documents import looking
from tests.documents.booklets import (
    LOGO,
    SHOP,
    WIDEST_SHOP,
    booklet,
    payloads,
    printed,
    slips,
    words,
)
from tests.pictures import plain


@pytest.fixture(scope="module")
def cover() -> str:
    """What the cover of a sale with a down payment and days of grace says."""
    data = booklet(total="1200.00", down_payment=Decimal("200.00"), grace_days=5)
    return words(printed(data)).split("Via da loja")[0]


@pytest.mark.parametrize(
    "element",
    [
        "Carnê de pagamento",
        "Venda 000123 de 05/01/2026",
        "Emitido em 05/01/2026",
        # who sells, and where (CDC art. 54-B, IV)
        "Loja Ágata",
        "Ágata Comércio de Móveis Ltda · CNPJ 11.222.333/0001-81",
        "Rua Barão de Aracati, 1200, Aldeota, Fortaleza/CE, CEP 60175-000",
        "(85) 98872-4443 · contato@lojaagata.com.br",
        # who buys what
        "Zélia D'Ávila Muñoz",
        "CPF 529.982.247-25 · Rua das Flores, 12, Fortaleza/CE",
        "Compra: Fogão de 4 bocas",
        # price, credit, sum with and without it (art. 52, I and V)
        "Preço à vista R$ 1.200,00",
        "Entrada R$ 200,00",
        "Valor financiado R$ 1.000,00",
        "Soma das parcelas R$ 1.066,19",
        "Total a pagar a prazo, com a entrada R$ 1.266,19",
        # interest (art. 52, II; 54-B, I and II)
        "Juros do contrato 1 % ao mês",
        "Taxa efetiva ao mês · ao ano (CET) 0,99 % · 12,74 %",
        "Juros, em reais R$ 66,19",
        "O CET (custo efetivo total) é formado só pelos juros do contrato",
        # number, dates and amounts of instalments (art. 52, IV; 54-B, III)
        "Parcelas 12 mensais",
        "Valor de cada parcela 11 × R$ 88,85 + 1 × R$ 88,84",
        "Primeiro vencimento 10/02/2026",
        "Último vencimento 10/01/2027",
        "5 10/06/2026 R$ 88,85",
        "12 10/01/2027 R$ 88,84",
        # what being late costs (art. 52, III and §1; 54-B, II)
        "Multa por atraso 2 %",
        "Juros de mora, por atraso 1 % ao mês",
        "Carência depois do vencimento 5 dias",
        "até o primeiro dia útil seguinte, e há 5 dias de carência",
        "a multa, uma só vez, sobre o que faltar pagar da parcela",
        "os juros, simples, por dia de atraso (valor × taxa × dias ÷ 30)",
        # paying early (art. 52 §2; 54-B, V) with R14's figures
        "É direito do cliente quitar antes, no todo ou em parte e sem custo",
        "elevado aos dias que faltam. Exemplo",
        "R$ 88,85 pagos 30 dias antes saem por R$ 87,98",
        # the shop's own texts
        "Cláusula da loja. A garantia do produto é a do fabricante.",
        "Obrigado pela preferência!",
    ],
)
def test_the_cover_tells_what_the_law_and_the_shop_want(cover: str, element: str) -> None:
    assert element in cover


def test_conditions_stand_in_type_of_twelve_points() -> None:
    lines = looking.texts(printed(booklet()))
    cover = [line for line in lines if line.page == 1]
    first = next(k for k, line in enumerate(cover) if line.text.startswith("Atraso"))
    last = next(k for k, line in enumerate(cover) if line.text == "Parcelas" and k > first)
    assert {line.size for line in cover[first:last]} == {12.0}


def test_a_sale_without_interest_has_nothing_to_reduce_when_paid_early() -> None:
    found = words(printed(booklet(contract_rate="0", installments=3)))
    assert "Juros do contrato sem juros" in found
    assert "0,00 % · 0,00 %" in found
    assert "O preço a prazo é igual ao preço à vista" in found
    assert "1 × R$ 333,34 + 2 × R$ 333,33" in found
    assert "As parcelas não têm juros, por isso o valor é o da parcela." in found
    assert "elevado" not in found


def test_a_contract_without_charges_says_so_and_keeps_its_codes_when_late() -> None:
    data = booklet(late_rate=Decimal(0), fine_rate=Decimal(0), as_of=date(2026, 12, 24))
    pdf = printed(data)
    assert "Multa por atraso não há" in words(pdf)
    assert "Não há multa nem juros por atraso." in slips(pdf)[0]
    assert looking.qr_codes(pdf) == payloads(data)


def test_a_shop_without_street_has_a_line_for_its_address_and_no_slip_that_leads_nowhere() -> None:
    shop = SHOP.model_copy(update={"street": "", "legal_name": "", "tax_id": "52998224725"})
    found = words(printed(booklet(shop=shop)))
    assert "Endereço: ____" in found
    assert "Razão social" not in found  # a person has none
    assert "Pague na loja" not in found


@pytest.mark.parametrize(
    ("paid", "told"),
    [
        ([], ""),
        ([1], "já estava paga a parcela 1, que não tem"),
        ([1, 2], "já estavam pagas as parcelas 1 e 2, que não têm"),
        ([1, 2, 3, 5], "já estavam pagas as parcelas 1 a 3 e 5, que não têm"),
        ([2, 4, 5, 6, 8, 9], "já estavam pagas as parcelas 2, 4 a 6, 8 e 9, que não têm"),
    ],
)
def test_the_cover_says_which_notes_have_no_slip(paid: list[int], told: str) -> None:
    data = booklet(balances=dict.fromkeys(paid, "0.00"), as_of=date(2026, 6, 9))
    assert settled(data) == (f"Em 09/06/2026 {told} ficha neste carnê." if told else "")
    assert settled(data) in words(printed(data))


def test_what_the_shop_has_not_said_of_itself_is_left_to_be_filled_in_by_hand() -> None:
    pdf = printed(booklet(shop=ShopSettings(), customer=NamedCustomer(1, "Ana", "52998224725", "")))
    looking.assert_sound(pdf)
    found = words(pdf)
    for label in ("Razão social: ____", "CNPJ ____", "Endereço: ____"):
        assert label in found


def test_the_longest_texts_and_amounts_stay_whole_on_the_page_and_apart() -> None:
    data = booklet(
        total="9999999999.99",
        installments=3,
        contract_rate="0.0330",
        shop=WIDEST_SHOP,
        customer=NamedCustomer(7, "W" * 120, "52998224725", "W" * 375),
        description="W" * 500,
        grace_days=60,
        sale_id=2_147_483_647,
        balances={2: "3000000000.01"},
    )
    pdf = printed(data, plain(300, 300))
    looking.assert_sound(pdf)
    assert looking.qr_codes(pdf) == payloads(data)
    found = words(pdf)
    # name, address, description, clause and foot (which three lines of a page share) are whole
    assert found.split("Via da loja")[0].count("W") >= 120 + 375 + 500 + 600 + 200 + 580
    assert all(slip.count("W") >= 2 * 120 + 2 * 120 for slip in slips(pdf))
    assert "R$ 9.999.999.999,99" in found


@pytest.mark.parametrize("name", ["Ágata", "🌻 日本 שלום مرحبا", "Muñoz d'Ávila " * 8])
def test_names_of_all_kinds_leave_the_page_in_order(name: str) -> None:
    shop = SHOP.model_copy(update={"shop_name": name, "document_clause": f"{name} 🌻"})
    customer = NamedCustomer(7, name.strip(), "52998224725", name * 2)
    looking.assert_sound(printed(booklet(shop=shop, customer=customer), plain(100, 900)))


def test_of_a_hundred_and_twenty_notes_each_has_a_slip_and_a_row_on_the_cover() -> None:
    data = booklet(total="50000.00", installments=120, as_of=date(2026, 1, 5))
    pdf = printed(data)
    looking.assert_sound(pdf)
    assert [f"000123-{k:02d}/120" in slip for k, slip in enumerate(slips(pdf), 1)] == [True] * 120
    cover = words(pdf).split("Via da loja")[0]
    rows = [
        f"{note.number} {format_date(note.due_date)} R$ {format_number(note.amount)}"
        for note in data.installments
    ]
    assert [row for row in rows if row not in cover] == []


def test_the_same_booklet_at_the_same_moment_gives_the_same_bytes() -> None:
    assert printed(booklet(), LOGO) == printed(booklet(), LOGO)


@pytest.mark.parametrize(
    ("name", "customer"),
    [("short", "Ana Luz"), ("long", "Maria Aparecida da Conceição de Albuquerque " * 2)],
)
def test_every_text_stands_where_it_stood(name: str, customer: str) -> None:
    party = NamedCustomer(7, customer.strip(), "52998224725", "Rua das Flores, 12, Fortaleza/CE")
    found = looking.positions(printed(booklet(installments=4, customer=party)))
    assert found == looking.golden(f"booklet-{name}", found)


@pytest.mark.parametrize(
    ("schedule", "step", "told"),
    [
        ("days", 15, "12 a cada 15 dias"),
        ("business_day", 5, "12 no 5º dia útil de cada mês"),
        ("list", None, "12 em datas combinadas"),
    ],
)
def test_r33_the_cover_tells_how_the_notes_fall_due(
    schedule: str, step: int | None, told: str
) -> None:
    assert told in words(printed(booklet(schedule=schedule, schedule_step=step)))
