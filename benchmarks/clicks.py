"""From a click in the menu until the page is drawn, in a real Chromium, beside a bare app.

The bare app (`bare_pages.py`) is Streamlit as it comes, with a page of a title and a line, and for
each page of charts one that shows the same finished charts and nothing else. Both servers run at
once, and a click here follows a click there; every page is opened before it is timed.

What is timed is inside the browser: from the click to the last change of the page before it was
still for `STILL` milliseconds.
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
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import URL

from benchmarks import server
from benchmarks.figure import Figure
from benchmarks.queries import name_of
from benchmarks.visits import ANALYTICS, inside, visit
from credigestor.ui.kit.navigation import page as page_spec
from credigestor.web import cookies

COUNTER = ("counter/new_sale.py", "counter/receive.py")
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
PLAIN, BARE_START, OUR_START = "plain", "comeco", "minha-conta"
_HERE = Path(__file__).parent
_READY = "[data-test-script-state=notRunning] [data-testid=stSidebar] a"

_CLICK = """
([path, still]) => new Promise((done, failed) => {
  const link = document.querySelector(`[data-testid=stSidebar] a[href$='${path}']`)
  if (!link) return failed(new Error(`no link to ${path}`))
  const state = () => document.querySelector('[data-test-script-state]').dataset.testScriptState
  const title = () => document.querySelector('[data-testid=stMain] h1')?.textContent
  let last = 0
  const before = title()
  const clicked = performance.now()
  const seen = new MutationObserver(() => { last = performance.now() })
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
    if (now - clicked > 60000) { clearInterval(look); failed(new Error(`${path} is never still`)) }
  }, 10)
})
"""


def measure(url: URL) -> list[Figure]:
    """Time a click on every page of the counter, of lists and of charts, as the manager."""
    pages = [(page, COUNTER_LIMIT) for page in COUNTER]
    pages += [(page, LIST_LIMIT) for page in LISTS]
    pages += [(page, CHARTS_LIMIT) for page in ANALYTICS if page not in LISTS]
    with tempfile.TemporaryDirectory() as folder:
        bare_pages = _keep_charts(url, Path(folder), [page for page, _ in pages])
        with server.running(url) as ours, _bare(Path(folder)) as port, _chromium() as browser:
            there = browser.new_page()
            there.goto(f"http://127.0.0.1:{port}/{BARE_START}")
            here = browser.new_page()
            base = f"http://127.0.0.1:{ours.port}"
            browser.add_cookies([{"name": cookies.cookie_name(), "value": ours.token, "url": base}])
            here.goto(f"{base}/{OUR_START}")
            for page in (here, there):
                page.wait_for_selector(_READY)
            return [
                _click(here, page, there, bare, limit)
                for (page, limit), bare in zip(pages, bare_pages, strict=True)
            ]


def _click(here: Page, page: str, there: Page, bare: str, limit: float) -> Figure:
    path = page_spec(page).url_path
    ours, floor = [], []
    for number in range(ROUNDS + 2):
        taken = _timed(here, path, OUR_START), _timed(there, bare, BARE_START)
        if number >= 2:
            ours.append(taken[0])
            floor.append(taken[1])
    return Figure(f"{name_of(page)}_click_to_drawn_vs_bare", median(ours), median(floor), limit)


def _timed(page: Page, path: str, start: str) -> float:
    """Seconds of the way there; the way back to where it started is not timed."""
    page.bring_to_front()
    milliseconds = page.evaluate(_CLICK, [path, STILL])
    page.evaluate(_CLICK, [start, STILL])
    return float(milliseconds) / 1000


def _keep_charts(url: URL, folder: Path, pages: list[str]) -> list[str]:
    """Keep each page's charts in a file of its own; give the name of the bare page beside each."""
    kept: list[tuple[dict[str, Any], str]] = []

    def keeping(spec: dict[str, Any], *, width: str, **_: Any) -> dict[str, Any]:
        kept.append((spec, width))
        return {}

    names = []
    with inside(url), patch.object(st, "vega_lite_chart", keeping):
        for page in pages:
            kept.clear()
            visit(page)
            name = name_of(page) if kept else PLAIN
            (folder / name).write_bytes(pickle.dumps(kept))
            names.append(name)
    return names


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
def _chromium() -> Iterator[Any]:
    executable = shutil.which("chromium")
    assert executable, "make bench needs a Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser.new_context(locale="pt-BR", viewport={"width": 1366, "height": 768})
        browser.close()
