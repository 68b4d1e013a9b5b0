"""Receiving a late note at its face value or a round sum: charges let go by one press (R29)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Act, ActItem, Payment
from credigestor.db.settings import ShopSettings
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.permissions import Actor
from credigestor.services import settings
from tests.acting import act
from tests.portfolio import TODAY, Made
from tests.services.paying import JANUARY_15, JANUARY_25, note_row, pay, sell, splits
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
from tests.ui.listed import lists
from tests.ui.support import Visit

pytestmark = pytest.mark.usefixtures("db")

WAIVE = "Dispensar R$ 3,50 de encargos"


@pytest.fixture
def late() -> Made:
    """150,00 due ten days ago, so 0,50 of interest and 3,00 of fine, and 100,00 to come."""
    return sell(("150.00", TODAY - timedelta(days=10)), ("100.00", TODAY + timedelta(days=30)))


def limit(admin: Actor, value: str) -> None:
    with transaction() as session:
        settings.change(session, admin, ShopSettings(waiver_limit=D(value)))


def waive(app: Visit) -> Visit:
    button(app, "Dispensar").click().run()
    return app


def let_go() -> list[tuple[str, str, str | None]]:
    """Interest and fine of each waiver, and why."""
    with snapshot() as session:
        rows = session.execute(
            select(ActItem.interest, ActItem.fine, Act.reason)
            .join(Act, Act.id == ActItem.act_id)
            .order_by(ActItem.note_id)
        )
        return [(str(row.interest), str(row.fine), row.reason) for row in rows]


def test_r29_the_face_value_of_a_late_note_settles_it_by_one_press(late: Made) -> None:
    app = amount(tick(open_page("manager", customer=1), 0), "150,00")
    assert "Para quitar faltam R$ 3,50, só de encargos." in told(app)
    assert preview(app) == [("000001-01/02", "0,50", "3,00", "146,50", "150,00", "3,50")]
    waive(app)
    assert "Dispensados: juros R$ 0,50, multa R$ 3,00." in told(app)
    assert preview(app) == [("000001-01/02", "150,00", "150,00", "3,50", "0,00")]
    assert "Confirmar: R$ 150,00 em dinheiro, 23/11/2026, dispensando R$ 3,50" in labels(app)
    assert count(Act) == count(Payment) == 0, "nothing before it is confirmed"
    confirm(app)
    assert splits(late.notes[0]) == [("0.00", "0.00", "150.00")]
    assert note_row(late.notes[0]).settled_on == TODAY
    assert let_go() == [("0.50", "3.00", "Pagou o valor da nota")]
    assert "Recibo 000002" in told(app), "the waiver has the number before"
    assert "dispensado: juros 0,50, multa 3,00" in told(app)
    assert "Motivo da dispensa" in told(app)
    assert list(lists(app)[0].value["waived"]) == ["R$ 3,50"]


def test_r29_a_round_sum_lets_the_fine_go_before_the_interest(late: Made) -> None:
    app = waive(amount(open_page("manager", customer=1), "152"))
    assert "Dispensados: multa R$ 1,50." in told(app)
    assert preview(app) == [("000001-01/02", "0,50", "1,50", "150,00", "152,00", "0,00")]
    next(box for box in app.selectbox if box.label.startswith("Motivo")).set_value("Outro motivo")
    app.run()
    confirm(app)
    assert "Explique o motivo." in told(app)
    assert count(Payment) == 0
    confirm(typed(app, "Por que dispensar", "Troco em moedas"))
    assert let_go() == [("0.00", "1.50", "Troco em moedas")]


def test_the_charges_of_several_notes_go_together() -> None:
    made = sell(*(("150.00", TODAY - timedelta(days=days)) for days in (20, 10)))
    app = amount(open_page("manager", customer=1), "300,00")
    assert "Dispensar R$ 7,50 de encargos" in labels(app)
    confirm(waive(app))
    assert [splits(note) for note in made.notes] == [[("0.00", "0.00", "150.00")]] * 2
    assert [row[:2] for row in let_go()] == [("1.00", "3.00"), ("0.50", "3.00")]


@pytest.mark.parametrize("value", ["153,50", "152,30", "149,00", "253,50", "249,00", "203,50"])
def test_no_offer_where_more_than_charges_is_missing_or_the_sum_is_odd(
    late: Made, value: str
) -> None:
    app = amount(open_page("manager", customer=1), value)
    assert "Confirmar" in labels(app)
    assert "Dispensar" not in labels(app)


def test_another_amount_is_another_offer_and_what_was_pressed_can_be_taken_back(late: Made) -> None:
    app = waive(amount(open_page("manager", customer=1), "150,00"))
    amount(app, "151,00")
    assert "dispensando" not in labels(app)
    assert "Dispensar R$ 2,50 de encargos" in labels(app)
    amount(app, "150,00")
    assert "dispensando" in labels(app), "what was pressed for it"
    button(app, "Não dispensar").click().run()
    assert WAIVE in labels(app)
    button(app, "Quitar tudo").click().run()
    assert "Dispensar" not in labels(app)
    confirm(app)
    assert (count(Act), payment().amount) == (0, D("253.50"))


def test_r29_a_seller_has_the_limit_of_the_settings(late: Made, admin: Actor) -> None:
    app = amount(open_page("seller", customer=1), "150,00")
    assert "Só um gerente pode dispensá-los." in told(app)
    limit(admin, "3.49")
    app = amount(open_page("seller", customer=1), "150,00")
    assert "Um vendedor dispensa até R$ 3,49: mais, só um gerente." in told(app)
    assert "Dispensar" not in labels(app)
    limit(admin, "3.50")
    confirm(waive(amount(open_page("seller", customer=1), "150,00")))
    assert [row[:2] for row in let_go()] == [("0.50", "3.00")]


def test_a_limit_lowered_after_the_preview_is_told_at_the_offer_and_nothing_is_written(
    late: Made, admin: Actor
) -> None:
    limit(admin, "3.50")
    app = waive(amount(open_page("seller", customer=1), "150,00"))
    limit(admin, "1.00")
    confirm(app)
    assert "precisa de um gerente: um vendedor dispensa até R$ 1,00" in told(app)
    assert count(Payment) == count(Act) == 0


def test_what_was_paid_between_preview_and_confirm_is_told_and_offered_anew(
    late: Made, manager: Actor
) -> None:
    app = waive(amount(open_page("manager", customer=1), "150,00"))
    pay(manager, TODAY, (late.notes[0], "3.50"))
    confirm(app)
    assert "não é possível dispensar mais" in told(app)
    assert preview(app) == [("000001-01/02", "0,00", "0,00", "150,00", "150,00", "0,00")]
    assert (count(Payment), count(Act)) == (1, 0)
    confirm(app)
    assert note_row(late.notes[0]).settled_on == TODAY


def test_a_press_that_comes_together_with_the_confirmation_is_shown_first(late: Made) -> None:
    app = amount(open_page("manager", customer=1), "150,00")
    button(app, "Dispensar").click()
    confirm(app)
    assert "Confira e confirme de novo" in told(app)
    assert count(Payment) == 0
    confirm(app)
    assert count(Act) == 1


def test_r29_a_payment_dated_back_says_which_later_waiver_it_leaves_without_effect(
    manager: Actor,
) -> None:
    [note] = sell().notes
    with transaction() as session:
        done = {note: Acted(ActKind.WAIVER, JANUARY_25, interest=D("0.50"), fine=D("6.00"))}
        act(session, manager, ActKind.WAIVER, JANUARY_25, done)
    app = open_page("manager", customer=1)
    app.date_input[0].set_value(JANUARY_15).run()
    typed(app, "Motivo da data anterior", "recibo achado")
    amount(app, "50,00")
    assert (
        "Com este pagamento, R$ 6,00 da dispensa de 25/01/2026 na nota 000001-01/01 ficam sem "
        "efeito" in told(app)
    )
    confirm(app)
    assert let_go() == [("0.50", "0.00", "combinado com o cliente")]
    app = open_page("manager", customer=1)
    app.date_input[0].set_value(JANUARY_15).run()
    amount(typed(app, "Motivo da data anterior", "recibo achado"), "1,00")
    assert "ficam sem efeito" not in told(app), "what lapsed before does not lapse again"
