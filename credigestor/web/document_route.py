"""GET /documento/{kind}/{ref}: a printed document, for whoever works at the counter.

It writes nothing and may be asked for again; that notes were printed is recorded by the button
on the page (`ui.counter.document_bars`). Made in a worker thread, two at a time: pages keep the
other core.
"""

from __future__ import annotations

from collections.abc import Mapping

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from credigestor import clock
from credigestor.db.engine import snapshot
from credigestor.documents import catalogue
from credigestor.errors import (
    BusinessError,
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    Unavailable,
)
from credigestor.rules.permissions import Permission
from credigestor.services import auth
from credigestor.shop_day import shop_day
from credigestor.web import cookies

_STATUS = {InvalidInput: 400, NotAllowed: 403, NotFound: 404, Conflict: 409, Unavailable: 503}
#: Keeps the file instead of showing it in the tab.
_KEEP = ("download", "1")

_two_at_a_time = anyio.CapacityLimiter(2)


async def document(request: Request) -> Response:
    """Show the document of an address in the browser's viewer, or say why not."""
    pairs = request.query_params.multi_items()
    keep = _KEEP in pairs
    if keep:
        pairs.remove(_KEEP)
    params = dict(pairs)
    try:
        if len(params) < len(pairs):
            raise InvalidInput(catalogue.MALFORMED)
        name, content = await anyio.to_thread.run_sync(
            _made,
            cookies.read(request.scope["headers"]),
            request.path_params["kind"],
            request.path_params["ref"],
            params,
            request.method == "GET",
            limiter=_two_at_a_time,
        )
    except BusinessError as error:
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
        return PlainTextResponse(error.message, status)
    disposition = "attachment" if keep else "inline"
    headers = {"content-disposition": f'{disposition}; filename="{name}"'}
    response = Response(content, headers=headers, media_type="application/pdf")
    if not content:
        del response.headers["content-length"]
    return response


def _made(
    cookie: str | None, kind: str, ref: str, params: Mapping[str, str], wanted: bool
) -> tuple[str, bytes]:
    """Name and bytes of the document; no bytes when only its headers are wanted."""
    with snapshot() as session:
        found = auth.authenticate(session, token=cookie or "", now=clock.now(), touch=False)
        if found is None:
            raise NotAllowed("Sua sessão terminou. Entre de novo para continuar.")
        actor, _ = found
        actor.require(Permission.COUNTER)
        today = shop_day(session)
        document = catalogue.find(session, kind, ref, params, today=today)
    return document.file_name, document.pdf() if wanted else b""
