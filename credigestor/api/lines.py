"""A whole list in one answer, a row a line (application/x-ndjson), and never held whole.

The rows come of one snapshot, a batch at a time by a cursor of the server's: the memory that it
takes does not grow with them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel
from sqlalchemy import RowMapping, Select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from credigestor.api.problems import Problem
from credigestor.db import replica, waiting
from credigestor.errors import Busy
from credigestor.web import sending
from credigestor.web.sending import Sending

MEDIA_TYPE = "application/x-ndjson"
#: The day that the figures of all lines are those of.
AS_OF = "As-Of"
#: Rows fetched at a time.
_BATCH = 1000
#: What a batch of rows becomes, a line each; it may look up more of them.
Read = Callable[[Session, Sequence[RowMapping]], Iterable[BaseModel]]


def wanted(request: Request) -> bool:
    """Whether a program asks for lines, and not for a page."""
    accepted = ",".join(request.headers.getlist("accept")).lower().split(",")
    return MEDIA_TYPE in [each.split(";")[0].strip() for each in accepted]


def lines(
    request: Request,
    statement: Select[*tuple[Any, ...]],
    read: Read,
    *,
    as_of: date | None,
) -> Response:
    """All rows of a statement as what `read` makes of them; Busy while too many are sent."""
    whole_or_cut_off(request)
    headers = {AS_OF: str(as_of)} if as_of else None
    return Sending(_blocks(statement, read), media_type=MEDIA_TYPE, headers=headers)


def whole_or_cut_off(request: Request) -> None:
    """Refuse what cannot be told to have been cut off, and a crowd."""
    if request.scope["http_version"] == "1.0":
        raise Problem(505, "http_version", "Para isto o programa precisa falar HTTP/1.1.")
    if sending.crowded():
        raise Busy("Há downloads demais em andamento; tente de novo em instantes.")


def _blocks(statement: Select[*tuple[Any, ...]], read: Read) -> Generator[bytes]:
    with replica.snapshot() as session:
        waiting.unhurried(session)  # whoever takes the rows may be slow
        found = session.execute(statement, execution_options={"yield_per": _BATCH})
        for rows in found.mappings().partitions():
            yield b"".join(each.model_dump_json().encode() + b"\n" for each in read(session, rows))
