"""Bars of documents on the pages of a sale, a note and a payment."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select, text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import NotePrinting
from credigestor.rules.document_choices import ReceiptFormat, SaleDocument
from credigestor.rules.permissions import Actor
from credigestor.services import sales, settings
from credigestor.ui.counter import document_bars
from credigestor.ui.kit import data
from credigestor.web import cookies
from tests.portfolio import TODAY, Made
from tests.services.paying import FEBRUARY, JANUARY, pay, reverse, sell
from tests.ui.support import Visit, open_app, text_of
from tests.web.fetching import fetch

pytestmark = pytest.mark.usefixtures("db")

SALE, NOTE, PAYMENT = "counter/sale.py", "counter/note.py", "counter/payment.py"
PRINT_SALE, PRINT_NOTE = "print_sale:1", "print_note:1"


@pytest.fixture
def shop(admin: Actor) -> None:
    """What a promissory note needs to know of the shop."""
    change(admin, legal_name="Loja Modelo Ltda", tax_id="11222333000181", city="Fortaleza")


@pytest.fixture
def sale(db: str) -> Made:
    """Two notes of Ana Luz, of 300,00 and 100,00."""
    return sell(("300.00", JANUARY), ("100.00", FEBRUARY))


def change(admin: Actor, **values: object) -> None:
    with transaction() as session:
        settings.change(session, admin, data.settings().model_copy(update=values))


def links(app: Visit) -> dict[str, str]:
    """The buttons that open a document, in order; not those switched off."""
    assert not app.exception
    found = [element.proto for element in app.get("link_button")]
    return {each.label.replace("\\", ""): each.url for each in found if not each.disabled}


def opened(app: Visit) -> list[str]:
    """The addresses that the page's script would open."""
    drawn = "".join(element.proto.body for element in app.get("html"))
    return re.findall(r'<a class="cg-open" href="([^"]+)" target="_blank" hidden>', drawn)


def printings() -> list[tuple[int, int]]:
    """Note and copy of all that was printed, in the order of printing."""
    with snapshot() as session:
        rows = session.execute(
            select(NotePrinting.note_id, NotePrinting.copy).order_by(NotePrinting.id)
        )
        return [(row.note_id, row.copy) for row in rows]


def kind_of(app: Visit, path: str) -> str:
    """What the route answers to this browser."""
    answer = fetch(path, app.browser.cookies[cookies.cookie_name()])
    assert answer.status == 200, answer.text
    return answer.headers["content-disposition"]


def test_an_address_has_only_what_was_given() -> None:
    assert document_bars.path("carne", 7) == "/documento/carne/7"
    assert document_bars.path("recibo", 7, keep=True, format="one") == (
        "/documento/recibo/7?format=one&download=1"
    )
    assert document_bars.path("quitacao", 7, notes="1,2", on=date(2026, 12, 1)) == (
        "/documento/quitacao/7?notes=1,2&on=2026-12-01"
    )


def test_a_click_records_the_printing_and_opens_all_open_notes(shop: None, sale: Made) -> None:
    app = open_app("seller", page=SALE, id=sale.id)
    assert (opened(app), printings()) == ([], [])
    app.button(key=PRINT_SALE).click().run()
    assert printings() == [(sale.notes[0], 1), (sale.notes[1], 1)]
    [path] = opened(app)
    assert links(app)["Abrir as notas"] == path
    assert kind_of(app, path) == 'inline; filename="notas-000001.pdf"'
    assert kind_of(app, links(app)["Baixar as notas"]).startswith("attachment")
    app.run()
    assert (opened(app), len(printings())) == ([path], 2)


def test_printed_again_the_notes_are_marked_as_further_copies(shop: None, sale: Made) -> None:
    app = open_app("seller", page=SALE, id=sale.id)
    assert "via”" not in text_of(app)
    app.button(key=PRINT_SALE).click().run()
    [first] = opened(app)
    assert "Todas já impressas. O que for impresso de novo diz “2ª via”" in text_of(app)
    assert app.button(key=PRINT_SALE).label == "Imprimir notas promissórias · 2ª via"
    app.button(key=PRINT_SALE).click().run()
    [second] = opened(app)
    assert first != second
    assert [copy for _, copy in printings()] == [1, 1, 2, 2]


