"""The login page: streamlit-authenticator's form, over our own tables, tickets and lockout.

Only the drawing is the library's. Its cookie is written by JavaScript, still logs in after a
logout and is never HttpOnly; its failed attempts live in a dict. Both controllers are ours.
"""

from __future__ import annotations

from typing import Any, NoReturn
from urllib.parse import quote

import streamlit as st
from sqlalchemy.orm import Session
from streamlit_authenticator import Authenticate

from credigestor import clock
from credigestor.db.engine import transaction
from credigestor.errors import BusinessError, InvalidInput
from credigestor.services import auth
from credigestor.ui.kit import session
from credigestor.ui.kit.messages import plain

FIELDS = {
    "Form name": "Entrar",
    "Username": "Usuário",
    "Password": "Senha",
    "Login": "Entrar",
}


class _NoCookie:
    """In place of the library's cookie: never there, never set."""

    def get_cookie(self) -> None:
        """No cookie to read."""

    def set_cookie(self) -> None:
        """No cookie to write."""


class _TicketController:
    """In place of the library's check of a password: ours, whose outcome is a ticket."""

    def __init__(self) -> None:
        self.ticket: str | None = None
        self.error: BusinessError | None = None

    def login(self, username: str, password: str, *_: Any, **__: Any) -> bool:
        """Check what was typed; keeps the ticket, or the error to show."""
        try:
            self.ticket = ticket_for(username, password)
        except BusinessError as error:
            self.error = error
        return self.ticket is not None


class _Form(Authenticate):  # type: ignore[misc] # the library has no types
    """The library's view alone; its constructor would draw the component that keeps its cookie."""

    def __init__(self, controller: _TicketController) -> None:
        self.path = None
        self.attrs = {"login_sleep_time": 0}
        self.cookie_controller = _NoCookie()
        self.authentication_controller = controller


def ticket_for(login: str, password: str) -> str:
    """A ticket for this browser, if the password is right; BusinessError otherwise."""
    visitor_token = _visitor()
    with transaction() as db:
        outcome = auth.sign_in(
            db,
            login=login,
            password=password,
            address=session.client_address(),
            visitor_token=visitor_token,
            user_agent=session.user_agent(),
            now=clock.now(),
            browser=session.browser_token(),
        )
    return outcome.ticket_or_raise()


def ticket_without_password(db: Session, user_id: int) -> str:
    """A ticket for this browser and a user who just proved who they are."""
    return auth.issue_ticket(
        db,
        user_id=user_id,
        address=session.client_address(),
        visitor_token=_visitor(),
        user_agent=session.user_agent(),
        now=clock.now(),
    )


def enter(ticket: str, path: str = "/") -> NoReturn:
    """Trade a ticket for a login: the browser leaves for our route and comes back to `path`."""
    session.leave_for(f"/entrar?ticket={ticket}&next={quote(path, safe='')}")


def page(shop: str) -> None:
    """Draw the shop's login in place of the page that was asked for, and come back to that page."""
    with st.columns([1, 2, 1])[1]:
        st.title("CrediGestor", anchor=False)
        if shop:
            st.caption(plain(shop))
        controller = _TicketController()
        _Form(controller).login(fields=FIELDS, key="login")
        if controller.error:
            st.error(plain(controller.error.message), icon=":material/lock:")
        if controller.ticket:
            enter(controller.ticket, session.here())


def _visitor() -> str:
    token = session.user_token()
    if token is None:
        raise InvalidInput("Seu navegador não aceitou o cookie de acesso. Recarregue a página.")
    return token
