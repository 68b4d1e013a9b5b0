"""R37 on its page: days are closed and opened, and what changed since is listed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import DayClosing
from credigestor.exports.catalogue import Order
from credigestor.reports.closings import ChangeFilters
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.exports.exporting import rows_of
from tests.portfolio import TODAY
from tests.services.closing import close
from tests.services.paying import JANUARY_15, JANUARY_25, new_payment, receive, sell
from tests.services.selling import count, new_customer, new_sale
from tests.ui.listed import lists
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

PAGE = "analytics/closings.py"
YESTERDAY = TODAY - timedelta(days=1)


def closings() -> list[tuple[date, str | None]]:
    with snapshot() as session:
        rows = session.execute(select(DayClosing.until, DayClosing.reason).order_by(DayClosing.id))
        return [(row.until, row.reason) for row in rows]


def button(app: Visit, label: str) -> Any:
    [found] = [each for each in app.button if each.label == label]
    return found


def test_r37_days_are_closed_up_to_yesterday_and_opened_with_a_reason() -> None:
    app = open_app(role="manager", page=PAGE)
    assert "Nenhum dia está fechado" in text_of(app)
    button(app, f"Fechar até {YESTERDAY:%d/%m/%Y}").click()
    app.run()
    assert closings() == [(YESTERDAY, None)]
    assert f"Fechado até **{YESTERDAY:%d/%m/%Y}**" in text_of(app)
    assert "Nada mudou nos dias fechados" in text_of(app)
    app.date_input[0].set_value(date(2026, 1, 25))
    app.run()
    button(app, "Reabrir os dias depois de 25/01/2026").click()
    app.run()
    assert "Explique o motivo." in text_of(app)
    assert count(DayClosing) == 1
    [why] = [each for each in app.text_input if each.label == "Motivo para reabrir dias"]
    why.set_value("faltou um caderno")
    button(app, "Reabrir os dias depois de 25/01/2026").click()
    app.run()
    assert closings()[1:] == [(date(2026, 1, 25), "faltou um caderno")]
    assert "Motivo: faltou um caderno" in text_of(app)


def test_r37_today_is_refused_at_the_date() -> None:
    app = open_app(role="manager", page=PAGE)
    app.date_input[0].set_value(TODAY)
    app.run()
    button(app, f"Fechar até {TODAY:%d/%m/%Y}").click()
    app.run()
    assert "Só se fecham dias que já passaram: até ontem." in text_of(app)
    assert count(DayClosing) == 0


def test_r37_a_closed_day_is_shown_as_closed_and_as_now_and_its_changes_as_a_file(
    manager: Actor,
) -> None:
    [note] = sell(("300.00", date(2026, 1, 10))).notes
    receive(manager, new_payment(JANUARY_25, (note, "100.00")))
    close(manager, JANUARY_25)
    paid = receive(manager, new_payment(JANUARY_15, (note, "50.00"), backdate_reason="achado"))
    app = open_app(role="manager", page=PAGE)
    text = text_of(app)
    assert "1 mudança: a receber -R$ 43,50, recebido +R$ 50,00." in text
    figures = app.dataframe[0].value.set_index("figure")
    row = figures.loc["A receber (principal)"]
    assert [str(each).replace("\xa0", " ") for each in row] == [
        "R$ 207,50",
        "R$ 157,36",
        "-R$ 50,14",
    ]
    [changes] = lists(app)
    [change] = changes.value.to_dict("records")
    assert (change["what"], change["dated_on"], change["reason"], change["who"]) == (
        *("Pagamento", "15/01/2026", "achado", manager.name),
    )
    order = Order(kind="list_closing_changes", filters=ChangeFilters())
    [told] = rows_of(order)
    assert (told["Número"], told["O quê"], told["A receber"], told["Recebido"]) == (
        *(f"{paid:06}", "Pagamento", "-43,50", "50,00"),
    )
    assert rows_of(order.model_copy(update={"filters": {"dated_from": "2026-01-16"}})) == []
    before = text_of(open_app(role="manager", page=PAGE, day="2026-01-26"))
    assert "26/01/2026 não está fechado" in before


def test_what_was_paid_down_stands_apart_from_what_was_received(manager: Actor) -> None:
    close(manager, YESTERDAY)
    sale = new_sale(new_customer(), down_payment=Decimal("100.00"), backdate_reason="caderno")
    with transaction() as session:
        sales.register(session, manager, sale, today=TODAY)
    told = "2 mudanças: a receber +R$ 900,00, recebido R$ 0,00, entradas +R$ 100,00."
    assert told in text_of(open_app(role="manager", page=PAGE))


def test_r37_receber_tells_a_seller_and_asks_a_manager(manager: Actor) -> None:
    sell(("300.00", TODAY))
    close(manager, YESTERDAY)
    for role, told in (("seller", "estão fechados"), ("manager", "Motivo da data anterior")):
        app = open_app(role=role, page="counter/receive.py", customer=1)
        app.date_input[0].set_value(YESTERDAY)
        app.run()
        seen = text_of(app) + "".join(each.label for each in app.text_input)
        assert told in seen


def test_r37_nova_venda_tells_a_seller_and_asks_a_manager(manager: Actor) -> None:
    close(manager, YESTERDAY)
    for role, told in (("seller", "estão fechados"), ("manager", "Motivo da data em dias")):
        app = open_app(role=role, page="counter/new_sale.py")
        [sold_on] = [each for each in app.date_input if each.label == "Data da venda"]
        sold_on.set_value(YESTERDAY)
        app.run()
        seen = text_of(app) + "".join(each.label for each in app.text_input)
        assert told in seen
