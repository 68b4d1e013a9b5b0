"""Pages first: who works for programs lets the runs of pages under way come to their end.

A person waits for a page; a program for an answer that it did not ask for by a click. Both need the
one interpreter, and the database's cores. The wait is short, so that no program starves where
pages run all the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

_changed = Condition()
_running = 0


@contextmanager
def run() -> Iterator[None]:
    """The block is a run of a page."""
    global _running
    with _changed:
        _running += 1
    try:
        yield
    finally:
        with _changed:
            _running -= 1
            if not _running:
                _changed.notify_all()


def give_way(seconds: float) -> None:
    """Wait until no page runs, and no longer than so many seconds."""
    if _running:
        with _changed:
            _changed.wait_for(lambda: not _running, seconds)
