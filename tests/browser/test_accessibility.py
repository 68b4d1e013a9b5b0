"""axe-core on every page and tab, full and empty, at a desk by day and on a phone in the dark.

Nothing critical or serious, but what Streamlit itself brings.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from credigestor.rules.permissions import Role
from credigestor.ui.kit.navigation import PAGES
from tests.browser.conftest import Server, settled
from tests.browser.shown import fill, logged_in, more

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


def both(page: Page, scope: str = "html") -> list[str]:
    """What is found at a desk by day and on a phone in the dark."""
    found = look(page, scope) + look(page, scope, "dark", PHONE)
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    return found


def go(page: Page, address: str, axe: str) -> None:
    """To a page: by its link in the menu, which is quicker than a page loaded anew."""
    link = page.locator(f"[data-testid=stSidebarNavLink][href$='{address}']")
    if link.count():
        link.click()
        page.wait_for_url(f"**{address}*")
    else:
        page.goto(address)
        page.evaluate(axe)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page)


def told(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: places for name, places in found.items() if places}


def test_no_page_has_a_serious_barrier_of_our_making(
    server: Server, new_page: Callable[..., Any], axe: str
) -> None:
    page = logged_in(server, new_page, viewport=DESK)
    found: dict[str, list[str]] = {}
    for name, address in (fill(server) | more(server)).items():
        go(page, address, axe)
        # The menu is the same on every page: looked at once.
        found[name] = both(page, "[data-testid=stMain]" if found else "html")
        for tab in page.get_by_role("tab").all()[1:]:
            tab.click()
            settled(page)
            found[f"{name}, {tab.inner_text()}"] = both(page, "[role=tabpanel]:not([inert])")
    assert told(found) == {}


def test_no_page_of_strangers_sellers_and_who_is_lost_has_one(
    server: Server,
    new_page: Callable[..., Any],
    log_in: Callable[..., None],
    axe: str,
) -> None:
    page = new_page(server, viewport=DESK)
    found = {}
    page.goto("/inicio")
    expect(page.get_by_label("Usuário", exact=True)).to_be_visible()
    page.evaluate(axe)
    found["login"] = both(page)
    page.goto("/inicio")
    log_in(page, "vendedor")
    expect(page.get_by_role("heading", name="Meu dia")).to_be_visible()
    settled(page)
    page.evaluate(axe)
    found["meu dia"] = both(page)
    for name, address in (("refused", "/usuarios"), ("unknown", "/nao-ha")):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settled(page)
        page.evaluate(axe)
        found[name] = both(page)
    assert told(found) == {}


def test_no_page_of_an_empty_shop_nor_its_first_run_has_one(
    fresh_server: Server, new_page: Callable[..., Any], axe: str
) -> None:
    page = new_page(fresh_server, viewport=DESK)
    page.goto("/")
    expect(page.get_by_label("Nome da loja", exact=True)).to_be_visible()
    settled(page)
    page.evaluate(axe)
    found = {"first run": both(page)}
    fresh_server.add_user("adm", Role.ADMIN, "Ada Admin")
    page = logged_in(fresh_server, new_page, viewport=DESK)
    for spec in PAGES:
        if spec.section:
            go(page, f"/{spec.url_path}", axe)
            found[spec.title] = look(page, "[data-testid=stMain]")
    assert told(found) == {}
