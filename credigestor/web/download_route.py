"""GET /baixar/{token}: a file goes out block by block, and is never held whole.

The address works once, for the login that it was made for. A block is fetched in a worker
thread, one at a time in the process: four downloads together take one core, and pages the other.
A client that goes away or stalls ends the COPY behind its file.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator
from pathlib import Path
from time import monotonic
from urllib.parse import quote

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Send

from credigestor import clock
from credigestor.backups import backup_folder
from credigestor.config import get_config
from credigestor.db.engine import snapshot, transaction
from credigestor.db.loading.copying import BLOCK, Rows
from credigestor.db.models import Download
from credigestor.errors import BusinessError, NotAllowed, Unavailable
from credigestor.exports import catalogue
from credigestor.services import auth, downloads
from credigestor.shop_day import shop_day
from credigestor.web import cookies

log = logging.getLogger("credigestor")

#: Seconds that a client may take over one block.
PATIENCE = 60.0
#: Seconds between two notes of how far a file has come.
NOTED_EVERY = 1.0
#: So many files are sent at a time, each of which holds a connection; others wait their turn.
PLACES = 8

FAILED = "O servidor não conseguiu terminar o arquivo. Tente de novo em instantes."
GONE = "O navegador interrompeu o download."
STALLED = "O navegador parou de receber o arquivo."

_fetching = anyio.Lock()
_places = anyio.Semaphore(PLACES)


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


class Sending(StreamingResponse):
    """A file on its way, and its row in `downloads`."""

    def __init__(self, row: Download) -> None:
        self._id = row.id
        self._rows = Rows()
        self._sent = self._size = 0
        self._blocks: Generator[bytes]
        headers = {"content-disposition": _attachment(row.file_name)}
        if "file" in row.what:
            path = backup_folder.path_of(get_config().backups, row.what["file"])
            headers["content-length"] = str(path.stat().st_size)
            self._blocks, media_type = _file(path), "application/zip"
        else:
            order = catalogue.Order.model_validate(row.what["order"])
            self._blocks, media_type = _export(order, self._rows), catalogue.media_type(order)
        super().__init__(iter(()), headers=headers, media_type=media_type)

    async def stream_response(self, send: Send) -> None:
        """Send all of it; raises, which cuts the connection off, when that does not succeed."""
        error: str | None = GONE
        try:
            with anyio.fail_after(downloads.LONGEST.total_seconds()):
                async with _places:
                    await self._send_all(send)
            error = None
        except TimeoutError:
            error = STALLED
            raise
        except Exception as failure:
            error = failure.message if isinstance(failure, Unavailable) else FAILED
            log.exception("Download %s failed.", self._id)
            raise
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self._end, error)

    async def _send_all(self, send: Send) -> None:
        # The first block comes before the headers: what fails at once is answered as a failure.
        block, rows = await self._fetch()
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        noted = monotonic()
        while block:
            # Several downloads do not read ahead: the other core is for pages.
            alone = _places.value == PLACES - 1
            following = asyncio.ensure_future(self._fetch()) if alone else None
            try:
                with anyio.fail_after(PATIENCE):
                    await send({"type": "http.response.body", "body": block, "more_body": True})
                self._size += len(block)
                self._sent = rows
                if monotonic() - noted >= NOTED_EVERY:
                    await anyio.to_thread.run_sync(self._note)
                    noted = monotonic()
            finally:
                if following:
                    with anyio.CancelScope(shield=True):  # nobody closes what is being read from
                        await asyncio.wait([following])
            block, rows = following.result() if following else await self._fetch()
        with anyio.fail_after(PATIENCE):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _fetch(self) -> tuple[bytes, int]:
        """The next block, empty at the end, and how many rows there are up to its end."""
        async with _fetching:
            block = await anyio.to_thread.run_sync(next, self._blocks, b"")
            return block, self._rows.count

    def _note(self) -> None:
        with transaction() as session:
            downloads.advance(session, self._id, rows=self._sent, size=self._size)

    def _end(self, error: str | None) -> None:
        try:
            self._blocks.close()
        finally:
            with transaction() as session:
                downloads.finish(
                    session,
                    self._id,
                    rows=self._sent,
                    size=self._size,
                    error=error,
                    now=clock.now(),
                )


def _redeem(cookie: str | None, token: str) -> Sending:
    now = clock.now()
    with transaction() as session:
        found = auth.authenticate(session, token=cookie or "", now=now, touch=False)
        if found is None:
            raise NotAllowed("Sua sessão terminou. Entre de novo para continuar.")
        actor, login = found
        # A file that is not there any more spends nothing.
        return Sending(downloads.redeem(session, actor, login=login, token=token, now=now))


def _export(order: catalogue.Order, rows: Rows) -> Generator[bytes]:
    with snapshot() as session:
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
