"""Scripts of other web sites: none may call the API but those of the configured origins.

No cookie counts, so none is let along (`allow_credentials` stays off): such a script calls with a
key or login of its own.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from credigestor.api import problems
from credigestor.api.once import REPLAYED
from credigestor.config import get_config

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ASKED = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match")
_ANSWERED = (REPLAYED, "Content-Disposition", "ETag", "Link", "Location", "RateLimit")
_REFUSED = ("RateLimit-Policy", "Retry-After", "WWW-Authenticate")


class _Cors(CORSMiddleware):
    """Starlette's, which refuses a preflight in English."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer what a browser asks before the call; a problem unless the call may be made."""
        found = super().preflight_response(request_headers)
        if found.status_code == 200:
            return found
        return problems.answer(
            400,
            "origin_refused",
            "Um site desta origem, com este método e estes cabeçalhos, não pode usar a API.",
            headers={"Vary": found.headers["vary"]},
        )


def around(app: ASGIApp) -> ASGIApp:
    """The application as scripts of the configured origins may call it; itself where none are."""
    origins = get_config().origins
    if not origins:
        return app
    return _Cors(
        app,
        allow_origins=origins,
        allow_methods=_METHODS,
        allow_headers=_ASKED,
        expose_headers=(*_ANSWERED, *_REFUSED),
    )
