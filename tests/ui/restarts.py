"""A browser that outlives the server's process: what it still holds comes to the next one."""

from __future__ import annotations

from tests.ui.support import TIMEOUT, Visit


def restarted(app: Visit, *, reloaded: bool = False) -> Visit:
    """The page of a browser in a process that knows nothing of it; its clicks come with it.

    A browser that loads the page anew brings the address alone.
    """
    new = Visit(app._script_path, default_timeout=TIMEOUT)
    new.browser = app.browser
    new._page_hash = app._page_hash
    for name, value in app.query_params.items():
        new.query_params[name] = value
    new._run(None if reloaded else app._tree.get_widget_states())
    return new
