"""The webhooks page: endpoints made, changed and switched, deliveries seen and sent again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import WebhookAttempt, WebhookEndpoint
from credigestor.reports import webhooks as reports
from credigestor.rules.permissions import Role
from credigestor.rules.webhooks import Event, Off, told
from credigestor.services import webhooks
from tests.moments import NOW
from tests.ui.support import Visit, open_app, text_of
from tests.webhooks.receiving import ADA, add_event, audited, endpoint, events, stored

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")

PAGE = "admin/webhooks.py"
URL = "https://erp.example.com/avisos"


def opened() -> Visit:
    app = open_app(role=Role.ADMIN, page=PAGE).look_at("Entregas", "Novo destino")
    assert not app.exception
    return app


def click(app: Visit, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def send(app: Visit, label: str) -> None:
    [button] = [button for button in app.button if button.label == label]
    button.click().run()
    assert not app.exception


def went_off(cause: Off = Off.FAILING) -> int:
    of = endpoint(URL)
    with transaction() as session:
        webhooks.switch_off_itself(session, ADA, endpoint_id=of, cause=cause, now=NOW)
    return of


def test_without_an_endpoint_it_says_what_to_do() -> None:
    page = text_of(opened())
    assert "Nenhum destino ainda" in page
    assert "quando houver um destino" in page


def test_an_endpoint_is_made_and_its_secret_shown_once() -> None:
    app = opened()
    key = "webhook-new:0"
    app.text_input(key=f"{key}-url").set_value(f" {URL} ")
    app.checkbox(key=f"{key}-{Event.PAYMENT_RECEIVED}").check()
    app.text_input(key=f"{key}-description").set_value("ERP *da loja*")
    send(app, "Cadastrar")
    (shown,) = app.code
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{32}", shown.value)
    page = text_of(app)
    assert "ERP *da loja*" in page
    assert "Avisa: pagamento recebido." in page
    app.run()
    assert not app.code
    [entry] = audited()
    assert (entry.action, entry.after) == (
        "create",
        {
            "url": told(URL),
            "events": "payment.received",
            "description": "ERP *da loja*",
            "active": True,
            "off_cause": None,
        },
    )


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://erp.example.com/", "deve começar com https"),
        ("https://127.0.0.1/", "desta máquina ou de uma rede interna"),
        (URL, "Escolha ao menos um evento"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(url: str, message: str) -> None:
    app = opened()
    app.text_input(key="webhook-new:0-url").set_value(url)
    send(app, "Cadastrar")
    assert message in app.error[0].value
    with snapshot() as session:
        assert reports.endpoints(session) == []


def test_it_is_changed_switched_rotated_and_deleted() -> None:
    of = endpoint(URL)
    app = opened()
    app.text_input(key=f"webhook-{of}:0-description").set_value("ERP")
    app.checkbox(key=f"webhook-{of}:0-{Event.SALE_CREATED}").uncheck()
    send(app, "Salvar")
    assert (stored(of).description, len(stored(of).events)) == ("ERP", 5)
    click(app, f"off_{of}")
    assert stored(of).off_cause == Off.PERSON
    assert "Desligado" in text_of(app)
    click(app, f"on_{of}")
    assert stored(of).off_cause is None
    before = stored(of).secret
    click(app, f"secret_{of}")
    assert len(app.code) == 1
    assert (stored(of).secret != before, stored(of).old_secret) == (True, before)
    click(app, f"remove_{of}")
    with snapshot() as session:
        assert session.get(WebhookEndpoint, of) is None
    assert [entry.action for entry in audited()] == [
        *("create", "edit", "deactivate", "activate", "new_secret", "delete")
    ]
    log = text_of(open_app(role=Role.ADMIN, page="admin/audit.py")).replace("*", "")
    for words in ("Novo segredo", "Webhook", "Motivo: — → desligado por uma pessoa"):
        assert words in log


def test_one_that_went_off_by_itself_is_on_the_first_page_until_somebody_knows() -> None:
    of = went_off()
    for role, seen in ((Role.ADMIN, True), (Role.MANAGER, False)):
        painel = text_of(open_app(role=role, page="analytics/dashboard.py"))
        assert ("foi desligado e não recebe mais" in painel) is seen
    app = opened()
    assert "uma entrega falhou por três dias" in text_of(app)
    click(app, f"known_{of}")
    assert "desligado por uma pessoa" in text_of(app)
    painel = text_of(open_app(role=Role.ADMIN, page="analytics/dashboard.py"))
    assert "foi desligado" not in painel


def test_deliveries_are_seen_with_each_try_sent_again_or_given_up() -> None:
    of = endpoint(URL)
    good, bad = add_event(of, 1), add_event(of, 2, Event.NOTE_OVERDUE)
    with transaction() as session:
        for event, status, error in ((good, 200, None), (bad, 500, "O destino respondeu 500.")):
            at = NOW - timedelta(minutes=5)
            session.add(
                WebhookAttempt(event_id=event, at=at, status=status, milliseconds=1234, error=error)
            )
    with transaction() as session:
        session.merge(events()[0]).delivered_at = NOW
    app = opened()
    page = text_of(app)
    for words in ("Entregue", "Falhando", "23/11/2026 11:55 · 1,2 s · O destino respondeu 500."):
        assert words in page
    assert {button.key for button in app.button} >= {f"resend_{good}", f"discard_{bad}"}
    assert f"discard_{good}" not in {button.key for button in app.button}
    click(app, f"resend_{good}")
    assert events()[0].delivered_at is None
    click(app, f"discard_{bad}")
    assert [each.id for each in events()] == [good]
    assert [entry.action for entry in audited()][1:] == ["resend", "discard"]
    app.toggle(key="failing").set_value(True).run()
    assert "1 evento," in text_of(app)


def test_a_long_list_is_paged() -> None:
    of = endpoint(URL)
    for customer in range(21):
        add_event(of, customer + 1)
    app = opened()
    assert text_of(app).count("Aguardando") == 20
    assert "Reenviar" not in {button.label for button in app.button}
