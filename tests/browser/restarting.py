"""A seller at work on a server whose process dies and is started again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from credigestor.db.models import User
from credigestor.rules.permissions import Role
from credigestor.web import cookies
from tests.browser.conftest import Server
from tests.portfolio import TODAY, add_customer, add_sale

#: Streamlit with a clock at NOW, that dies where it is told.
MORTAL = (str(Path(__file__).with_name("mortal.py")),)


def fill_shop(server: Server) -> None:
    """A seller, and a customer who owes 200,00 and 100,00, neither late."""
    server.add_user("vendedor", Role.SELLER, "Vera Vendedora")
    with Session(server.engine) as session, session.begin():
        customer = add_customer(session, "Ana Ribeiro")
        notes = [("200.00", TODAY + timedelta(days=20)), ("100.00", TODAY + timedelta(days=50))]
        add_sale(session, customer, TODAY - timedelta(days=10), notes)


def seller(server: Server, new_page: Callable[..., Any], **options: Any) -> Page:
    """A page of a browser where the seller is logged in already."""
    page: Page = new_page(server, **options)
    with Session(server.engine) as session:
        user = session.query(User).filter_by(login="vendedor").one()
    token = server.log_in(user)
    page.context.add_cookies(
        [{"name": cookies.cookie_name(), "value": token, "url": server.base_url}]
    )
    return page


def new_sale(page: Page) -> str:
    """Type a sale of 1.000,00 in three, ready to be confirmed; the form's word in the address."""
    page.goto("/nova-venda?customer=1")
    page.get_by_label("Total da venda (R$)").press_sequentially("1000", delay=30)
    page.get_by_label("Parcelas").press_sequentially("3", delay=30)
    expect(page.get_by_role("button", name="Confirmar venda")).to_be_enabled()
    return _word(page)


def receive(page: Page) -> str:
    """Type a payment of 50,00, ready to be confirmed; the form's word in the address."""
    page.goto("/receber?customer=1")
    page.get_by_label("Valor recebido (R$)").press_sequentially("50", delay=30)
    expect(page.get_by_role("button", name="Confirmar")).to_be_visible()
    return _word(page)


def restart(server: Server, *pages: Page) -> None:
    """Kill the process unless it is dead, start another, and wait until the browsers found it."""
    server.process.kill()
    server.process.wait()
    server.start()
    for page in pages:
        page.locator("[data-test-connection-state='CONNECTED']").wait_for(state="attached")


def die_at(server: Server, point: str) -> None:
    """Let the process die there when it next records a sale or a payment."""
    (server.data_dir / "die").write_text(point)


def count(server: Server, table: str) -> int:
    """How many rows a table has."""
    return int(server.scalar(f"SELECT count(*) FROM {table}"))


def _word(page: Page) -> str:
    [word] = parse_qs(urlsplit(page.url).query)["op"]
    return word
