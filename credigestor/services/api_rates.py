"""How often somebody calls the API, a minute of the clock at a time, counted for all processes.

One row a caller, in a table that the server's journal leaves out, written by one statement that
waits for nobody: who counts commits at once, and lets the call go on where it could not count.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

#: Seconds of the time in which calls are counted.
PERIOD = 60

# In the order of their names: two calls never wait for each other in a ring. Another process's
# clock may be ahead by a minute; one that is further from ours does not decide.
_COUNT = text("""
INSERT INTO api_calls AS c (caller, minute, calls)
SELECT each, :minute, 1
FROM unnest(CAST(:callers AS text[])) AS each, set_config('lock_timeout', '200ms', true) AS waits
WHERE waits IS NOT NULL
ORDER BY each
ON CONFLICT (caller) DO UPDATE SET
    calls = CASE WHEN c.minute BETWEEN :minute AND :minute + 1 THEN c.calls + 1 ELSE 1 END,
    minute = CASE WHEN c.minute BETWEEN :minute AND :minute + 1 THEN c.minute ELSE :minute END
RETURNING caller, calls
""").bindparams(bindparam("callers"), bindparam("minute"))
_FORGET = text("""
DELETE FROM api_calls WHERE caller IN (
    SELECT caller FROM api_calls WHERE minute NOT BETWEEN :minute - 1 AND :minute + 1
    FOR UPDATE SKIP LOCKED)
""")


def minute(now: datetime) -> int:
    """The minute that a call counts in, since 1970."""
    return int(now.timestamp()) // PERIOD


def left(now: datetime) -> int:
    """Seconds until the next minute begins: 1 to 60."""
    return PERIOD - int(now.timestamp()) % PERIOD


def count(session: Session, *, callers: Collection[str], now: datetime) -> dict[str, int]:
    """Count one call for each of these; give how many each has made in this minute.

    To be committed at once: until then no other call of theirs can be counted.
    """
    asked = {"callers": list(callers), "minute": minute(now)}
    rows = session.connection().execute(_COUNT, asked)  # by the session it takes longer
    return {row.caller: row.calls for row in rows}


def forget(session: Session, *, now: datetime) -> None:
    """Remove who has not called of late."""
    session.execute(_FORGET, {"minute": minute(now)})
