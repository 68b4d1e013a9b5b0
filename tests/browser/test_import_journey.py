"""An import that is tried in a real browser: looked at, and dropped without a trace."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

NOTEBOOK = """\
Cliente;CPF;Contrato;Parcela;Vencimento;Valor;Pago em;Valor pago;Forma
Iara Caderno;529.982.247-25;C1;1/2;05/02/2026;80,00;05/02/2026;80,00;Pix
Iara Caderno;529.982.247-25;C1;2/2;05/03/2026;80,00;;;
"""
_HELD = """
SELECT ARRAY[
    (SELECT count(*) FROM customers), (SELECT count(*) FROM sales), (SELECT count(*) FROM notes),
    (SELECT count(*) FROM payments), (SELECT count(*) FROM audit_log)]
"""


def test_a_trial_shows_who_would_owe_and_leaves_the_shop_as_it_was(
    page: Page, arrive: Callable[..., None], server: Server
) -> None:
    arrive(page, "adm", "/importar")
    before = server.scalar(_HELD)
    page.locator("input[type=file]").set_input_files(
        {"name": "caderno.csv", "mimeType": "text/csv", "buffer": NOTEBOOK.encode()}
    )
    page.get_by_role("button", name="Conferir").click()
    page.get_by_role("button", name="Ensaiar").click()
    expect(page.get_by_role("heading", name="Ensaio", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Quem deveria à loja")).to_be_visible()
    search = page.get_by_label("Ver as notas de um cliente")
    search.fill("ninguem")
    search.press("Enter")
    expect(page.get_by_text("Nenhum cliente com notas tem esse nome.")).to_be_visible()
    page.get_by_role("button", name="Descartar o ensaio").click()
    expect(page.get_by_role("heading", name="Ensaio", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="Ensaiar")).to_be_visible()
    assert server.scalar(_HELD) == before
