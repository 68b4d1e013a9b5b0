"""No page shows or says a word of Streamlit's or Vega's English, nor a figure of many decimals."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from credigestor.ui.kit.navigation import PAGES
from tests.browser.conftest import settled

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


def test_no_page_of_the_menu_is_left_in_english(page: Any, log_in: Callable[..., None]) -> None:
    page.goto("/")
    log_in(page, "adm")
    page.get_by_role("link", name="Auditoria").wait_for()
    links = page.get_by_test_id("stSidebar").get_by_role("link")
    found = {}
    for place in range(links.count()):
        links.nth(place).click()
        title = links.nth(place).inner_text().split("\n")[-1]
        page.get_by_role("heading", name=title, exact=True).first.wait_for()
        settled(page)
        told = [text for text in page.evaluate(TOLD) if text and not OURS.search(text)]
        left = [text for text in told if ENGLISH.search(text) or ODD.search(text)]
        if left:
            found[title] = left
    assert found == {}
    # All but the first page, which leads who manages to Hoje; and Minha conta.
    assert links.count() == len([spec for spec in PAGES if spec.section])
