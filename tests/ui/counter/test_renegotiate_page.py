"""Renegotiating at the counter: ticked, typed, shown, confirmed, found from both sides (R15)."""

from __future__ import annotations

from typing import Any

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import Payment, Renegotiation, Sale
from credigestor.rules.permissions import Actor
from credigestor.services import guarantors
from credigestor.services.guarantors import GuarantorInput
from tests.portfolio import add_customer, late
from tests.services.paying import note_row
from tests.services.renegotiating import deal, make, three_late
from tests.services.selling import count
from tests.ui.counter.new_sales import by_label, words
from tests.ui.counter.test_document_bars import kind_of, links
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

PAGE = "counter/renegotiate.py"


@pytest.fixture
def customer(db: str) -> int:
    with transaction() as session:
        return add_customer(session, "Ana Luz", phone="+5585988724443")


def visit(customer: int, role: str = "manager") -> Visit:
    app = open_app(role, page=PAGE, query={"customer": str(customer)})
    assert not app.exception
    return app


def fill(app: Visit, **values: str) -> Visit:
    labels = {
        "fine": "Dispensar multa (R$)",
        "interest": "Dispensar juros (R$)",
        "why": "Motivo da dispensa",
        "down": "Entrada agora (R$)",
        "count": "Parcelas",
        "rate": "Juros do contrato (% ao mês)",
        "reason": "Motivo da renegociação",
    }
    for name, value in values.items():
        by_label(app.text_input, labels[name]).set_value(value)
        app.run()
        if name == "down":
            by_label(app.segmented_control, "Forma da entrada").set_value("cash").run()
    assert not app.exception
    return app


def button(app: Visit, label: str = "Confirmar renegociação") -> Any:
    return by_label(app.button, label)


def metric(app: Visit, label: str) -> str:
    return str(by_label(app.metric, label).value).replace("\xa0", " ")


def test_r15_three_late_notes_become_four_by_the_form(customer: int) -> None:
    old = three_late(customer=customer)
    app = open_app("manager", page="counter/customer.py", id=customer)
    button(app, "Renegociar").click().run()
    assert app.title[0].value == "Renegociar"
    app = visit(customer)
    assert [box.value for box in app.checkbox] == [True, True, True]
    assert button(app).disabled
    fill(app, fine="9,00", why="bom cliente", down="60", count="4", reason="perdeu o emprego")
    assert metric(app, "Devido hoje") == "R$ 456,75"
    assert metric(app, "Dívida nova") == "R$ 396,75"
    button(app).click().run()
    assert not app.exception
    assert app.title[0].value == "Venda 000002"
    assert count(Renegotiation) == 1
    told = words(app)
    for expected in (
        "Renegociação registrada: venda 000002.",
        "Devido R$ 465,75; dispensado R$ 9,00; entrada R$ 60,00 (recibo 000002); dívida nova R$ "
        "396,75",
        "Motivo: perdeu o emprego",
    ):
        assert expected in told, told
    name = kind_of(app, links(app)["Acordo em PDF"])
    assert name == 'inline; filename="acordo-000002.pdf"'
    assert "Cancelar venda" not in [box.label for box in app.expander]
    for page, row in (("counter/sale.py", old.id), ("counter/note.py", old.notes[0])):
        there = open_app("seller", page=page, id=row)
        ways = [each.proto.label for each in there.get("page_link")]
        assert r"Renegociada em 23/11/2026\: venda 000002" in ways, page
        assert not there.exception


def test_r15_the_preview_tells_of_old_charges_and_of_who_is_freed(
    customer: int, manager: Actor
) -> None:
    old = three_late(customer=customer)
    with transaction() as session:
        who = GuarantorInput(name="Rui Sá", tax_id="52998224725")
        guarantors.replace(session, manager, sale_id=old.id, guarantors=[who])
    app = fill(visit(customer), fine="9", why="bom cliente", count="4")
    told = words(app)
    assert "R$ 6,75 de encargos antigos vão dentro das notas novas" in told
    assert "Rui Sá fica livre" in told
    assert "Falta informar: motivo." in told
    by_label(app.radio, "O que acontece com a dívida antiga").set_value("confession").run()
    assert "Rui Sá só responde pelas notas novas se as assinar" in words(app)


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_written(customer: int) -> None:
    three_late(customer=customer)
    app = fill(visit(customer), fine="9,01", count="4", reason="sim, isto")
    assert "As notas escolhidas devem R$ 9,00 de multa." in words(app)
    assert button(app).disabled
    fill(app, fine="", down="465,75")
    assert "A entrada deve ser menor que a dívida" in words(app)
    for box in app.checkbox:
        box.uncheck()
    app.run()
    assert "Falta informar: notas" in words(app) or button(app).disabled
    assert (count(Renegotiation), count(Payment), count(Sale)) == (0, 0, 1)


def test_a_seller_finds_no_way_there(customer: int) -> None:
    three_late(customer=customer)
    app = open_app("seller", page="counter/customer.py", id=customer)
    assert "Renegociar" not in [each.label for each in app.button]
    app = open_app("seller", page=PAGE, query={"customer": str(customer)})
    assert count(Renegotiation) == 0
    assert "permissão" in words(app)


def test_r15_a_deal_is_undone_on_the_sales_page_while_nothing_is_paid(
    customer: int, manager: Actor
) -> None:
    old = three_late(customer=customer)
    made = make(manager, deal(old.notes))
    app = open_app("manager", page="counter/sale.py", id=made.sale_id)
    by_label(app.text_input, "Motivo").set_value("engano")
    button(app, "Desfazer").click().run()
    assert not app.exception
    assert "Renegociação desfeita." in words(app)
    assert note_row(old.notes[0]).closed is None
    assert "Desfeita em 23/11/2026" in words(app)


def test_r15_a_broken_deal_has_a_badge(customer: int, manager: Actor) -> None:
    old = three_late(customer=customer)
    terms = {"agreed_on": late(40), "backdate_reason": "lançamento de teste"}
    made = make(manager, deal(old.notes[:1], first_due_date=late(17), **terms))
    app = open_app("seller", page="counter/sale.py", id=made.sale_id)
    assert "Acordo quebrado" in words(app)
