"""Driving the app in Streamlit's AppTest as a person who is really logged in.

    app = open_app(role="seller")                          # the first page
    app = open_app(role="manager", page="counter/note.py", id=3)   # a typed address, cold
    app.switch_page("pages/counter/notes.py").run()

Nothing in the product knows about tests: a row of `sessions` is inserted, and the AppTest runs
with a browser's cookies, headers and address in place of Streamlit's mock of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner
from streamlit.util import calc_hash

from credigestor.db.engine import transaction
from credigestor.db.models import LoginSession, User
from credigestor.rules.permissions import Role
from credigestor.services.auth import ABSOLUTE, digest
from credigestor.ui.kit import folds
from credigestor.ui.kit.navigation import PAGES, ROOT
from credigestor.ui.kit.navigation import page as page_spec
from credigestor.web import cookies
from credigestor.web.visitor import PEER_HEADER
from tests.factories import add_user
from tests.moments import NOW
from tests.ui.carded import cards_of

ENTRY = ROOT / "credigestor" / "ui" / "app" / "entry.py"
TIMEOUT = 15
#: One for all runs, as a server has: a page is compiled once, which takes as long as its run.
_COMPILED = ScriptCache()
_looked_into = folds.looked_into


class Browser:
    """What a visitor's browser sends: cookies, headers and its address."""

    def __init__(self, token: str | None, address: str = "203.0.113.7") -> None:
        self.cookies: dict[str, str] = {cookies.cookie_name(): token} if token else {}
        self.headers: list[tuple[str, str]] = [
            ("Host", "localhost:8501"),
            ("Origin", "http://localhost:8501"),
            ("User-Agent", "AppTest"),
            (PEER_HEADER, address),
        ]
        self.remote_ip = address


class Visit(AppTest):
    """An AppTest seen from one browser; page paths are relative to the project."""

    browser: Browser
    #: Whether this person has looked into every fold of a page.
    unfolds = True

    def _run(self, *args: Any, **kwargs: Any) -> AppTest:
        with (
            patch("streamlit.runtime.context._get_client_context", lambda: self.browser),
            patch.object(app_test, "ScriptCache", lambda: _COMPILED),
            patch.object(local_script_runner, "ScriptCache", lambda: _COMPILED),
            patch.object(folds, "looked_into", self._looked_into),
        ):
            return super()._run(*args, **kwargs)

    def _looked_into(self, key: str, **more: Any) -> bool:
        return _looked_into(key, **more) or self.unfolds

    def run(self, *, timeout: float | None = None) -> Visit:
        """Run the page's script, as a browser does that comes or answers."""
        super().run(timeout=timeout)
        return self

    def switch_page(self, page_path: str) -> AppTest:
        """Choose the page to run next, e.g. `pages/counter/notes.py`."""
        return super().switch_page(str(ROOT / page_path))

    def look_at(self, *labels: str) -> Visit:
        """Click on these tabs of the page one after another, on all where none is named.

        Only what was looked at is drawn.
        """
        for label in labels or [tab.label for tab in self.tabs]:
            [tabs] = [block for block in self if block.type == "tab_container"]
            self.session_state[tabs.proto.tab_container.query_param_key] = label
            self.run()
        return self

    @property
    def texts(self) -> str:
        """Everything that the person reads as text, for `in` assertions."""
        kinds = [
            *("title", "header", "subheader", "caption", "markdown", "error", "warning"),
            *("info", "success", "text", "metric"),
        ]
        found = [
            f"{getattr(element, 'label', '')} {element.value}"
            for kind in kinds
            for element in getattr(self, kind)
        ]
        found += [f"{c.label} {c.value} {c.change} {c.since} {c.details}" for c in cards_of(self)]
        return "\n".join(found)


def login_as(role: Role | str = Role.SELLER, *, user: User | None = None) -> str:
    """Insert a live session for a user of this role (made if not given); give its cookie."""
    person = user or add_user(role)
    token = cookies.new_token()
    with transaction() as session:
        session.add(
            LoginSession(
                user_id=person.id,
                token_hash=digest(token),
                address="203.0.113.7",
                user_agent="AppTest",
                created_at=NOW - timedelta(minutes=1),
                last_seen_at=NOW,
                expires_at=NOW + ABSOLUTE,
            )
        )
    return token


def open_app(
    role: Role | str | None = None,
    *,
    user: User | None = None,
    page: str | None = None,
    query: Mapping[str, str] | None = None,
    token: str | None = None,
    script: Path = ENTRY,
    **params: object,
) -> Visit:
    """Open the app in a new browser and run it once; a stranger's when no role or user is given.

    `page` is a file under pages/ whose address is typed (a cold visit); `query` and `params`
    are its query string.
    """
    if token is None:
        token = login_as(role or Role.SELLER, user=user) if role or user else cookies.new_token()
    app = Visit(str(script), default_timeout=TIMEOUT)
    app.browser = Browser(token)
    for name, value in {**(query or {}), **params}.items():
        app.query_params[name] = str(value)
    if page is not None and page != PAGES[0].file:
        app._page_hash = calc_hash(page_spec(page).url_path)
    return app.run()


def text_of(app: Visit) -> str:
    """Everything that the person reads, of a page that ran through, with plain spaces."""
    assert not app.exception
    return app.texts.replace("\\", "").replace("\xa0", " ")
