"""The contract on paper: what is agreed, a copy for each who signs, every page of it sound."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from credigestor.documents import contract_words
from credigestor.reports.guarantors import SaleGuarantor
from credigestor.reports.named_customer import NamedCustomer
from credigestor.rules import true_rate
from credigestor.rules.true_rate import monthly, yearly
from tests.documents import looking
from tests.documents.booklets import LOGO, WIDEST_SHOP
from tests.documents.contracts import contract, printed, words
from tests.services.scheduling import listed

AGATA = SaleGuarantor("Ágata Muñoz", "12ABC34501DE35", "Rua do Sol, 5, Fortaleza/CE")
JOSE = SaleGuarantor("José de Sá", "15350946056", "")
WIDEST = SaleGuarantor("W" * 120, "12ABC34501DE35", "W" * 200)


@pytest.fixture(scope="module")
def usual() -> bytes:
    """Of twelve notes with interest, a down payment and a guarantor."""
    data = contract(
        total="1200.00", down_payment=Decimal("200.00"), grace_days=5, guarantors=[AGATA]
    )
    return printed(data, LOGO)


@pytest.mark.parametrize(
    "element",
    [
        "Contrato de compra e venda a prazo",
        "Vendedora. Ágata Comércio de Móveis Ltda, CNPJ 11.222.333/0001-81, Rua Barão de Aracati",
        "Cliente. Zélia D'Ávila Muñoz, CPF 529.982.247-25, Rua das Flores, 12, Fortaleza/CE.",
        "Avalista. Ágata Muñoz, CNPJ 12.ABC.345/01DE-35, Rua do Sol, 5, Fortaleza/CE.",
        "Mercadoria. Fogão de 4 bocas",
        # figures: those of the booklet's cover
        "Preço à vista R$ 1.200,00 Entrada R$ 200,00 Valor financiado R$ 1.000,00",
        "Taxa efetiva ao mês · ao ano (CET) 0,99 % · 12,74 % Juros, em reais R$ 66,19",
        "Total a pagar a prazo, com a entrada R$ 1.266,19",
        "000123-05/12 10/06/2026 R$ 88,85",
        "000123-12/12 10/01/2027 R$ 88,84",
        # clauses
        "1. Lugar do pagamento. Na loja, Rua Barão de Aracati, 1200, Aldeota, Fortaleza/CE, CEP "
        "60175-000, ou por Pix",
        "somam-se multa de 2 % e juros de mora de 1 % ao mês, contados do vencimento",
        "e há 5 dias de carência",
        "no todo ou em parte e sem custo, com redução proporcional dos juros (CDC, art. 52, § 2º)",
        "Cada parcela quitada vale: valor ÷ 1,000328566382 elevado aos dias que faltam.",
        "Se só parte é paga antes, abate-se: valor pago × o mesmo número elevado aos dias que "
        "faltam.",
        "O avalista responde pelas parcelas como devedor solidário",
        "LGPD, Lei 13.709/2018, art. 7º, II, V e X",
        "fale com a loja: (85) 98872-4443 ou contato@lojaagata.com.br.",
        "9. Cláusula da loja. A garantia do produto é a do fabricante.",
        "10. Vias. Este contrato é assinado em três vias iguais, uma da loja, uma do cliente e uma "
        "do avalista.",
        # place, date, signatures
        "Fortaleza/CE, 5 de janeiro de 2026.",
        "2ª testemunha Nome: CPF:",
    ],
)
def test_each_copy_tells_all_that_is_agreed(usual: bytes, element: str) -> None:
    assert words(usual).count(element) == 3


def test_there_is_a_copy_for_each_who_signs_with_pages_of_its_own(usual: bytes) -> None:
    looking.assert_sound(usual)
    found = words(usual)
    for whose in ("via da loja", "via do cliente", "via do avalista"):
        assert found.count(f"Nº 000123 · {whose}") == 1
        for page in (1, 2):
            assert f"Contrato 000123 · {whose} · página {page} de 2 · impresso em" in found
    assert "impressão" not in found


def test_all_of_it_but_head_and_foot_is_in_type_of_twelve_points(usual: bytes) -> None:
    lines = looking.texts(usual)
    first = next(k for k, line in enumerate(lines) if line.text.startswith("Vendedora"))
    own = [line for line in lines[first:] if line.page <= 2 and line.box.bottom < 283]
    assert {line.size for line in own} == {12.0}


def test_each_text_stands_where_it_stood(usual: bytes) -> None:
    found = looking.positions(usual)
    assert found == looking.golden("contract", found)


def test_a_contract_of_one_note_without_interest_goodwill_or_guarantor() -> None:
    data = contract(installments=1, contract_rate="0", description="", copy=2)
    pdf = printed(data)
    looking.assert_sound(pdf)
    found = words(pdf)
    for told in (
        "Mercadoria. ____",
        "1, única",
        "0,00 % · 0,00 %",
        "O preço a prazo é igual ao preço à vista",
        "As parcelas não têm juros, por isso o valor é o da parcela.",
        "em duas vias iguais, uma da loja e uma do cliente.",
        "Nº 000123 · via da loja · 2ª impressão",
    ):
        assert told in found, told
    assert "valista" not in found


def test_an_uneven_list_is_told_note_by_note_with_the_rate_that_its_amounts_make() -> None:
    rows = (
        *((date(2026, 1, 20), "110.00"), (date(2026, 1, 31), "40.00")),
        *((date(2026, 3, 2), "180.00"), (date(2026, 3, 18), "20.00")),
        *((date(2026, 5, 29), "220.00"), (date(2026, 7, 10), "130.00")),
    )
    pdf = printed(contract(total="660.00", agreed=listed(*rows)))
    looking.assert_sound(pdf)
    found = words(pdf)
    days = [((day - date(2026, 1, 5)).days, Decimal(amount)) for day, amount in rows]
    rate = true_rate.daily_rate(Decimal("660.00"), days)
    month, year = (f"{each(rate):.2f}".replace(".", ",") for each in (monthly, yearly))
    for told in (
        *(
            f"000123-{number:02}/06 {day:%d/%m/%Y} R$ {amount.replace('.', ',')}"
            for number, (day, amount) in enumerate(rows, 1)
        ),
        "em datas combinadas",
        f"Taxa efetiva ao mês · ao ano (CET) {month} % · {year} % Juros, em reais R$ 40,00",
        "R$ 700,00",
    ):
        assert told in found, told


def test_120_notes_and_the_longest_texts_lose_nothing_and_overlap_nothing() -> None:
    data = contract(
        total="9999999999.99",
        installments=120,
        contract_rate="0.0330",
        shop=WIDEST_SHOP,
        customer=NamedCustomer(7, "W" * 120, "52998224725", "W" * 375),
        description="W" * 500,
        grace_days=60,
        sale_id=2_147_483_647,
        guarantors=[WIDEST, WIDEST],
        copy=12,
    )
    pdf = printed(data, LOGO)
    looking.assert_sound(pdf)
    texts = looking.texts(pdf)
    signed = [line for line in texts if line.text == "2ª testemunha"]
    assert len(signed) == len(contract_words.copies(data)) == 4
    # No page of signatures alone: the last clause stands on it.
    last = {line.page for line in texts if ". Vias." in line.text}
    assert {line.page for line in signed} == last
    found = looking.words(pdf).replace("\xa0", " ")
    assert found.count("2147483647-120/120") == 4
    parties = 120 + 375 + 2 * (120 + 200) + 500 + 600
    assert found.count("W") >= 4 * (parties + 4 * 120)
