"""GET /api/docs and /api/v1/openapi.json: for who is logged in, or for all by a setting.

A browser has only the pages' cookie, which never counts here. So a page of the app gives its link a
ticket: it names a login, opens this and nothing else, and holds for as long as that login does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import HTMLResponse, Response

from credigestor import clock
from credigestor.api import problems
from credigestor.api.calls import CHALLENGE, identified, known_query
from credigestor.api.manual import page
from credigestor.api.problems import Problem
from credigestor.config import get_config
from credigestor.db.engine import transaction
from credigestor.services import api_logins
from credigestor.web import startup

ADDRESS, DOCUMENT = "/api/docs", "/api/v1/openapi.json"
_CSP = "content-security-policy"
_bearer = HTTPBearer(auto_error=False)


def _reader(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    ticket: Annotated[str, Query(max_length=1000)] = "",
) -> None:
    """Refuse, as any operation does, who may not read."""
    if get_config().api_docs == "public":
        known_query(request)
        return
    if ticket:
        startup.prepare()
        with transaction() as session:
            known = api_logins.reads(session, ticket=ticket, now=clock.now())
        if not known:
            detail = "Este endereço da documentação não vale, ou não vale mais."
            raise Problem(401, "invalid_token", detail, CHALLENGE)
    else:
        identified(request, bearer)
    known_query(request)


def _may_read(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    ticket: str = "",
) -> bool:
    """The same for the page, which a stranger is shown another one instead of."""
    try:
        _reader(request, bearer, ticket)
    except Problem as problem:
        if problem.status != 401:
            raise
        return False
    return True


def routes(described: Callable[[], dict[str, Any]]) -> APIRouter:
    """The two addresses, of the document that `described` gives."""
    router = APIRouter(include_in_schema=False)

    @router.get(DOCUMENT, dependencies=[Depends(_reader)])
    def document() -> Response:
        """The OpenAPI document."""
        return Response(problems.dumps(described()), media_type="application/json")

    @router.get(ADDRESS)
    def manual(request: Request, may: Annotated[bool, Depends(_may_read)]) -> Response:
        """The readable page."""
        if not may:
            return HTMLResponse(page.stranger(), 401, {**CHALLENGE, _CSP: page.CSP})
        ticket = request.query_params.get("ticket")
        shown = page.manual(
            described(),
            base=_base(request),
            address=f"{DOCUMENT}?ticket={ticket}" if ticket else DOCUMENT,
        )
        return HTMLResponse(shown, headers={_CSP: page.CSP})

    return router


def _base(request: Request) -> str:
    """This server's address; the gate let no other name in."""
    scheme = "https" if get_config().behind_proxy else request.url.scheme
    return f"{scheme}://{request.url.netloc}"
