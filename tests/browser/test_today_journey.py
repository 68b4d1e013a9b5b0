"""Hoje in a real browser: a card, its message, a promise, and the day after it was broken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from tests.browser.conftest import Server, settled
from tests.portfolio import TODAY, add_customer, add_sale
from tests.superuser import as_superuser

NAME = "Zuleide da Promessa"


def owing(server: Server) -> None:
    """So much that she is among the first, whatever else the shop has."""
    with Session(server.engine) as session, session.begin():
        customer = add_customer(session, NAME, phone="+5585988724443")
        due = TODAY - timedelta(days=15)
        add_sale(session, customer, TODAY - timedelta(days=45), [("20000.00", due)])


def a_day_passes(server: Server) -> None:
    """The server's clock goes on from a fixed moment: what was recorded is put a day back."""
    database = server.engine.url.database or ""
    with as_superuser(server.database_url, database) as connection:
        for statement in (
            "SET session_replication_role = replica",
            "SET search_path = credigestor",
            "UPDATE contacts SET contacted_on = contacted_on - 1",
            "UPDATE promises SET due_on = due_on - 1, on_time_until = on_time_until - 1",
        ):
            connection.execute(statement)


def test_a_card_leads_to_whatsapp_and_a_promise_takes_it_away_until_it_is_broken(
    page: Page, server: Server, arrive: Callable[..., None]
) -> None:
    owing(server)
    arrive(page, "gerente", "/")
    expect(page.get_by_role("heading", name="Hoje", exact=True)).to_be_visible()

    def card() -> Locator:
        inner = page.get_by_test_id("stVerticalBlock").filter(
            has=page.get_by_role("link", name=NAME)
        )
        return inner.filter(has_text="em atraso").last

    # 20.000,00 + 2 % + 15 days at 1 % a month.
    expect(card()).to_contain_text("R$ 20.500,00")
    address = card().get_by_role("link", name="WhatsApp").get_attribute("href") or ""
    assert address.startswith("https://wa.me/5585988724443?text=")
    [sent] = parse_qs(urlsplit(address).query)["text"]
    assert sent.startswith("Boa tarde, Zuleide!")
    assert "vencimento em 08/11/2026 é hoje de R$ 20.500,00" in sent
    assert card().get_by_role("link", name="(85) 98872-4443").get_attribute("href") == (
        "tel:+5585988724443"
    )

    card().get_by_text("Prometeu", exact=True).click()
    card().get_by_label("Prometeu pagar (R$)").fill("500,00")
    day = card().get_by_test_id("stDateInputField")
    day.locator("[data-type='day'], [aria-label*='day'], [aria-label*='dia']").first.click()
    page.keyboard.type(f"{TODAY:%d%m%Y}")
    page.keyboard.press("Enter")
    card().get_by_role("button", name="Gravar promessa").click()
    expect(page.get_by_text("prometeu R$ 500,00 até 23/11/2026")).to_be_visible()
    expect(page.get_by_role("link", name=NAME)).to_have_count(0)

    a_day_passes(server)
    page.reload()
    settled(page)
    expect(card()).to_contain_text("Promessa quebrada: R$ 500,00 até 22/11/2026")
