"""Which files the middleware lets through, and how much it lets be held."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from credigestor.web import uploads
from credigestor.web.uploads import IN_ALL, MB, OF_SESSION, Shown, Uploads
from tests.web.test_bindings import session_message


def page(session_id: str, *megabytes: int, disabled: bool = False) -> Shown:
    """What a connection shows once the page with such uploaders was drawn."""
    shown = Shown()
    draw(shown, session_id, *megabytes, disabled=disabled)
    return shown


def begin(shown: Shown, session_id: str) -> None:
    message = ForwardMsg()
    message.ParseFromString(session_message(session_id))
    shown.see(message)


def offer(shown: Shown, number: int, megabytes: int, *, disabled: bool = False) -> None:
    message = ForwardMsg()
    uploader = message.delta.new_element.file_uploader
    uploader.id, uploader.max_upload_size_mb = f"uploader{number}", megabytes
    uploader.disabled = disabled
    shown.see(message)


def end(shown: Shown, status: Any = ForwardMsg.FINISHED_SUCCESSFULLY) -> None:
    shown.see(ForwardMsg(script_finished=status))


def draw(shown: Shown, session_id: str, *megabytes: int, disabled: bool = False) -> None:
    begin(shown, session_id)
    for number, size in enumerate(megabytes):
        offer(shown, number, size, disabled=disabled)
    end(shown)


def send(
    door: Uploads, session_id: str, size: int | None, *, file: str = "f", method: str = "PUT"
) -> int:
    """The status of the answer to a file of so many bytes; Streamlit takes all it gets."""
    heard: list[int] = []

    async def streamlit(_: Any, __: Any, answer: Any) -> None:
        await answer({"type": "http.response.start", "status": 204, "headers": []})

    async def answer(message: Any) -> None:
        if message["type"] == "http.response.start":
            heard.append(message["status"])

    async def ask() -> None:
        length = [] if size is None else [(b"content-length", str(size).encode())]
        scope = {
            "type": "http",
            "method": method,
            "path": f"/_stcore/upload_file/{session_id}/{file}",
            "headers": length,
        }
        await door.serve(streamlit, scope, _nothing, answer)

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(asyncio.run, ask()).result()
    return heard[0]


async def _nothing() -> Any:
    return {"type": "http.request", "body": b""}


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Uploads:
    """Uploads of sessions `s0` to `s9`, each shown an uploader of 100 MB; the clock stands."""
    monkeypatch.setattr(uploads, "monotonic", lambda: 0.0)
    door = Uploads()
    for number in range(10):
        draw(door.opened(), f"s{number}", 100)
    return door


def test_a_file_needs_a_place_on_the_page(door: Uploads) -> None:
    assert send(door, "s1", 5) == 204
    assert send(door, "another", 5) == 403
    draw(door.opened(), "empty")
    assert send(door, "empty", 5) == 403
    draw(door.opened(), "busy", 100, disabled=True)
    assert send(door, "busy", 5) == 403


def test_a_file_may_be_as_large_as_its_place_says(door: Uploads) -> None:
    draw(door.opened(), "logo", 1)
    assert send(door, "logo", MB + 300) == 204
    assert send(door, "logo", 3 * MB) == 413
    assert send(door, "s1", None) == 411


def test_a_page_without_a_place_takes_no_more_once_it_is_drawn() -> None:
    shown = page("s", 100)
    begin(shown, "s")
    assert shown.largest() == 100 * MB
    end(shown, ForwardMsg.FINISHED_EARLY_FOR_RERUN)
    begin(shown, "s")
    assert shown.largest() == 100 * MB
    end(shown)
    assert shown.largest() == 0


def test_a_fragments_run_takes_no_place_away() -> None:
    shown = page("s", 100)
    message = ForwardMsg()
    message.new_session.initialize.session_id = "s"
    message.metadata.run.fragment_ids.append("f")
    shown.see(message)
    end(shown, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
    assert shown.largest() == 100 * MB


def test_a_session_holds_the_three_files_of_an_import_and_no_more(door: Uploads) -> None:
    frame = 300
    for file in "abc":
        assert send(door, "s1", 100 * MB + frame, file=file) == 204
    assert 3 * (100 * MB + frame) <= OF_SESSION
    assert send(door, "s1", 100 * MB, file="d") == 413
    assert send(door, "s1", 0, file="a", method="DELETE") == 204
    assert send(door, "s1", 100 * MB, file="d") == 204


def test_all_sessions_together_hold_so_much(door: Uploads) -> None:
    taken = [
        send(door, f"s{n}", 100 * MB, file=file) for n in range(10) for file in ("a", "b", "c")
    ]
    assert taken.count(204) == IN_ALL // (100 * MB)
    assert set(taken) == {204, 413}


def test_files_are_held_until_streamlit_has_forgotten_their_session(
    door: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    for shown in list(door._open):
        for file in "abc":
            send(door, shown.session_id, 100 * MB, file=file)
        door.closed(shown)
    draw(door.opened(), "late", 100)
    assert send(door, "late", 100 * MB) == 413
    monkeypatch.setattr(uploads, "monotonic", lambda: 200.0)
    assert send(door, "late", 100 * MB) == 204


def test_a_connection_that_is_over_takes_nothing(door: Uploads) -> None:
    for shown in list(door._open):
        door.closed(shown)
    assert send(door, "s1", 5) == 403
