"""The reminder on a customer's and a note's page, and the tab of contacts and promises (R38)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import User
from credigestor.rules.permissions import Actor, Role
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY, add_customer, add_sale, late
from tests.services import anonymising
from tests.services.contacting import contact, new_contact, of, promise
from tests.services.paying import pay
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")


@pytest.fixture
def vera(db: str) -> User:
    return add_user(Role.SELLER, name="Vera")


@pytest.fixture
def ana(vera: User) -> int:
    """Owes 300,00 that is 50 days late and 80,00 that is not due; notes 1 and 2."""
    with transaction() as session:
        customer = add_customer(session, "Ana Luz", phone="+5585988724443")
        notes = [("300.00", late(50)), ("80.00", TODAY + timedelta(days=9))]
        add_sale(session, customer, late(90), notes)
    return customer


def opened(user: User, page: str, id_: int) -> Visit:
    app = open_app(user=user, page=page, id=id_)
    assert not app.exception
    return app


def customer_page(user: User, customer: int) -> Visit:
    return opened(user, "counter/customer.py", customer).look_at("Contatos")


def words(app: Visit) -> str:
    return app.texts.replace("\\", "").replace("\xa0", " ")


def sent(app: Visit) -> str:
    """The text that WhatsApp opens with; empty for none."""
    [found] = [link for link in app.get("link_button") if "WhatsApp" in link.proto.label]
    address = urlsplit(found.proto.url)
    assert (address.netloc, address.path) == ("wa.me", "/5585988724443")
    return parse_qs(address.query).get("text", [""])[0]


def outcomes(app: Visit) -> Any:
    [found] = [group for group in app.button_group if "Resultado do contato" in group.label]
    return found


def field(app: Visit, label: str) -> Any:
    kinds = (app.text_input, app.date_input)
    return next(widget for kind in kinds for widget in kind if widget.label == label)


def click(app: Visit, label: str) -> None:
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception


def listed(app: Visit) -> list[dict[str, Any]]:
    [frame] = [each.value for each in app.dataframe if "contacted_on" in each.value]
    return [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]


def test_the_reminder_on_the_customers_page_is_of_what_is_overdue(vera: User, ana: int) -> None:
    assert "04/10/2026 é hoje de R$ 311,00" in sent(customer_page(vera, ana))
    pay(actor_of(vera), TODAY, (1, "311.00"))
    assert sent(customer_page(vera, ana)) == ""


def test_the_reminder_on_a_notes_page_is_of_the_note_due_or_not(vera: User, ana: int) -> None:
    assert "04/10/2026 é hoje de R$ 311,00" in sent(opened(vera, "counter/note.py", 1))
    assert "02/12/2026 é hoje de R$ 80,00" in sent(opened(vera, "counter/note.py", 2))


def test_r27_a_note_past_five_years_has_no_reminder(vera: User) -> None:
    with transaction() as session:
        customer = add_customer(session, "Bia", phone="+5585988724443")
        add_sale(session, customer, date(2021, 1, 4), [("10.00", date(2021, 11, 22))])
    app = opened(vera, "counter/note.py", 1)
    assert not [link for link in app.get("link_button") if "WhatsApp" in link.proto.label]
    assert sent(customer_page(vera, customer)) == ""


def test_a_contact_is_recorded_with_its_remark_and_listed(vera: User, ana: int) -> None:
    app = customer_page(vera, ana)
    assert "Nenhum contato ainda." in words(app)
    field(app, "Observação (opcional)").set_value("disse *amanhã*")
    outcomes(app).set_value("refused")
    app.run()
    assert not app.exception
    [row] = listed(app)
    assert (row["outcome"], row["channel"], row["remark"], row["made_by"]) == (
        *("Recusou", "WhatsApp", "disse *amanhã*", "Vera"),
    )
    assert "promise" not in row
    assert field(app, "Observação (opcional)").value in (None, "")
    outcomes(app).set_value("spoke")
    app.run()
    assert [(each.outcome, each.remark) for each in of(ana)] == [
        ("spoke", None),
        ("refused", "disse *amanhã*"),
    ]


def test_r38_a_promise_is_made_told_and_withdrawn_with_a_reason(vera: User, ana: int) -> None:
    app = customer_page(vera, ana)
    outcomes(app).set_value("promised")
    app.run()
    field(app, "Prometeu pagar (R$)").set_value("200")
    field(app, "Até").set_value(date(2026, 11, 28))
    click(app, "Gravar promessa")
    assert "Prometeu R$ 200,00 até 28/11/2026 (em dia até 30/11/2026)." in words(app)
    assert listed(app)[0]["status"] == "A cumprir"
    click(app, "Retirar")
    assert "Explique o motivo." in words(app)
    field(app, "Motivo").set_value("vai pagar no dia 5")
    click(app, "Retirar")
    assert listed(app)[0]["status"] == "Retirada em 23/11/2026: vai pagar no dia 5"
    assert "Prometeu R$" not in words(app)


def test_r38_promises_are_told_as_they_were_judged(vera: User, ana: int) -> None:
    me = actor_of(add_user(Role.MANAGER))
    for week, paid in ((4, "0"), (3, "60.00"), (2, "100.00")):
        made_on = date(2026, 11, 23) - timedelta(weeks=week)
        promise(me, ana, "100.00", made_on + timedelta(days=1), on=made_on)
        if D(paid):
            pay(me, made_on, (1, paid))
    rows = listed(customer_page(vera, ana))
    assert [row["status"] for row in rows] == ["Cumprida", "Cumprida em parte, 60 %", "Quebrada"]
    assert [row["paid"] for row in rows] == [D("100.00"), D("60.00"), D("0.00")]


def test_of_an_anonymised_customer_what_there_was_is_listed_and_nothing_is_added(
    admin: Actor,
) -> None:
    customer = anonymising.make_customer(admin)
    contact(admin, new_contact(customer, remark="irmã do Wanderley"))
    anonymising.anonymise(admin, customer)
    app = customer_page(add_user(Role.ADMIN), customer)
    assert listed(app)[0]["remark"] == "[anonimizado]"
    assert not [group for group in app.button_group if "Resultado" in group.label]
