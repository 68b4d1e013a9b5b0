"""Lists by keyset: a cursor says after which row a page begins, so that no row comes twice.

It holds ids, days and amounts, never a name: addresses are logged.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import RowMapping, Select

from credigestor.api import lines
from credigestor.api.fields import Answer
from credigestor.errors import InvalidInput

MOST = 200
T = TypeVar("T")
R = TypeVar("R")
_READ: dict[type, Callable[[Any], Any]] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    Decimal: Decimal,
    int: int,
    str: str,
}


class Page(Answer, Generic[T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None


class DatedPage(Page[T], Generic[T]):
    """One page of a list whose figures are those of a day."""

    as_of: date


class AskedPage:
    """What page a program asks for."""

    def __init__(
        self, request: Request, response: Response, limit: int, cursor: str | None
    ) -> None:
        self._request, self._response = request, response
        self._limit, self._cursor = limit, cursor
        self._whole = lines.wanted(request)
        #: How many rows to ask for: one more tells whether another page follows.
        self.rows = limit + 1
        #: The same of a list that may be asked for whole, which has no limit then.
        self.most = None if self._whole else self.rows

    def after(self, *kinds: type) -> Any:
        """The key of the row before this page, of these types; None on the first page."""
        if self._cursor is None:
            return None
        wrong = InvalidInput("Cursor inválido: use o que veio na página anterior.", field="cursor")
        try:
            padded = self._cursor.encode() + b"=" * (-len(self._cursor) % 4)
            parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            if not isinstance(parts, list) or not all(isinstance(p, str) for p in parts):
                raise wrong
            found = tuple(_READ[kind](part) for kind, part in zip(kinds, parts, strict=True))
        except (ValueError, InvalidOperation, RecursionError) as error:
            raise wrong from error
        if any(isinstance(part, Decimal) and not part.is_finite() for part in found):
            raise wrong
        return found

    def whole(
        self,
        statement: Select[*tuple[Any, ...]],
        item: Callable[[RowMapping], BaseModel],
        *,
        as_of: date | None = None,
    ) -> Response | None:
        """Every row from here on, a line each, where that is asked for; else None."""
        return self.whole_by(statement, lambda _, rows: map(item, rows), as_of=as_of)

    def whole_by(
        self,
        statement: Select[*tuple[Any, ...]],
        read: lines.Read,
        *,
        as_of: date | None = None,
    ) -> Response | None:
        """As `whole`, of rows that are read a batch at a time."""
        if not self._whole:
            return None
        return lines.lines(self._request, statement, read, as_of=as_of)

    def cut(
        self, rows: Sequence[R], key: Callable[[R], Sequence[Any]]
    ) -> tuple[Sequence[R], str | None]:
        """The rows of this page, and the cursor of the next one, whose Link is set (RFC 8288)."""
        shown, cursor = rows[: self._limit], None
        if len(rows) > self._limit:
            written = json.dumps([str(part) for part in key(shown[-1])]).encode()
            cursor = base64.urlsafe_b64encode(written).decode().rstrip("=")
            following = self._request.url.include_query_params(cursor=cursor)
            self._response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
        return shown, cursor


async def _asked(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MOST, description="Itens por página.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next_cursor` da página anterior.")
    ] = None,
) -> AskedPage:
    return AskedPage(request, response, limit, cursor)


Paging = Annotated[AskedPage, Depends(_asked)]
