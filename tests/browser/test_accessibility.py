"""axe-core on every page with something on it at a desk, on some of them on a phone in the dark.

Nothing critical or serious, but what Streamlit itself brings.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled
from tests.browser.shown import fill, logged_in

pytestmark = pytest.mark.browser

#: Streamlit's own, by rule, and where alone it may stand.
STREAMLITS = {
    # Its menu puts a section's <li> into a <div> of its <ul>.
    "list": "[data-testid=stSidebarNav]",
    "listitem": "[data-testid=stSidebarNav]",
}
#: What axe finds, one line a place: the page's width, the rule, the element and why.
FOUND = """async ([scope, streamlits]) => {
  const { violations } = await axe.run(scope, { resultTypes: ["violations"] });
  const ours = (rule) => (node) =>
    !(rule in streamlits) || !document.querySelector(node.target[0])?.closest(streamlits[rule]);
  return violations
    .filter(({ impact }) => impact === "critical" || impact === "serious")
    .flatMap(({ id, nodes }) =>
      nodes
        .filter(ours(id))
        .map((node) => `${innerWidth} ${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`)
    );
}"""
#: Looked at on a phone in the dark theme too: each has parts that few others have.
IN_THE_DARK = ("receber", "clientes", "safras")
DESK: Any
PHONE: Any
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
#: A page and its charts have been drawn: nothing came for a while.
STILL = """() => new Promise((still) => {
  const wait = () => setTimeout(() => (observer.disconnect(), still(true)), 250);
  let timer = wait();
  const observer = new MutationObserver(() => (clearTimeout(timer), (timer = wait())));
  observer.observe(document.body, { subtree: true, childList: true });
})"""


@pytest.fixture(scope="module")
def axe() -> str:
    package = pytest.importorskip(
        "axe_playwright_python", reason="axe-playwright-python (requirements-dev) is not installed"
    )
    return resources.files(package).joinpath("axe.min.js").read_text("utf-8")


def look(page: Page, scope: str, scheme: Any = "light", size: Any = DESK) -> list[str]:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "scheme => getComputedStyle(document.querySelector('.stApp')).colorScheme === scheme",
        arg=scheme,
    )
    page.evaluate(STILL)
    found: list[str] = page.evaluate(FOUND, [scope, STREAMLITS])
    return found


def test_no_page_has_a_serious_barrier_of_our_making(
    server: Server, new_page: Callable[..., Any], axe: str
) -> None:
    page = logged_in(server, new_page, viewport=DESK)
    found: dict[str, list[str]] = {}
    for name, address in fill(server).items():
        link = page.locator(f"[data-testid=stSidebarNavLink][href$='{address}']")
        if link.count():
            link.click()  # quicker than a page loaded anew
            page.wait_for_url(f"**{address}*")
        else:
            page.goto(address)
            page.evaluate(axe)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settled(page)
        # The menu is the same on every page: looked at once.
        found[name] = look(page, "[data-testid=stMain]" if found else "html")
        if name in IN_THE_DARK:
            found[name] += look(page, "html", "dark", PHONE)
            page.set_viewport_size(DESK)
            page.emulate_media(color_scheme="light")
    assert {name: places for name, places in found.items() if places} == {}
