"""GET /baixar/{token}: a file goes out block by block, and is never held whole.

The address works once, for the login that it was made for. A client that goes away or stalls ends
the COPY behind its file.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from urllib.parse import quote

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from credigestor import clock
from credigestor.backups import backup_folder
from credigestor.config import get_config
from credigestor.db import replica
from credigestor.db.engine import transaction
from credigestor.db.loading.copying import BLOCK, Rows
from credigestor.db.models import Download as Row
from credigestor.errors import BusinessError, NotAllowed, Unavailable
from credigestor.exports import catalogue
from credigestor.services import auth, downloads
from credigestor.shop_day import shop_day
from credigestor.web import cookies
from credigestor.web.sending import Sending


async def download(request: Request) -> Response:
    """Send the file of an address, or say why not; asking for its headers alone spends nothing."""
    if request.method != "GET":
        return PlainTextResponse("", 405, {"allow": "GET"})
    if request.scope["http_version"] == "1.0":
        # It has no way to tell a file that was cut off from a whole one.
        return PlainTextResponse("O download precisa de HTTP/1.1.", 505)
    cookie = cookies.read(request.scope["headers"])
    try:
        return await anyio.to_thread.run_sync(_redeem, cookie, request.path_params["token"])
    except Unavailable as error:
        return PlainTextResponse(error.message, 503)
    except BusinessError as error:
        return PlainTextResponse(error.message, 403 if isinstance(error, NotAllowed) else 410)


class Download(Sending):
    """A file on its way, and its row in `downloads`."""

    def __init__(self, row: Row) -> None:
        self._id = row.id
        rows = Rows()
        headers = {"content-disposition": _attachment(row.file_name)}
        blocks: Generator[bytes]
        if "file" in row.what:
            path = backup_folder.path_of(get_config().backups, row.what["file"])
            headers["content-length"] = str(path.stat().st_size)
            blocks, media_type = _file(path), "application/zip"
        else:
            order = catalogue.Order.model_validate(row.what["order"])
            blocks, media_type = _export(order, rows), catalogue.media_type(order)
        super().__init__(blocks, media_type=media_type, headers=headers, rows=rows)

    def __str__(self) -> str:
        return f"Download {self._id}"

    def note(self) -> None:
        with transaction() as session:
            downloads.advance(session, self._id, rows=self.sent, size=self.size)

    def end(self, error: str | None) -> None:
        with transaction() as session:
            downloads.finish(
                session,
                self._id,
                rows=self.sent,
                size=self.size,
                error=error,
                now=clock.now(),
            )


def _redeem(cookie: str | None, token: str) -> Download:
    now = clock.now()
    with transaction() as session:
        found = auth.authenticate(session, token=cookie or "", now=now, touch=False)
        if found is None:
            raise NotAllowed("Sua sessão terminou. Entre de novo para continuar.")
        actor, login = found
        # A file that is not there any more spends nothing.
        return Download(downloads.redeem(session, actor, login=login, token=token, now=now))


def _export(order: catalogue.Order, rows: Rows) -> Generator[bytes]:
    with replica.snapshot() as session:
        today = shop_day(session)
        yield from catalogue.stream(
            session, order, today=today, generated_at=clock.now(), rows=rows
        )


def _file(path: Path) -> Generator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _attachment(name: str) -> str:
    """Content-Disposition of a file to be kept (RFC 6266), its name in RFC 5987's way too."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
