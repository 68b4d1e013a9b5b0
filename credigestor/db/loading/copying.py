"""COPY, out of the server and into it, block by block: nothing here grows with the rows.

A statement is composed with SQLAlchemy, as everywhere; COPY takes no parameters, so the driver
writes them into its text.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from psycopg.abc import QueryNoTemplate
from psycopg.pq import ExecStatus
from sqlalchemy import Connection, Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from credigestor.db import discreet, waiting

#: About so many bytes are handed on at a time.
BLOCK = 256 * 1024


@dataclass
class Rows:
    """How many rows a copy has handed on so far, a header among them."""

    count: int = 0


def copy_out(
    connection: Connection, statement: Select[*tuple[Any, ...]] | str, options: str, rows: Rows
) -> Generator[bytes]:
    """The result of a SELECT as COPY writes it, in blocks of about BLOCK bytes.

    `options` are COPY's own, such as "FORMAT csv, HEADER". Closed before its end, the iterator
    ends the connection, which stops the server. Raises psycopg's errors.
    """
    waiting.unhurried(connection)  # whoever takes the rows may be slow
    driver = _driver(connection)
    server = driver.pgconn
    query = f"COPY ({statement_text(statement, driver)}) TO STDOUT ({options})"
    result = server.exec_(query.encode())
    if result.status != ExecStatus.COPY_OUT:
        raise discreet.shortened(psycopg.errors.error_from_result(result))
    whole = False
    try:
        # Each message holds one row. psycopg's own loop takes three times as long over it, all
        # of it holding the interpreter, which other people's pages need.
        block: list[bytes] = []
        size = 0
        while True:
            length, row = server.get_copy_data(0)
            if length <= 0:
                break
            block.append(bytes(row))
            size += length
            if size >= BLOCK:
                rows.count += len(block)
                yield b"".join(block)
                block = []
                size = 0
        while (following := server.get_result()) is not None:
            result = following
        whole = True
    finally:
        if not whole:
            connection.invalidate()
    if result.status != ExecStatus.COMMAND_OK:
        raise discreet.shortened(psycopg.errors.error_from_result(result))
    rows.count += len(block)
    if block:
        yield b"".join(block)


def copy_in(connection: Connection, table: str, options: str, blocks: Iterable[bytes]) -> int:
    """Write blocks, as COPY would have made them, into a table; give how many rows they held.

    `table` is SQL: a quoted name, and its columns in brackets. Raises psycopg's errors.
    """
    query = f"COPY {table} FROM STDIN ({options})"
    with _driver(connection).cursor() as cursor:
        with cursor.copy(cast(QueryNoTemplate, query)) as copy:
            for block in blocks:
                copy.write(block)
        return cursor.rowcount


def statement_text(statement: Select[*tuple[Any, ...]] | str, driver: Any) -> str:
    """A statement as SQL with its parameters in it, written by the driver."""
    if isinstance(statement, str):
        return statement
    compiled = statement.compile(
        dialect=PGDialect_psycopg(), compile_kwargs={"render_postcompile": True}
    )
    query = cast(QueryNoTemplate, compiled.string)
    return psycopg.ClientCursor(driver).mogrify(query, compiled.params)


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver
