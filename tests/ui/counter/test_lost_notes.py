"""Debts given up on the note's page, recovered in Receber, told on the customer's page (R34)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from credigestor.db.models import Act, Payment
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY, Made, refresh
from tests.services.paying import note_row, sell, splits
from tests.services.selling import count
from tests.services.test_write_offs import give_up, new_write_off
from tests.ui.counter.receiving import amount, button, confirm, labels, open_page, told, typed
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

NOTE, CUSTOMER = "counter/note.py", "counter/customer.py"
WHY = "Motivo da baixa"


@pytest.fixture
def sale() -> Made:
    """150,00 late by 300 days: 15,00 of interest and 3,00 of fine; and 80,00 not due."""
    return sell(("150.00", TODAY - timedelta(days=300)), ("80.00", TODAY + timedelta(days=30)))


def page(path: str, row: int, role: str = "manager") -> Visit:
    app = open_app(role=role, page=path, id=row)
    assert not app.exception
    return app


def test_r34_a_note_is_given_up_for_a_reason_and_undone(sale: Made) -> None:
    note = sale.notes[0]
    app = page(NOTE, note)
    assert "principal de R$ 150,00, mais R$ 18,00 de encargos anotados." in told(app)
    button(app, "Confirmar a baixa").click().run()
    assert "Explique o motivo." in told(app)
    assert count(Act) == 0
    button(typed(app, WHY, "sumiu da cidade"), "Confirmar a baixa").click().run()
    assert "Nota baixada por perda." in told(app)
    assert note_row(note).closed == "written_off"
    assert WHY not in [w.label for w in app.text_input]
    button(typed(app, "Motivo", "apareceu"), "Confirmar: desfazer").click().run()
    assert note_row(note).closed is None


def test_a_seller_gives_nothing_up(sale: Made) -> None:
    assert WHY not in [w.label for w in page(NOTE, sale.notes[0], "seller").text_input]


def test_r34_receber_offers_what_was_given_up_apart_and_takes_it_as_recovered(
    sale: Made, manager: Actor
) -> None:
    lost = sale.notes[0]
    give_up(manager, new_write_off(lost, on=TODAY))
    customer = note_row(lost).customer_id
    app = open_page(customer=customer)
    assert "Baixadas por perda" in told(app)
    assert "**R$ 168,00** · 000001-01/02 (principal 150,00, juros 15,00, multa 3,00)" in labels(app)
    assert "Tudo o que está em aberto: R$ 80,00" in told(app), "it is not in what is open"
    button(app, "Quitar tudo").click().run()
    assert {w.label: w.value for w in app.text_input}["Valor recebido (R$)"] == "80,00"
    app.checkbox[-1].check().run()
    assert "A nota marcada deve: R$ 168,00" in told(app)
    amount(app, "100,00")
    assert "Dispensar" not in labels(app)
    confirm(app)
    assert count(Payment) == 1
    assert splits(lost) == [("15.00", "3.00", "82.00")]
    assert "Recuperação" in told(app)


def test_r34_all_that_is_left_may_be_what_was_given_up(sale: Made, manager: Actor) -> None:
    give_up(manager, new_write_off(*sale.notes, on=TODAY))
    app = open_page(note=sale.notes[0])
    assert "Nada em aberto" not in told(app)
    assert "A nota escolhida não está em aberto" not in told(app)
    confirm(amount(app, "168,00"))
    assert splits(sale.notes[0]) == [("15.00", "3.00", "150.00")]
    assert "Nada em aberto" in told(open_page(customer=note_row(sale.notes[0]).customer_id))


def test_r34_the_customers_page_tells_what_was_given_up(sale: Made, manager: Actor) -> None:
    customer = note_row(sale.notes[0]).customer_id
    assert "Baixadas por perda" not in told(page(CUSTOMER, customer))
    give_up(manager, new_write_off(sale.notes[0], on=TODAY))
    app = page(CUSTOMER, customer)
    assert "Baixadas por perda" in told(app)
    assert "Podem ser recuperados hoje R$ 168,00." in told(app)
    assert "Receber" in labels(page(NOTE, sale.notes[0]))


def test_r34_a_list_is_chosen_by_days_and_value_and_given_up(sale: Made, manager: Actor) -> None:
    refresh()
    app = open_app(role="manager", page="analytics/delinquency.py")
    assert WHY not in [w.label for w in app.text_input]
    next(t for t in app.toggle if t.label == "Mostrar as notas").set_value(True).run()
    assert "Nenhuma nota com esse atraso e esse valor." in told(app)
    days = "Mais de tantos dias de atraso"
    next(w for w in app.number_input if w.label == days).set_value(299).run()
    assert "1 nota de 1 cliente, R$ 150,00 de principal." in told(app)
    typed(app, "Principal de até (R$)", "149,99")
    assert "Nenhuma nota com esse atraso e esse valor." in told(app)
    typed(app, "Principal de até (R$)", "150,0,0")
    assert WHY not in [w.label for w in app.text_input]
    typed(app, "Principal de até (R$)", "150,00")
    button(typed(app, WHY, "mais de um ano"), "Confirmar a baixa de").click().run()
    assert "Nota baixada por perda." in told(app)
    assert note_row(sale.notes[0]).closed == "written_off"
    assert "Nenhuma nota com esse atraso e esse valor." in told(app)
