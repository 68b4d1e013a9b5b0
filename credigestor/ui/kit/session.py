"""Who is at the other side of this script run: read from the cookie, each time anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from time import monotonic
from typing import NoReturn
from urllib.parse import quote, unquote, urlencode, urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from credigestor import clock
from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import auth
from credigestor.ui.kit import waiting
from credigestor.web import cookies, visitor

#: Seconds for which the guards of a run believe what its beginning read.
FRESH = 1.0
#: Who this run was read to be of, and until when that is believed.
_found: ContextVar[tuple[Actor, float] | None] = ContextVar("found", default=None)


def user_token() -> str | None:
    """The cookie that came with this browser's connection; a visitor's one is there too."""
    return cookies.valid(st.context.cookies.get(cookies.cookie_name()))


def browser_token() -> str | None:
    """The cookie by which this browser may be known again; it logs nobody in."""
    return cookies.valid(st.context.cookies.get(cookies.browser_cookie_name()))


def identity() -> tuple[Actor, int] | None:
    """Who is logged in, role as it is now, and the id of the session; None for a stranger.

    A whole run counts as a visit, a fragment's does not: a figure that refreshes itself keeps
    nobody logged in. As what every run asks first, it waits for a database that is away.
    """
    token = user_token()
    if token is None or is_stranger():
        return None

    def found() -> tuple[Actor, int] | None:
        with transaction() as session:
            now = clock.now()
            return auth.authenticate(session, token=token, now=now, touch=not _in_fragment())

    return waiting.until_there(found)


def is_stranger() -> bool:
    """Tell whether this connection's cookie is known never to have been a login."""
    return st.context.headers.get(visitor.STANDING_HEADER) == visitor.STRANGER


def current() -> Actor | None:
    """Who is logged in, role as it is now; None for a stranger."""
    found = identity()
    return found[0] if found else None


@contextmanager
def handing_on(actor: Actor) -> Iterator[None]:
    """Spare the guards of a page and its fragments a second read of who was read a moment ago."""
    before = _found.set((actor, monotonic() + FRESH))
    try:
        yield
    finally:
        _found.reset(before)


def require(permission: Permission) -> Actor:
    """Give the actor, or end this run with a message; first line of each page and fragment."""
    known, until = _found.get() or (None, 0.0)
    actor = known if monotonic() < until else current()
    if actor is None:
        if _in_fragment():
            st.rerun()  # the whole script: the login replaces what is on the screen
        st.warning("Sua sessão terminou. Entre de novo para continuar.", icon=":material/lock:")
        st.stop()
    if not actor.can(permission):
        refuse()
    return actor


def refuse() -> NoReturn:
    """Say that this person's role does not open this page, and end the run."""
    tell_refused()
    st.stop()


def tell_refused() -> None:
    """Say that this person's role does not open this page."""
    st.error(
        "Sem permissão: seu perfil não abre esta página. Fale com um administrador se precisar "
        "dela.",
        icon=":material/block:",
    )


def leave_for(path: str) -> NoReturn:
    """Send the browser to one of our routes, such as `/sair`, and end the run.

    The page's own script follows the link as soon as it appears; without it, a click does.
    Raises ValueError for anything but a local path of plain characters.
    """
    if visitor.local_path(path) != path:
        raise ValueError(f"not a local path: {path!r}")
    st.html(f'<a class="cg-leave" href="{path.replace("&", "&amp;")}" target="_self">Continuar</a>')
    st.stop()


def now() -> datetime:
    """This moment, in UTC, for the services that need one."""
    return clock.now()


def client_address() -> str:
    """The address of the person at the other side."""
    return visitor.client_address(_peer(), st.context.headers.get_all)


def really_local() -> bool:
    """Tell whether the browser runs on the server's own machine, with nobody in between."""
    return visitor.really_local(_peer(), st.context.headers.get_all)


def user_agent() -> str:
    """What the browser says it is."""
    return st.context.headers.get("User-Agent", "")


def here() -> str:
    """Path and query of the page in the browser's address bar, percent-encoded; `/` if unknown."""
    parts = urlsplit(st.context.url or "/")
    path = quote(unquote(parts.path), safe="/~") or "/"
    query = urlencode(st.query_params.to_dict())
    return visitor.local_path(path + (f"?{query}" if query else ""))


def _peer() -> str | None:
    # Put there by web.doors; Streamlit's own ip_address is None for loopback and unknown alike.
    return st.context.headers.get(visitor.PEER_HEADER) or None


def _in_fragment() -> bool:
    context = get_script_run_ctx()
    return bool(context and context.fragment_ids_this_run)
