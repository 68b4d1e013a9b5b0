"""The page that printed documents share: what can be read on it, whatever people have typed."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pypdf import PdfReader

from credigestor.db.settings import ShopSettings
from credigestor.documents.canvas import UNKNOWN, clean
from credigestor.documents.sheet import Sheet, shown

SHOP = ShopSettings(shop_name="Loja Modelo", tax_id="11222333000181")
AT = datetime(2026, 11, 23, 15, 45, tzinfo=UTC)


def made(draw: Callable[[Sheet], object], shop: ShopSettings = SHOP) -> bytes:
    sheet = Sheet(shop, "Título", AT)
    draw(sheet)
    return sheet.finished()


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_every_page_has_the_shop_its_cnpj_the_title_and_its_number() -> None:
    rows = [[f"linha {k}", Decimal(k)] for k in range(120)]
    found = pages(made(lambda sheet: sheet.grid(["Nome", "Valor (R$)"], rows)))
    assert len(found) == 3
    for number, text in enumerate(found, start=1):
        for part in ("Loja Modelo", "CNPJ 11.222.333/0001-81", "Título", "23/11/2026 15:45"):
            assert part in text
        assert f"Página {number} de 3" in text
        assert "Valor (R$)" in text  # the table's head, on each page
    assert [f"linha {k}" for k in range(120) if f"linha {k}" not in "\n".join(found)] == []


def test_the_same_content_gives_the_same_bytes() -> None:
    def draw(sheet: Sheet) -> None:
        sheet.heading("Vendas")
        sheet.pairs({"Nome": "Zélia D'Ávila"})
        sheet.grid(["A"], [["ç"]])

    assert made(draw) == made(draw)


def test_a_shop_without_name_and_cnpj_gets_a_head_all_the_same() -> None:
    assert "CrediGestor" in pages(made(lambda sheet: sheet.heading("x"), ShopSettings()))[0]


def test_a_name_too_long_for_the_head_is_cut_with_an_ellipsis() -> None:
    shop = ShopSettings(shop_name="Comércio de Móveis " * 20)
    assert "…" in pages(made(lambda sheet: sheet.heading("x"), shop))[0]


def test_long_texts_wrap_and_nothing_of_them_is_lost() -> None:
    words = [f"palavra{k}" for k in range(300)]
    email = "a" * 200 + "@example.com"

    def draw(sheet: Sheet) -> None:
        sheet.pairs({"E-mail": email, "Observações": " ".join(words)})
        sheet.grid(["E-mail", "Texto"], [[email, " ".join(words)]])

    text = "\n".join(pages(made(draw)))
    assert text.count("palavra299") == 2
    assert text.replace("\n", "").count("a" * 200) == 2


def test_a_row_taller_than_a_page_goes_on_on_the_next() -> None:
    texts = ["W" * 20_000, "fim"]
    found = pages(made(lambda sheet: sheet.grid(["Muito", "Pouco"], [texts])))
    assert len(found) > 2
    assert sum(text.count("W") for text in found) == 20_000


def test_many_columns_with_long_words_still_fit_on_the_page() -> None:
    labels = [f"Palavracomprida{k}" for k in range(20)]
    row = ["comprimentoexagerado"] * 20
    found = pages(made(lambda sheet: sheet.grid(labels, [row])))
    assert "".join(found[0].split()).count("c") >= 20


def test_a_column_that_is_empty_in_every_row_is_left_out() -> None:
    rows = [["a", None, ""], ["b", None, "x"]]
    text = pages(made(lambda sheet: sheet.grid(["Um", "Dois", "Três"], rows)))[0]
    assert "Um" in text
    assert "Três" in text
    assert "Dois" not in text


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Zélia D'Ávila ção", "Zélia D'Ávila ção"),
        ("Ce\u0301u", "Céu"),
        ("Flor 🌻!", f"Flor {UNKNOWN}!"),
        ("👩‍👩‍👧", UNKNOWN * 3),
        ("日本", UNKNOWN * 2),
        ("a\tb\n\nc  d", "a b c d"),
        ("R$\xa01,00", "R$\xa01,00"),
        ("x\u202ey\ue000\0", "xy"),
        ("", ""),
    ],
)
def test_what_the_fonts_do_not_have_is_replaced(typed: str, printed: str) -> None:
    assert clean(typed) == printed


def test_strange_texts_do_not_stop_the_printing() -> None:
    strange = ["🌻", "שלום עולם", "مرحبا", "{nb}", "**negrito**", "<b>", "\ud800", "%s \\ ( )", ""]

    def draw(sheet: Sheet) -> None:
        sheet.paragraph(" ".join(strange), bold="🌻")
        sheet.grid(["🌻"], [[text] for text in strange])

    text = "\n".join(pages(made(draw)))
    assert "**negrito**" in text
    assert "{nb}" in text


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (Decimal("1234.5"), "1.234,50"),
        (Decimal("0.0330"), "0,033"),
        (Decimal("0.0000"), "0,00"),
        (date(2026, 2, 1), "01/02/2026"),
        (AT, "23/11/2026 15:45"),
        (True, "sim"),
        (False, "não"),
        (None, ""),
        (12, "12"),
    ],
)
def test_values_are_written_as_brazilians_write_them(value: object, printed: str) -> None:
    assert shown(value) == printed
