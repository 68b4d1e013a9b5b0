"""Visiting a page that only has a view: where it stands, and what is chosen there."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from credigestor.ui.analytics.view import View

SCRIPT = Path(__file__).with_name("view_script.py")


def visit(page: str = "", **params: str | list[str]) -> AppTest:
    """A new visit, at an address with these parameters."""
    app = AppTest.from_file(str(SCRIPT), default_timeout=15)
    for name, value in params.items():
        app.query_params[name.rstrip("_")] = value
    return go(app, page)


def go(app: AppTest, page: str, *, by_menu: bool = False) -> AppTest:
    """Go to a page; by the menu, whose addresses are bare."""
    if by_menu:
        app.query_params.clear()
    app._page_hash = calc_hash(page)
    return run(app)


def run(app: AppTest) -> AppTest:
    """Draw the page."""
    app.run()
    assert not app.exception
    return app


def address(app: AppTest) -> dict[str, list[str]]:
    """The parameters in the address."""
    found = {name: app.query_params[name] for name in app.query_params}
    return {name: value if isinstance(value, list) else [value] for name, value in found.items()}


def chosen(app: AppTest) -> View:
    """The view that the page shows."""
    view = app.session_state["chosen"]
    assert isinstance(view, View)
    return view
