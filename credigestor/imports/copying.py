"""Rows into a table by COPY, and the ids that are reserved for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from credigestor.db.models import Base

_IDS_AT_ONCE = 50_000


def ids(session: Session, model: type[Base], count: int) -> Iterator[int]:
    """So many ids of a table, which nobody else is given."""
    # As one value, which costs a tenth of as many rows.
    query = text(
        "SELECT array_agg(nextval(pg_get_serial_sequence(:table, 'id'))) "
        "FROM generate_series(1, :count)"
    )
    for start in range(0, count, _IDS_AT_ONCE):
        some = min(_IDS_AT_ONCE, count - start)
        yield from session.scalars(query, {"table": model.__tablename__, "count": some}).one()


def copy(session: Session, model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """COPY rows that all have the columns of the first one.

    Raises IntegrityError, as SQLAlchemy does, for a violated constraint.
    """
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model.__tablename__), sql.SQL(", ").join(map(sql.Identifier, first))
    )
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    try:
        with connection.cursor() as cursor, cursor.copy(statement) as copying:
            for row in chain([first], rows):
                copying.write_row(tuple(row.values()))
    except psycopg.IntegrityError as error:
        # As SQLAlchemy would raise it, so that transaction() words it.
        raise IntegrityError(str(model.__tablename__), None, error) from error
