"""Many rows in one statement that is built once, at import, however many they are.

Building a statement for each write costs more than running it. The rows travel as one JSON
text, which the server takes apart faster than it reads as many parameters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    FromClause,
    Insert,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB


def insert_rows(table: Table, columns: Sequence[str]) -> Insert:
    """INSERT of the rows that `many` gives."""
    return insert(table).from_select(list(columns), select(*_rows(table, columns).c))


def update_rows(table: Table, columns: Sequence[str]) -> Update:
    """UPDATE of these columns from the rows that `many` gives, found by their id.

    The ids come beside the rows too, so that the server looks up just those: it cannot guess
    how many rows the JSON holds, and would read a small table whole.
    """
    rows = _rows(table, ["id", *columns])
    found = table.c.id.in_(bindparam(f"{table.name}_ids", expanding=True))
    changes = {name: rows.c[name] for name in columns}
    return update(table).where(found, table.c.id == rows.c.id).values(changes)


def many(table: Table, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The parameters of `insert_rows` or `update_rows`: numbers and dates as exact texts."""
    given: dict[str, Any] = {f"{table.name}_rows": json.dumps(rows, default=str)}
    if "id" in rows[0]:
        given[f"{table.name}_ids"] = [row["id"] for row in rows]
    return given


def _rows(table: Table, columns: Iterable[str]) -> FromClause:
    given = cast(bindparam(f"{table.name}_rows", type_=Text), JSONB)
    typed = [column(name, table.c[name].type) for name in columns]
    rows = func.jsonb_to_recordset(given).table_valued(*typed)
    return rows.render_derived(name=f"new_{table.name}", with_types=True)
