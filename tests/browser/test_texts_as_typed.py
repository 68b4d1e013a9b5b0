"""Whatever a person typed is shown as typed: no link, no icon, no other letter is made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import PLAIN, Server
from tests.browser.payloads import PAYLOADS, PLACES

pytestmark = pytest.mark.browser

MADE = "a, img, [role=img], code, .katex, li, s"
SHOWN = """
    MADE => Object.fromEntries([...document.querySelectorAll('[class*="st-key-"]')].map(place => [
        place.className.match(/st-key-([a-z]+-\\d+)/)?.[1],
        [place.innerText.trim(), place.querySelectorAll(MADE).length],
    ]))
"""


def test_no_markdown_is_made_of_what_a_person_typed(
    cluster: str, new_page: Callable[..., Any]
) -> None:
    server = Server(cluster, "texts", app="tests/browser/markdown_app.py", streamlit=PLAIN)
    try:
        page = new_page(server)
        page.goto("/")
        page.get_by_text("Fim", exact=True).wait_for()
        for lazily_drawn in ("button-0", "checkbox-0"):
            page.locator(f".st-key-{lazily_drawn}").get_by_text("ana@").wait_for()
        shown = page.evaluate(SHOWN, MADE)
        expected = {
            f"{place}-{number}": [payload, 0]
            for number, payload in enumerate(PAYLOADS)
            for place in PLACES
        }
        wrong = {key: shown.get(key) for key in expected if shown.get(key) != expected[key]}
        assert wrong == {}
    finally:
        server.stop()
