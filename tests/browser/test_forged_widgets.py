"""Values of a kind that no browser sends: the page ends with one line in the log, no traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy.orm import Session
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import DoubleArray, SInt64Array, StringArray
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from credigestor.db.models import User
from tests.browser.conftest import Server
from tests.browser.wire import Wire
from tests.portfolio import TODAY, add_customer, add_sale

pytestmark = pytest.mark.browser

PAGES = ("nova-venda", "receber", "notas", "configuracoes")
#: One value of each kind, and of the right kinds some that cannot be read.
VALUES = (
    WidgetState(int_value=7),
    WidgetState(double_value=float("nan")),
    WidgetState(bool_value=True),
    WidgetState(string_value="{não é JSON"),
    WidgetState(bytes_value=b"\xff"),
    WidgetState(json_value="[1]"),
    WidgetState(string_array_value=StringArray(data=["31/02/x", "2", "3"])),
    WidgetState(double_array_value=DoubleArray(data=[1.5])),
    WidgetState(int_array_value=SInt64Array(data=[-1, 99])),
)
LINE = "A page was sent a value that no browser sends"


class Forger(Wire):
    """Asks for a page with values for all its widgets."""

    query = ""

    def ask(self, page: str, *values: WidgetState) -> tuple[list[str], str]:
        """The ids of the widgets that were drawn, and the errors that the page showed."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = self.query
        message.rerun_script.widget_states.CopyFrom(WidgetStates(widgets=values))
        self.socket.send(message.SerializeToString())
        ids, told = [], ""
        for answer in self._answers():
            if answer.WhichOneof("type") == "script_finished":
                break
            element = answer.delta.new_element
            kind = element.WhichOneof("type")
            if kind == "alert":
                told += element.alert.body
            name = getattr(getattr(element, kind), "id", "") if kind else ""
            if isinstance(name, str) and name.startswith("$$ID"):
                ids.append(name)
        return ids, told


@pytest.fixture
def connect(server: Server) -> Iterator[Callable[[], Forger]]:
    """Lets an administrator speak to the server by hand, about a customer who owes something."""
    with Session(server.engine, expire_on_commit=False) as session, session.begin():
        customer = add_customer(session, "Ana Forjada")
        add_sale(session, customer, TODAY, [("100.00", TODAY)])
        admin = session.query(User).filter_by(login="adm").one()
    token, opened = server.log_in(admin), ExitStack()

    def make() -> Forger:
        wire = Forger(server, token)
        wire.query = f"customer={customer}&op=forjado-forjado-"
        opened.callback(wire.close)
        return wire

    with opened:
        yield make


@pytest.mark.parametrize("page", PAGES)
def test_a_value_of_another_kind_is_one_line_in_the_log(
    server: Server, connect: Callable[[], Forger], page: str
) -> None:
    ids, _ = connect().ask(page)
    assert len(ids) > 3
    before, refused = len(server.log.read_text()), 0
    for value in VALUES:
        cold, warm = connect(), connect()
        warm.ask(page)
        for wire in (cold, warm):
            _, told = wire.ask(page, *(_named(value, name) for name in ids))
            assert "Algo deu errado" not in told
            refused += "não aceita" in told
    written = server.log.read_text()[before:]
    assert "Traceback" not in written
    assert written.count(LINE) == refused
    assert refused


def _named(value: WidgetState, name: str) -> WidgetState:
    named = WidgetState(id=name)
    named.MergeFrom(value)
    return named
