"""The example's client: a lost answer is asked for again, and nothing doubles."""

from __future__ import annotations

import time

import pytest
from starlette.types import Receive, Scope, Send

from credigestor.api import app
from credigestor.db.models import Customer, User
from examples.loja import Shop, a_cpf
from tests.api.serving import served
from tests.factories import PASSWORD
from tests.services.selling import count


class Losing:
    """The API, over a line that breaks amid the first answer to a write, after it was done."""

    def __init__(self) -> None:
        self.writes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].endswith("/customers"):
            await app(scope, receive, send)
            return
        self.writes += 1
        answered = []

        async def keeping(message: object) -> None:
            answered.append(message)

        await app(scope, receive, keeping if self.writes == 1 else send)
        if answered:
            await send(answered[0])  # type: ignore[arg-type]
            # Nothing more: the server ends the connection in the middle.


def test_a_lost_answer_is_asked_for_again_with_the_same_key(
    vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    line = Losing()
    monkeypatch.setenv("CREDIGESTOR_LOGIN", vera.login)
    monkeypatch.setenv("CREDIGESTOR_PASSWORD", PASSWORD)
    with served(line) as address:
        monkeypatch.setenv("CREDIGESTOR_URL", address)
        made = Shop().write("/customers", name="Cliente de Exemplo", tax_id=a_cpf())
    assert line.writes == 2
    assert made["id"] == 1
    assert count(Customer) == 1
