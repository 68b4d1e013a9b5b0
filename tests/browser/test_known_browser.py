"""A browser in which somebody logged in, beside one that locks its address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from credigestor.db.models import LoginAttempt
from credigestor.services.lockout import ADDRESS_LIMIT
from tests.browser.conftest import Server
from tests.moments import NOW

pytestmark = pytest.mark.browser


def lock_the_address(server: Server) -> None:
    """Thirty failures from here, as a stranger at the next desk makes them."""
    with Session(server.engine) as session, session.begin():
        session.add_all(
            LoginAttempt(login=f"alguem{n}", address="127.0.0.1", at=NOW, succeeded=False)
            for n in range(ADDRESS_LIMIT)
        )


def test_who_has_logged_in_here_before_enters_while_the_address_is_locked(
    page: Page, server: Server, new_page: Callable[..., Any], log_in: Callable[..., None]
) -> None:
    leave = page.get_by_role("button", name="Sair")
    page.goto("/")
    log_in(page, "adm")
    leave.click()
    expect(page.get_by_label("Usuário", exact=True)).to_be_visible()
    cookies = {c["name"]: c for c in page.context.cookies()}
    known = cookies["credigestor_browser"]
    assert (known["httpOnly"], known["sameSite"], known["expires"] > 0) == (True, "Strict", True)
    lock_the_address(server)
    stranger = new_page(server)
    stranger.goto("/")
    log_in(stranger, "adm")
    expect(stranger.get_by_text("Muitas tentativas sem sucesso")).to_be_visible()
    log_in(page, "adm")
    expect(leave).to_be_visible()
