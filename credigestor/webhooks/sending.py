"""One POST to an endpoint, with everything that a stranger's server could do to us held short.

The name is resolved once, and what it led to is judged and connected to: a name that leads
elsewhere the next time (DNS rebinding) leads nowhere. No proxy of the environment is asked, no
redirect followed, no more than a few kilobytes read, and after LIMIT seconds the line is cut,
whatever trickles in. The standard library does it: urllib3 and requests would resolve by
themselves, and each of these would have to be taken off them.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Timer
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

from credigestor.rules.webhooks import LIMIT, is_public

#: Bytes of an answer that are read, to let the other side finish its sentence.
_MOST_READ = 4096
_DEFAULT_PORTS = {"https": 443, "http": 80}

#: As socket.getaddrinfo gives them: what to connect to.
Address = tuple[Any, ...]
Resolve = Callable[[str, int], list[Address]]


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: the status, how long it took, and in Portuguese what went wrong."""

    status: int | None
    milliseconds: int
    error: str | None

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it."""
        return self.error is None


class Refused(Exception):
    """We do not connect there; the message says why."""


def resolve(host: str, port: int) -> list[Address]:
    """What a name leads to. Raises OSError."""
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: bool,
    resolve: Resolve = resolve,
    context: ssl.SSLContext | None = None,
    limit: float = LIMIT,
) -> Outcome:
    """POST a body; an answer of 200 to 299 within `limit` seconds is a delivery.

    `private` lets http and addresses of one's own network through.
    """
    began = monotonic()
    status, error = None, None
    try:
        status = _post(urlsplit(url), body, headers, private, resolve, context, began + limit)
        error = _words_of(status)
    except Exception as cause:
        error = _words_for(cause, late=monotonic() - began >= limit, limit=limit)
    return Outcome(status, round(1000 * (monotonic() - began)), error)


def _post(
    parts: SplitResult,
    body: bytes,
    headers: Mapping[str, str],
    private: bool,
    resolve: Resolve,
    context: ssl.SSLContext | None,
    until: float,
) -> int:
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise Refused("Só https:// é permitido.")
    host = parts.hostname or ""
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    addresses = resolve(host, port)
    if not private and not all(is_public(str(each[4][0])) for each in addresses):
        raise Refused("O nome leva a um endereço interno, e por isso nada foi enviado.")
    with _connected(addresses, until) as line:
        if parts.scheme == "https":
            secure = context or ssl.create_default_context()
            line = secure.wrap_socket(line, server_hostname=host)
        with line:
            connection = http.client.HTTPConnection(host, port)
            connection.auto_open = 0  # it has a socket, and is never to make one by itself
            connection.sock = line
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, {**headers, "Host": parts.netloc})
            answer = connection.getresponse()
            if monotonic() >= until:  # what was cut looks like the end of what was said
                raise TimeoutError
            with suppress(OSError, http.client.HTTPException):
                answer.read(_MOST_READ)
            return answer.status


@contextmanager
def _connected(addresses: list[Address], until: float) -> Iterator[socket.socket]:
    """A connection to the first address that answers, cut when the time is over."""
    line = _first(addresses, until)
    # Of the line itself, not of what TLS makes of it: a read that waits in another thread ends.
    guard = line.dup()

    def cut() -> None:
        with suppress(OSError):
            guard.shutdown(socket.SHUT_RDWR)

    timer = Timer(max(until - monotonic(), 0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield line
    finally:
        timer.cancel()
        line.close()
        guard.close()


def _first(addresses: list[Address], until: float) -> socket.socket:
    error: OSError = ConnectionError("no address")
    for family, kind, protocol, _, address in addresses:
        left = until - monotonic()
        if left <= 0:
            raise TimeoutError
        line = socket.socket(family, kind, protocol)
        try:
            line.settimeout(left)
            line.connect(address)
        except OSError as cause:
            line.close()
            error = cause
        else:
            return line
    raise error


def _words_of(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return f"O destino respondeu {status}: redirecionamentos não são seguidos."
    return f"O destino respondeu {status}."


def _words_for(cause: Exception, *, late: bool, limit: float) -> str:
    if isinstance(cause, Refused):
        return str(cause)
    if late or isinstance(cause, TimeoutError):
        return f"O destino não respondeu em {limit:g} segundos."
    if isinstance(cause, socket.gaierror | UnicodeError):
        return "O nome do destino não foi encontrado."
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "O certificado do destino não vale."
    if isinstance(cause, ssl.SSLError):
        return "A conexão segura com o destino falhou."
    if isinstance(cause, ConnectionRefusedError):
        return "O destino recusou a conexão."
    return "A conexão com o destino caiu antes da resposta."
