"""The server's process dies under people at work, and another one takes its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled
from tests.browser.restarting import (
    MORTAL,
    count,
    die_at,
    fill_shop,
    new_sale,
    receive,
    restart,
    seller,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def mortal(cluster: str) -> Iterator[Server]:
    """A shop whose server dies when it is told to."""
    server = Server(cluster, "restart_tests", streamlit=MORTAL)
    fill_shop(server)
    yield server
    server.stop()


def test_a_sale_recorded_by_a_process_that_died_is_told_and_nothing_typed_elsewhere_is_lost(
    mortal: Server, new_page: Callable[..., Page]
) -> None:
    selling = seller(mortal, new_page)
    typing, paying, searching = (selling.context.new_page() for _ in range(3))
    word, _, _ = new_sale(selling), new_sale(typing), receive(paying)
    searching.goto("/nova-venda")
    expect(searching.get_by_label("Cliente", exact=True)).to_be_visible()
    die_at(mortal, "sent")
    selling.get_by_role("button", name="Confirmar venda").click()
    mortal.process.wait(20)
    restart(mortal, selling, typing, paying, searching)

    expect(selling.get_by_text("Já registrada: Venda 000002, em ").first).to_be_visible()
    settled(selling)
    expect(selling.get_by_label("Total da venda (R$)")).to_have_value("")
    assert count(mortal, "sales") == 2
    assert word not in selling.url

    typing.get_by_label("Descrição (opcional)").press_sequentially("Mesa", delay=30)
    typing.get_by_role("button", name="Confirmar venda").click()
    expect(typing.get_by_role("heading", name="Venda 000003")).to_be_visible()
    expect(typing.get_by_text("Descrição: Mesa")).to_be_visible()
    typing.go_back()
    expect(typing.get_by_label("Total da venda (R$)")).to_have_value("")

    paying.get_by_role("button", name="Confirmar").click()
    expect(paying.get_by_text("este clique não foi feito")).to_be_visible()
    assert count(mortal, "payments") == 0
    paying.get_by_role("button", name="Confirmar").click()
    expect(paying.get_by_role("heading", name="Recibo 000001")).to_be_visible()
    expect(paying.get_by_text("de R$\xa050,00 registrado.")).to_be_visible()

    searching.get_by_label("Cliente", exact=True).press_sequentially("ana", delay=20)
    searching.get_by_role("button", name="Ana Ribeiro").click()
    expect(searching.get_by_role("button", name="Trocar cliente")).to_be_visible()
