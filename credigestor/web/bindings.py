"""Which cookie each of Streamlit's sessions and media files belongs to.

Learned by reading what Streamlit sends down a visitor's WebSocket: the session's id, and the
addresses of the files that its page shows, or makes on a click. Both live in this process alone,
as do the sessions and files themselves. What was forgotten is refused, never handed to another.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from itertools import chain
from typing import TypeVar

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from credigestor.web.uploads import Shown

MEDIA = "/media/"
_LIMIT = 50_000
#: More bytes than a download button takes, which names the file that a click makes.
_BUTTON = 10_000
#: Bytes of a message from a browser: all that was typed on one page.
_MESSAGE = 1_000_000

K = TypeVar("K")
V = TypeVar("V")


class Bindings:
    """Owners of sessions and files; an owner is the digest of a cookie."""

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._sessions: OrderedDict[str, str] = OrderedDict()
        self._files: OrderedDict[tuple[str, str], None] = OrderedDict()

    def owner_of(self, session_id: str) -> str | None:
        """Whose session it is; None for one that this process never saw, or forgot."""
        return self._sessions.get(session_id)

    def owns_file(self, owner: str, path: str) -> bool:
        """Tell whether a session of this owner was given the file at `/media/…`, or its id."""
        return (owner, _file_id(path)) in self._files

    def learn(self, payload: bytes, owner: str, *, bound: bool, shown: Shown | None = None) -> bool:
        """Read one outgoing message; give True once it, or an earlier one, named the session.

        `shown` learns from it too which uploaders the page shows.

        Only messages that can matter are parsed: all until the session is known, then small
        ones and those that hold the address of a file.
        """
        if bound and len(payload) > _BUTTON and MEDIA.encode() not in payload:
            return True
        message = ForwardMsg()
        message.ParseFromString(payload)
        if shown is not None:
            shown.see(message)
        if message.HasField("new_session"):
            self._remember(self._sessions, message.new_session.initialize.session_id, owner)
            bound = True
        for url in _given(message):
            if url:
                self._remember(self._files, (owner, _file_id(url)), None)
        return bound

    def _remember(self, kept: OrderedDict[K, V], key: K, value: V) -> None:
        kept[key] = value
        kept.move_to_end(key)
        if len(kept) > self._limit:
            kept.popitem(last=False)


def incoming(payload: bytes | None) -> BackMsg | None:
    """The message that a visitor sent; None for nonsense, and for what only developers send.

    Clearing the cache would clear everybody's; Streamlit lets any stranger do it. So it does run a
    message of many megabytes.
    """
    if payload and len(payload) > _MESSAGE:
        return None
    message = BackMsg()
    try:
        message.ParseFromString(payload or b"")
    except DecodeError:
        return None
    return None if payload is None or message.clear_cache else message


def whole(payload: bytes) -> bytes:
    """A message to a session that has drawn nothing yet, made to ask for the whole page.

    A browser that outlived the process may ask for a fragment of the page, which nobody has
    drawn: Streamlit ignores that without a word, with all that was typed.
    """
    message = BackMsg()
    message.ParseFromString(payload)
    if not message.rerun_script.fragment_id:
        return payload
    message.rerun_script.ClearField("fragment_id")
    message.rerun_script.ClearField("is_auto_rerun")
    return bytes(message.SerializeToString())


def asked_for(message: BackMsg) -> str | None:
    """The id of the file that an incoming message wants made; None for any other message."""
    return message.backend_operation_request.deferred_file.file_id or None


def _given(message: ForwardMsg) -> Iterator[str]:
    # Only fields that Streamlit itself fills: a customer's name may well read "/media/…".
    element = message.delta.new_element
    kind = element.WhichOneof("type")
    if kind == "imgs":
        yield from (image.url for image in element.imgs.imgs)
    elif kind in ("audio", "video", "download_button"):
        yield getattr(element, kind).url
        yield getattr(getattr(element, kind), "deferred_file_id", "")
    yield from chain(
        [message.backend_operation_response.deferred_file.url],
        [message.logo.image, message.logo.icon_image],
        [message.page_config_changed.favicon],
    )


def _file_id(path: str) -> str:
    return path.removeprefix(MEDIA).partition("?")[0].partition(".")[0]
