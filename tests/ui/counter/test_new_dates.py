"""Putting off due dates on the pages of a note and of a sale (R32)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import Act, SettingsVersion
from credigestor.rules.permissions import Actor
from credigestor.services import printing
from tests.documents.printings import SHOP
from tests.portfolio import TODAY, Made
from tests.services.paying import note_row, pay, sell
from tests.services.putting_off import put_off
from tests.services.selling import count
from tests.ui.counter.receiving import button, told, typed
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

NOTE, SALE = "counter/note.py", "counter/sale.py"
DATE, RATE, DAYS = "Novo vencimento", "Juros combinados (% ao mês)", "Dias a mais"
WHY = "Motivo da prorrogação"
DUE = TODAY + timedelta(days=8)
LATER = DUE + timedelta(days=10)
CONFIRM = "Confirmar a prorrogação"


@pytest.fixture
def sale() -> Made:
    """300,00 due in eight days, 100,00 a month after, 50,00 late already."""
    return sell(("50.00", TODAY - timedelta(days=22)), ("300.00", DUE))


def page(path: str, row: int, role: str = "manager") -> Visit:
    app = open_app(role=role, page=path, id=row)
    assert not app.exception
    return app


def limit(days: int) -> None:
    with transaction() as session:
        shop = SHOP.model_copy(update={"new_date_limit_days": days})
        session.add(SettingsVersion(data=shop.model_dump(mode="json"), changed_by_name="teste"))


def dated(app: Visit, label: str, day: date) -> Visit:
    next(w for w in app.date_input if w.label == label).set_value(day)
    app.run()
    return app


def press(app: Visit, start: str) -> Visit:
    button(app, start).click().run()
    return app


def preview(app: Visit) -> list[list[Any]]:
    [frame] = [t.value for t in app.table if "Passa a vencer em" in t.value.columns]
    return [list(row) for row in frame.to_numpy()]


def papers(app: Visit) -> list[str]:
    urls = [e.proto.url for e in app.get("link_button")]
    return [url for url in urls if url.startswith("/documento/prorrogacao/")]


def test_r32_a_note_is_put_off_with_a_preview_a_reason_and_a_paper(sale: Made) -> None:
    note = sale.notes[1]
    app = dated(page(NOTE, note), DATE, LATER)
    number = f"{sale.id:06d}-02/02"
    before, after = (f"{day:%d/%m/%Y}" for day in (DUE, LATER))
    assert preview(app) == [[number, before, after, f"{LATER:%d/%m/%Y}"]]
    app = typed(app, RATE, "1")
    assert preview(app)[0][-2:] == ["1,00", "301,00"]
    press(app, CONFIRM)
    assert "Explique o motivo." in told(app)
    assert count(Act) == 0
    press(typed(app, WHY, "recebe no dia 20"), CONFIRM)
    assert "Nota prorrogada. Imprima o acordo e colha as assinaturas." in told(app)
    assert f"Prorrogada: vencia em {before}" in told(app)
    assert note_row(note).due_date == LATER
    assert papers(app)
    press(typed(app, "Motivo", "engano"), "Confirmar: desfazer")
    assert note_row(note).due_date == DUE


def test_what_the_rules_refuse_stands_at_its_field(sale: Made) -> None:
    app = dated(page(NOTE, sale.notes[1]), DATE, DUE)
    assert "escolha uma data depois dessa" in told(app)
    assert CONFIRM not in [b.label for b in app.button]
    app = typed(dated(app, DATE, LATER), RATE, "abc")
    assert CONFIRM not in [b.label for b in app.button]
    late = dated(page(NOTE, sale.notes[0]), DATE, LATER)
    assert "prorroga-se até o último dia em dia" in told(late)
    dated(late, "Combinado em", TODAY - timedelta(days=22))
    assert [b.label for b in late.button if b.label == CONFIRM], "agreed on in time, entered now"


def test_r32_all_notes_that_are_left_of_a_sale_move_by_the_same_days(sale: Made) -> None:
    app = page(SALE, sale.id)
    next(w for w in app.number_input if w.label == DAYS).set_value(10).run()
    assert [row[0] for row in preview(app)] == [f"{sale.id:06d}-02/02"]
    assert f"Já em atraso, fica como está: {sale.id:06d}-01/02." in told(app)
    press(typed(app, WHY, "safra atrasou"), CONFIRM)
    assert note_row(sale.notes[1]).due_date == LATER
    assert "Prorrogação 000001" in told(app)
    assert "10 dias a mais" in told(app)
    assert papers(app)
    press(typed(app, "Motivo", "engano"), "Confirmar: desfazer")
    assert "Desfeita em" in told(app)
    assert note_row(sale.notes[1]).due_date == DUE


def test_a_seller_sees_it_where_the_settings_let_him(sale: Made) -> None:
    note = sale.notes[1]
    assert DATE not in [w.label for w in page(NOTE, note, "seller").date_input]
    limit(7)
    app = dated(page(NOTE, note, "seller"), DATE, DUE + timedelta(days=8))
    assert "Você prorroga até 7 dias depois do primeiro vencimento." in told(app)
    assert "mais, só um gerente" in told(app)
    app = typed(dated(app, DATE, DUE + timedelta(days=7)), WHY, "pagamento atrasou")
    press(app, CONFIRM)
    assert note_row(note).due_date == DUE + timedelta(days=7)
    assert not [b for b in app.button if b.label == "Confirmar: desfazer"]
    assert DATE not in [w.label for w in page(NOTE, sale.notes[0], "seller").date_input]


def test_r32_a_note_printed_before_is_told_to_be_replaced(
    sale: Made, seller: Actor, manager: Actor
) -> None:
    limit(0)
    note = sale.notes[1]
    with transaction() as session:
        printing.print_notes(
            session, seller, sale_id=sale.id, note_ids=None, operation_id=uuid.uuid4()
        )
    flag = "antes da prorrogação"
    assert flag not in told(page(NOTE, note)) + told(page(SALE, sale.id))
    put_off(manager, TODAY, note_id=note, due_date=LATER)
    assert "A nota foi impressa antes da prorrogação" in told(page(NOTE, note))
    assert "A nota 2/2 foi impressa antes da prorrogação" in told(page(SALE, sale.id))
    assert flag not in told(page(NOTE, sale.notes[0]))
    pay(manager, TODAY, (note, "300.00"))
    assert flag not in told(page(NOTE, note)) + told(page(SALE, sale.id))


def test_one_click_too_many_and_a_preview_that_changed_do_nothing(
    sale: Made, manager: Actor
) -> None:
    note = sale.notes[1]
    app = typed(typed(dated(page(NOTE, note), DATE, LATER), RATE, "1"), WHY, "recebe depois")
    pay(manager, TODAY, (note, "100.00"))
    press(app, CONFIRM)
    assert "mudou desde a prévia e nada foi gravado" in told(app)
    assert count(Act) == 0
    press(app, CONFIRM)
    assert count(Act) == 1
