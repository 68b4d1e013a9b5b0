"""Guessing one's own password, as whoever finds a login left open would."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import credigestor
from credigestor.db.engine import transaction
from credigestor.errors import BusinessError, NotAllowed
from credigestor.rules.permissions import Actor
from credigestor.services import confirmation, passwords, users
from credigestor.services.lockout import PAIR_LIMIT
from tests.factories import PASSWORD, actor_of
from tests.moments import NOW
from tests.services.logging_in import HOME, locked, try_in
from tests.ui.support import open_app

GUESSES = 8

#: What is typed wrong here, and what must lock; each compares a password, and there are no others.
COMPARING = {"services/auth.py", "services/confirmation.py", "services/passwords.py"}


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were compared with a hash from now on."""
    seen: list[str] = []

    def noting(password: str, password_hash: str) -> bool:
        seen.append(password)
        return passwords.password_matches(password, password_hash)

    monkeypatch.setattr(confirmation, "password_matches", noting)
    return seen


def guess(actor: Actor, password: str, *, address: str = HOME) -> BusinessError | None:
    with transaction() as session:
        return users.change_own_password(
            session, actor, current=password, new="uma senha bem nova", address=address, now=NOW
        )


def test_five_guesses_lock_the_change_and_the_login_alike(
    compared: list[str], make_user: Callable[..., Any]
) -> None:
    user = make_user(login="bia")
    refusals = [guess(actor_of(user), f"palpite {n}") for n in range(GUESSES)]
    assert len(compared) == PAIR_LIMIT
    assert all(isinstance(refusal, NotAllowed) for refusal in refusals[PAIR_LIMIT:])
    assert isinstance(guess(actor_of(user), PASSWORD), NotAllowed)
    assert locked(try_in("bia", PASSWORD, now=NOW))


def test_guesses_at_once_are_no_way_around(
    compared: list[str], make_user: Callable[..., Any]
) -> None:
    actor = actor_of(make_user(login="bia"))
    with ThreadPoolExecutor(GUESSES) as pool:
        list(pool.map(lambda n: guess(actor, f"palpite {n}"), range(GUESSES)))
    assert len(compared) == PAIR_LIMIT


def test_failed_logins_lock_the_change_too(
    compared: list[str], make_user: Callable[..., Any]
) -> None:
    user = make_user(login="bia")
    for _ in range(PAIR_LIMIT):
        try_in("bia", "errada", now=NOW)
    assert isinstance(guess(actor_of(user), PASSWORD), NotAllowed)
    assert compared == []


def test_changes_and_logins_at_once_never_wait_in_a_ring(make_user: Callable[..., Any]) -> None:
    people = [make_user("admin", login=f"adm{n}") for n in range(3)]

    def change(n: int) -> None:
        user = people[n % 3]
        if n % 2:
            try_in(user.login, "errada", address=f"203.0.113.{n}", now=NOW)
        else:
            guess(actor_of(user), "errada", address=f"203.0.113.{n}")

    with ThreadPoolExecutor(GUESSES) as pool:
        list(pool.map(change, range(18)))


@pytest.mark.usefixtures("portfolio_day")
def test_on_the_page_another_address_gives_no_more_guesses(
    compared: list[str], make_user: Callable[..., Any]
) -> None:
    app = open_app(user=make_user(login="bia"), page="counter/account.py")
    for number in range(GUESSES):
        app.browser.headers[-1] = (app.browser.headers[-1][0], f"203.0.113.{number}")
        for field, value in zip(
            app.text_input[:3],
            (f"palpite {number}", "senha nova boa", "senha nova boa"),
            strict=True,
        ):
            field.input(value)
        app.button[0].click().run()
    assert len(compared) == PAIR_LIMIT
    assert "Muitas tentativas sem sucesso" in app.texts


def test_a_password_is_compared_nowhere_but_where_tries_are_counted() -> None:
    package = Path(credigestor.__file__).parent
    files = [*package.rglob("*.py"), *(package.parent / "pages").rglob("*.py")]
    compares = re.compile(r"password_matches|checkpw|password_hash ==")
    found = {str(file.relative_to(package)) for file in files if compares.search(file.read_text())}
    assert found == COMPARING
    for name in COMPARING - {"services/passwords.py"}:
        text = (package / name).read_text()
        assert "lockout.refusal(" in text
        assert "lockout.count(" in text
