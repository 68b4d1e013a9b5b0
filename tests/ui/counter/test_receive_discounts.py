"""Receiving before the due date: R14's discount by right, and one that a manager grants."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot
from credigestor.db.models import Payment, PaymentItem
from tests.portfolio import TODAY, Made
from tests.services.discounting import priced
from tests.services.paying import note_row, sell
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
    typed,
)
from tests.ui.support import Visit, text_of

pytestmark = pytest.mark.usefixtures("db")

EARLY = "Com o desconto do pagamento antecipado"


def in_days(*days: int, late: bool = False, rate: str = "1") -> Made:
    """Notes of 88,85 due in so many days, after one of 200,00 due 15 days ago if `late`."""
    notes = [("88.85", TODAY + timedelta(days=each)) for each in days]
    if late:
        notes.insert(0, ("200.00", TODAY - timedelta(days=15)))
    made = sell(*notes)
    priced(made.id, rate)
    return made


def kept() -> list[tuple[str, str]]:
    """Money and discount of each payment item, in order of note."""
    with snapshot() as session:
        items = session.scalars(select(PaymentItem).order_by(PaymentItem.note_id))
        return [(str(item.amount), str(item.discount)) for item in items]


def toggles(app: Visit) -> list[str]:
    return [each.label for each in app.toggle if each.label.startswith(EARLY)]


def settle(app: Visit) -> Visit:
    whole = ("Quitar selecionadas", "Quitar tudo")
    next(b for b in app.button if b.label.startswith(whole)).click().run()
    return app


def value(app: Visit) -> str | None:
    return next(w.value for w in app.text_input if w.label == "Valor recebido (R$)")


def grant(app: Visit, discount: str, why: str = "") -> Visit:
    typed(app, "Desconto a conceder (R$)", discount)
    return typed(app, "Motivo do desconto", why) if why else app


def test_r14_three_notes_settled_early_cost_what_they_are_worth_today() -> None:
    made = in_days(30, 60, 90)
    app = settle(tick(open_page(customer=1), 0, 1, 2))
    assert value(app) == "261,31"
    assert "Com R$ 5,24 de desconto, quita-se com R$ 261,31" in text_of(app)
    assert [row[2:] for row in preview(app)] == [
        ("87,97", "0,88", "0,00"),
        ("87,10", "1,75", "0,00"),
        ("86,24", "2,61", "0,00"),
    ]
    confirm(app)
    assert "Recibo 000001" in text_of(app)
    assert payment().amount == D("261.31")
    assert kept() == [("87.97", "0.88"), ("87.10", "1.75"), ("86.24", "2.61")]
    assert all(note_row(note).settled_on == TODAY for note in made.notes)


def test_r14_47_days_early_the_box_tells_what_settles_the_note() -> None:
    in_days(47)
    app = open_page(customer=1)
    assert "R$ 88,85" in labels(app)
    assert "(com desconto: 87,48)" in labels(app)


def test_who_wants_no_discount_pays_the_nominal_amount() -> None:
    in_days(47)
    app = tick(open_page(customer=1), 0)
    app.toggle[0].set_value(False).run()
    confirm(settle(app))
    assert kept() == [("88.85", "0.00")]


def test_r14c_a_smaller_amount_settles_a_larger_part_and_tells_how() -> None:
    in_days(47)
    app = amount(tick(open_page(customer=1), 0), "50,00")
    assert preview(app) == [("000001-01/01", "50,00", "50,00", "0,79", "38,06")]
    assert "000001-01/01: 50,00 × 1,000331732706^47 = 50,79" in text_of(app)
    confirm(app)
    assert kept() == [("50.00", "0.79")]


def test_r14c_who_wants_no_discount_pays_a_part_of_the_nominal_amount() -> None:
    in_days(47)
    app = amount(tick(open_page(customer=1), 0), "50,00")
    app.toggle[0].set_value(False).run()
    assert preview(app) == [("000001-01/01", "0,00", "0,00", "50,00", "50,00", "38,85")]
    confirm(app)
    assert kept() == [("50.00", "0.00")]


def test_what_settles_the_first_note_and_a_part_of_the_next_has_the_discount_of_both() -> None:
    in_days(30, 60)
    app = confirm(amount(open_page(customer=1), "100,00"))
    assert not app.exception
    assert kept() == [("87.97", "0.88"), ("12.03", "0.24")]


def test_r10_the_nominal_amount_passes_what_the_note_costs_and_the_next_is_offered() -> None:
    in_days(30, 60)
    app = amount(tick(open_page(customer=1), 0), "88,85")
    assert "Com o desconto de R$ 0,88, basta receber R$ 87,97." in text_of(app)
    assert "Para receber sem desconto, desligue-o acima." in text_of(app)
    assert "os R$ 0,88 restantes" in labels(app)
    button(app, "Continuar").click().run()
    assert [row[0] for row in preview(app)] == ["000001-01/02", "000001-02/02"]


def test_r10_more_than_everything_costs_today_is_refused_with_the_exact_amount() -> None:
    in_days(30, 60)
    app = amount(open_page(customer=1), "177,71")
    assert "O valor passa de tudo o que o cliente deve: R$ 175,07." in text_of(app)


def test_who_types_the_amount_on_the_note_is_told_of_the_discount_and_may_switch_it_off() -> None:
    in_days(30, 60)
    app = amount(open_page(customer=1), "177,70")
    assert "Com o desconto de R$ 2,63, basta receber R$ 175,07." in text_of(app)
    app.toggle[0].set_value(False).run()
    assert value(app) == "177,70"
    confirm(app)
    assert kept() == [("88.85", "0.00"), ("88.85", "0.00")]


def test_what_settles_with_the_discount_follows_its_switch_and_another_amount_does_not() -> None:
    in_days(47)
    app = settle(tick(open_page(customer=1), 0))
    app.toggle[0].set_value(False).run()
    assert value(app) == "88,85"
    app.toggle[0].set_value(True).run()
    assert value(app) == "87,48"
    amount(app, "50,00").toggle[0].set_value(False).run()
    assert value(app) == "50,00"


@pytest.mark.parametrize(("days", "rate"), [([0], "1"), ([-5], "1"), ([47], "0")])
def test_where_there_is_nothing_to_take_off_nothing_is_asked(days: list[int], rate: str) -> None:
    in_days(*days, rate=rate)
    assert toggles(open_page(customer=1)) == []


def test_the_choice_is_shown_only_for_the_notes_that_are_chosen() -> None:
    in_days(47, late=True)
    app = open_page(customer=1)
    assert len(toggles(app)) == 1
    assert toggles(tick(app, 0)) == []


def test_late_and_early_notes_are_settled_together() -> None:
    in_days(47, late=True)
    app = settle(open_page(customer=1))
    assert [row[1:] for row in preview(app)] == [
        ("1,00", "4,00", "200,00", "205,00", "0,00", "0,00"),
        ("0,00", "0,00", "87,48", "87,48", "1,37", "0,00"),
    ]
    confirm(app)
    assert kept() == [("205.00", "0.00"), ("87.48", "1.37")]


def test_the_discount_is_of_the_payments_date() -> None:
    in_days(47)
    app = open_page(customer=1)
    app.date_input[0].set_value(TODAY - timedelta(days=5)).run()
    settle(app)
    assert value(app) == "87,33"  # 52 days at 1 % in thirty


def test_a_discount_switched_off_together_with_the_click_shows_the_new_preview_first() -> None:
    in_days(47)
    app = settle(tick(open_page(customer=1), 0))
    app.toggle[0].set_value(False)
    confirm(app)
    assert "Confira e confirme de novo" in text_of(app)
    assert count(Payment) == 0


def test_a_seller_grants_nothing() -> None:
    in_days(47)
    app = tick(open_page("seller", customer=1), 0)
    assert "Conceder desconto" not in [each.label for each in app.expander]


def test_r14_a_manager_grants_a_discount_without_contract_interest_and_tells_why() -> None:
    in_days(47, rate="0")
    app = tick(open_page("manager", customer=1), 0)
    settle(grant(app, "8,85", "cliente antigo"))
    assert value(app) == "80,00"
    assert preview(app)[0][2:] == ("80,00", "8,85", "0,00")
    confirm(app)
    assert kept() == [("80.00", "8.85")]
    assert payment().discount_reason == "cliente antigo"


def test_r14_what_a_manager_grants_comes_on_top_and_is_spread_over_the_notes() -> None:
    in_days(30, 60, 90, late=True)
    app = tick(open_page("manager", customer=1), 0, 1, 2)
    settle(grant(app, "10,00", "acordo"))
    assert [row[4:] for row in preview(app)] == [
        ("205,00", "0,00", "0,00"),
        ("82,95", "5,90", "0,00"),
        ("82,12", "6,73", "0,00"),
    ]
    confirm(app)
    assert kept() == [("205.00", "0.00"), ("82.95", "5.90"), ("82.12", "6.73")]


def test_a_granted_discount_needs_its_reason() -> None:
    in_days(47)
    app = settle(grant(tick(open_page("manager", customer=1), 0), "5,00"))
    confirm(app)
    assert "Explique o motivo" in text_of(app)
    assert count(Payment) == 0
    confirm(typed(app, "Motivo do desconto", "acordo de quitação"))
    assert kept() == [("82.48", "6.37")]


def test_a_granted_discount_is_for_settling_not_for_a_part() -> None:
    in_days(47)
    app = amount(grant(tick(open_page("manager", customer=1), 0), "5,00", "acordo"), "50,00")
    assert "as notas se quitam com R$ 82,48" in text_of(app)
    assert "Confirmar" not in labels(app)


@pytest.mark.parametrize(
    ("discount", "told"),
    [
        ("87,48", "O desconto é grande demais"),
        ("1.000.000,00", "O desconto é grande demais"),
        ("-1", ""),
        ("abc", ""),
        ("0", ""),
    ],
)
def test_a_discount_that_is_none_is_told_at_its_field(discount: str, told: str) -> None:
    in_days(47)
    app = grant(tick(open_page("manager", customer=1), 0), discount)
    assert len(app.error) == 1
    assert told in text_of(app)
    assert "Confirmar" not in labels(app)


def test_a_discount_without_a_ticked_note_asks_for_one_and_forgets_nothing() -> None:
    in_days(47, late=True)
    app = grant(open_page("manager", customer=1), "5,00", "acordo")
    assert "Marque ao menos uma nota que ainda não venceu" in text_of(app)
    settle(tick(app, 1))
    assert value(app) == "82,48"
