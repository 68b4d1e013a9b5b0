"""The thread that folds in what readers leave: many marked sales, and what a new day brings.

Every process has it; one at a time is at work. What it has committed stays whatever becomes of it:
the next one, in this process or another, goes on with what is still marked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from threading import Event

from sqlalchemy.orm import Session

from credigestor.db import locks, outages
from credigestor.db.engine import snapshot, transaction
from credigestor.errors import Unavailable
from credigestor.services import summaries
from credigestor.shop_day import shop_day

log = logging.getLogger("credigestor")

#: Seconds between two looks, and after one that failed.
LOOK = 1.0
_AFTER_FAILURE = 30.0


def run_forever(stop: Event) -> None:
    """Look every second whether there is much to fold, and fold it, until `stop` is set."""
    pause, told = LOOK, False
    while not stop.wait(pause):
        try:
            look(lambda: not stop.is_set())
            pause, told = LOOK, False
        except Unavailable as error:
            pause = _AFTER_FAILURE
            if not told:  # once an outage
                log.warning("Folding waits for the database: %s", error.__cause__)
            told = True
        except Exception:
            pause = _AFTER_FAILURE
            log.exception("Changed sales could not be folded in; it will be tried again.")


def look(
    go_on: Callable[[], bool] = lambda: True, *, day: Callable[[Session], date] = shop_day
) -> int:
    """Fold in what readers leave, if anything, as long as `go_on` says so; how many sales.

    0 where another process is at it. Raises Unavailable.
    """
    with snapshot() as session:
        today = day(session)
        if not summaries.lags(session, today=today):
            return 0
    with outages.worded(), locks.alone("folding") as alone:
        if not alone:
            return 0
        return summaries.fold(transaction, today=today, go_on=lambda _: go_on())
