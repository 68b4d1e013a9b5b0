"""The one cookie: a random value that names a visitor, and a login once a ticket was traded.

An anonymous visitor's value has no row in `sessions`; logging in replaces it by a fresh one.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from credigestor.config import get_config

_VALUE = re.compile(r"[A-Za-z0-9_-]{20,100}")


def cookie_name() -> str:
    """The cookie's name; `__Host-` behind HTTPS, so that no other host can set it."""
    return ("__Host-" if get_config().behind_proxy else "") + "credigestor_session"


def new_token() -> str:
    """A fresh random value of 256 bits."""
    return secrets.token_urlsafe(32)


def valid(value: object) -> str | None:
    """The value, if it is text that could be ours (in AppTest a cookie may be a mock)."""
    return value if isinstance(value, str) and _VALUE.fullmatch(value) else None


def read(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The cookie's value in ASGI headers; None when missing, malformed or sent twice."""
    prefix = cookie_name() + "="
    found = [
        part.strip().removeprefix(prefix)
        for name, value in headers
        if name.lower() == b"cookie"
        for part in value.decode("latin-1").split(";")
        if part.strip().startswith(prefix)
    ]
    return valid(found[0]) if len(found) == 1 else None


def set_cookie(token: str) -> str:
    """The Set-Cookie header that stores a value until the browser closes."""
    secure = "; Secure" if get_config().behind_proxy else ""
    return f"{cookie_name()}={token}; Path=/; HttpOnly; SameSite=Strict{secure}"


def clear_cookie() -> str:
    """The Set-Cookie header that removes the value."""
    return set_cookie("") + "; Max-Age=0"
