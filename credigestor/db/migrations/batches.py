"""A migration's statement over every row of a table that grows, some thousands of rows at a time."""

from __future__ import annotations

from sqlalchemy import Connection, text

#: Ids that one statement covers.
IDS = 20_000


def in_batches(connection: Connection, table: str, statement: str) -> int:
    """Run a statement over the ids `:first` to `:last` of a table, batch by batch; rows touched.

    In the migration's one transaction, so a failure takes all of it back. What the server keeps
    for one statement, such as the rows that its triggers see, stays small.
    """
    most: int = connection.scalar(text(f"SELECT max(id) FROM {table}")) or 0
    touched = 0
    for first in range(1, most + 1, IDS):
        batch = {"first": first, "last": first + IDS - 1}
        touched += connection.execute(text(statement), batch).rowcount
    return touched
