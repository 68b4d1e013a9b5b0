"""Who asks for a page over the wire, and what may be in the answer."""

from __future__ import annotations

from credigestor.rules.permissions import Role
from credigestor.web import cookies
from tests.browser.conftest import Server
from tests.browser.wire import Wire

#: What the frame of every page of a person holds: search, name, link, button, style and place.
_FRAME = {"", "html", "markdown", "page_link", "button", "empty", "text_input"}
#: What the login holds.
_LOGIN = {"", "heading", "markdown", "text_input", "button"}


def asked_by(server: Server, role: Role | None) -> str:
    """The cookie of a new person of this role; of a stranger without one."""
    if role is None:
        return cookies.new_token()
    name = f"{role.value}-{cookies.new_token()[:6].lower()}".replace("_", "-")
    return server.log_in(server.add_user(name, role))


def shows_only_the_refusal(wire: Wire) -> bool:
    """Tell whether the page's place holds nothing but that the role does not open it."""
    return (
        len(wire.alerts) == 1
        and wire.alerts[0].startswith("Sem permissão")
        and wire.titles == ["Sem permissão"]
        and set(wire.kinds) <= _FRAME | {"heading", "alert"}
    )


def shows_login(wire: Wire) -> bool:
    """Tell whether the login is all there is."""
    return (
        wire.titles == ["CrediGestor", "Entrar"]
        and wire.kinds.count("text_input") == 2
        and set(wire.kinds) <= _LOGIN
    )
