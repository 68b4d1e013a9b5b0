"""Speaking Streamlit's WebSocket by hand, as an attacker would."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from contextlib import ExitStack

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import NewSession
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from credigestor.web import cookies
from tests.browser.conftest import Server

#: An id that no session has.
UNKNOWN = "11111111-2222-4333-8444-555555555555"

#: The end of a run that led to another page.
_LEFT = ForwardMsg.FINISHED_EARLY_FOR_RERUN


class Wire:
    """One WebSocket to a server; `session_id` and `files` once the page has been drawn."""

    def __init__(
        self,
        server: Server,
        token: str | None,
        *,
        session_id: str | None = None,
        origins: tuple[str, ...] | None = None,
        host: str | None = None,
        path: str = "/_stcore/stream",
    ) -> None:
        headers = [("Cookie", f"{cookies.cookie_name()}={token}")] if token else []
        headers += [("Origin", o) for o in ((server.base_url,) if origins is None else origins)]
        names = ("streamlit", "no-token", *([session_id] if session_id else []))
        self._opened = ExitStack()
        self.socket: ClientConnection = self._opened.enter_context(
            connect(
                f"ws://{host or server.host}{path}",
                sock=None if host is None else _tcp(server),
                additional_headers=headers,
                subprotocols=[Subprotocol(name) for name in names],
                max_size=None,
            )
        )
        self.session_id = ""
        self.files: list[str] = []
        self.deferred_ids: list[str] = []
        self.disables_export = False
        self.alerts: list[str] = []
        self.titles: list[str] = []
        self.kinds: list[str] = []
        self.uploaders: dict[str, int] = {}

    def draw(self, page: str = "", *, page_hash: str = "", query: str = "") -> Wire:
        """Ask for a page, by its address or by the id that Streamlit gives it; read it whole."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        message.rerun_script.page_script_hash = page_hash
        self.socket.send(message.SerializeToString())
        for answer in self._answers():
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                self._begin(answer.new_session)
            elif kind == "delta":
                self._see(answer.delta.new_element)
            elif kind == "script_finished" and answer.script_finished != _LEFT:
                break
        return self

    def _begin(self, run: NewSession) -> None:
        self.session_id = run.initialize.session_id
        self.disables_export = run.config.disable_data_export
        self.alerts, self.titles, self.kinds, self.uploaders = [], [], [], {}

    def _see(self, element: Element) -> None:
        self.kinds.append(element.WhichOneof("type") or "")
        if element.HasField("alert"):
            self.alerts.append(element.alert.body)
        elif element.HasField("heading"):
            self.titles.append(element.heading.body)
        elif element.HasField("file_uploader"):
            self.uploaders[element.file_uploader.id] = element.file_uploader.max_upload_size_mb
        elif element.HasField("download_button"):
            button = element.download_button
            if button.url:
                self.files.append(button.url)
            if button.deferred_file_id:
                self.deferred_ids.append(button.deferred_file_id)

    def click_deferred(self, file_id: str) -> str:
        """Ask for a file that is made on the click; its address, or the error."""
        message = BackMsg()
        message.backend_operation_request.request_id = str(uuid.uuid4())
        message.backend_operation_request.session_id = self.session_id
        message.backend_operation_request.deferred_file.file_id = file_id
        self.socket.send(message.SerializeToString())
        for answer in self._answers():
            if answer.WhichOneof("type") == "backend_operation_response":
                response = answer.backend_operation_response
                return response.deferred_file.url or response.error_msg
        raise AssertionError("no answer")

    def close(self) -> None:
        """Hang up."""
        self._opened.close()

    def _answers(self) -> Iterator[ForwardMsg]:
        while True:
            payload = self.socket.recv(timeout=20)
            assert isinstance(payload, bytes)
            answer = ForwardMsg()
            answer.ParseFromString(payload)
            yield answer


def refused(server: Server, token: str | None, **options: object) -> bool:
    """Tell whether the handshake is refused; 400 is the server's own word for a malformed one."""
    try:
        Wire(server, token, **options).close()  # type: ignore[arg-type]
    except InvalidStatus as error:
        return error.response.status_code in (400, 403)
    return False


def cookie(token: str | None) -> dict[str, str]:
    """The header that carries a session's token; none without one."""
    return {"Cookie": f"{cookies.cookie_name()}={token}"} if token else {}


def upload(
    server: Server,
    session_id: str,
    token: str | None,
    *,
    content: bytes = b"hello",
    file_id: str = "a-file",
    **headers: str,
) -> int:
    """Try to leave a file in a session, with Streamlit's own XSRF token in order."""
    given = server.request("GET", "/_stcore/health").headers.get_all("set-cookie") or []
    xsrf = next(c for c in given if c.startswith("_streamlit_xsrf=")).split(";")[0]
    sent = [xsrf, *cookie(token).values()]
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\n" + content + b"\r\n--b--\r\n"
    )
    return server.request(
        "PUT",
        f"/_stcore/upload_file/{session_id}/{file_id}",
        body,
        **{
            "Content-Type": "multipart/form-data; boundary=b",
            "X-Xsrftoken": xsrf.split("=", 1)[1],
            "Cookie": "; ".join(sent),
            "Origin": server.base_url,
            **headers,
        },
    ).status


def _tcp(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port))
