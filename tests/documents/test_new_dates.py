"""The paper of later due dates: both dates, the interest, what stays, and who signs (R32)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

from credigestor.db.settings import ShopSettings
from credigestor.documents.new_dates import pdf
from credigestor.reports.guarantors import SaleGuarantor
from credigestor.reports.named_customer import NamedCustomer
from credigestor.reports.new_dates import Agreement, MovedNote, NewDates
from credigestor.reports.receipt import Undone
from credigestor.rules.numbering import note_number
from tests.documents.booklets import CUSTOMER, SHOP, WIDEST_SHOP
from tests.documents.looking import assert_sound, golden, positions, words
from tests.documents.statements import AT, LARGEST, WIDEST

DAY = date(2026, 3, 9)


def paper(
    notes: int = 2,
    *,
    amount: str = "300.00",
    interest: str = "1.00",
    shop: ShopSettings = SHOP,
    customer: NamedCustomer = CUSTOMER,
    text: str = "recebe no dia 20",
    guarantors: int = 1,
) -> Agreement:
    moved = []
    for n in range(1, notes + 1):
        before = DAY + timedelta(days=1 + 30 * (n - 1))
        due = before + timedelta(days=11)
        on_time = due + timedelta(days=2 * (due.weekday() == 5))
        moved.append(
            MovedNote(n, note_number(123, n, 7), 123, D(amount), before, due, on_time, D(interest))
        )
    agreed = NewDates(45, "000045", 7, DAY, text, "Guta Gerente", moved, None)
    signer = SaleGuarantor("Bento Avalista", "52998224725", "")
    return Agreement(
        shop=shop,
        customer=customer,
        guarantors=[signer] * guarantors,
        agreed=agreed,
        sold_on=date(2025, 12, 1),
        description=text,
        late_rate=D(1),
        fine_rate=D(2),
        grace_days=0,
    )


def text_of(data: Agreement) -> str:
    found = pdf(data, made_at=AT, logo=None)
    assert_sound(found)
    return words(found).replace("\xa0", " ")


def test_r32_it_tells_both_dates_the_interest_and_what_stays() -> None:
    text = text_of(paper())
    for told in (
        "Acordo de prorrogação nº 000045",
        "Venda 000123, de 01/12/2025",
        "Motivo recebe no dia 20",
        "as notas promissórias abaixo vencem na nova data.",
        "000123-01/07 10/03/2026 21/03/2026 23/03/2026 11 dias 300,00 1,00",
        "Total 600,00 2,00",
        "R$ 2,00 (dois reais), calculados sobre o principal",
        "juros de mora de 1 % ao mês e multa de 2 %, contados da nova data.",
        "não é novação (Código Civil, art. 361)",
        "Avalista, que assina também este acordo: Bento Avalista.",
        "Fortaleza/CE, 9 de março de 2026.",
    ):
        assert told in text, told
    assert "DESFEITO" not in text


def test_without_interest_or_guarantors_it_says_so() -> None:
    text = text_of(paper(1, interest="0.00", guarantors=0))
    assert "Nenhum: a nova data não custa nada, se for cumprida." in text
    assert "a nota promissória abaixo vence na nova data." in text
    assert "Avalista" not in text
    assert "Total" not in text


def test_terms_without_charges_and_with_grace_are_told() -> None:
    data = replace(paper(), late_rate=D(0), fine_rate=D(0))
    assert "encargos da venda, sem juros de mora nem multa, contados" in text_of(data)
    assert "e multa de 2 %, depois de 5 dias de carência, contados" in text_of(
        replace(paper(), grace_days=5)
    )


def test_an_undone_one_says_so_first() -> None:
    undone = Undone(date(2026, 3, 10), AT, "Guta", "engano")
    data = replace(paper(), agreed=replace(paper().agreed, undone=undone))
    assert "DESFEITO: em 10/03/2026 por Guta. Motivo: engano." in text_of(data)


def test_each_text_stands_where_it_stood() -> None:
    found = positions(pdf(paper(), made_at=AT, logo=None))
    assert found == golden("new-dates", found)


def test_120_notes_and_the_longest_texts_lose_nothing_and_overlap_nothing() -> None:
    data = paper(
        120,
        amount=str(LARGEST),
        interest="83333333.33",
        shop=WIDEST_SHOP,
        customer=WIDEST,
        text="W" * 500,
        guarantors=2,
    )
    text = text_of(data).replace(" ", "")
    assert (text.count("9.999.999.999,99"), text.count("83.333.333,33")) == (120, 120)
