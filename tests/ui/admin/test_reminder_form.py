"""The WhatsApp tab: how the text will read as it is typed, and refusals at its field."""

from __future__ import annotations

import pytest

from credigestor.db.engine import snapshot
from credigestor.db.settings import current_settings
from credigestor.rules.reminder import DEFAULT
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")


def typed(app: Visit, text: str) -> Visit:
    app.text_area(key="settings-reminder:0:whatsapp_text").set_value(text)
    app.run()
    assert not app.exception
    return app


def kept() -> str:
    with snapshot() as session:
        return current_settings(session).whatsapp_text


def test_the_text_is_shown_as_the_customer_will_read_it_and_saved() -> None:
    app = open_app(role="admin", page="admin/settings.py").look_at("WhatsApp")
    # Noon in São Paulo; no key yet, so nothing of a Pix.
    assert app.code[0].value.startswith("Boa tarde, Maria! Aqui é da loja.")
    assert "08/11/2026 é hoje de R$ 205,00" in app.code[0].value
    assert "Pix" not in app.code[0].value
    typed(app, "Oi, {nome}: {valor}")
    assert app.code[0].value == "Oi, Maria: R$ 205,00"
    next(button for button in app.button if button.label == "Salvar texto").click()
    app.run()
    assert kept() == "Oi, {nome}: {valor}"


def test_a_field_that_there_is_not_is_told_and_nothing_is_saved() -> None:
    app = typed(
        open_app(role="admin", page="admin/settings.py").look_at("WhatsApp"), "Oi, {cliente}"
    )
    next(button for button in app.button if button.label == "Salvar texto").click()
    app.run()
    assert "{cliente}" in app.error[0].value.replace("\\", "")
    assert not app.code
    assert kept() == DEFAULT
