"""Streamlit's own toolbars take no data out, whoever looks; raw and as a person sees them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from credigestor.rules.permissions import Role
from tests.browser.conftest import Server, settled
from tests.browser.wire import Wire
from tests.portfolio import TODAY, add_customer, add_sale

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_told_to_offer_no_export_of_a_table(server: Server, role: Role) -> None:
    wire = Wire(server, server.log_in(server.add_user(f"olha-{role.value}", role))).draw()
    wire.close()
    assert wire.disables_export


def test_a_table_and_a_chart_offer_no_file_and_no_copy(
    page: Page, server: Server, arrive: Callable[..., None]
) -> None:
    with Session(server.engine) as session, session.begin():
        customer = add_customer(session, "=HYPERLINK(1)")
        add_sale(session, customer, TODAY - timedelta(days=9), [("10.00", TODAY)])
    arrive(page, "gerente", "/clientes")
    table = page.get_by_role("table")
    expect(table).to_be_visible()
    settled(page)
    table.hover()
    tools = page.get_by_test_id("stElementToolbar")
    expect(tools).to_have_count(0)  # a list is plain HTML
    page.goto("/carteira")
    chart = page.get_by_test_id("stVegaLiteChart").first
    expect(chart).to_be_visible()
    settled(page)
    chart.hover()
    show = tools.get_by_label("Mostrar os dados").first
    expect(show).to_be_visible()
    picture = page.get_by_test_id("stElementToolbarButton").get_by_label("Baixar como imagem")
    for button in picture.all():
        expect(button).to_be_hidden()
    show.click()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    page.get_by_test_id("stDataFrame").first.hover()
    expect(tools.get_by_label("Buscar").first).to_be_visible()
    expect(tools.get_by_label("Baixar em CSV")).to_have_count(0)
