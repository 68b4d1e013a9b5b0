"""An answer on a connection that stays open does not wait for the client's acknowledgement."""

from __future__ import annotations

import socket

from credigestor.web import sockets


def test_what_a_listening_socket_accepts_from_now_on_sends_at_once() -> None:
    # As Streamlit's server makes it: asyncio leaves such a connection as it is.
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert not _sends_at_once(listening)
        sockets.answer_at_once()
        assert _sends_at_once(listening)


def _sends_at_once(listening: socket.socket) -> bool:
    with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
        return accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
