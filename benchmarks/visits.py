"""The app's own pages, opened on a made-up shop as its manager sees them on its last day.

A page is opened in Streamlit's AppTest; which reports it reads, and with what arguments, is
written down on the way, so that what is timed is what the page really asks for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import streamlit as st
from sqlalchemy import URL, Engine
from sqlalchemy.orm import Session

from benchmarks.business import MANAGER, TODAY
from credigestor import clock
from credigestor.config import get_config
from credigestor.db.engine import get_engine, transaction
from credigestor.db.models import User
from credigestor.rules.permissions import Permission
from credigestor.services import summaries
from credigestor.ui.kit import data
from credigestor.ui.kit.navigation import PAGES
from tests.moments import NOW
from tests.ui.support import Visit, open_app

#: The managers' pages, files under pages/.
ANALYTICS = tuple(spec.file for spec in PAGES if spec.permission is Permission.ANALYTICS)
DASHBOARD = "analytics/dashboard.py"
DELINQUENCY = "analytics/delinquency.py"
_PATIENCE = 300  # seconds


@dataclass(frozen=True)
class Call:
    """One report that a page read: the function, and its arguments but for the session."""

    report: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @property
    def name(self) -> str:
        """Module and function, as `dashboard.stocks`."""
        module = self.report.__module__.rpartition(".")[2]
        return f"{module}.{self.report.__name__}"

    def __call__(self, session: Session) -> Any:
        """Read it again."""
        return self.report(session, *self.args, **self.kwargs)


@contextmanager
def inside(url: URL) -> Iterator[Engine]:
    """This process is the app of that shop, and its day is TODAY; gives the app's engine.

    Its clock stands, or the logins that `open_app` makes would have ended.
    """
    with (
        patch.dict(os.environ, {"DATABASE_URL": url.render_as_string(hide_password=False)}),
        patch.object(clock, "today", lambda _: TODAY),
        patch.object(clock, "now", lambda: NOW),
    ):
        get_config.cache_clear()
        get_engine.cache_clear()
        st.cache_data.clear()
        st.cache_resource.clear()
        try:
            yield get_engine()
        finally:
            get_engine().dispose()
            get_engine.cache_clear()
            get_config.cache_clear()


def visit(page: str, query: Mapping[str, str] | None = None) -> Visit:
    """Open a page as the manager, with these parameters in its address.

    Raises AssertionError where its script did not run through.
    """
    with transaction() as session:
        manager = session.get_one(User, MANAGER)
    with patch("tests.ui.support.TIMEOUT", _PATIENCE):
        app = open_app(user=manager, page=page, query=query)
    assert not app.exception, (page, app.exception)
    return app


def calls_of(page: str, query: Mapping[str, str] | None = None) -> list[Call]:
    """What a page reads when nothing is cached, in its order, what is new folded in first."""
    calls: list[Call] = []
    read = data.read

    def reading(report: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        calls.append(Call(report, args, kwargs))
        return read(report, *args, **kwargs)

    def reader_of(report: Callable[..., Any], first: Callable[[], None], _: bool) -> Any:
        """As the page's own, which asks for a replica and not `read`, but nothing is kept."""

        def reader(*args: Any, **kwargs: Any) -> Any:
            asked = repr((report, args, kwargs))
            if asked not in found:
                first()
                found[asked] = reading(report, *args, **kwargs)
            return found[asked]

        return reader

    found: dict[str, Any] = {}
    refresh = summaries.try_refresh

    def refreshing(session: Session, **kwargs: Any) -> bool:
        calls.append(Call(refresh, (), kwargs))
        return refresh(session, **kwargs)

    st.cache_data.clear()
    with (
        patch.object(data, "read", reading),
        patch.object(data, "_reader", reader_of),
        patch.object(summaries, "try_refresh", refreshing),
    ):
        visit(page, query)
    return calls