def test_the_button_to_press_is_the_one_whose_paper_is_not_printed_yet(
    shop: None, sale: Made
) -> None:
    app = open_app("seller", page=SALE, id=sale.id)

    def kind() -> str:
        return app.button(key=PRINT_SALE).proto.type

    assert kind() == "primary"
    app.multiselect(key="print_notes:1").select(sale.notes[1]).run()
    app.button(key=PRINT_SALE).click().run()
    assert (kind(), app.button(key=PRINT_SALE).label) == ("secondary", "Imprimir 1 nota · 2ª via")
    app.multiselect(key="print_notes:1").set_value([]).run()
    assert (kind(), app.button(key=PRINT_SALE).label) == ("primary", "Imprimir notas promissórias")
    app.button(key=PRINT_SALE).click().run()
    assert app.button(key=PRINT_SALE).label == "Imprimir notas promissórias · nova via"


def test_chosen_notes_alone_are_printed(shop: None, sale: Made) -> None:
    app = open_app("seller", page=SALE, id=sale.id)
    choice = app.multiselect(key="print_notes:1")
    assert choice.options == ["1/2 · 10/01/2026", "2/2 · 10/02/2026"]
    choice.select(sale.notes[1]).run()
    assert app.button(key=PRINT_SALE).label == "Imprimir 1 nota"
    app.button(key=PRINT_SALE).click().run()
    assert printings() == [(sale.notes[1], 1)]
    assert {"Abrir a nota", "Baixar a nota"} <= set(links(app))
    assert app.multiselect(key="print_notes:1").options[1] == "2/2 · 10/02/2026 · 2ª via"
    assert "Já impressas: 1." in text_of(app)


def test_a_chosen_note_that_was_paid_meanwhile_is_let_go(
    shop: None, sale: Made, manager: Actor
) -> None:
    app = open_app("seller", page=SALE, id=sale.id)
    app.multiselect(key="print_notes:1").select(sale.notes[1]).run()
    pay(manager, date(2026, 2, 10), (sale.notes[1], "100.00"))
    app.button(key=PRINT_SALE).click().run()
    assert "já está paga" in text_of(app)
    assert printings() == []
    app.button(key=PRINT_SALE).click().run()
    assert printings() == [(sale.notes[0], 1)]


def test_the_booklet_opens_and_downloads(shop: None, sale: Made) -> None:
    app = open_app("seller", page=SALE, id=sale.id)
    assert links(app) == {
        "Carnê": "/documento/carne/1",
        "Baixar carnê": "/documento/carne/1?download=1",
    }


def test_the_shops_first_document_stands_out(shop: None, sale: Made, admin: Actor) -> None:
    def kinds() -> tuple[str, str]:
        app = open_app("seller", page=SALE, id=sale.id)
        return app.button(key=PRINT_SALE).proto.type, app.get("link_button")[0].proto.type

    assert kinds() == ("primary", "secondary")
    change(admin, sale_document=SaleDocument.BOOKLET)
    assert kinds() == ("secondary", "primary")


@pytest.mark.parametrize("role", ["seller", "manager", "admin"])
def test_what_the_shop_has_not_filled_in_is_named_with_who_can_do_it(sale: Made, role: str) -> None:
    app = open_app(role, page=SALE, id=sale.id)
    assert app.button(key=PRINT_SALE).disabled
    assert not app.multiselect
    lacking = "falta: razão social ou nome da loja, CNPJ ou CPF e cidade."
    assert lacking in text_of(app)
    asks = "Peça a um administrador" in text_of(app)
    ways = [each.proto.label for each in app.get("page_link")]
    assert (asks, "Preencher os dados da loja" in ways) == ((role != "admin"), (role == "admin"))
    assert "Carnê" in links(app)


def test_of_a_cancelled_sale_nothing_is_offered(shop: None, sale: Made, manager: Actor) -> None:
    app = open_app("seller", page=SALE, id=sale.id)
    app.button(key=PRINT_SALE).click().run()
    with transaction() as session:
        sales.cancel(session, manager, sale_id=sale.id, why="desistiu", today=TODAY)
    app.run()
    assert document_bars.CANCELLED in text_of(app)
    assert app.button(key=PRINT_SALE).disabled
    assert (links(app), opened(app)) == ({}, [])
    app = open_app("seller", page=NOTE, id=sale.notes[0])
    assert document_bars.CANCELLED in text_of(app)
    assert app.button(key=PRINT_NOTE).disabled
    assert links(app) == {}


