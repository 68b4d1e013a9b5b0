"""The two roads between pages and the domain: read from a snapshot, write in a transaction.

Counter pages read fresh. Analytics read through `portfolio`, which first folds what is new
into the summaries, and always with a ttl, from the replica if there is one (`db.replica`); every
write clears what this process has cached. What the API or another process wrote is seen by its
entry in the audit log, looked for once a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import wraps
from time import monotonic
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st
from sqlalchemy.orm import Session

from credigestor import clock
from credigestor.db import replica
from credigestor.db.engine import snapshot, transaction, writing
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.reports import written
from credigestor.reports.unfolded import Unfolded, unfolded
from credigestor.services import summaries
from credigestor.shop_day import shop_day
from credigestor.ui.kit import waiting

P = ParamSpec("P")
R = TypeVar("R")

CACHE_SECONDS = 30
#: Answers that a reader keeps, each for other arguments: other dates, filters, people's rights.
MOST_KEPT = 200
#: Seconds that a page waits for another refresh, which after a large import goes on for minutes.
PATIENCE = 3.0
_impatient_until = 0.0
#: Between two looks at whether others have written.
SECONDS_BETWEEN_LOOKS = 1.0
_looked_at = -SECONDS_BETWEEN_LOOKS
_seen: tuple[Sequence[int], Unfolded | None] = ((), None)
_readers: dict[tuple[Any, Any, bool], Any] = {}
#: The settings, once a run of a page has read them; None where nothing keeps them.
_settings: ContextVar[list[ShopSettings] | None] = ContextVar("settings", default=None)


def read(report: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a report on a fresh snapshot of the database."""

    def look() -> R:
        with snapshot() as session:
            return report(session, *args, **kwargs)

    return waiting.again_if_away(look)


def cached(
    report: Callable[Concatenate[Session, P], R], *, primary: bool = False
) -> Callable[P, R]:
    """The report as a cached reader; its arguments must hold all that limits what it shows.

    Of the `primary` alone where it is shown at the counter, or anything is decided by it.
    """
    return _reader(report, _nothing, primary)


def portfolio(
    report: Callable[Concatenate[Session, P], R], *, primary: bool = False
) -> Callable[P, R]:
    """As `cached`, for a report on the summaries: they are brought up to the ledger first.

    Where many sales are marked, or another fold goes on, the page shows what the summaries have
    and says of when that is (`behind`): a page has many readers, and only the first of them waits
    for the other fold, a moment.
    """
    return _reader(report, _catch_up, primary)


def _reader(
    report: Callable[Concatenate[Session, P], R], first: Callable[[], None], primary: bool
) -> Callable[P, R]:
    """A report's reader, made once: pages ask for theirs at every run, and each reads its source.

    The report must be a function of a module: one made at each run would be kept each time.
    """
    if (report, first, primary) not in _readers:

        @st.cache_data(ttl=CACHE_SECONDS, max_entries=MOST_KEPT, show_spinner=False)
        @wraps(report)
        def reader(*args: P.args, **kwargs: P.kwargs) -> R:
            first()
            if primary:
                return read(report, *args, **kwargs)
            return waiting.again_if_away(
                lambda: replica.read(lambda session: report(session, *args, **kwargs))
            )

        @wraps(report)
        def following(*args: P.args, **kwargs: P.kwargs) -> R:
            _follow_others()
            return reader(*args, **kwargs)

        _readers[report, first, primary] = following
    found: Callable[P, R] = _readers[report, first, primary]
    return found


def behind() -> Unfolded | None:
    """What figures of the portfolio do not know yet; None where that is no more than a moment's.

    As of the last look: all that is cached was read since, so figures are never older than this.
    """
    _follow_others()
    return _seen[1]


def replica_behind() -> replica.Lag | None:
    """By how much the replica lags; what is shown is the primary's meanwhile, and not older."""
    return waiting.again_if_away(replica.behind)


def _follow_others() -> None:
    """Forget what was cached where somebody else has written or folded since the last look."""
    global _looked_at, _seen
    if monotonic() < _looked_at + SECONDS_BETWEEN_LOOKS:
        return
    _looked_at = monotonic()
    found = read(_look)
    if found != _seen:
        _seen = found
        st.cache_data.clear()


def _look(session: Session) -> tuple[Sequence[int], Unfolded | None]:
    # Where this process has waited for another fold in vain, whatever is marked is told of.
    usual = 0 if monotonic() < _impatient_until else summaries.READERS_SALES
    return written.latest(session), unfolded(session, more_than=usual)


def _nothing() -> None:
    """What there is to do before a report on the ledger itself."""


def write(act: Callable[[Session], R]) -> R:
    """Run a service in one transaction, then forget what was cached.

    No st.* call belongs inside `act`, nor what may not be done again: it is where the database
    went away before it. A BusinessError passes through; nothing was changed.
    """

    def do() -> R:
        with writing() as session:
            return act(session)

    result = waiting.again_if_away(do)
    st.cache_data.clear()
    if known := _settings.get():
        known.clear()
    return result


def _catch_up() -> None:
    global _impatient_until
    started = monotonic()
    patience = PATIENCE if started >= _impatient_until else 0
    with transaction() as session:
        caught_up = summaries.try_refresh(session, today=shop_day(session), patience=patience)
    if not caught_up and monotonic() >= started + patience:
        _impatient_until = monotonic() + CACHE_SECONDS


@contextmanager
def settings_once() -> Iterator[None]:
    """Read the shop's settings once for all that is drawn inside, and anew after a write."""
    before = _settings.set([])
    try:
        yield
    finally:
        _settings.reset(before)


def settings() -> ShopSettings:
    """The shop's settings in force."""
    known = _settings.get()
    if known is None:
        return read(current_settings)
    if not known:
        known.append(read(current_settings))
    return known[0]


def today() -> date:
    """The shop's calendar day; a page asks once and hands it on to all that it reads."""
    return settings_today()[1]


def settings_today() -> tuple[ShopSettings, date]:
    """The settings in force and the shop's calendar day by them, from one read."""
    found = settings()
    return found, clock.today(found.time_zone)
