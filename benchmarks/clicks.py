"""From a click until the page is drawn, in a real Chromium, beside a bare app.

A click in the menu, or on the first row of a list for a page that is reached from there. The bare
app (`bare_pages.py`) is Streamlit as it comes, with a page of a title and a line, and for
each page of charts one that shows the same finished charts and nothing else. Both servers run at
once, and a click here follows a click there; every page is opened before it is timed.

What is timed is inside the browser: from the click to the last change of the page before it was
still for `STILL` milliseconds. What changes inside a canvas does not count, in either app: it is
what screen readers are told of a table of Streamlit's, and nobody sees it come, a third of a
second after the table.
"""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from statistics import median
from typing import Any
from unittest.mock import patch

import streamlit as st
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import URL

from benchmarks import server
from benchmarks.figure import Figure
from benchmarks.queries import name_of
from benchmarks.visits import ANALYTICS, inside, visit
from credigestor.ui.kit.navigation import PAGES
from credigestor.ui.kit.navigation import page as page_spec
from credigestor.web import cookies

COUNTER = (
    "counter/home.py",
    "counter/new_sale.py",
    "counter/receive.py",
    "counter/account.py",
)
#: Pages that a row opens, and the list that it is in.
ROWS = {
    "counter/customer.py": "counter/customers.py",
    "counter/sale.py": "counter/sales.py",
    "counter/note.py": "counter/notes.py",
    "counter/payment.py": "counter/payments.py",
}
LISTS = (
    "counter/customers.py",
    "counter/sales.py",
    "counter/notes.py",
    "counter/payments.py",
    "analytics/delinquency.py",
)
#: Times the bare page's time that a page may take.
COUNTER_LIMIT, LIST_LIMIT, CHARTS_LIMIT = 1.5, 2.0, 1.3
ROUNDS = 9
STILL = 350
#: The bare page beside those without charts, and the pages where clicks start.
PLAIN, BARE_START, OUR_START, OTHER_START = "plain", "comeco", "minha-conta", "receber"
_HERE = Path(__file__).parent
_FIRST_ROW = "[data-testid=stMain] .cg-rows tbody a.cg-follow"
_READY = "[data-test-script-state=notRunning] [data-testid=stSidebar] a"

_CLICK = """
([what, still]) => new Promise((done, failed) => {
  const link = document.querySelector(what)
  if (!link) return failed(new Error(`no ${what}`))
  const state = () => document.querySelector('[data-test-script-state]').dataset.testScriptState
  const title = () => document.querySelector('[data-testid=stMain] h1')?.textContent
  let last = 0
  const before = title()
  const clicked = performance.now()
  const seen = new MutationObserver((changes) => {
    const unseen = ({target}) => (target.closest ? target : target.parentElement)?.closest('canvas')
    if (!changes.every(unseen)) last = performance.now()
  })
  seen.observe(document.body,
    {subtree: true, childList: true, attributes: true, characterData: true})
  link.click()
  const look = setInterval(() => {
    const now = performance.now()
    const there = title() && title() !== before && state() === 'notRunning'
    if (there && now - last > still) {
      clearInterval(look)
      seen.disconnect()
      done(last - clicked)
    }
    if (now - clicked > 60000) { clearInterval(look); failed(new Error(`${what} is never still`)) }
  }, 10)
})
"""


def measure(url: URL) -> list[Figure]:
    """Time a click to every page of the counter, of lists and of charts.

    The manager's pages as the manager, the others as a seller.
    """
    limits = dict.fromkeys([*COUNTER, *ROWS], COUNTER_LIMIT) | dict.fromkeys(LISTS, LIST_LIMIT)
    limits |= {page: CHARTS_LIMIT for page in ANALYTICS if page not in LISTS}
    with tempfile.TemporaryDirectory() as folder:
        bare = _keep_charts(url, Path(folder))
        with server.running(url) as ours, _bare(Path(folder)) as port, _chromium() as browser:
            there = _tab(browser, f"http://127.0.0.1:{port}", BARE_START)
            base = f"http://127.0.0.1:{ours.port}"
            seller = _tab(browser, base, OUR_START, ours.sellers_token)
            manager = _tab(browser, base, OUR_START, ours.token)
            return [
                _click(manager if page in ANALYTICS else seller, page, there, bare.get(page), limit)
                for page, limit in limits.items()
            ]


def _tab(browser: Browser, base: str, start: str, token: str | None = None) -> Page:
    """A window of somebody's own, where clicks start."""
    window = browser.new_context(locale="pt-BR", viewport={"width": 1366, "height": 768})
    if token:
        window.add_cookies([{"name": cookies.cookie_name(), "value": token, "url": base}])
    page = window.new_page()
    page.goto(f"{base}/{start}")
    page.wait_for_selector(_READY)
    return page


def _click(here: Page, page: str, there: Page, bare: str | None, limit: float) -> Figure:
    ours, floor = [], []
    for number in range(ROUNDS + 2):
        taken = _ours(here, page), _timed(there, _link(bare or PLAIN), _link(BARE_START))
        if number >= 2:
            ours.append(taken[0])
            floor.append(taken[1])
    return Figure(f"{name_of(page)}_click_to_drawn_vs_bare", median(ours), median(floor), limit)


def _ours(here: Page, page: str) -> float:
    if page in ROWS:
        _clicked(here, _link(page_spec(ROWS[page]).url_path))
        return _timed(here, _FIRST_ROW, _link(OUR_START))
    path = "/" if page == PAGES[0].file else page_spec(page).url_path
    if path == OUR_START:
        _clicked(here, _link(OTHER_START))
        return _timed(here, _link(path), None)
    return _timed(here, _link(path), _link(OUR_START))


def _link(path: str) -> str:
    return f"[data-testid=stSidebar] a[href$='{path}']"


def _timed(page: Page, what: str, back: str | None) -> float:
    """Seconds from a click until it is drawn; the way back to where it started is not timed."""
    page.bring_to_front()
    taken = _clicked(page, what)
    if back:
        _clicked(page, back)
    return taken


def _clicked(page: Page, what: str) -> float:
    page.wait_for_selector(what, state="attached")
    return float(page.evaluate(_CLICK, [what, STILL])) / 1000


def _keep_charts(url: URL, folder: Path) -> dict[str, str]:
    """Keep each page's charts in a file of its own; the bare page beside each that has any."""
    kept: list[tuple[dict[str, Any], str]] = []

    def keeping(spec: dict[str, Any], *, width: str, **_: Any) -> dict[str, Any]:
        kept.append((spec, width))
        return {}

    found = {}
    with inside(url), patch.object(st, "vega_lite_chart", keeping):
        for page in ANALYTICS:
            kept.clear()
            visit(page)
            if kept:
                found[page] = name_of(page)
                (folder / name_of(page)).write_bytes(pickle.dumps(kept))
    (folder / PLAIN).write_bytes(pickle.dumps([]))
    return found


@contextmanager
def _bare(folder: Path) -> Iterator[int]:
    """The bare app with these charts, in a process of its own; its port."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "streamlit", "run", str(_HERE / "bare_pages.py")),
            *("--server.port", str(port), "--server.address", "127.0.0.1"),
            *("--server.headless", "true", "--browser.gatherUsageStats", "false"),
            *("--server.fileWatcherType", "none", "--", str(folder)),
        ],
        cwd=folder,  # where no configuration of ours is found
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server.wait_for(port, process, "/_stcore/health")
        yield port
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def _chromium() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    assert executable, "make bench needs a Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()
