"""Where a request comes from and under which name it reached us: addresses, Host, Origin."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from credigestor.config import get_config

_LOCAL_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9/_.~?=&%+-]*")

#: Any of these means that somebody stands between the browser and us.
FORWARDING = ("x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-host", "via")

#: Where web.doors notes who connected, for the script; whatever a browser puts there is dropped.
PEER_HEADER = "x-credigestor-peer"
#: Likewise what the cookie was when the WebSocket was opened; logins are asked for at each run.
STANDING_HEADER = "x-credigestor-standing"
LOGGED_IN, STRANGER = "logged in", "stranger"

#: All values of a header, whatever holds the headers (Starlette, Streamlit).
Header = Callable[[str], Sequence[str]]


def client_address(peer: str | None, header: Header) -> str:
    """The visitor's address: who connected or, behind the trusted proxy, whom it names last.

    `?` when it is unknown: all such visitors count as one in the lockout.
    """
    forwarded = ",".join(header("x-forwarded-for"))
    if get_config().behind_proxy:
        named = forwarded.rpartition(",")[2].strip()
        if named:
            return named[:64]
    elif peer and peer in forwarded:
        # uvicorn believes this header of a peer on this machine, and puts it in the peer's place.
        return "?"
    return peer or "?"


def host_allowed(host: str | None) -> bool:
    """Tell whether a Host header names us: an IP, localhost, this machine, a configured name.

    A page of another site whose name was pointed at our address (DNS rebinding) has its own.
    """
    name = host_name(host)
    return name is not None and (
        name == "localhost"
        or _is_ip(name)
        or name in get_config().host_names
        or name in _machine_names()
    )


def our_host(header: Header) -> str | None:
    """The Host of a request; None unless it has exactly one, and that one names us."""
    hosts = header("host")
    return hosts[0] if len(hosts) == 1 and host_allowed(hosts[0]) else None


def from_our_origin(header: Header, host: str) -> bool:
    """Tell whether a request has exactly one Origin, and that is this host."""
    origins = header("origin")
    return len(origins) == 1 and same_origin(origins[0], host)


def same_origin(origin: str | None, host: str | None) -> bool:
    """Tell whether an Origin header names the very host and port of the Host header."""
    if not origin or not host:
        return False
    try:
        parts = urlsplit(origin)
        default = {"http": ":80", "https": ":443"}[parts.scheme]
    except (ValueError, KeyError):
        return False
    ours, theirs = host.lower(), parts.netloc.lower()
    return bool(theirs) and theirs.removesuffix(default) == ours.removesuffix(default)


def really_local(peer: str | None, header: Header) -> bool:
    """Tell whether the browser runs on this very machine, with nobody in between.

    The peer is loopback, no proxy left a trace, and Host and Origin are loopback names.
    """
    hosts, origins = header("host"), header("origin")
    return (
        not get_config().behind_proxy
        and is_loopback(peer)
        and not any(header(name) for name in FORWARDING)
        and len(hosts) == len(origins) == 1
        and is_loopback(host_name(hosts[0]))
        and same_origin(origins[0], hosts[0])
    )


def host_name(host: str | None) -> str | None:
    """The name in a Host header, lower case, without port and brackets; None if malformed."""
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or not name or parts.netloc != host or "@" in host:
        return None
    return name.lower().rstrip(".")


def _is_ip(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def local_path(path: str) -> str:
    """The path if it stays on this host and has only plain characters; `/` otherwise."""
    return path if len(path) <= 2000 and _LOCAL_PATH.fullmatch(path) else "/"


def is_loopback(name: str | None) -> bool:
    """Tell whether a peer, or the name of a host, is this machine itself."""
    if name == "localhost":
        return True
    try:
        address = ip_address(name or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


@lru_cache
def _machine_names() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({name, name.partition(".")[0]}) - {""}
