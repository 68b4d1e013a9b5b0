"""Tabs and what opens at a click in a real browser: Back finds them as they were left."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.conftest import Server, settled
from tests.browser.shown import logged_in
from tests.portfolio import TODAY, add_customer, add_sale, late

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def debtor(server: Server) -> int:
    """A customer whose one note is very late."""
    with Session(server.engine) as session, session.begin():
        who = add_customer(session, "Teresa das Abas")
        add_sale(session, who, late(700), [("90.00", late(600)), ("10.00", TODAY)])
    return who


@pytest.fixture
def page(server: Server, new_page: Callable[..., Page]) -> Page:
    return logged_in(server, new_page)


def test_back_to_a_customer_finds_the_tab_and_one_step_more_leaves_the_customer(
    page: Page, debtor: int
) -> None:
    page.goto("/clientes?q=Teresa")
    page.get_by_role("link", name="Teresa das Abas").click()
    page.get_by_role("tab", name="Contatos").click()
    settled(page)
    page.get_by_role("tab", name="Compras").click()
    expect(page).to_have_url(re.compile("[?&]customer_tab=Compras"))
    purchases = page.get_by_role("tabpanel", name="Compras")
    purchases.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Venda", exact=False, level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("tab", name="Compras")).to_have_attribute("aria-selected", "true")
    expect(purchases.get_by_role("link").first).to_be_focused()
    settled(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Clientes", level=1)).to_be_visible()


def test_another_customer_and_another_page_begin_with_their_first_tab(
    page: Page, debtor: int
) -> None:
    page.goto(f"/cliente?id={debtor}&customer_tab=Cadastro")
    expect(page.get_by_role("tab", name="Cadastro")).to_have_attribute("aria-selected", "true")
    for link, first in (("Usuários", "Pessoas"), ("Configurações", "Loja"), ("Backup", "Arquivos")):
        page.get_by_test_id("stSidebar").get_by_role("link", name=link).click()
        expect(page.get_by_role("tab", name=first)).to_have_attribute("aria-selected", "true")
        assert "_tab=" not in page.url
        page.get_by_role("tab").last.click()
        page.wait_for_url("**_tab=*")
    page.go_back()
    expect(page.get_by_role("tab", name="Histórico")).to_have_attribute("aria-selected", "true")


def test_back_to_inadimplencia_finds_the_notes_that_may_be_written_off(
    page: Page, debtor: int
) -> None:
    page.goto("/inadimplencia")
    settled(page)
    page.get_by_text("Baixar notas por perda").click()
    page.get_by_text("Mostrar as notas").click()
    note = page.get_by_test_id("stExpander").locator("tr", has_text="Teresa das Abas")
    note.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Nota", exact=False, level=1)).to_be_visible()
    page.go_back()
    expect(note.get_by_role("link")).to_be_focused()


def test_what_was_typed_in_a_tab_is_there_after_a_look_at_another(page: Page, debtor: int) -> None:
    page.goto(f"/cliente?id={debtor}")
    settled(page)
    field = page.get_by_label("Cidade", exact=True)
    expect(field).to_have_count(0)  # nobody has looked at the tab yet
    page.get_by_role("tab", name="Cadastro").click()
    field.fill("Crato")
    page.get_by_role("tab", name="Compras").click()
    expect(page.get_by_role("tabpanel", name="Compras").get_by_role("link")).not_to_have_count(0)
    page.get_by_role("tab", name="Cadastro").click()
    settled(page)
    expect(field).to_have_value("Crato")
