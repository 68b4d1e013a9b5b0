"""Up to which day the shop's days are closed (R37)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Text,
    bindparam,
    case,
    cast,
    select,
)
from sqlalchemy.orm import Session

from credigestor.db import locks
from credigestor.db.models import DayClosing

_UNTIL = select(DayClosing.until).order_by(DayClosing.id.desc()).limit(1)
#: The last closed day, in another SELECT.
UNTIL = _UNTIL.scalar_subquery()
#: In a statement before that of UNTIL: what `kept_closed_until` does, where :past says so.
KEPT: ColumnElement[str] = case(
    (bindparam("past", type_=Boolean), cast(locks.sharing("closing"), Text))
)


def closed_until(session: Session) -> date | None:
    """The last closed day; None while none was ever closed."""
    return session.scalar(_UNTIL)


def kept_closed_until(session: Session) -> date | None:
    """As `closed_until`, for who writes into the past: nobody closes a day until they are done."""
    locks.share(session, "closing")
    return closed_until(session)
