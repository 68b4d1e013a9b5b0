"""An answer of any length, sent block by block and never held whole.

A block is fetched in a worker thread, one at a time in the process: four answers together take one
core, and pages the other. A client that goes away or stalls ends what the blocks come from.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator, Mapping
from time import monotonic

import anyio
import anyio.to_thread
from starlette.responses import StreamingResponse
from starlette.types import Send

from credigestor.db.loading.copying import Rows
from credigestor.errors import InvalidInput, Unavailable
from credigestor.services import downloads

log = logging.getLogger("credigestor")

#: Seconds that a client may take over one block.
PATIENCE = 60.0
#: Seconds between two notes of how far it has come.
NOTED_EVERY = 1.0
#: So many are sent at a time, each of which holds a connection; others wait their turn.
PLACES = 8

FAILED = "O servidor não conseguiu terminar o arquivo. Tente de novo em instantes."
GONE = "O navegador interrompeu o download."
STALLED = "O navegador parou de receber o arquivo."

_fetching = anyio.Lock()
_places = anyio.Semaphore(PLACES)


def crowded() -> bool:
    """Whether another one would have to wait for its turn."""
    return not _places.value


class Sending(StreamingResponse):
    """Blocks on their way; who keeps a record of it overrides `note` and `end`.

    `sent` counts the rows, and `size` the bytes, that are with the client.
    """

    def __init__(
        self,
        blocks: Generator[bytes],
        *,
        media_type: str,
        headers: Mapping[str, str] | None = None,
        rows: Rows | None = None,
    ) -> None:
        self._blocks = blocks
        self._rows = rows or Rows()
        self.sent = self.size = 0
        super().__init__(iter(()), headers=headers, media_type=media_type)

    def note(self) -> None:
        """Keep how far it is; in a thread, about once a second."""

    def end(self, error: str | None) -> None:
        """Keep that nothing more is sent, and why where it is not whole; in a thread."""

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
            if not isinstance(failure, InvalidInput):  # whoever asked is told
                log.exception("%s failed.", self)
            raise
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self._close, error)

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
                self.size += len(block)
                self.sent = rows
                if monotonic() - noted >= NOTED_EVERY:
                    await anyio.to_thread.run_sync(self.note)
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

    def _close(self, error: str | None) -> None:
        try:
            self._blocks.close()
        finally:
            self.end(error)
