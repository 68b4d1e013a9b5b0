"""Connections whose errors quote nobody: what is raised ends in a log sooner or later.

The server adds to an error the row at fault ("Key (tax_id)=(…) already exists"), the line of a COPY
and the statement. The error's `diag` keeps them all; its text, and so every traceback, has the
first sentence alone, without the values that it may quote.
"""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from sqlalchemy import Engine, event

#: "invalid input syntax for type integer: "João"" and its kin, of data the server could not read.
_QUOTED = re.compile(r'(:\s*)?".*"', re.DOTALL)


class Connection(psycopg.Connection[Any]):
    """psycopg's, but for the text of its errors."""

    def wait(self, gen: PQGen[RV], *args: Any, **options: Any) -> RV:
        try:
            return super().wait(gen, *args, **options)
        except psycopg.Error as error:
            shortened(error)
            raise


def listen(engine: Engine) -> Engine:
    """Let the engine open such connections; gives the engine."""

    @event.listens_for(engine, "do_connect")
    def connect(_: object, __: object, args: list[Any], options: dict[str, Any]) -> Any:
        return Connection.connect(*args, **options)

    return engine


def shortened(error: psycopg.Error) -> psycopg.Error:
    """The same error, whose text quotes no row, no value and no statement."""
    if error.diag.message_primary:
        error.args = (sentence(error),)
    return error


def sentence(error: psycopg.Error) -> str:
    """What the server says is wrong, without the value that is."""
    said = error.diag.message_primary or str(error)
    return _QUOTED.sub("", said) if isinstance(error, psycopg.DataError) else said


def place(error: psycopg.Error) -> str:
    """Where in a COPY, such as "COPY customers, line 2, column name"; empty elsewhere."""
    lines = (error.diag.context or "").splitlines()
    return _QUOTED.sub("", next((line for line in lines if line.startswith("COPY ")), ""))
