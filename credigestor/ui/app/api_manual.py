"""The way to the API's documentation, which a browser opens by a ticket of this login."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from credigestor.db.engine import transaction
from credigestor.services import api_logins
from credigestor.ui.kit import session

_KEPT = "api-manual"


def link() -> None:
    """Draw a link that opens the documentation in a new tab, for as long as this login lasts."""
    found = session.identity()
    if found is None:
        return
    _, login = found
    known, ticket = st.session_state.get(_KEPT, (None, ""))
    if known != login:
        with transaction() as db:
            ticket = api_logins.reading_ticket(db, login_session=login, now=session.now())
        st.session_state[_KEPT] = (login, ticket)
    st.link_button(
        "Documentação da API",
        f"/api/docs?{urlencode({'ticket': ticket})}",
        icon=":material/open_in_new:",
    )
