"""Two cookies: a random value that names a visitor, or a login once a ticket was traded; and the
one by which a browser is known again.

An anonymous visitor's value has no row in `sessions`; logging in replaces it by a fresh one. The
browser's stays after logging out and opens nothing: it only keeps others' failures from locking
this browser out (`services.lockout`).

A cookie belongs to a host name, whatever the port: shops that share one have names of their own.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import Scope

from credigestor.config import Config, get_config
from credigestor.services.lockout import KNOWN

_VALUE = re.compile(r"[A-Za-z0-9_-]{20,100}")


def cookie_name() -> str:
    """The cookie's name; `__Host-` behind HTTPS, so that no other host can set it."""
    return _named("credigestor_session")


def browser_cookie_name() -> str:
    """The name of the cookie by which a browser is known again."""
    return _named("credigestor_browser")


def new_token() -> str:
    """A fresh random value of 256 bits."""
    return secrets.token_urlsafe(32)


def valid(value: object) -> str | None:
    """The value, if it is text that could be ours (in AppTest a cookie may be a mock)."""
    return value if isinstance(value, str) and _VALUE.fullmatch(value) else None


def read(headers: Iterable[tuple[bytes, bytes]], name: str | None = None) -> str | None:
    """The value of the visitor's cookie, or of the one named, in ASGI headers.

    None when missing, malformed or sent twice.
    """
    prefix = (name or cookie_name()) + "="
    found = [
        part.strip().removeprefix(prefix)
        for header, value in headers
        if header.lower() == b"cookie"
        for part in value.decode("latin-1").split(";")
        if part.strip().startswith(prefix)
    ]
    return valid(found[0]) if len(found) == 1 else None


def may_be_given(scope: Scope) -> bool:
    """Tell whether a page that is asked for may bring a visitor's cookie along."""
    # A link on another site brings no SameSite=Strict cookie, though the browser may have one:
    # it must not be overwritten. The page's own first requests will bring it, or get one.
    site = Headers(scope=scope).get("sec-fetch-site", "none")
    return site in ("none", "same-origin")


def set_cookie(token: str) -> str:
    """The Set-Cookie header that stores a value until the browser closes."""
    return _set(cookie_name(), token)


def set_browser_cookie(value: str) -> str:
    """The Set-Cookie header that keeps the browser's value for as long as it is known by it."""
    return f"{_set(browser_cookie_name(), value)}; Max-Age={int(KNOWN.total_seconds())}"


def clear_cookie() -> str:
    """The Set-Cookie header that removes the value."""
    return set_cookie("") + "; Max-Age=0"


def _named(name: str) -> str:
    config = get_config()
    usual = config.schema_name == Config.model_fields["schema_name"].default
    shop = "" if usual else f"_{config.schema_name}"
    return ("__Host-" if config.behind_proxy else "") + name + shop


def _set(name: str, value: str) -> str:
    secure = "; Secure" if get_config().behind_proxy else ""
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}"
