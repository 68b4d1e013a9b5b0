"""Garbage collected now and then, instead of after every run of a page.

Streamlit's own full collection after each run walked all that is loaded, again and again: two
thirds of the server's time. It is off (`runner.postScriptGC`); what is loaded at the start is
frozen, which takes it out of every collection, and a full one of the rest runs on a timer.
"""

from __future__ import annotations

import gc
import importlib
import logging
import pkgutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

log = logging.getLogger("credigestor")

#: Seconds between two full collections.
EVERY = 30.0


def load(packages: Iterable[str]) -> None:
    """Import all modules of these packages: what pages would load at their first run."""
    for package in packages:
        found = importlib.import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}."):
            importlib.import_module(module.name)


@contextmanager
def collecting(every: float = EVERY) -> Iterator[None]:
    """Freeze what is there, and collect in a thread of its own for as long as the block lasts."""
    gc.collect()
    gc.freeze()
    stop = Event()
    Thread(target=_collect, args=(stop, every), name="garbage", daemon=True).start()
    try:
        yield
    finally:
        stop.set()
        gc.unfreeze()


def _collect(stop: Event, every: float) -> None:
    while not stop.wait(every):
        gc.collect()
