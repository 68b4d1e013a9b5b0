"""The server's sockets: an answer leaves at once, and not when its first part was acknowledged.

Streamlit binds a socket that does not name its protocol, and asyncio turns Nagle's algorithm off
only where TCP is named. The server writes an answer in two parts: without this each one on a
connection that stays open waits 40 ms for the client's delayed acknowledgement of the first.
"""

from __future__ import annotations

import logging
import os
import socket

import psutil

log = logging.getLogger("credigestor")


def answer_at_once() -> None:
    """Turn Nagle's algorithm off for all connections that this process's listening sockets take."""
    try:
        listening = [
            found.fd
            for found in psutil.Process().net_connections("tcp")
            if found.status == psutil.CONN_LISTEN
        ]
        for number in listening:
            # The option is the socket's own, and what it accepts inherits it.
            with socket.socket(fileno=os.dup(number)) as one:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except (OSError, psutil.Error):
        log.warning("Answers may wait for acknowledgements.", exc_info=True)
