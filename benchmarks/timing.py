"""Seconds, of wall and of database, that work takes: medians of rounds that take turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any, TypeVar

from sqlalchemy import Engine, event

Key = TypeVar("Key")
#: For what takes milliseconds, and for what may take seconds.
ROUNDS, FEW_ROUNDS = 21, 7


@dataclass(frozen=True)
class Seconds:
    """How long something took, and how much of that a statement was under way."""

    wall: float
    database: float


class Meter:
    """Adds up the time that statements of an engine take, from sending to the last row.

    The driver has all rows of a statement when its execution returns.
    """

    def __init__(self) -> None:
        self.total = 0.0
        self._since = 0.0

    def before(self, *_: Any) -> None:
        """A statement leaves."""
        self._since = perf_counter()

    def after(self, *_: Any) -> None:
        """Its rows are here."""
        self.total += perf_counter() - self._since


@contextmanager
def metered(engine: Engine) -> Iterator[Meter]:
    """A meter on an engine while the block runs."""
    meter = Meter()
    event.listen(engine, "before_cursor_execute", meter.before)
    event.listen(engine, "after_cursor_execute", meter.after)
    try:
        yield meter
    finally:
        event.remove(engine, "before_cursor_execute", meter.before)
        event.remove(engine, "after_cursor_execute", meter.after)


def timed(work: Callable[[], object], engine: Engine) -> Seconds:
    """Do it once."""
    with metered(engine) as meter:
        start = perf_counter()
        work()
        return Seconds(perf_counter() - start, meter.total)


def in_turns(
    works: Mapping[Key, tuple[Callable[[], object], Engine]], rounds: int = ROUNDS
) -> dict[Key, Seconds]:
    """The median of each work's rounds, one of each in turn, after one that warms up."""
    found: dict[Key, list[Seconds]] = {key: [] for key in works}
    for number in range(rounds + 1):
        for key, (work, engine) in works.items():
            taken = timed(work, engine)
            if number:
                found[key].append(taken)
    return {
        key: Seconds(median(s.wall for s in taken), median(s.database for s in taken))
        for key, taken in found.items()
    }
