"""Chromium: one profile that is kept, for most tests, and new ones for further people."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Server

PATIENCE_OF_A_PAGE = 20_000  # ms
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
def chromium() -> Iterator[Any]:
    """Headless Chromium, not yet launched: gives its type and what to launch it with."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        reason = "no chromium executable on the PATH"
        if os.environ.get("CREDIGESTOR_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_OF_A_PAGE)

    with sync_playwright() as playwright:
        yield playwright.chromium, {"executable_path": executable, "args": CHROMIUM}


@pytest.fixture(scope="session")
def browser(chromium: Any) -> Iterator[Any]:
    """A browser for profiles that end with their test."""
    kind, options = chromium
    launched = kind.launch(**options)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def kept_profile(chromium: Any, server: Server) -> Iterator[Any]:
    """A profile on the disk, where Chromium keeps Streamlit's scripts compiled.

    A page costs it 0.8 s less than it costs a new profile, two fifths.
    """
    kind, options = chromium
    with tempfile.TemporaryDirectory(prefix="credigestor-profile-") as folder:
        profile = kind.launch_persistent_context(
            folder, base_url=server.base_url, locale="pt-BR", **options
        )
        profile.set_default_timeout(PATIENCE_OF_A_PAGE)
        yield profile
        profile.close()


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
