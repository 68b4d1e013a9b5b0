"""While the database is away: who is at a page is told, waits, and goes on with what was typed.

A run that waits draws nothing: what is on the screen stays there, and what was typed in it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st
from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitInvalidLayoutContextError

from credigestor.db import outages
from credigestor.db.engine import get_engine
from credigestor.errors import DatabaseAway, ReadsOnly
from credigestor.ui.kit import messages

log = logging.getLogger("credigestor")

R = TypeVar("R")

#: Seconds that an act waits for the database amid a run, where nothing can be said.
PATIENCE = 8.0
_SECONDS_BETWEEN_LOOKS = 0.25
_THERE = text("SELECT true")
#: Seconds that the message stands before it is told anew: a run may be ended while it waits.
_STANDS = 8
BACK = "O banco de dados voltou."


def again_if_away(act: Callable[[], R]) -> R:
    """Give what the act gives; done again where the database was away, or only read, for a moment.

    Nothing was recorded then; a standby that is being promoted answers before it records. Raises
    DatabaseAway where that is not known, and what it raised last where that goes on.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except (DatabaseAway, ReadsOnly) as error:
            if isinstance(error, DatabaseAway) and error.unknown:
                raise
            needed = outages.WRITABLE if isinstance(error, ReadsOnly) else _THERE
            while True:
                if time.monotonic() > until:
                    raise
                time.sleep(_SECONDS_BETWEEN_LOOKS)
                if _answers(needed):
                    break


def until_there(act: Callable[[], R]) -> R:
    """Give what the act gives, however long the database is away; the person is told meanwhile.

    For an act that records nothing which matters. The run can be ended in the meantime.
    """
    while True:
        try:
            return act()
        except DatabaseAway as error:
            tell_and_wait(error)


def tell_and_wait(error: DatabaseAway) -> None:
    """Tell that the database is coming back, until it is there; the log says why it is away."""
    log.warning("A page waits for the database: %s", error.__cause__)
    renew = 0.0
    while True:
        if time.monotonic() >= renew:
            sentence = f"{outages.coming_back()} A página continua sozinha, com o que foi digitado."
            told = st.toast(messages.plain(sentence), icon="spinner", duration=_STANDS)
            renew = time.monotonic() + _STANDS
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        if _answers():
            _tell_back(told)
            return


def _tell_back(told: DeltaGenerator) -> None:
    """In the place of what was told; a fragment cannot change that, and tells it beside."""
    good: dict[str, Any] = {"icon": ":material/check_circle:", "duration": 3}
    try:
        told.toast(BACK, **good)
    except StreamlitInvalidLayoutContextError:
        st.toast(BACK, **good)


def _answers(question: TextClause = _THERE) -> bool:
    try:
        with get_engine().connect() as connection:
            return bool(connection.scalar(question))
    except DBAPIError:
        return False
