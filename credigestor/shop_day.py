"""The shop's calendar day, for the edges: what lies below them is handed it."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from credigestor import clock
from credigestor.db.settings import current_settings


def shop_day(session: Session) -> date:
    """The shop's calendar day, in the time zone of the settings that the session sees."""
    return clock.today(current_settings(session).time_zone)
