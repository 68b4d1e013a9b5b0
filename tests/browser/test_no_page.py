"""An address that no page has says so, to a stranger after the login, and leads on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_an_unknown_address_says_so_and_leads_to_the_first_page(
    page: Any, log_in: Callable[..., None]
) -> None:
    page.goto("/nao-há")
    expect(page.get_by_label("Usuário", exact=True)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    log_in(page, "vendedor")
    expect(page.get_by_role("heading", name="Página não encontrada", level=1)).to_be_visible()
    expect(page).to_have_title("Página não encontrada · CrediGestor")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Ir para a página inicial").click()
    expect(page.get_by_role("heading", name="Meu dia")).to_be_visible()
    page.goto("/clientes/ana?q=1")  # below a page there is none either
    expect(page).to_have_url(re.compile("/clientes-ana"))
    expect(page.get_by_role("heading", name="Página não encontrada", level=1)).to_be_visible()
