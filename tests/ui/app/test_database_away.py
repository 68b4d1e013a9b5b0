"""A page meets a database that is away: it tells so, waits, and goes on with what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import text

from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.models import Payment
from credigestor.errors import ReadsOnly
from credigestor.postgres import launcher
from credigestor.ui.kit import waiting
from tests.killing import commit_unanswered, embedded_shop, kill_server, may_start_again
from tests.services.paying import JANUARY, sell
from tests.services.selling import count
from tests.superuser import as_superuser
from tests.ui.counter.receiving import PAGE, amount, confirm, told
from tests.ui.support import Visit, open_app


@pytest.fixture(scope="module")
def embedded() -> Iterator[Path]:
    with embedded_shop() as data_dir:
        st.cache_data.clear()
        yield data_dir
        st.cache_data.clear()


@pytest.fixture
def shop(embedded: Path) -> Path:
    may_start_again()
    return embedded


def typing(customers_note: int) -> Visit:
    """A seller who has typed what one pays for a note."""
    return amount(open_app(role="manager", page=PAGE, note=customers_note), "50")


def was_told(app: Visit) -> bool:
    return [toast.value for toast in app.toast] == [waiting.BACK]


def test_a_click_that_meets_no_database_is_told_so_and_does_its_work_when_it_is_back(
    shop: Path,
) -> None:
    app = typing(sell(("200.00", JANUARY)).notes[0])
    before = count(Payment)
    kill_server(shop)
    confirm(app)
    assert not app.exception
    assert was_told(app)
    assert "Recibo" in app.title[0].value
    assert count(Payment) == before + 1


def test_what_is_typed_while_the_database_is_away_stays_and_the_page_goes_on(shop: Path) -> None:
    app = typing(sell(("200.00", JANUARY)).notes[0])
    kill_server(shop)
    amount(app, "60")
    assert was_told(app)
    assert app.text_input[0].value == "60"
    assert "Confirmar: R$ 60,00" in "".join(b.label for b in app.button).replace("\\", "").replace(
        "\xa0", " "
    )


def test_a_stranger_gets_the_login_when_the_database_is_back(shop: Path) -> None:
    sell()
    open_app(role="seller")  # a shop with a user: no first run
    kill_server(shop)
    app = open_app()
    assert not app.exception
    assert was_told(app)
    assert [field.label for field in app.text_input] == ["Usuário", "Senha"]


def test_a_payment_whose_commit_was_not_answered_is_told_so_and_confirmed_again_is_one(
    shop: Path,
) -> None:
    app = typing(sell(("200.00", JANUARY)).notes[0])
    before = count(Payment)
    with commit_unanswered(shop):
        confirm(app)
    assert "Não se sabe se isto foi gravado. Confirme de novo" in told(app)
    assert next(w for w in app.text_input if w.label.startswith("Valor")).value == "50"
    assert count(Payment) == before + 1
    confirm(app)
    assert "Recibo" in app.title[0].value
    assert count(Payment) == before + 1


def test_a_read_cut_off_amid_its_run_is_done_again(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    def look() -> object:
        with snapshot() as session:
            session.execute(text("SELECT 1"))
            looks.append(1)
            if len(looks) == 1:
                kill_server(shop)
            return session.scalar(text("SELECT 42"))

    assert waiting.again_if_away(look) == 42
    assert len(looks) == 2


def test_an_act_that_met_a_standby_being_promoted_is_done_again(shop: Path) -> None:
    """A proxy asks who is primary, and is told so a moment before that one takes writes."""
    reads_only = [True, True, False]

    def record() -> None:
        with transaction() as session:
            if reads_only.pop(0):
                session.execute(text("SET TRANSACTION READ ONLY"))
            session.execute(text("CREATE TABLE once ()"))

    waiting.again_if_away(record)
    assert reads_only == []


@pytest.fixture
def read_only(shop: Path) -> Iterator[None]:
    setting = "ALTER ROLE credigestor {} default_transaction_read_only {}"
    with as_superuser(launcher.status(shop).url or "") as connection:
        connection.execute(setting.format("SET", "= on"))
        get_engine().dispose()
        yield
        connection.execute(setting.format("RESET", ""))
    get_engine().dispose()


def test_a_server_that_goes_on_taking_no_writes_is_told_of(
    read_only: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.6)
    acts = []

    def record() -> None:
        with transaction() as session:
            acts.append(1)
            session.execute(text("CREATE TABLE never ()"))

    with pytest.raises(ReadsOnly, match="só permite leitura"):
        waiting.again_if_away(record)
    assert len(acts) == 1
