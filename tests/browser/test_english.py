"""No page shows or says a word of Streamlit's or Vega's English, nor a figure of many decimals."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from credigestor.ui.kit.navigation import PAGES
from tests.browser.conftest import Server, settled
from tests.browser.shown import fill, logged_in, more

pytestmark = pytest.mark.browser

#: What a person reads, and what a screen reader says of what is there to be seen.
TOLD = """
() => {
    const told = new Set();
    const names = ["aria-label", "aria-valuetext", "aria-roledescription", "title", "placeholder"];
    for (const one of document.querySelectorAll("body *")) {
        if (one.closest("style, script, noscript, [data-testid=stIconMaterial]")) continue;
        if (one.closest("[aria-hidden=true]")) continue;
        for (const name of names) told.add(one.getAttribute(name) ?? "");
        for (const node of one.childNodes)
            if (node.nodeType === Node.TEXT_NODE) told.add(node.nodeValue.trim());
    }
    return [...told];
}
"""
#: Words that every English text of a few words has one of, and no Portuguese one.
ENGLISH = re.compile(
    r"\b(the|of|to|and|with|your|is|are|type|press|heading|copy|search|select|show"
    r"|hide|open|close|clear|values?|scale|titled|series|mark|container|axis|legend|chart"
    r"|visualization|file|column|row|next|previous|running|drag)\b",
    re.IGNORECASE,
)
ODD = re.compile(r"\d[.,]\d{5,}|\*\*|\\\\")
#: Portuguese, and names of things.
OURS = re.compile(r"\b(Chromium|Chrome|Firefox)\b|^https?:|\.csv$|^python -m ")


def left_in_english(page: Any) -> list[str]:
    """What is told in English or as no person writes, hidden tabs and all."""
    settled(page)
    told = [text for text in page.evaluate(TOLD) if text and not OURS.search(text)]
    return [text for text in told if ENGLISH.search(text) or ODD.search(text)]


def test_no_page_of_the_menu_is_left_in_english(
    server: Server, page: Any, log_in: Callable[..., None]
) -> None:
    fill(server)
    more(server)
    page.goto("/")
    log_in(page, "adm")
    page.get_by_role("link", name="Auditoria").wait_for()
    links = page.get_by_test_id("stSidebar").get_by_role("link")
    found = {}
    for place in range(links.count()):
        links.nth(place).click()
        title = links.nth(place).inner_text().split("\n")[-1]
        page.get_by_role("heading", name=title, exact=True).first.wait_for()
        found[title] = left_in_english(page)
        for tab in page.get_by_role("tab").all()[1:]:
            tab.click()
            settled(page)
            found[f"{title}, {tab.inner_text()}"] = left_in_english(page)
    assert {title: words for title, words in found.items() if words} == {}
    # All but the first page, which leads who manages to Hoje; and Minha conta.
    assert links.count() == len([spec for spec in PAGES if spec.section])


def test_no_page_of_one_customer_sale_or_note_is_left_in_english(
    server: Server, new_page: Callable[..., Any]
) -> None:
    page = logged_in(server, new_page)
    found = {}
    in_menu = {spec.url_path for spec in PAGES if spec.section}
    of_one = {name: each for name, each in fill(server).items() if name not in in_menu}
    for name, address in [*of_one.items(), *more(server).items()]:
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        found[f"{name}: {address}"] = left_in_english(page)
        for tab in page.get_by_role("tab").all()[1:]:
            tab.click()
            settled(page)
            found[f"{name}, {tab.inner_text()}"] = left_in_english(page)
        popovers = page.get_by_test_id("stPopover").get_by_role("button")
        for popover in popovers.all():
            if popover.is_visible():
                popover.click()
                found[f"{name}, {popover.inner_text()}"] = left_in_english(page)
                page.keyboard.press("Escape")
    assert {name: words for name, words in found.items() if words} == {}


def test_the_dialogs_of_a_backup_are_not_left_in_english(
    server: Server, new_page: Callable[..., Any]
) -> None:
    page = logged_in(server, new_page)
    page.goto("/backup")
    page.get_by_role("button", name="Fazer backup agora").click()
    page.get_by_role("button", name="Verificar").first.click()
    found = []
    for name in ("Verificar", "Restaurar"):
        if name == "Restaurar":
            page.get_by_role("button", name=name).first.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        found += left_in_english(page)
        page.get_by_role("dialog").get_by_role(
            "button", name=re.compile("^(Fechar|Cancelar)$")
        ).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert found == []
