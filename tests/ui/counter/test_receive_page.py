"""Receiving: the payer, the notes, the amount, the preview and the one click that writes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import Payment, PaymentItem
from credigestor.rules.permissions import Actor
from tests.factories import add_user
from tests.portfolio import TODAY, Made, add_customer, add_sale
from tests.services.paying import note_row, pay, reverse, splits
from tests.services.selling import count
from tests.ui.counter.receiving import (
    PAGE,
    amount,
    button,
    confirm,
    labels,
    open_page,
    payment,
    preview,
    tick,
    told,
    typed,
)
from tests.ui.support import open_app

pytestmark = pytest.mark.usefixtures("db")


def test_without_a_customer_there_is_only_the_search() -> None:
    app = open_page()
    assert [w.label for w in app.main.text_input] == ["Cliente"]
    assert not app.checkbox


def test_the_open_notes_are_shown_with_what_each_owes_oldest_first(sale: Made) -> None:
    app = open_page(customer=1)
    first = app.checkbox[0].label.replace("\\", "").replace("\xa0", " ")
    assert first.startswith("**R$ 205,00** · 000001-01/03 · venceu")
    assert "(principal 200,00, juros 1,00, multa 4,00)" in first
    assert len(app.checkbox) == 3
    assert not any(box.value for box in app.checkbox)


def test_r9_a_part_is_previewed_and_then_recorded(sale: Made) -> None:
    app = amount(open_page(customer=1), "55,00")
    assert preview(app) == [("000001-01/03", "1,00", "4,00", "50,00", "55,00", "150,00")]
    assert count(Payment) == 0
    confirm(app)
    assert splits(sale.notes[0]) == [("1.00", "4.00", "50.00")]
    assert (payment().amount, payment().paid_on, payment().method) == (D("55.00"), TODAY, "cash")
    assert "Pagamento 000001 de R$ 55,00 registrado." in told(app)
    assert "Recibo 000001" in told(app)


def test_r10_an_amount_goes_to_the_oldest_notes_first_when_none_is_chosen(sale: Made) -> None:
    app = amount(open_page(customer=1), "250,00")
    assert preview(app) == [
        ("000001-01/03", "1,00", "4,00", "200,00", "205,00", "0,00"),
        ("000001-02/03", "0,00", "0,00", "45,00", "45,00", "55,00"),
    ]
    confirm(app)
    assert count(PaymentItem) == 2


def test_r10_the_payers_choice_comes_before_age(sale: Made) -> None:
    app = amount(tick(open_page(customer=1), 2), "30,00")
    assert [row[0] for row in preview(app)] == ["000001-03/03"]
    confirm(app)
    assert splits(sale.notes[2]) == [("0.00", "0.00", "30.00")]


def test_one_click_fills_in_the_whole_of_the_chosen_notes(sale: Made) -> None:
    app = tick(open_page(customer=1), 0, 1)
    button(app, "Quitar selecionadas").click().run()
    assert [row[4] for row in preview(app)] == ["205,00", "100,00"]
    confirm(app)
    assert [note_row(note).settled_on is not None for note in sale.notes] == [True, True, False]


def test_r10_more_than_the_chosen_note_owes_offers_the_next_ones(sale: Made) -> None:
    app = amount(tick(open_page(customer=1), 0), "310,00")
    assert "O valor passa do que é devido nas notas escolhidas: R$ 205,00." in told(app)
    assert "Confirmar" not in labels(app)
    assert "os R$ 105,00 restantes" in labels(app)
    button(app, "Continuar").click().run()
    assert [box.value for box in app.checkbox] == [True, True, True]
    assert [row[4] for row in preview(app)] == ["205,00", "100,00", "5,00"]
    assert count(Payment) == 0


def test_r10_more_than_all_that_is_owed_is_refused_with_the_exact_amount(sale: Made) -> None:
    app = amount(open_page(customer=1), "405,01")
    assert "O valor passa de tudo o que o cliente deve: R$ 405,00." in told(app)
    assert "Confirmar" not in labels(app)
    assert "Continuar" not in labels(app)


@pytest.mark.parametrize(
    "text", ["abc", "-5", "1.234,567", "1e30", "0", "0,00", "9" * 10_000, "<b>5</b>", "R$"]
)
def test_what_is_no_amount_is_told_at_once_and_nothing_can_be_confirmed(
    sale: Made, text: str
) -> None:
    app = amount(open_page(customer=1), text)
    assert len(app.error) == 1
    assert "Confirmar" not in labels(app)


def test_a_note_in_the_address_is_chosen_with_its_customer(sale: Made) -> None:
    app = open_page(note=sale.notes[1])
    assert [box.value for box in app.checkbox] == [False, True, False]
    button(app, "Trocar cliente").click().run()
    assert not app.checkbox


def test_what_was_typed_stays_when_another_customer_is_chosen(sale: Made) -> None:
    with transaction() as session:
        add_sale(session, add_customer(session, "Bia"), date(2026, 10, 1), [("90.00", TODAY)])
    app = open_page(note=sale.notes[1])
    app.date_input[0].set_value(date(2026, 11, 20))
    app.segmented_control[0].set_value("pix")
    amount(app, "12,34")
    button(app, "Trocar cliente").click().run()
    typed(app, "Cliente", "bia")
    button(app, "**Bia").click().run()
    assert app.date_input[0].value == date(2026, 11, 20)
    assert app.segmented_control[0].value == "pix"
    assert next(w for w in app.text_input if w.label.startswith("Valor")).value == "12,34"
    assert "A nota escolhida" not in told(app)


@pytest.mark.parametrize("query", [{"note": "999"}, {"note": "abc"}, {"customer": "999"}])
def test_an_address_of_nobody_says_so(sale: Made, query: dict[str, str]) -> None:
    assert "endereço não existe" in told(open_page(**query))


def test_a_customer_who_owes_nothing_is_told() -> None:
    with transaction() as session:
        add_customer(session)
    assert "Nada em aberto" in told(open_page(customer=1))


def test_the_method_is_recorded(sale: Made) -> None:
    app = amount(open_page(customer=1), "1,00")
    app.segmented_control[0].set_value("pix").run()
    confirm(app)
    assert payment().method == "pix"


def test_what_changed_between_preview_and_confirm_is_told_and_read_again(
    manager: Actor, sale: Made
) -> None:
    app = amount(open_page(customer=1), "55,00")
    pay(manager, TODAY, (sale.notes[0], "5.00"))
    confirm(app)
    assert "O que as notas devem mudou desde a prévia" in told(app)
    assert preview(app) == [("000001-01/03", "0,00", "0,00", "55,00", "55,00", "145,00")]
    assert count(Payment) == 1
    confirm(app)
    assert count(Payment) == 2


def test_a_click_that_comes_together_with_another_amount_shows_the_new_preview_first(
    sale: Made,
) -> None:
    app = amount(open_page(customer=1), "55,00")
    next(w for w in app.text_input if w.label == "Valor recebido (R$)").set_value("60,00")
    confirm(app)
    assert "Confira e confirme de novo" in told(app)
    assert preview(app)[0][4] == "60,00"
    assert count(Payment) == 0
    app.segmented_control[0].set_value("pix")
    confirm(app)
    assert count(Payment) == 0
    confirm(app)
    assert (payment().amount, payment().method) == (D("60.00"), "pix")


def test_a_note_paid_by_somebody_else_meanwhile_is_not_paid_twice(
    manager: Actor, sale: Made
) -> None:
    app = amount(tick(open_page(customer=1), 0), "205,00")
    pay(manager, TODAY, (sale.notes[0], "205.00"))
    confirm(app)
    assert "já está paga" in told(app)
    assert count(Payment) == 1
    assert len(app.checkbox) == 2


def test_a_second_click_leads_to_the_same_receipt(sale: Made) -> None:
    user = add_user("seller")
    app = amount(open_app(user=user, page=PAGE, customer=1), "55,00")
    click = button(app, "Confirmar").click()
    app.run()
    assert "Recibo 000001" in told(app)
    click.click()
    app.run()
    assert count(Payment) == 1


def test_after_a_payment_the_form_is_empty_again(sale: Made) -> None:
    app = amount(tick(open_page(customer=1), 0), "55,00")
    typed_by = f"amount:{app.session_state['operation:receive']}"
    assert typed_by in app.session_state
    confirm(app)
    assert typed_by not in app.session_state, "it would be kept until the person goes home"
    app.switch_page("pages/counter/receive.py").run()
    assert not app.exception
    assert not any(box.value for box in app.checkbox)
    assert not [w for w in app.text_input if w.label == "Valor recebido (R$)" and w.value]


def test_r12_after_a_reversal_the_note_can_be_paid_again(manager: Actor, sale: Made) -> None:
    reverse(manager, pay(manager, TODAY, (sale.notes[0], "205.00")), on=TODAY)
    confirm(amount(tick(open_page(customer=1), 0), "205,00"))
    assert note_row(sale.notes[0]).settled_on == TODAY
