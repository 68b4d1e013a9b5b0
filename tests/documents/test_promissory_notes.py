"""Promissory notes on paper (R23): what they say, where, and that nothing runs into anything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from credigestor.documents import promissory_notes
from credigestor.documents.canvas import clean
from credigestor.reports.guarantors import SaleGuarantor
from credigestor.reports.named_customer import NamedCustomer
from credigestor.reports.printed_notes import PrintedNotes
from credigestor.rules.calendar import format_date
from credigestor.rules.words import date_in_words, money_in_words
from tests.documents.looking import assert_sound, golden, positions, rendered, texts, words
from tests.documents.printings import AGATA, AT, JOSE, SHOP, ZELIA, extreme, printing
from tests.pictures import plain

LOGO = plain(900, 300, (30, 60, 120))
NAME = (
    "Maria Aparecida das Dores de Albuquerque Cavalcanti Figueiredo Vasconcelos Montenegro de "
    "Bragança e Orleans Sobrinha X"
).ljust(120, "x")
ADDRESS = (
    "Avenida Presidente Juscelino Kubitschek de Oliveira, 12345, bloco C, apartamento 1902, "
    "Conjunto Habitacional Jardim das Acácias, São José da Vitória do Mearim/MA, CEP 65000-000, "
    "próximo ao mercado"
).ljust(200, "y")
CITY = "São José da Vitória do Mearim das Palmeiras do Alto Rio Grande do Norte de Den"


def made(data: PrintedNotes, logo: bytes | None = None) -> bytes:
    return promissory_notes.pdf(data, made_at=AT, logo=logo)


def test_r23_a_note_has_every_element_that_the_law_asks() -> None:
    text = words(made(printing(10, guarantors=[AGATA, JOSE])))
    for element in (
        "pagarei por esta NOTA PROMISSÓRIA a",
        "ou à sua ordem",
        "R$ 1.100,00",
        "(mil e cem reais)",
        "10/12/2026",
        "dez de dezembro de dois mil e vinte e seis",
        "pagável em Fortaleza/CE",
        "LOJA MODELO LTDA CNPJ 11.222.333/0001-81",
        "Emitida em Fortaleza/CE, 10 de novembro de 2026",
        "Zélia D'Ávila Muñoz",
        "CPF 529.982.247-25",
        "Rua das Flores, 10, Centro, Fortaleza/CE",
        "Assinatura do emitente",
        "1º AVALISTA CNPJ 12.ABC.345/01DE-35 Ágata Muñoz Rua do Sol, 5, Fortaleza/CE",
        "2º AVALISTA CPF 153.509.460-56 José de Sá Endereço",
        "000123-02/10",
        "1ª via, impressa em 23/11/2026",
    ):
        assert element in text, element
    assert text.count("por aval do emitente") == 20


def test_each_note_has_its_own_number_amount_and_due_date_in_figures_and_words() -> None:
    data = printing(7, amount="0.05", first_due=date(2027, 1, 31))
    text = words(made(data))
    for note in data.notes:
        assert note.number in text
        assert format_date(note.due_date) in text
        assert f"No dia {date_in_words(note.due_date)}" in text
    assert text.count(f"({money_in_words(Decimal('0.05'))})") == 7


def test_three_notes_stand_on_a_page_with_lines_to_cut_between_them() -> None:
    pdf = made(printing(7))
    found = texts(pdf)
    assert len(rendered(pdf, 30)) == 3
    assert [t.page for t in found if t.text.startswith("000123-")] == [1, 1, 1, 2, 2, 2, 3]
    assert [(t.page, round(t.box.top)) for t in found if t.text == "✂"] == [
        *((1, 98), (1, 197), (2, 98), (2, 197), (3, 98))
    ]


def test_nothing_of_a_note_stands_where_printers_do_not_reach() -> None:
    assert_sound(made(printing(3, copy=2, received="20.00", guarantors=[AGATA])), edge=4.5)


def test_an_amount_of_one_line_stands_in_the_middle_of_its_band() -> None:
    for amount in ("0.05", "249999.75"):
        [words] = [t for t in texts(made(printing(amount=amount))) if t.text.startswith("(")]
        assert (words.box.top + words.box.bottom) / 2 == pytest.approx(4.8 + 31.6 + 4.2, abs=0.5)


def test_a_company_promises_in_the_plural() -> None:
    company = NamedCustomer(8, "Casa Zélia Ltda", "11222333000181", "")
    assert "pagaremos por esta NOTA PROMISSÓRIA" in words(made(printing(customer=company)))


def test_a_shop_without_legal_name_and_with_a_cpf_is_named_by_its_name() -> None:
    shop = SHOP.model_copy(update={"legal_name": "", "tax_id": "52998224725", "state": ""})
    text = words(made(printing(shop=shop)))
    assert "a Loja Modelo CPF 529.982.247-25" in text
    assert "pagável em Fortaleza Emitida" in text


@pytest.mark.parametrize(("copy", "mark"), [(2, "2ª VIA"), (3, "3ª VIA"), (12, "12ª VIA")])
def test_a_reprint_says_which_copy_it_is_and_the_first_one_does_not(copy: int, mark: str) -> None:
    assert mark in words(made(printing(copy=copy)))
    assert "VIA" not in words(made(printing())).replace("via,", "")


def test_a_note_paid_in_part_says_what_was_received_on_it() -> None:
    text = words(made(printing(copy=2, received="100.00")))
    assert "Recebido por conta até esta impressão: R$ 100,00" in text
    assert "Recebido" not in words(made(printing(copy=2)))


def test_where_no_address_is_known_there_are_lines_to_write_it_on() -> None:
    nowhere = NamedCustomer(7, "Ana Luz", "52998224725", "")
    text = words(made(printing(customer=nowhere)))
    assert "Ana Luz CPF 529.982.247-25 Endereço Assinatura do emitente" in text
    assert "Endereço" not in words(made(printing()))


def test_the_shops_footer_is_no_part_of_a_note() -> None:
    assert "Volte sempre" not in words(made(printing()))


def test_the_logo_stands_in_place_of_the_shops_name() -> None:
    plain, adorned = made(printing(4)), made(printing(4), LOGO)
    assert "Loja Modelo" in words(plain)
    assert "Loja Modelo" not in words(adorned)
    assert_sound(adorned)
    corner = rendered(adorned, 72)[0].getpixel((110, 29))
    assert corner == (30, 60, 120)


def test_the_same_data_give_the_same_bytes() -> None:
    data = printing(4, guarantors=[AGATA])
    assert made(data, LOGO) == made(data, LOGO)


@pytest.mark.parametrize("guarantors", [(), (AGATA,), (AGATA, JOSE)])
def test_every_text_stands_where_it_always_stood(guarantors: tuple[SaleGuarantor, ...]) -> None:
    data = printing(2, copy=2, received="20.00", guarantors=guarantors)
    found = positions(made(data))
    assert found == golden(f"notes-{len(guarantors)}", found)


@pytest.mark.parametrize("guarantors", [0, 1, 2])
@pytest.mark.parametrize(
    ("name", "address", "city"),
    [
        (NAME, ADDRESS, CITY),
        (NAME.upper(), ADDRESS.upper(), CITY.upper()),
        ("W" * 120, "W" * 200, "W" * 80),
        ("Flor 🌻 日本", "Rua 🌻, 5", "Água Boa"),
        ("Li", "", "Ipu"),
    ],
    ids=["long", "capitals", "widest", "unknown characters", "short"],
)
def test_nothing_overlaps_runs_off_the_page_or_is_lost(
    name: str, address: str, city: str, guarantors: int
) -> None:
    pdf = made(extreme(name, address, city, guarantors))
    assert_sound(pdf)
    text = "".join(words(pdf).split())
    people = 1 + guarantors
    for asked, times in ((name, 1 + people), (address, people), (city, 2)):
        assert text.count("".join(clean(asked).split())) >= 3 * times
    assert text.count(f"({money_in_words(Decimal('9999999999.99'))})".replace(" ", "")) == 3
    assert text.count("R$9.999.999.999,99") == 6
    assert text.count("12ªVIA") == 3


def test_characters_that_the_fonts_do_not_have_are_replaced() -> None:
    flor = NamedCustomer(7, "Flor 🌻 日本", ZELIA.tax_id, "Rua 🌻, 5")
    text = words(made(printing(customer=flor)))
    assert "Flor □ □□ CPF 529.982.247-25 Rua □, 5" in text


def test_120_notes_with_two_guarantors_and_a_logo_are_a_small_file() -> None:
    data = printing(120, guarantors=[AGATA, JOSE])
    pdf = made(data, LOGO)
    assert len(pdf) < 500_000
    assert "000123-120/120" in words(pdf)
