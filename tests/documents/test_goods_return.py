"""The paper of goods that came back: what fell, what went back, and who signs (R30)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal as D

from credigestor.db.settings import ShopSettings
from credigestor.documents.goods_return import pdf
from credigestor.reports.named_customer import NamedCustomer
from credigestor.reports.receipt import Undone
from credigestor.reports.returns import FallenNote, GoodsReturn, ReturnSlip
from credigestor.rules.methods import Method
from credigestor.rules.numbering import note_number
from credigestor.rules.returns import ReturnKind
from tests.documents.booklets import CUSTOMER, SHOP, WIDEST_SHOP
from tests.documents.looking import assert_sound, golden, positions, words
from tests.documents.statements import AT, LARGEST, WIDEST

DAY = date(2026, 11, 23)


def slip(
    notes: int = 2,
    *,
    amount: str = "100.00",
    shop: ShopSettings = SHOP,
    customer: NamedCustomer = CUSTOMER,
    text: str = "geladeira com defeito",
) -> ReturnSlip:
    fallen = [
        FallenNote(n, note_number(123, n, 7), date(2027, n % 12 + 1, 10), D(amount), D(0))
        for n in range(notes, 0, -1)
    ]
    goods = GoodsReturn(
        act_id=45,
        number="000045",
        sale_id=123,
        sale="000123",
        customer_id=7,
        returned_on=DAY,
        recorded_at=datetime(2026, 11, 23),  # noqa: DTZ001 - not told on the paper
        kind=ReturnKind.DEFECT,
        value=D("350.00"),
        share=D(35),
        back=D("150.00"),
        back_by=Method.PIX,
        reason=text,
        made_by="Guta Gerente",
        notes=fallen,
        undone=None,
    )
    return ReturnSlip(shop, customer, goods, date(2026, 10, 1), text, D("1000.00"))


def text_of(data: ReturnSlip) -> str:
    found = pdf(data, made_at=AT, logo=None)
    assert_sound(found)
    return words(found).replace("\xa0", " ")


def test_r30_it_tells_what_came_back_which_notes_fell_and_what_went_back() -> None:
    text = text_of(slip())
    for told in (
        "Devolução de mercadoria nº 000045",
        "Venda 000123, de 01/10/2026, R$ 1.000,00",
        "Valor devolvido R$ 350,00, 35 % da venda",
        "Vício do produto (Código de Defesa do Consumidor, art. 18): geladeira com defeito",
        "000123-02/07 10/03/2027 100,00 nada",
        "Total 200,00",
        "R$ 150,00 (cento e cinquenta reais). Forma: Pix.",
        "Fortaleza/CE, 23 de novembro de 2026.",
        "Guta Gerente",
    ):
        assert told in text, told
    assert "DESFEITA" not in text


def test_nothing_that_went_back_and_no_note_that_fell_are_told_so() -> None:
    whole = slip(0)
    assert "Nenhuma: não havia nota em aberto nesta venda." in text_of(whole)
    none = replace(slip(), goods=replace(slip().goods, back=D(0), back_by=None))
    assert "Nada: o valor devolvido coube nas notas em aberto." in text_of(none)


def test_an_undone_one_says_so_first() -> None:
    undone = Undone(date(2026, 11, 24), AT, "Guta", "engano")
    data = replace(slip(), goods=replace(slip().goods, undone=undone))
    assert "DESFEITA: em 24/11/2026 por Guta. Motivo: engano." in text_of(data)


def test_each_text_stands_where_it_stood() -> None:
    found = positions(pdf(slip(), made_at=AT, logo=None))
    assert found == golden("goods-return", found)


def test_120_notes_and_the_longest_texts_lose_nothing_and_overlap_nothing() -> None:
    data = slip(120, amount=str(LARGEST), shop=WIDEST_SHOP, customer=WIDEST, text="W" * 500)
    text = text_of(data).replace(" ", "")
    assert text.count("9.999.999.999,99") == 120
