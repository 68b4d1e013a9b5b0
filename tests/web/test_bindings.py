"""What the middleware learns from Streamlit's messages, and what it does when it forgot."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from credigestor.web import cookies
from credigestor.web.bindings import Bindings, asked_for, incoming
from credigestor.web.doors import Doors


def session_message(session_id: str) -> bytes:
    message = ForwardMsg()
    message.new_session.initialize.session_id = session_id
    return message.SerializeToString()


def image_message(url: str, padding: int = 0) -> bytes:
    message = ForwardMsg()
    message.delta.new_element.imgs.imgs.add(url=url, caption="x" * padding)
    return message.SerializeToString()


def test_a_session_is_its_first_cookies_until_it_is_forgotten() -> None:
    bindings = Bindings(limit=2)
    for number in range(3):
        assert bindings.learn(session_message(f"s{number}"), f"owner{number}", bound=False)
    assert [bindings.owner_of(f"s{n}") for n in range(3)] == [None, "owner1", "owner2"]


@pytest.mark.parametrize("padding", [0, 50_000])
def test_a_file_is_learned_from_a_small_and_from_a_large_message(padding: int) -> None:
    bindings = Bindings()
    bindings.learn(image_message("/media/abc.png", padding), "ann", bound=True)
    assert bindings.owns_file("ann", "/media/abc.png")
    assert bindings.owns_file("ann", "/media/abc.png?x=1")
    assert not bindings.owns_file("bob", "/media/abc.png")
    assert not bindings.owns_file("ann", "/media/abcd.png")


def test_an_address_that_a_person_typed_is_not_learned() -> None:
    message = ForwardMsg()
    message.delta.new_element.markdown.body = "/media/abc.png"
    bindings = Bindings()
    bindings.learn(message.SerializeToString(), "ann", bound=True)
    assert not bindings.owns_file("ann", "/media/abc.png")


def test_only_the_wish_for_a_file_is_one() -> None:
    wish = BackMsg()
    wish.backend_operation_request.deferred_file.file_id = "abc"
    assert asked_for(wish) == "abc"
    assert asked_for(BackMsg(stop_script=True)) is None


def test_nonsense_text_and_the_clearing_of_everybodys_cache_are_not_messages() -> None:
    assert incoming(BackMsg(stop_script=True).SerializeToString()) == BackMsg(stop_script=True)
    assert incoming(BackMsg(clear_cache=True).SerializeToString()) is None
    assert incoming(b"\xff\xff") is None
    assert incoming(None) is None


def run(doors: Doors, *asgi: Any) -> None:
    """Hand the doors one request, in a thread: a browser test may have left its loop in ours."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(anyio.run, doors, *asgi).result()


def handshake(doors: Doors, session_id: str) -> tuple[str | None, list[dict[str, Any]]]:
    """The protocols that reach Streamlit (None if nothing does), and what the visitor hears."""
    arrived: list[str] = []
    heard: list[dict[str, Any]] = []
    token = cookies.new_token()

    async def streamlit(scope: Any, receive: Any, send: Any) -> None:
        arrived.extend(
            value.decode() for name, value in scope["headers"] if name == b"sec-websocket-protocol"
        )

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        heard.append(message)

    doors.app = streamlit
    scope = {
        "type": "websocket",
        "path": "/_stcore/stream",
        "client": ("203.0.113.1", 1),
        "headers": [
            (b"host", b"localhost"),
            (b"origin", b"http://localhost"),
            (b"cookie", f"{cookies.cookie_name()}={token}".encode()),
            (b"sec-websocket-protocol", f"streamlit, token, {session_id}".encode()),
        ],
    }
    run(doors, scope, receive, send)
    return (arrived[0] if arrived else None), heard


def test_a_forgotten_session_is_not_named_to_streamlit_which_would_resume_it() -> None:
    doors = Doors(app=None)  # type: ignore[arg-type]
    assert handshake(doors, "forgotten") == ("streamlit, token", [])


def test_a_session_of_somebody_else_never_reaches_streamlit() -> None:
    doors = Doors(app=None)  # type: ignore[arg-type]
    doors.bindings.learn(session_message("theirs"), "their digest", bound=False)
    arrived, heard = handshake(doors, "theirs")
    assert arrived is None
    assert [message["type"] for message in heard] == ["websocket.close"]


def test_a_request_that_fails_is_answered_in_portuguese_with_the_headers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[dict[str, Any]] = []

    async def broken(*_: Any) -> None:
        raise ConnectionError("the database is down")

    async def send(message: Any) -> None:
        heard.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/sair\nforged",
        "headers": [(b"host", b"localhost")],
    }
    run(Doors(app=broken), scope, None, send)
    start, body = heard
    assert start["status"] == 503
    assert b"content-security-policy" in dict(start["headers"])
    assert "Tente de novo" in body["body"].decode()
    assert "the database is down" in caplog.text
    assert "\nforged" not in caplog.text
