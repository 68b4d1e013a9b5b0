"""Many people at one server, each over a WebSocket by hand: a browser each would need a machine."""

from __future__ import annotations

from contextlib import ExitStack
from time import monotonic
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from credigestor.web import cookies
from tests.browser.conftest import Server


class Person:
    """Somebody logged in, at a page: what it shows now, and how long the last run took (s)."""

    def __init__(self, server: Server, token: str) -> None:
        self._opened = ExitStack()
        self._socket = self._opened.enter_context(
            connect(
                f"ws://{server.host}/_stcore/stream",
                additional_headers=[
                    ("Cookie", f"{cookies.cookie_name()}={token}"),
                    ("Origin", server.base_url),
                ],
                subprotocols=[Subprotocol("streamlit"), Subprotocol("no-token")],
                max_size=None,
            )
        )
        self._page = self._query = ""
        self._states: dict[str, WidgetState] = {}
        self._seen: dict[str, ForwardMsg] = {}
        self.elements: list[Element] = []
        self.took = 0.0

    def open(self, page: str, query: str = "") -> Person:
        """Go to an address of the app, such as `receber`."""
        self._page, self._query, self._states = page, query, {}
        return self._run()

    def type(self, label: str, value: str) -> Person:
        """Type into the field whose label begins so."""
        field = self._widget("text_input", label)
        self._states[field.id] = WidgetState(id=field.id, string_value=value)
        return self._run()

    def click(self, label: str) -> Person:
        """Click the button whose label begins so."""
        return self._run(WidgetState(id=self._widget("button", label).id, trigger_value=True))

    @property
    def told(self) -> str:
        """What the page says in its messages, Markdown undone."""
        alerts = (each.alert.body for each in self.elements if each.WhichOneof("type") == "alert")
        return "\n".join(alerts).replace("\\", "").replace("\xa0", " ")

    def typed(self, label: str) -> str:
        """What stands in a field, as the server has it."""
        return str(self._states[self._widget("text_input", label).id].string_value)

    def leave(self) -> None:
        """Close the tab."""
        self._opened.close()

    def _widget(self, kind: str, label: str) -> Any:
        for element in self.elements:
            if element.WhichOneof("type") == kind:
                widget = getattr(element, kind)
                if widget.label.replace("\\", "").startswith(label):
                    return widget
        raise AssertionError(f"no {kind} {label!r}; the page says: {self.told}")

    def _run(self, *triggers: WidgetState) -> Person:
        message = BackMsg()
        state = message.rerun_script
        state.page_name, state.query_string = self._page, self._query
        state.widget_states.widgets.extend([*self._states.values(), *triggers])
        began = monotonic()
        self._socket.send(message.SerializeToString())
        self.elements = []
        while True:
            payload = self._socket.recv(timeout=60)
            assert isinstance(payload, bytes)
            answer = ForwardMsg()
            answer.ParseFromString(payload)
            if answer.WhichOneof("type") == "ref_hash":
                answer = self._seen[answer.ref_hash]
            elif answer.hash:
                self._seen[answer.hash] = answer
            if answer.WhichOneof("type") == "delta" and answer.delta.HasField("new_element"):
                self.elements.append(answer.delta.new_element)
            elif answer.WhichOneof("type") == "script_finished" and (
                answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                break
        self.took = monotonic() - began
        return self
