"""The list of live sessions with a button to end each, for a person and for administrators."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st
from sqlalchemy.orm import Session

from credigestor import clock
from credigestor.rules.calendar import format_moment
from credigestor.rules.permissions import Actor
from credigestor.services import auth
from credigestor.ui.kit import data, session
from credigestor.ui.kit.messages import act, plain

_BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
_NAMES = {"Edg": "Edge", "OPR": "Opera"}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


def draw_sessions(actor: Actor, *, user_id: int | None = None) -> None:
    """One row for each live session, of one user or of all, with a button that ends it."""
    now = clock.now()
    zone = ZoneInfo(data.settings().time_zone)
    identity = session.identity()
    for info in data.read(auth.list_sessions, actor, now=now, user_id=user_id):
        own = identity is not None and identity[1] == info.id
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            who = "" if user_id is not None else f"**{plain(info.user_name)}** · "
            st.markdown(
                f"{who}{browser_name(info.user_agent)} · {plain(info.address)}  \n"
                f"Entrou em {format_moment(info.created_at, zone)} · "
                f"último uso em {format_moment(info.last_seen_at, zone)}"
                + (" · **esta sessão**" if own else "")
            )
            if own:
                if st.button("Sair", key=f"end_{info.id}"):
                    session.leave_for("/sair")
            elif st.button("Encerrar", key=f"end_{info.id}"):
                _end(actor, info.id)


def browser_name(user_agent: str) -> str:
    """A short name for a browser, such as `Firefox em Windows`."""
    browser = next((name for name in _BROWSERS if name in user_agent), "Navegador")
    system = next((name for name in _SYSTEMS if name in user_agent), "")
    name = _NAMES.get(browser, browser)
    return f"{name} em {system}" if system else name


def _end(actor: Actor, session_id: int) -> None:
    def end(db: Session) -> None:
        auth.end_session(db, actor, session_id=session_id, now=clock.now())

    act(lambda: data.write(end), "Sessão encerrada.")
