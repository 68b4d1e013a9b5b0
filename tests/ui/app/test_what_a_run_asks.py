"""What each run of a page costs beside the page: the login read once, files looked for never."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest

from credigestor.db.engine import transaction
from credigestor.db.models import User
from credigestor.reports.portfolio import stock
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import auth
from credigestor.ui.kit import data, session
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def app() -> Visit:
    return open_app(role="seller", page="counter/sales.py")


def test_the_login_is_read_once_a_run(app: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    authenticate = auth.authenticate

    def counting(*args: Any, **kwargs: Any) -> Any:
        read.append(kwargs["token"])
        return authenticate(*args, **kwargs)

    monkeypatch.setattr(auth, "authenticate", counting)
    for runs in (1, 2):
        assert not app.run().exception
        assert len(read) == runs


def test_each_run_reads_it_anew(app: Visit) -> None:
    assert "Sair" in [button.label for button in app.button]
    with transaction() as db:
        db.execute(update(User).values(active=False))
    assert "Sair" not in [button.label for button in app.run().button]


def test_a_guard_reads_anew_after_a_second_and_after_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    handed, read = (Actor(n, f"Pessoa {n}", Role.SELLER) for n in (1, 2))
    monkeypatch.setattr(session, "current", lambda: read)
    monkeypatch.setattr(session, "monotonic", lambda: now)
    with session.handing_on(handed):
        assert session.require(Permission.COUNTER) == handed
        now += session.FRESH
        assert session.require(Permission.COUNTER) == read
    now = 100.0
    assert session.require(Permission.COUNTER) == read


def test_who_is_handed_on_is_refused_what_is_not_theirs() -> None:
    def sellers() -> None:
        from credigestor.rules.permissions import Actor, Permission, Role
        from credigestor.ui.kit import session

        with session.handing_on(Actor(1, "Ana", Role.SELLER)):
            session.require(Permission.ANALYTICS)
        raise AssertionError("the run goes on")

    [refusal] = AppTest.from_function(sellers).run().error
    assert refusal.value.startswith("Sem permissão")


def test_a_reader_of_a_report_is_made_once() -> None:
    assert data.portfolio(stock.stocks) is data.portfolio(stock.stocks)
    assert data.cached(stock.stocks) is data.cached(stock.stocks)
    assert data.cached(stock.stocks) is not data.portfolio(stock.stocks)


def test_no_run_but_the_first_looks_for_the_pages_files(
    app: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Path] = []
    is_file = Path.is_file

    def looking(path: Path, *args: Any) -> bool:
        if get_script_run_ctx() and "pages" in path.parts:
            looked.append(path)
        return is_file(path, *args)

    monkeypatch.setattr(Path, "is_file", looking)
    assert not app.run().exception
    assert looked == []
