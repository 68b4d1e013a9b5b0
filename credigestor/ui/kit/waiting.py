"""While the database is away: who is at a page is told, waits, and goes on with what was typed.

A run that waits draws nothing: what is on the screen stays there, and what was typed in it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

import streamlit as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from streamlit.delta_generator import DeltaGenerator

from credigestor.db import outages
from credigestor.db.engine import get_engine
from credigestor.errors import DatabaseAway
from credigestor.ui.kit import messages

log = logging.getLogger("credigestor")

R = TypeVar("R")

#: Seconds that an act waits for the database amid a run, where nothing can be said.
PATIENCE = 8.0
_SECONDS_BETWEEN_LOOKS = 0.25
#: Seconds that the message stands, so that it goes where a run was ended, and is renewed.
_STANDS, _RENEWED = 5, 4
BACK = "O banco de dados voltou."


def again_if_away(act: Callable[[], R]) -> R:
    """Give what the act gives; done once more where the database was away for a moment.

    Nothing was recorded then. Raises DatabaseAway where that is not known, or it stays away.
    """
    try:
        return act()
    except DatabaseAway as error:
        until = time.monotonic() + PATIENCE
        while error.unknown or not _answers():
            if error.unknown or time.monotonic() > until:
                raise
            time.sleep(_SECONDS_BETWEEN_LOOKS)
    return act()


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
    place = _tell()
    renew = time.monotonic() + _RENEWED
    while True:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        if _answers():
            break
        if time.monotonic() > renew:
            place = _tell(place)
            renew = time.monotonic() + _RENEWED
    place.toast(BACK, icon=":material/check_circle:", duration=2)


def _tell(place: DeltaGenerator | None = None) -> DeltaGenerator:
    sentence = f"{outages.coming_back()} A página continua sozinha, com o que foi digitado."
    toast = st.toast if place is None else place.toast
    return toast(messages.plain(sentence), icon="spinner", duration=_STANDS)


def _answers() -> bool:
    try:
        with get_engine().connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError:
        return False
    return True
