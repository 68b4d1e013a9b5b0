"""Our own addresses beside Streamlit's: in, out, files, the page's script, and the app's health.

They have no Streamlit session; what needs a login reads the cookie itself.
"""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from pathlib import Path

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from credigestor import clock
from credigestor.db import outages
from credigestor.db.engine import spare_connection, transaction
from credigestor.errors import BusinessError, Unavailable
from credigestor.services import auth
from credigestor.web import cookies, document_route, download_route
from credigestor.web.streamlit_texts import PATTERNS, ROLES, SENTENCES, WORDS
from credigestor.web.visitor import local_path

log = logging.getLogger("credigestor")

#: The threads of others may all be waiting.
_one_at_a_time = anyio.CapacityLimiter(1)


async def enter(request: Request) -> Response:
    """Trade the ticket for a fresh cookie and go to `next`.

    Without a good ticket it only goes there, where the login waits; the cookie of a login that
    is over is replaced by a visitor's.
    """
    response = RedirectResponse(local_path(request.query_params.get("next", "/")), 303)
    token = _cookie(request)
    if token is not None:
        ticket = request.query_params.get("ticket", "")
        browser = cookies.read(request.scope["headers"], cookies.browser_cookie_name())
        for header in await anyio.to_thread.run_sync(_fresh_cookies, ticket, token, browser):
            response.headers.append("set-cookie", header)
    return response


async def leave(request: Request) -> Response:
    """End the session of the cookie, remove the cookie, and go to the first page."""
    response = RedirectResponse("/", 303)
    token = _cookie(request)
    if token is not None:
        await anyio.to_thread.run_sync(_sign_out, token)
        response.headers.append("set-cookie", cookies.clear_cookie())
    return response


async def script(_: Request) -> Response:
    """The page's script: Streamlit's own texts in Portuguese, and what is ours."""
    ours = map(own_script, ("keypads.js", "phone.js", "keys.js", "printing.js"))
    return Response(portuguese_script() + "".join(ours), media_type="text/javascript")


async def health(_: Request) -> Response:
    """200 when the database answers and can be written to, 503 when not."""
    try:
        await anyio.to_thread.run_sync(_ask_database, limiter=_one_at_a_time)
    except BusinessError as error:
        log.error("The database cannot be used: %s", error.message)
        return JSONResponse({"status": "unavailable"}, 503)
    except Exception:
        log.exception("The database does not answer.")
        return JSONResponse({"status": "unavailable"}, 503)
    return JSONResponse({"status": "ok"})


def routes() -> list[BaseRoute]:
    """All of them, for st.App."""
    return [
        Route("/entrar", enter),
        Route("/sair", leave),
        Route("/baixar/{token}", download_route.download),
        Route("/documento/{kind}/{ref}", document_route.document),
        Route("/cg/pt-br.js", script),
        Route("/saude", health),
    ]


@lru_cache
def portuguese_script() -> str:
    """The script with its dictionary in place."""
    source = Path(__file__).with_name("pt_br.js").read_text("utf-8")
    dictionary = {
        "words": {**WORDS, **SENTENCES},
        "sentences": SENTENCES,
        "roles": ROLES,
        "patterns": PATTERNS,
    }
    return source.replace('"DICTIONARY"', json.dumps(dictionary, ensure_ascii=False))


@lru_cache
def own_script(name: str) -> str:
    """One of our scripts: keypads, a phone's cards, shortcuts, the counter's keys, printing."""
    return Path(__file__).with_name(name).read_text("utf-8")


def _cookie(request: Request) -> str | None:
    return cookies.read(request.scope["headers"])


def _fresh_cookies(ticket: str, token: str, browser: str | None) -> list[str]:
    """The Set-Cookie headers of a login, or of a visitor whose login is over."""
    now = clock.now()
    try:
        with transaction() as session:
            fresh = auth.redeem_ticket(session, ticket=ticket, visitor_token=token, now=now)
            browser = auth.know_browser(session, token=fresh, browser=browser, now=now)
        return [cookies.set_cookie(fresh), cookies.set_browser_cookie(browser)]
    except BusinessError:
        with transaction() as session:
            over = auth.was_login(session, token=token) and not auth.authenticate(
                session, token=token, now=now, touch=False
            )
        return [cookies.set_cookie(cookies.new_token())] if over else []


def _sign_out(token: str) -> None:
    with transaction() as session:
        auth.sign_out(session, token=token, now=clock.now())


def _ask_database() -> None:
    with spare_connection() as connection:
        if not connection.scalar(outages.WRITABLE):
            raise Unavailable("the database is read-only")