def test_a_sale_cancelled_since_the_page_was_drawn_is_told(
    shop: None, sale: Made, manager: Actor
) -> None:
    app = open_app("seller", page=SALE, id=sale.id)
    with transaction() as session:
        session.execute(text("UPDATE sales SET cancelled_on = sold_on, cancel_reason = 'x y z'"))
    app.button(key=PRINT_SALE).click().run()
    assert document_bars.CANCELLED in text_of(app)
    assert printings() == []


def test_a_paid_note_is_given_back_and_not_printed(shop: None, sale: Made, manager: Actor) -> None:
    pay(manager, date(2026, 1, 10), (sale.notes[0], "300.00"))
    app = open_app("seller", page=NOTE, id=sale.notes[0])
    assert app.button(key=PRINT_NOTE).disabled
    assert document_bars.PAID in text_of(app)
    app = open_app("seller", page=SALE, id=sale.id)
    assert not app.button(key=PRINT_SALE).disabled
    assert not app.multiselect
    app.button(key=PRINT_SALE).click().run()
    assert printings() == [(sale.notes[1], 1)]
    pay(manager, date(2026, 2, 10), (sale.notes[1], "100.00"))
    app = open_app("seller", page=SALE, id=sale.id)
    assert document_bars.ALL_PAID in text_of(app)
    assert (app.button(key=PRINT_SALE).disabled, links(app)) == (True, {})


def test_one_note_is_printed_from_its_own_page(shop: None, sale: Made) -> None:
    app = open_app("seller", page=NOTE, id=sale.notes[0])
    assert app.button(key=PRINT_NOTE).label == "Imprimir esta nota"
    app.button(key=PRINT_NOTE).click().run()
    [path] = opened(app)
    assert kind_of(app, path).startswith("inline")
    assert printings() == [(sale.notes[0], 1)]
    assert app.button(key=PRINT_NOTE).label == "Imprimir esta nota · 2ª via"
    assert links(app)["Carnê"] == "/documento/carne/1"


def test_whoever_lost_the_login_prints_nothing(shop: None, sale: Made) -> None:
    app = open_app("seller", page=SALE, id=sale.id)
    with transaction() as session:
        session.execute(text("UPDATE sessions SET revoked_at = created_at"))
    app.button(key=PRINT_SALE).click().run()
    assert printings() == []


def test_the_receipt_comes_first_on_the_shops_paper(
    shop: None, sale: Made, manager: Actor, admin: Actor
) -> None:
    payment = pay(manager, date(2026, 1, 10), (sale.notes[0], "300.00"))
    app = open_app("seller", page=PAYMENT, id=payment)
    found = links(app)
    assert list(found) == [
        "Recibo (A4, uma via)",
        "A4, duas vias",
        "Bobina de 80 mm",
        "Bobina de 58 mm",
        "Baixar recibo",
    ]
    for path in found.values():
        assert "recibo-000001.pdf" in kind_of(app, path)
    change(admin, receipt_format=ReceiptFormat.ROLL)
    found = links(open_app("seller", page=PAYMENT, id=payment))
    assert list(found)[:2] == ["Recibo (Bobina de 80 mm)", "A4, uma via"]
    assert found["Baixar recibo"] == "/documento/recibo/1?format=roll&download=1"


def test_of_who_was_anonymised_no_receipt_is_offered_and_the_page_says_why(
    shop: None, sale: Made, manager: Actor
) -> None:
    payment = pay(manager, date(2026, 2, 10), (sale.notes[1], "100.00"))
    with transaction() as session:
        session.execute(text("UPDATE customers SET anonymised_at = created_at, active = false"))
    app = open_app("seller", page=PAYMENT, id=payment)
    assert links(app) == {}
    assert "não há mais documentos dele" in text_of(app)


def test_the_receipt_of_a_reversed_payment_is_still_offered(
    shop: None, sale: Made, manager: Actor
) -> None:
    payment = pay(manager, date(2026, 1, 10), (sale.notes[0], "300.00"))
    reverse(manager, payment)
    app = open_app("seller", page=PAYMENT, id=payment)
    assert kind_of(app, links(app)["Recibo (A4, uma via)"]).startswith("inline")
