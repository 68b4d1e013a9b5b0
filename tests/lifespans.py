"""The app, and the API in a process of its own, begun and ended as their server would."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest

import app as front
from credigestor.api.application import api


def threads_of(
    name: str, beside_the_pages: bool, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[bool], list[bool]]:
    """Whether the threads of this name are alive while it serves, and after its end."""
    monkeypatch.setattr("credigestor.web.garbage.load", lambda _: None)
    monkeypatch.setattr("credigestor.web.startup.announce", lambda: None)

    def there_are() -> list[bool]:
        return [each.is_alive() for each in threading.enumerate() if each.name == name]

    async def serve() -> list[bool]:
        async with (
            front.lifespan(front.app) if beside_the_pages else api.router.lifespan_context(api)
        ):
            return there_are()

    with ThreadPoolExecutor(1) as pool:  # a browser test may have left its loop in ours
        serving = pool.submit(anyio.run, serve).result()
    return serving, there_are()
