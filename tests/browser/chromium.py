"""Chromium: one profile that is kept, for most tests, and new ones for further people."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Server

PATIENCE_OF_A_PAGE = 20_000  # ms
#: Programs: the engine with nothing around it, and one with a window's menus and a viewer of PDF.
SHELL = "chromium-headless-shell"
WHOLE = ("chromium", "chromium-browser")
CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    """Playwright, which runs once a process."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_OF_A_PAGE)
    with sync_playwright() as running:
        yield running


def launchable(playwright: Any, *names: str) -> tuple[Any, dict[str, Any]]:
    """Chromium, not yet launched: its type and what to launch the first of these programs with."""
    executable = next(filter(None, map(shutil.which, names)), None)
    if executable is None:
        reason = "no chromium executable on the PATH"
        if os.environ.get("CREDIGESTOR_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return playwright.chromium, {"executable_path": executable, "args": CHROMIUM}


@pytest.fixture(scope="session")
def chromium(playwright: Any) -> Any:
    """The engine with nothing around it, if installed: a page costs it two fifths less."""
    return launchable(playwright, SHELL, *WHOLE)


@contextmanager
def launched(chromium: Any) -> Iterator[Any]:
    """A browser for profiles that end with their test."""
    kind, options = chromium
    browser = kind.launch(**options)
    yield browser
    browser.close()


@contextmanager
def keeping(chromium: Any, server: Server) -> Iterator[Any]:
    """A profile on the disk, where Chromium keeps Streamlit's scripts compiled.

    A page costs it 0.8 s less than it costs a new profile, two fifths. All its pages are drawn by
    one process, which has run those scripts before: another quarter.
    """
    kind, options = chromium
    one_process = [*options["args"], "--renderer-process-limit=1"]
    with tempfile.TemporaryDirectory(prefix="credigestor-profile-") as folder:
        profile = kind.launch_persistent_context(
            folder, base_url=server.base_url, locale="pt-BR", **{**options, "args": one_process}
        )
        profile.set_default_timeout(PATIENCE_OF_A_PAGE)
        yield profile
        profile.close()


@pytest.fixture(scope="session")
def browser(chromium: Any) -> Iterator[Any]:
    """What `launched` gives, once a process."""
    with launched(chromium) as browser:
        yield browser


@pytest.fixture(scope="session")
def kept_profile(chromium: Any, server: Server) -> Iterator[Any]:
    """What `keeping` gives, once a process."""
    with keeping(chromium, server) as profile:
        yield profile


@pytest.fixture
def page(kept_profile: Any, server: Server) -> Iterator[Any]:
    """A page in a profile that remembers nobody, on the server with one person of each role."""
    server.forget_attempts()
    blank = _only_page(kept_profile)
    forgotten = {"origin": server.base_url, "storageTypes": "cookies,local_storage,indexeddb"}
    kept_profile.new_cdp_session(blank).send("Storage.clearDataForOrigin", forgotten)
    yield blank
    _only_page(kept_profile)  # nobody goes on asking the server


def _only_page(profile: Any) -> Any:
    """A new page, all others closed; a profile without any page would end its browser."""
    page = profile.new_page()
    for other in profile.pages:
        if other is not page:
            other.close()
    return page
