"""The settlement quote on paper: R14's figures, each step, and a Pix of exactly the total."""

from __future__ import annotations

from decimal import Decimal

from credigestor.documents.settlement import pdf
from credigestor.reports.settlement import Quote
from credigestor.rules.pix import shop_payload
from tests.documents.booklets import SHOP, WIDEST_SHOP
from tests.documents.looking import assert_sound, golden, positions, qr_codes, texts, words
from tests.documents.statements import AT, LARGEST, WIDEST, quote


def text_of(data: Quote) -> str:
    found = pdf(data, made_at=AT, logo=None)
    assert_sound(found)
    return words(found).replace("\xa0", " ")


def test_r14_three_notes_of_88_85_are_settled_for_261_31_and_save_5_24() -> None:
    text = text_of(quote())
    for told in (
        "Para quitar, pagando em 24/11/2026 R$ 261,31",
        "R$ 266,55 sem a redução; economia de R$ 5,24.",
        "000123-01/03 24/12/2026 30 dias antes 88,85 0,88 87,97",
        "000123-02/03 23/01/2027 60 dias antes 88,85 1,75 87,10",
        "000123-03/03 22/02/2027 90 dias antes 88,85 2,61 86,24",
        "Total 266,55 5,24 261,31",
        "88,85 ÷ 1,000331732706^60 = 87,10. Redução de 1,75.",
        "Válido para pagamento em 24/11/2026",
        "Código de Defesa do Consumidor, art. 52, § 2º",
        "000123 1 % 1,00 % 12,87 %",
        "O fator é (1 + taxa efetiva ao dia da venda) elevado aos dias corridos até o vencimento.",
    ):
        assert told in text, told


def test_r14_a_note_47_days_early_is_settled_for_87_48() -> None:
    text = text_of(quote(("88.85", 47)))
    assert "R$ 87,48" in text
    assert "88,85 ÷ 1,000331732706^47 = 87,48. Redução de 1,37." in text


def test_r14c_a_quote_of_a_part_says_what_it_pays_and_what_is_left() -> None:
    text = text_of(quote(("88.85", 47), ("88.85", 77), paid="50.00"))
    for told in (
        "Cotação de pagamento em parte",
        "Pagando em parte, em 24/11/2026 R$ 50,00",
        "Economia de R$ 0,79. Ficam R$ 126,91 a pagar destas notas.",
        "Principal Redução Pagar Resta",
        "000123-01/02 10/01/2027 47 dias antes 88,85 0,79 50,00 38,06",
        "A outra nota fica como está.",
    ):
        assert told in text, told
    assert "000123-02/02" not in text


def test_a_late_note_owes_its_charges_and_each_is_reckoned() -> None:
    text = text_of(quote(("200.00", -15)))
    assert "15 dias de atraso 200,00 1,00 4,00 205,00" in text
    assert "200,00 × 1 % × 15 ÷ 30 = 1,00" in text
    assert "Sem redução" in text
    assert "Consumidor" not in text


def test_the_code_on_it_pays_exactly_the_total_to_the_shop() -> None:
    found = pdf(quote(), made_at=AT, logo=None)
    code = shop_payload(SHOP, Decimal("261.31"), "C7")
    assert code is not None
    assert qr_codes(found) == [code]
    assert code in [text.text for text in texts(found)]  # copied, it has no line breaks


def test_a_shop_without_a_key_has_no_code_on_it() -> None:
    found = pdf(quote(shop=SHOP.model_copy(update={"pix_key": ""})), made_at=AT, logo=None)
    assert qr_codes(found) == []
    assert "Pix" not in words(found)


def test_each_text_stands_where_it_stood() -> None:
    found = positions(pdf(quote(), made_at=AT, logo=None))
    assert found == golden("settlement", found)


def test_120_notes_and_the_longest_texts_lose_nothing_and_overlap_nothing() -> None:
    notes = [("83333333.33" if k else str(LARGEST), 30 * k - 60) for k in range(120)]
    data = quote(*notes, shop=WIDEST_SHOP, customer=WIDEST, contract_rate="1.2345")
    found = pdf(data, made_at=AT, logo=None)
    assert_sound(found)
    text = words(found).replace(" ", "")
    head_and_foot = 120 + 120 + 60 + 80 + 80 + 200
    assert text.count("W") == text.count("Página") * head_and_foot + 120 + 200
    assert text.count("000123-120/120") == 2


def test_the_same_quote_gives_the_same_bytes() -> None:
    assert pdf(quote(), made_at=AT, logo=None) == pdf(quote(), made_at=AT, logo=None)
