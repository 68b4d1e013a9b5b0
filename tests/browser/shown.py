"""A shop with something on every page, and a browser that is logged in to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import User
from credigestor.rules.permissions import Actor, Role
from credigestor.ui.kit.navigation import PAGES
from credigestor.web import cookies
from tests.browser.conftest import Server
from tests.portfolio import TODAY, add_customer, add_sale, pay

#: A phone held upright.
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}


@cache  # one Zulmira a server, whichever tests come to it
def fill(server: Server) -> dict[str, str]:
    """Sell to one customer, who is late after a year; the address of every page, by its word."""
    with Session(server.engine) as session, session.begin():
        user = session.scalars(select(User).where(User.login == "adm")).one()
        customer = add_customer(session, "Zulmira Zanetti", phone="+5585988724443", city="Sobral")
        months = [TODAY - timedelta(days=30 * back) for back in range(13, -3, -1)]
        sale = add_sale(session, customer, months[0], [("90.00", due) for due in months[1:]])
        paid = pay(session, Actor(user.id, user.name, Role.ADMIN), sale.notes[0], "90.00", TODAY)
    rows = {
        "nova-venda": f"?customer={customer}",
        "receber": f"?customer={customer}",
        "cliente": f"?id={customer}",
        "venda": f"?id={sale.id}",
        "nota": f"?id={sale.notes[1]}",
        "pagamento": f"?id={paid}",
    }
    return {page.url_path: f"/{page.url_path}{rows.get(page.url_path, '')}" for page in PAGES}


def logged_in(server: Server, new_page: Callable[..., Any], **options: Any) -> Page:
    """A page in which the administrator is logged in."""
    with Session(server.engine) as session:
        user = session.scalars(select(User).where(User.login == "adm")).one()
    page: Page = new_page(server, **options)
    page.context.add_cookies(
        [{"name": cookies.cookie_name(), "value": server.log_in(user), "url": server.base_url}]
    )
    return page
