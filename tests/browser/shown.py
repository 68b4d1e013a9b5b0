"""A shop with something on every page, and a browser that is logged in to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import User
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.permissions import Actor, Role
from credigestor.services import proposals, sales
from credigestor.ui.kit.navigation import PAGES
from credigestor.web import cookies
from tests.acting import act
from tests.browser.conftest import Server
from tests.portfolio import TODAY, add_customer, add_sale, late, pay
from tests.services.closing import close_in
from tests.services.down_paying import paid_down
from tests.services.offering import asked

DESK: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
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


@cache
def more(server: Server) -> dict[str, str]:
    """What few shops have, each by a customer of its own; the addresses of the pages that show it.

    A down payment, a proposal, a broken deal, a note to be given up, a change in a closed day.
    """

    def doing(work: Callable[[Session, Actor], int]) -> int:
        with Session(server.engine) as session, session.begin():
            user = session.scalars(select(User).where(User.login == "adm")).one()
            return work(session, Actor(user.id, user.name, Role.ADMIN))

    def broken(session: Session, actor: Actor) -> int:
        who = add_customer(session, "Yara Acordada")
        debt = add_sale(session, who, late(300), [("100.00", late(200)), ("90.00", late(170))])
        let = Acted(ActKind.RENEGOTIATION, late(120))
        act(session, actor, ActKind.RENEGOTIATION, late(120), dict.fromkeys(debt.notes, let))
        return who

    def lost(session: Session, actor: Actor) -> int:
        who = add_customer(session, "Wanda Completa", phone="+5585988724444", city="Sobral")
        add_sale(session, who, late(500), [("30.00", late(400)), ("30.00", TODAY)])
        old = add_sale(session, who, date(2019, 6, 3), [("50.00", date(2019, 7, 3))])
        sales.cancel(session, actor, sale_id=old.id, why="lançada em dobro", today=TODAY)
        return who

    doing(lambda session, actor: close_in(session, actor, date(2019, 12, 31)))
    yara, wanda = doing(broken), doing(lost)
    calm = doing(lambda session, actor: add_customer(session, "Xica Calma", city="Sobral"))
    doing(lambda session, actor: sales.register(session, actor, paid_down(calm), today=TODAY))
    offered = doing(lambda session, actor: proposals.make(session, actor, asked(calm), today=TODAY))
    return {
        "proposta": f"/proposta?id={offered}",
        "renegociar": f"/renegociar?customer={yara}",
        "cliente": f"/cliente?id={wanda}",
        "comprador": f"/cliente?id={calm}",
    }


def logged_in(server: Server, new_page: Callable[..., Any], **options: Any) -> Page:
    """A page in which the administrator is logged in."""
    with Session(server.engine) as session:
        user = session.scalars(select(User).where(User.login == "adm")).one()
    page: Page = new_page(server, **options)
    page.context.add_cookies(
        [{"name": cookies.cookie_name(), "value": server.log_in(user), "url": server.base_url}]
    )
    return page
