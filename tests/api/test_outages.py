"""A database that is away, locked or cannot be started is a 503 worth another try, and no 500."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from credigestor.db import engine
from credigestor.db.engine import transaction
from credigestor.web import startup
from tests.api.asking import Answer, Request, ask, at_once, post
from tests.services.paying import JANUARY, note_row, sell

ANA = {"name": "Ana Luz", "tax_id": "52998224725"}


def told_to_try_again(answer: Answer, code: str) -> str:
    assert (answer.status, answer.code) == (503, code), answer.body
    assert int(answer.headers["retry-after"]) > 0
    return str(answer.json["detail"])


def test_while_the_database_answers_nobody_every_call_is_told_so(
    seller_token: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, configured: Any
) -> None:
    nowhere = f"postgresql+psycopg://nobody@/x?host={tmp_path}"
    configured(DATABASE_URL=nowhere)
    away = engine._watched(nowhere)
    monkeypatch.setattr(engine, "get_engine", lambda: away)
    answers = at_once(
        [
            Request("GET", "/customers", seller_token),
            Request("GET", "/customers"),
            Request("POST", "/customers", seller_token, ANA, "not even a key"),
            Request("POST", "/auth/login", body={"login": "vera", "password": "x"}),
            Request("POST", "/auth/refresh", body={"refresh_token": "x"}),
        ]
    )
    # Who brings no token is a stranger even so.
    assert answers.pop(1).status == 401
    for answer in answers:
        assert "está voltando" in told_to_try_again(answer, "database_away")


def test_an_embedded_database_that_cannot_be_started_is_away(
    seller_token: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, configured: Any
) -> None:
    (tmp_path / "data").write_text("a file in the place of its folder")
    monkeypatch.delenv("DATABASE_URL")
    configured(CREDIGESTOR_DATA_DIR=str(tmp_path / "data"))
    monkeypatch.setattr(startup, "get_direct_engine", engine.get_engine.__wrapped__)
    monkeypatch.setattr(startup, "prepare", lru_cache(startup.prepare.__wrapped__))
    answer = ask("GET", "/customers", token=seller_token)
    assert "está voltando" in told_to_try_again(answer, "database_away")


def test_a_note_that_somebody_holds_is_busy_and_paid_once_it_is_free(seller_token: str) -> None:
    note = sell(("300.00", JANUARY)).notes[0]
    items = [{"note_id": note, "amount": "100.00"}]
    body = {"customer_id": note_row(note).customer_id, "method": "pix", "items": items}
    with transaction() as session:
        session.execute(text("SELECT 1 FROM notes FOR UPDATE"))
        refused = post("/payments", seller_token, body)
    assert "Esta nota está sendo usada" in told_to_try_again(refused, "busy")
    assert post("/payments", seller_token, body).status == 201


def test_a_database_that_only_reads_is_unavailable_for_writes_alone(seller_token: str) -> None:
    with transaction() as session:
        session.execute(text("ALTER ROLE credigestor SET default_transaction_read_only = on"))
    engine.get_engine().dispose()
    try:
        refused = post("/customers", seller_token, ANA)
        assert ask("GET", "/customers", token=seller_token).status == 200
    finally:
        with transaction() as session:
            session.execute(text("SET TRANSACTION READ WRITE"))
            session.execute(text("ALTER ROLE credigestor RESET default_transaction_read_only"))
        engine.get_engine().dispose()
    assert "só permite leitura" in told_to_try_again(refused, "unavailable")
