"""Uploads: only into a place that the person's page shows, and no more than the memory bears.

Streamlit takes a file for any session, shown an uploader or not, and keeps it in memory for as long
as the session lasts. Here it must fit an uploader that the session is shown now, beside what is
held already: until it is deleted, or the session forgotten, a while after its connection ended.
"""

from __future__ import annotations

from time import monotonic

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

UPLOAD = "/_stcore/upload_file/"

MB = 2**20
#: Bytes that one session may hold: the files of an import, three of the largest, with their frames.
OF_SESSION = 310 * MB
#: Bytes that all of them may.
IN_ALL = 620 * MB
#: What multipart adds to a file, at most.
_FRAME = 100_000
#: Seconds after which Streamlit has forgotten a session without a connection, and its files.
_FORGOTTEN = 180.0

_NO_PLACE = PlainTextResponse("Esta página não recebe arquivos.", 403)
_NO_LENGTH = PlainTextResponse("O tamanho do arquivo precisa ser dito antes.", 411)
_TOO_LARGE = PlainTextResponse("O arquivo é grande demais.", 413)
_FULL = PlainTextResponse(
    "O servidor já guarda arquivos demais. Recarregue a página e tente de novo em alguns minutos.",
    413,
)


class Shown:
    """The uploaders that one connection's page shows, and the bytes that each takes.

    Until a run is over those of the one before count too: a person may choose a second file while
    the first one's run is drawn.
    """

    def __init__(self) -> None:
        self.session_id = ""
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def see(self, message: ForwardMsg) -> None:
        """Learn from a message on its way to the browser."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session_id = message.new_session.initialize.session_id
            if not message.metadata.run.fragment_ids:
                self._before, self._now = self._before | self._now, {}
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self._before = {}
        elif kind == "delta" and message.delta.new_element.HasField("file_uploader"):
            uploader = message.delta.new_element.file_uploader
            self._now[uploader.id] = 0 if uploader.disabled else uploader.max_upload_size_mb * MB

    def largest(self) -> int:
        """Bytes of the largest file that one of them takes; 0 where none is."""
        return max((self._before | self._now).values(), default=0)


class Uploads:
    """What each session is shown, and what it holds."""

    def __init__(self) -> None:
        self._open: list[Shown] = []
        self._held: dict[str, dict[object, int]] = {}
        self._closed_at: dict[str, float] = {}

    def opened(self) -> Shown:
        """A connection that begins."""
        shown = Shown()
        self._open.append(shown)
        return shown

    def closed(self, shown: Shown) -> None:
        """That connection is over; its files are held for a while yet."""
        self._open.remove(shown)
        if shown.session_id in self._held:
            self._closed_at[shown.session_id] = monotonic()

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request for a file of a session on to Streamlit, or refuse it."""
        session_id, _, file_id = scope["path"].removeprefix(UPLOAD).partition("/")
        if scope["method"] != "PUT":
            if await _succeeds(app, scope, receive, send) and scope["method"] == "DELETE":
                self._held.get(session_id, {}).pop(file_id, None)
            return
        size = _length(scope)
        refusal = self._refusal(session_id, size)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        held, coming = self._held.setdefault(session_id, {}), object()
        held[coming] = size
        try:
            if await _succeeds(app, scope, receive, send):
                held[file_id] = size
        finally:
            del held[coming]

    def _refusal(self, session_id: str, size: int) -> PlainTextResponse | None:
        shown = [one.largest() for one in self._open if one.session_id == session_id]
        largest = max(shown, default=0)
        if not largest:
            return _NO_PLACE
        if not size:
            return _NO_LENGTH
        if size > largest + _FRAME:
            return _TOO_LARGE
        self._forget()
        of_session = sum(self._held.get(session_id, {}).values())
        in_all = sum(sum(files.values()) for files in self._held.values())
        return _FULL if size > min(OF_SESSION - of_session, IN_ALL - in_all) else None

    def _forget(self) -> None:
        for one in self._open:
            self._closed_at.pop(one.session_id, None)
        for session_id, at in list(self._closed_at.items()):
            if monotonic() - at > _FORGOTTEN:
                del self._closed_at[session_id]
                self._held.pop(session_id, None)


async def _succeeds(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> bool:
    """Hand the request on; tell whether the answer was a good one."""
    status = 500

    async def noting(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        await send(message)

    await app(scope, receive, noting)
    return status < 400


def _length(scope: Scope) -> int:
    """Bytes of the body; 0 when its headers do not say, and so nothing bounds it."""
    given = Headers(scope=scope).getlist("content-length")
    return int(given[0]) if len(given) == 1 and given[0].isdecimal() else 0
