"""The administrator makes a backup, and gets the shop back as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.rules.permissions import Role
from tests.browser.conftest import PLAIN, Server, settled
from tests.factories import PASSWORD
from tests.portfolio import add_customer

pytestmark = pytest.mark.browser

MAKE = "Fazer backup agora"
MADE = "SELECT count(*) FROM backup_runs WHERE kind = 'backup' AND ok"


@pytest.fixture(scope="module")
def shop(cluster: str) -> Iterator[Server]:
    """A server of its own: a restore, which the database dates, ends everybody's login."""
    running = Server(cluster, "backup_tests", streamlit=PLAIN, CREDIGESTOR_AUTOMATIC_BACKUP="false")
    running.add_user("adm", Role.ADMIN, "Ada Admin")
    register(running, "Ana Antes")
    yield running
    running.stop()


def register(shop: Server, name: str) -> None:
    with Session(shop.engine) as session, session.begin():
        add_customer(session, name)


@pytest.fixture
def backup_page(new_page: Callable[..., Any], shop: Server, log_in: Callable[..., None]) -> Page:
    """The Backup page of an administrator who has just logged in."""
    page: Page = new_page(shop)
    page.goto("/backup")
    log_in(page, "adm")
    expect(page.get_by_role("heading", name="Backup", exact=True)).to_be_visible()
    settled(page)
    return page


def test_a_restore_takes_away_what_came_after_the_backup(
    backup_page: Page, shop: Server, log_in: Callable[..., None]
) -> None:
    page = backup_page
    page.get_by_role("button", name=MAKE).click()
    expect(page.get_by_text("Backup feito")).to_be_visible()
    register(shop, "Dino Depois")

    page.get_by_role("button", name="Restaurar", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("row", name="Clientes 1 2")).to_be_visible()
    dialog.get_by_label("Sua senha", exact=True).fill(PASSWORD)
    dialog.get_by_label("Digite RESTAURAR para confirmar").fill("RESTAURAR")
    dialog.get_by_role("button", name="Restaurar agora").click()
    expect(dialog.get_by_text("Backup restaurado")).to_be_visible(timeout=60_000)
    expect(dialog.get_by_text("todos precisam entrar de novo")).to_be_visible()

    dialog.get_by_role("button", name="Entrar de novo").click()
    log_in(page, "adm")
    expect(page.get_by_role("heading", name="Backup", exact=True)).to_be_visible()
    page.get_by_role("link", name="Clientes").click()
    expect(page.get_by_role("heading", name="Clientes")).to_be_visible()
    assert shop.scalar("SELECT string_agg(name, ', ') FROM customers") == "Ana Antes"
    assert shop.scalar("SELECT count(*) FROM backup_runs WHERE kind = 'restore' AND ok") == 1


def test_two_fast_clicks_make_one_backup_and_a_reload_shows_that_it_goes_on(
    backup_page: Page, shop: Server
) -> None:
    page, before = backup_page, shop.scalar(MADE)
    with shop.engine.connect() as holding:
        holding.execute(text("LOCK TABLE reversals IN ACCESS EXCLUSIVE MODE"))
        page.get_by_role("button", name=MAKE).dblclick()
        shop.await_scalar(1, "SELECT count(*) FROM backup_runs WHERE ok IS NULL")
        page.reload()
        expect(page.get_by_text("Um backup está sendo feito")).to_be_visible()
        expect(page.get_by_role("button", name=MAKE)).to_be_disabled()
        holding.rollback()
    expect(page.get_by_role("button", name=MAKE)).to_be_enabled()
    expect(page.get_by_text("Um backup está sendo feito")).to_be_hidden()
    assert shop.scalar(MADE) == before + 1
    assert shop.scalar("SELECT count(*) FROM backup_runs WHERE NOT coalesce(ok, false)") == 0
