"""The statement on paper: every figure on it, whatever the names, however long."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from credigestor.documents.customer_statement import pdf
from credigestor.reports.customer_movements import Kind
from tests.documents.booklets import WIDEST_SHOP
from tests.documents.looking import assert_sound, golden, positions, words
from tests.documents.statements import AT, largest_statement, statement


def test_it_tells_every_sale_note_and_payment_with_the_balance_after_it() -> None:
    found = pdf(statement(), made_at=AT, logo=None)
    assert_sound(found)
    text = words(found)
    for told in (
        "Zélia D'Ávila Muñoz",
        "CPF 529.982.247-25",
        "Período 01/07/2026 a 24/11/2026",
        "Emitido em 24/11/2026",
        "Saldo anterior 100,00",
        "Venda 000123: Fogão de 4 bocas – total 300,00, entrada 40,00, 3 notas",
        "Nota 000123-02/03, vence em 10/09/2026 88,85",
        "12/07/2026 Pagamento 000045 (Pix), nota 000123-01/03 88,00 0,85 -88,85 277,70",
        "Pagamento 000046 (Cartão) de 80,00, nota 000123-03/03: ESTORNADO em 02/10/2026",
        "Pagamento 000047 (Dinheiro) 100,96 1,48 1,78 -97,70 180,00",
        "Nota 000123-02/03, vence em 10/09/2026 92,11 1,48 1,78 -88,85",
        "Venda 000124 cancelada: desistiu da compra -50,00 180,00",
        "Saldo em 24/11/2026 180,00",
        "Recebido R$ 188,96 = principal 185,70 + juros 1,48 + multa 1,78",
        "Descontos R$ 0,85",
        "Cancelado R$ 50,00",
        "O que está em aberto em 24/11/2026",
        "000099-01/01 10/05/2026 198 dias de atraso 100,00 6,60 2,00 108,60",
        "000130-01/01 01/12/2026 Em dia 50,00 0,00 0,00 50,00",
        "Total 230,00 7,27 2,00 239,27",
    ):
        assert told in text.replace("\xa0", " "), told


def test_r35_a_cancelled_sale_tells_that_its_down_payment_was_handed_back() -> None:
    kept = statement()
    gone = next(each for each in kept.movements if each.kind is Kind.CANCELLATION)
    data = replace(kept, movements=[replace(gone, down_payment=Decimal("30.00"))])
    text = words(pdf(data, made_at=AT, logo=None))
    told = "Venda 000124 cancelada: desistiu da compra – entrada de 30,00 devolvida"
    assert told in text.replace("\xa0", " ")


def test_each_text_stands_where_it_stood() -> None:
    found = positions(pdf(statement(), made_at=AT, logo=None))
    assert found == golden("customer-statement", found)


def test_who_did_nothing_and_owes_nothing_is_told_so() -> None:
    text = words(pdf(statement(movements=False), made_at=AT, logo=None))
    assert "Nenhum movimento no período." in text
    assert "Nada em aberto: o cliente não deve nada." in text


def test_the_longest_texts_and_amounts_lose_nothing_and_overlap_nothing() -> None:
    data = largest_statement(WIDEST_SHOP)
    found = pdf(data, made_at=AT, logo=None)
    assert_sound(found)
    text = words(found).replace(" ", "")
    pages = text.count("Página")
    head_and_foot = 120 + 120 + 60 + 80 + 80 + 200
    assert text.count("W") == pages * head_and_foot + 120 + 200 + 498 + 494
    assert text.count("9.999.999.999,99") >= 120 * (1 + 5 + 3)
    assert text.count("Nota999999-120/120,venceem31/12/2035") == 2


def test_the_same_statement_gives_the_same_bytes() -> None:
    assert pdf(statement(), made_at=AT, logo=None) == pdf(statement(), made_at=AT, logo=None)
