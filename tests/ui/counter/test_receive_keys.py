"""Receber in one line of keys: one box for names and numbers, amounts by one press."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import update

from credigestor.db.engine import transaction
from credigestor.db.models import Customer, Payment, PaymentItem, Sale
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY, Made, add_customer, add_sale, late
from tests.services.paying import pay, splits
from tests.services.selling import count
from tests.ui.counter.receiving import (
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
from tests.ui.support import Visit

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize("number", ["1-3", "000001-03/03", "antiga 7-3", "Antiga 7/3"])
def test_a_printed_number_ours_or_an_old_one_finds_its_note_in_the_same_box(
    sale: Made, number: str
) -> None:
    with transaction() as session:
        session.execute(update(Sale).values(ref="antiga 7" if "antiga" in number else "Antiga 7"))
    app = typed(open_page(), "Cliente", number)
    button(app, "**Nota** 000001").click().run()
    assert [box.value for box in app.checkbox] == [False, False, True]
    assert "A nota marcada deve: R$ 100,00" in told(app)


def test_the_number_of_a_sale_finds_who_bought_before_whose_cpf_it_may_be_part_of(
    sale: Made,
) -> None:
    app = typed(open_page(), "Cliente", "01")
    first = next(b for b in app.button if (b.key or "").startswith("payer:"))
    assert first.label.startswith("**Venda** 000001")
    first.click().run()
    assert len(app.checkbox) == 3
    assert not any(box.value for box in app.checkbox)


@pytest.mark.parametrize("number", ["999999", "1-99", "abc", "%%", "9" * 500, "7/2", "\0\0"])
def test_a_number_of_no_note_is_told(sale: Made, number: str) -> None:
    app = typed(open_page(), "Cliente", number)
    assert "Nenhum cliente encontrado" in told(app)
    assert not [b for b in app.button if (b.key or "").startswith("payer:")]


def test_a_number_of_a_paid_note_is_told(manager: Actor, sale: Made) -> None:
    pay(manager, TODAY, (sale.notes[0], "205.00"))
    app = typed(open_page(), "Cliente", "1-1")
    button(app, "**Nota**").click().run()
    assert "não está em aberto" in told(app)


def test_who_is_overdue_comes_first_but_for_a_whole_cpf(sale: Made) -> None:
    with transaction() as session:
        for name in ("Lia Anes", "Lia Zenith", "Lia Braga"):
            customer = add_customer(session, name)
            if name == "Lia Zenith":
                add_sale(session, customer, late(60), [("90.00", late(30))])
            if name == "Lia Braga":
                add_sale(session, customer, late(60), [("90.00", TODAY)])
        session.execute(
            update(Customer).where(Customer.name == "Lia Anes").values(tax_id="52998224725")
        )
        session.execute(
            update(Customer).where(Customer.name == "Lia Zenith").values(phone="52998224725")
        )

    def found(text: str) -> list[str]:
        app = typed(open_page(), "Cliente", text)
        buttons = [b for b in app.button if ":pick:" in (b.key or "")]
        return [b.label.split("**")[1] for b in buttons]

    assert found("lia") == ["Lia Zenith", "Lia Anes", "Lia Braga"]
    assert found("529.982.247-25") == ["Lia Anes", "Lia Zenith"]


def test_one_press_fills_in_what_is_late_the_oldest_note_or_everything(sale: Made) -> None:
    with transaction() as session:
        add_sale(session, 1, late(90), [("50.00", late(60))])
    app = open_page(customer=1)
    assert "Atrasado: R$ 257,00 em 2 notas · em aberto: R$ 457,00" in told(app)
    for label, notes in {
        "Quitar atrasadas R$ 257,00": 2,
        "Quitar a mais antiga R$ 52,00": 1,
        "Quitar tudo R$ 457,00": 4,
    }.items():
        assert label in labels(app)
        button(app, label.split(" R$")[0]).click().run()
        value = next(w.value for w in app.text_input if w.label.startswith("Valor"))
        assert value == label.split("R$ ")[1]
        assert preview(app)[-1][-1] == "0,00"
        rows = [row[0] for row in preview(app)]
        assert rows == ["4 notas quitadas"] if notes > 3 else len(rows) == notes


def test_many_notes_are_previewed_in_one_row_and_the_one_paid_in_part(sale: Made) -> None:
    with transaction() as session:
        due = [("90.00", TODAY + timedelta(days=30 * k)) for k in range(1, 60)]
        add_sale(session, 1, TODAY, due)
    app = amount(open_page(customer=1), "1.000,00")
    rows = preview(app)
    assert [row[0] for row in rows] == ["9 notas quitadas", "000002-07/59"]
    assert [row[4] for row in rows] == ["945,00", "55,00"]
    assert len(app.table[1].value) == 10, "note by note for who wants it"
    confirm(app)
    assert (payment().amount, count(PaymentItem)) == (D("1000.00"), 10)


def test_a_click_on_a_button_that_another_preview_has_replaced_writes_nothing(sale: Made) -> None:
    app = amount(open_page(customer=1), "55,00")
    seen = button(app, "Confirmar")
    amount(app, "60,00")
    seen.click().run()
    assert count(Payment) == 0
    assert preview(app)[0][4] == "60,00"
    confirm(app)
    assert payment().amount == D("60.00")


def interrupt(app: Visit, role: str = "seller") -> Visit:
    """Open another page, and Receber again by the menu."""
    app.switch_page("pages/counter/customers.py").run()
    app.query_params.clear()
    app.switch_page("pages/counter/receive.py").run()
    assert not app.exception
    return app


def test_an_interrupted_payment_is_offered_back_and_the_form_is_for_the_next_person(
    sale: Made,
) -> None:
    with transaction() as session:
        add_sale(session, add_customer(session, "Bia"), late(90), [("50.00", late(60))])
    app = open_page(customer=1)
    app.segmented_control[0].set_value("pix")
    amount(tick(app, 1), "33,00")
    interrupt(app)
    assert "Recebimento interrompido" in told(app)
    assert "R$ 33,00" in told(app)
    assert not app.checkbox, "nobody is chosen"
    typed(app, "Cliente", "bia")
    button(app, "**Bia").click().run()
    confirm(amount(app, "20,00"))
    assert (payment().amount, payment().customer_id) == (D("20.00"), 2)
    app.query_params.clear()
    app.switch_page("pages/counter/receive.py").run()
    button(app, "Continuar").click().run()
    assert [box.value for box in app.checkbox] == [False, True, False]
    assert app.segmented_control[0].value == "pix"
    assert preview(app) == [("000001-02/03", "0,00", "0,00", "33,00", "33,00", "67,00")]
    confirm(app)
    assert [row[2] for row in splits(sale.notes[1])] == ["33.00"]


def test_an_interrupted_payment_may_be_let_go(sale: Made) -> None:
    app = interrupt(amount(open_page(customer=1), "33,00"))
    button(app, "Descartar").click().run()
    assert "interrompido" not in told(app)
    assert "interrompido" not in told(interrupt(app))
    app.query_params["customer"] = "1"
    app.run()
    assert next(w.value for w in app.text_input if w.label.startswith("Valor")) == ""
