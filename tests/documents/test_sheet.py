"""The page that printed documents share: what can be read on it, whatever people have typed."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pypdf import PdfReader

from credigestor.db.settings import ShopSettings
from credigestor.documents.canvas import UNKNOWN, Canvas, clean
from credigestor.documents.sheet import Sheet, shown
from tests.documents.booklets import WIDEST_SHOP
from tests.documents.looking import assert_sound, rendered, texts, words
from tests.pictures import plain

SHOP = ShopSettings(shop_name="Loja Modelo", tax_id="11222333000181")
AT = datetime(2026, 11, 23, 15, 45, tzinfo=UTC)


LOGO = plain(400, 160, (200, 30, 30))


def made(draw: Callable[[Sheet], object], shop: ShopSettings = SHOP) -> bytes:
    sheet = Sheet(shop, "Título", AT)
    draw(sheet)
    return sheet.finished()


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_a_name_is_printed_as_it_is_whatever_it_means_to_a_pdf() -> None:
    name = r"Ana {nb} (Luz\) endobj %%EOF <0041> \n\251"
    canvas = Canvas("Título", AT)
    canvas.add_page()
    canvas.box(20, 20, 150, 10, name, size=10)
    assert pages(canvas.finished()) == [name]
    assert name in pages(made(lambda sheet: sheet.paragraph(name)))[0]


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
    assert "Loja\n" in pages(made(lambda sheet: sheet.heading("x"), ShopSettings()))[0]


def test_the_longest_names_and_addresses_stand_whole_in_head_and_foot() -> None:
    content = made(lambda sheet: sheet.heading("Um"), WIDEST_SHOP)
    assert_sound(content)
    assert words(content).replace(" ", "").count("W") == 120 + 120 + 60 + 80 + 80 + 200


def test_the_head_tells_who_the_shop_is_and_the_foot_what_it_wants() -> None:
    shop = SHOP.model_copy(
        update={
            "legal_name": "Modelo Comércio Ltda",
            "street": "Rua do Sol",
            "city": "Fortaleza",
            "phone": "+5585988724443",
            "document_footer": "Volte sempre!",
        }
    )
    text = pages(made(lambda sheet: sheet.heading("x"), shop))[0]
    for part in ("Modelo Comércio Ltda · CNPJ", "Rua do Sol, Fortaleza", "(85) 98872-4443"):
        assert part in text
    assert text.rstrip().endswith("Volte sempre!")


def test_a_row_and_the_few_faint_ones_below_it_stay_on_one_page() -> None:
    groups = [[[f"linha {k}"], [f"conta {k}a"], [f"conta {k}b"]] for k in range(40)]
    rows = [row for group in groups for row in group]
    faint = [k for k in range(len(rows)) if k % 3]
    content = made(lambda sheet: sheet.grid(["Nota"], rows, faint=faint))
    page_of = {text.text: text.page for text in texts(content)}
    assert max(page_of.values()) > 1
    for k in range(40):
        assert page_of[f"linha {k}"] == page_of[f"conta {k}a"] == page_of[f"conta {k}b"]


def test_a_tall_logo_stands_at_the_left_with_the_name_right_beside_it() -> None:
    sheet = Sheet(SHOP, "Título", AT, logo=plain(100, 400))
    [name] = [text for text in texts(sheet.finished()) if text.text == "Loja Modelo"]
    assert 15 + 3 + 3 < name.box.left < 15 + 3 + 6


def test_the_logo_stands_in_the_head_of_every_page_and_in_the_file_once() -> None:
    sheet = Sheet(SHOP, "Título", AT, logo=LOGO)
    sheet.grid(["Nome"], [[f"linha {k}"] for k in range(120)])
    content = sheet.finished()
    assert_sound(content)
    reader = PdfReader(io.BytesIO(content))
    images = [page["/Resources"]["/XObject"] for page in reader.pages]  # type: ignore[index]
    assert len(reader.pages) > 2
    assert len({str(found.get_object()) for found in images}) == 1
    found = rendered(content)[1].crop((95, 95, 160, 140))  # within the logo, at 150 dpi
    assert found.getcolors() == [(65 * 45, (200, 30, 30))]


def test_midnight_is_shown_as_the_day_alone() -> None:
    sheet = Sheet(SHOP, "Título", datetime(2026, 11, 23, tzinfo=UTC))
    text = pages(sheet.finished())[0]
    assert "Emitido em 23/11/2026" in text
    assert "00:00" not in text


def test_a_faint_row_keeps_to_the_row_above_without_a_line_between() -> None:
    rows: list[list[object]] = [["Venda", Decimal(3)], ["Nota", None], ["Total", Decimal(3)]]

    def lines(**tones: list[int]) -> int:
        content = made(lambda sheet: sheet.grid(["Nome", "Valor"], rows, **tones))
        contents = PdfReader(io.BytesIO(content)).pages[0].get_contents()
        assert contents is not None
        return contents.get_data().count(b" l S")

    assert lines(bold=[2], faint=[1]) == lines() - 1


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
        # Written from right to left they would be printed as another name, Arabic ones unjoined.
        ("Ana שלום", f"Ana {UNKNOWN * 4}"),
        ("مرحبا ٤", f"{UNKNOWN * 5} {UNKNOWN}"),
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
