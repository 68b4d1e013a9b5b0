"""A receipt on every paper (R24): what it states, and that all of it can be read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from math import ceil

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Act
from credigestor.db.settings import ShopSettings
from credigestor.documents import receipt
from credigestor.documents.canvas import clean
from credigestor.reports.receipt import Receipt, Undone
from credigestor.reports.receipt import receipt as stored
from credigestor.rules.document_choices import ReceiptFormat
from credigestor.rules.permissions import Actor
from credigestor.services import acts
from credigestor.services.waivers import Waived
from tests.documents.looking import (
    assert_sound,
    golden,
    positions,
    rendered,
    texts,
    words,
)
from tests.documents.receipts import AT, SHOP, UNDONE, item, longest, made
from tests.pictures import plain
from tests.services.paying import FEBRUARY, JANUARY, pay, reverse, sell

LOGO = plain(300, 120)

ONE, TWO, ROLL = ReceiptFormat.ONE, ReceiptFormat.TWO, ReceiptFormat.ROLL
#: How wide ESTORNADO is at least, mm; on a page it is turned.
STAMPED = {ONE: 100, TWO: 100, ROLL: 50, ReceiptFormat.ROLL_58: 40}
on_every_paper = pytest.mark.parametrize("paper", list(ReceiptFormat))


def printed(data: Receipt, paper: ReceiptFormat = ONE, picture: bytes | None = None) -> bytes:
    return receipt.pdf(data, made_at=AT, logo=picture, format=paper)


def said(data: Receipt, paper: ReceiptFormat = ONE) -> str:
    return words(printed(data, paper))


@on_every_paper
def test_r24_a_receipt_states_who_paid_whom_how_much_for_what_and_what_is_left(
    paper: ReceiptFormat,
) -> None:
    text = said(made(), paper)
    for part in (
        "000045",
        *("Ágata Muñoz", "CPF 529.982.247-25"),
        *("Loja Modelo Comércio de Móveis Ltda.", "CNPJ 11.222.333/0001-81"),
        *("R$ 100,00", "cem reais"),
        *("000123-02/10", "09/02/2026"),
        *("92,50", "1,50", "6,00"),
        *("Pix", "25/01/2026", "25/01/2026 14:03"),
        *("207,50", "R$ 1.267,50"),
        *("Zélia D'Ávila", "Fortaleza/CE, 25 de janeiro de 2026"),
        "em pagamento da nota de venda a prazo abaixo",  # what was owed (Código Civil art. 320)
        "Código Civil, art. 322",
        *("Trocas em até 7 dias", "Emitido em 25/01/2026"),
    ):
        assert part in text, part
    assert "gaveta" not in text  # why it was dated back is the shop's own business
    assert "ESTORNADO" not in text


@on_every_paper
def test_a_receipt_of_a_stored_payment_has_its_figures(
    manager: Actor, paper: ReceiptFormat
) -> None:
    jan, feb = sell(("300.00", JANUARY), ("100.00", FEBRUARY)).notes
    payment = pay(manager, date(2026, 1, 25), (jan, "100.00"), (feb, "40.00"))
    with snapshot() as session:
        before = said(stored(session, payment), paper)
    for part in ("R$ 140,00", "cento e quarenta reais", "132,50", "60,00", "R$ 267,50", "Dinheiro"):
        assert part in before, part
    reverse(manager, payment, why="troco errado")
    with snapshot() as session:
        after = said(stored(session, payment), paper)
    assert "troco errado" in after
    assert "ESTORNADO" not in before
    assert "267,50" not in after  # no balance of a payment that does not count


@on_every_paper
def test_r12_a_reversed_payment_says_so_across_the_receipt_with_when_by_whom_and_why(
    paper: ReceiptFormat,
) -> None:
    pdf = printed(made(undone=UNDONE), paper)
    assert_sound(pdf)
    stamps = [text for text in texts(pdf) if text.text == "ESTORNADO"]
    assert len(stamps) == (2 if paper is TWO else 1)
    for stamp in stamps:
        assert stamp.turned is (paper in (ONE, TWO))
        assert stamp.box.right - stamp.box.left > STAMPED[paper]
    text = words(pdf)
    assert "ESTORNADO em 26/01/2026 por Gerente Geral. Motivo: troco errado." in text
    assert "Saldo" not in text
    assert "R$ 100,00" in text


@on_every_paper
def test_r29_a_receipt_says_what_was_let_go_with_it_and_no_longer_once_it_is_undone(
    manager: Actor, paper: ReceiptFormat
) -> None:
    late = date(2026, 9, 20)
    [note] = sell(("150.00", date(2026, 9, 10))).notes
    waived = {note: Waived(interest=D("0.50"), fine=D("3.00"))}
    beside = {"waived": waived, "waiver_reason": "bom cliente"}
    payment = pay(manager, late, (note, "150.00"), **beside)
    with snapshot() as session:
        text = said(stored(session, payment), paper)
        [act] = session.scalars(select(Act.id))
    assert "Dispensado: juros 0,50, multa 3,00." in text
    assert "bom cliente" not in text  # the shop's own business
    with transaction() as session:
        acts.reverse(session, manager, act_id=act, why="não combinado", today=late)
    with snapshot() as session:
        text = said(stored(session, payment), paper)
    assert "Dispensado" not in text
    assert "146,50" in text


def test_a_reversal_whose_reason_is_a_sentence_gets_no_second_full_stop() -> None:
    undone = Undone(date(2026, 1, 26), AT, None, "Cheque devolvido.")
    assert "ESTORNADO em 26/01/2026. Motivo: Cheque devolvido. Este" in said(made(undone=undone))


def test_every_page_of_a_long_reversed_receipt_says_so() -> None:
    notes = [item(k, 120) for k in range(1, 121)]
    found = texts(printed(made(*notes, undone=UNDONE)))
    stamped = {text.page for text in found if text.text == "ESTORNADO" and text.turned}
    assert stamped == {text.page for text in found}


@on_every_paper
def test_a_discount_has_its_place_and_its_right(paper: ReceiptFormat) -> None:
    notes = [item(1, 3, "87.97", discount="0.88"), item(2, 3, "87.10", discount="1.75")]
    by_right = said(made(*notes), paper)
    for part in ("0,88", "1,75", "2,63", "art. 52, § 2º", "quitada"):
        assert part in by_right, part
    granted = said(made(*notes, discount_reason="cunhado do dono"), paper)
    assert "Desconto concedido pela loja." in granted
    assert "art. 52" not in granted
    assert "cunhado" not in granted
    assert "Desconto" not in said(made(), paper)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        (["000123-01/10"], "Continuava em aberto nesta data: 000123-01/10."),
        (["a", "b"], "Continuavam em aberto nesta data: a, b."),
        ([*"abcdefg"], "a, b, c, d, e, f e mais 1 nota."),
        ([*"abcdefghi"], "a, b, c, d, e, f e mais 3 notas."),
    ],
)
def test_r24_earlier_instalments_still_open_are_named(numbers: list[str], told: str) -> None:
    assert told in said(made(earlier_open=numbers))


def test_r24_a_single_instalment_has_no_earlier_ones_to_speak_of() -> None:
    assert "art. 322" not in said(made(item(1, 1)))


def test_two_on_a_page_are_the_same_receipt_for_the_shop_and_for_the_customer() -> None:
    pdf = printed(made(), TWO)
    found = texts(pdf)
    upper = [text for text in found if text.y < 148.5]
    lower = [text for text in found if text.y > 148.5]
    assert [text.text for text in upper if text.text.startswith("Via")] == ["Via da loja"]
    assert [text.text for text in lower if text.text.startswith("Via")] == ["Via do cliente"]
    assert [t.text for t in upper if "Via" not in t.text] == [
        t.text for t in lower if "Via" not in t.text
    ]
    assert len(rendered(pdf, 20)) == 1


def test_what_does_not_fit_on_half_a_page_gets_pages_of_its_own_for_each_copy() -> None:
    pdf = printed(made(*[item(k, 12) for k in range(1, 13)]), TWO)
    assert_sound(pdf)
    copies = [(t.page, t.text) for t in texts(pdf) if t.text.startswith("Via")]
    assert copies == [(1, "Via da loja"), (2, "Via do cliente")]


@on_every_paper
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 35, 36, 37, 38, 39, 40, 41, 120])
def test_all_notes_of_a_payment_are_on_the_receipt(paper: ReceiptFormat, count: int) -> None:
    pdf = printed(made(*[item(k, 120) for k in range(1, count + 1)]), paper)
    assert_sound(pdf)
    copies = 2 if paper is TWO else 1
    numbers = [text.text for text in texts(pdf) if text.text.startswith("000123-")]
    assert numbers == [f"000123-{k:02}/120" for k in range(1, count + 1)] * copies
    # Where it is signed there are notes: no signature stands on a page of its own.
    signed = [t.page for t in texts(pdf) if t.text.startswith("Fortaleza/CE, 25 de janeiro de")]
    assert len(signed) == copies
    for page in signed:
        assert any(t.page == page and t.text.startswith(("000123-", "Total")) for t in texts(pdf))


@pytest.mark.parametrize(
    ("paper", "width", "blank", "long"),
    [(ROLL, 80, 4.0, 200), (ReceiptFormat.ROLL_58, 58, 5.0, 240)],
)
def test_a_roll_is_one_page_as_long_as_it_needs_with_what_no_printer_reaches_blank(
    paper: ReceiptFormat, width: int, blank: float, long: int
) -> None:
    short, tall = (
        printed(made(*[item(k, 120) for k in range(1, count + 1)]), paper) for count in (1, 120)
    )
    [small], [large] = rendered(short, 72), rendered(tall, 72)
    assert small.width == large.width == ceil(width / 25.4 * 72)
    assert 100 / 25.4 * 72 < small.height < long / 25.4 * 72
    assert large.height > 5 * small.height
    for text in texts(short):
        assert text.box.left > blank - 0.2
        assert text.box.right < width - blank + 0.2


@on_every_paper
def test_each_of_several_copies_is_the_whole_receipt(paper: ReceiptFormat) -> None:
    data = made(*[item(k, 12) for k in range(1, 13)])
    one = receipt.pdf(data, made_at=AT, logo=LOGO, format=paper)
    three = receipt.pdf(data, made_at=AT, logo=LOGO, format=paper, copies=3)
    pages, found = len(rendered(one, 20)), texts(three)
    assert len(rendered(three, 20)) == 3 * pages
    said = [
        [(t.text, t.y) for t in found if copy < t.page <= copy + pages]
        for copy in range(0, 3 * pages, pages)
    ]
    assert said == [[(t.text, t.y) for t in texts(one)]] * 3


@on_every_paper
@pytest.mark.parametrize("count", [1, 3, 60])
@pytest.mark.parametrize("undone", [None, Undone(date(2026, 1, 26), AT, "W" * 120, "motivo " * 71)])
def test_the_longest_texts_fit_and_nothing_of_them_is_lost(
    paper: ReceiptFormat, count: int, undone: Undone | None
) -> None:
    data = longest(count, undone=undone)
    pdf = printed(data, paper, LOGO)
    assert_sound(pdf)
    text = "".join(words(pdf).split())
    email = data.shop.email
    for part in (
        clean(data.customer),
        *(data.address, data.received_by or "", email, data.shop.shop_name, data.shop.legal_name),
        *(data.shop.document_footer, data.shop.city, "9.999.999.999,99", "12.ABC.345/01DE-35"),
        "nove bilhões, novecentos e noventa e nove milhões, novecentos e noventa e nove mil",
        undone.reason if undone else "",
    ):
        assert "".join(part.split()) in text, part


@on_every_paper
def test_a_name_written_from_right_to_left_overlaps_nothing(paper: ReceiptFormat) -> None:
    name = "שלום עולם مرحبا"
    pdf = printed(made(customer=name, received_by=name), paper)
    assert_sound(pdf)
    assert {*clean(name)} <= {*words(pdf)}


@on_every_paper
def test_a_shop_that_has_not_filled_in_its_settings_gets_a_receipt_all_the_same(
    paper: ReceiptFormat,
) -> None:
    data = made(shop=ShopSettings(), received_by=None, address="")
    assert_sound(printed(data, paper))
    assert "Ágata Muñoz" in said(data, paper)


@on_every_paper
@pytest.mark.parametrize("shape", [(1000, 40), (40, 1000), (300, 300)])
def test_a_logo_of_any_shape_stands_over_no_text(
    paper: ReceiptFormat, shape: tuple[int, int]
) -> None:
    assert_sound(printed(made(), paper, plain(*shape)))


@on_every_paper
def test_the_same_receipt_gives_the_same_bytes(paper: ReceiptFormat) -> None:
    first = printed(made(undone=UNDONE), paper, LOGO)
    assert printed(made(undone=UNDONE), paper, LOGO) == first
    assert printed(made(customer="Outra"), paper, LOGO) != first


@on_every_paper
def test_every_text_stands_where_it_stood(paper: ReceiptFormat) -> None:
    notes = [
        item(1, 3, "90.00", interest="0.35", fine="1.78", after="1.13"),
        item(2, 3, "87.97", discount="0.88"),
    ]
    data = made(*notes, earlier_open=["000123-01/03"], customer_after=D("89.98"), shop=SHOP)
    found = positions(printed(data, paper, LOGO))
    assert found == golden(f"receipt-{paper.value}", found)
