"""Receiving on another day than today: what was owed then, and who may go how far back (R11)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import Payment
from credigestor.rules.permissions import Actor
from credigestor.services import settings
from credigestor.ui.kit import data
from tests.portfolio import TODAY, Made
from tests.services.paying import sell
from tests.services.selling import count
from tests.ui.counter.receiving import (
    amount,
    confirm,
    labels,
    open_page,
    payment,
    tick,
    told,
    typed,
)

pytestmark = pytest.mark.usefixtures("db")


def test_r11_a_day_within_the_setting_needs_no_reason_and_owes_what_it_owed_then(
    sale: Made,
) -> None:
    app = open_page(customer=1)
    app.date_input[0].set_value(TODAY - timedelta(days=5)).run()
    assert "R$ 204,67" in labels(app)
    confirm(amount(app, "204,67"))
    assert payment().paid_on == TODAY - timedelta(days=5)


def test_r11_further_back_a_seller_is_told_to_call_a_manager(sale: Made) -> None:
    app = open_page(customer=1)
    app.date_input[0].set_value(TODAY - timedelta(days=8)).run()
    assert "mais de 7 dias atrás precisa de um gerente" in told(app)
    assert not app.checkbox


def test_r11_further_back_a_manager_gives_a_reason(sale: Made) -> None:
    app = open_page("manager", customer=1)
    app.date_input[0].set_value(TODAY - timedelta(days=10)).run()
    confirm(amount(app, "10,00"))
    assert "Explique o motivo" in told(app)
    assert count(Payment) == 0
    confirm(typed(app, "Motivo da data anterior", "recibo achado na gaveta"))
    assert payment().backdate_reason == "recibo achado na gaveta"


@pytest.mark.parametrize("days", [1, 60_000])
def test_a_future_payment_is_refused(sale: Made, days: int) -> None:
    app = open_page("manager", customer=1)
    app.date_input[0].set_value(TODAY + timedelta(days=days)).run()
    assert len(app.error) == 1
    assert not app.checkbox


def test_the_setting_decides_how_far_back_a_seller_may_go(admin: Actor, sale: Made) -> None:
    with transaction() as session:
        new = data.settings().model_copy(update={"backdating_days": 0})
        settings.change(session, admin, new)
    app = open_page(customer=1)
    app.date_input[0].set_value(TODAY - timedelta(days=1)).run()
    assert "precisa de um gerente" in told(app)


def test_a_wrong_date_loses_nothing_of_what_was_typed() -> None:
    sell(("200.00", TODAY))
    app = amount(tick(open_page(customer=1), 0), "50,00")
    app.date_input[0].set_value(TODAY + timedelta(days=1)).run()
    assert "não pode ser futura" in told(app)
    assert not app.checkbox
    app.date_input[0].set_value(TODAY).run()
    assert app.checkbox[0].value
    assert "Confirmar: R$ 50,00" in labels(app)
