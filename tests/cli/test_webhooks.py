"""Webhooks by the command line."""

from __future__ import annotations

import pytest

from credigestor.rules.webhooks import Event
from tests.cli.commands import run
from tests.webhooks.receiving import stored

pytestmark = pytest.mark.usefixtures("db")

URL = "https://erp.example.com/x"


def test_an_endpoint_is_made_with_its_secret_seen_and_switched() -> None:
    assert "Nenhum destino." in run("webhooks", "list").stdout
    made = run("webhooks", "add", URL, "--event", "note.settled", "--description", "ERP")
    assert made.stdout.splitlines()[-1].startswith("whsec_")
    assert (stored(1).events, stored(1).description) == (["note.settled"], "ERP")
    assert run("webhooks", "off", "1").exit_code == 0
    listed = run("webhooks", "list").stdout
    assert URL in listed
    assert "desligado por uma pessoa; aguardando: 0" in listed
    assert "whsec" not in listed
    run("webhooks", "on", "1")
    assert stored(1).off_cause is None


def test_without_events_it_is_told_all_and_what_is_wrong_is_a_message() -> None:
    run("webhooks", "add", URL)
    assert stored(1).events == [event.value for event in Event]
    for wrong, message in (
        (("add", "http://10.0.0.1/"), "https://"),
        (("off", "9"), "Destino não encontrado."),
    ):
        result = run("webhooks", *wrong)
        assert result.exit_code != 0
        assert message in result.stderr
