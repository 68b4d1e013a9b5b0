"""Connections that a pooler lends for a transaction alone, as PgBouncer does by transaction.

Whatever a session keeps between transactions is another's there: settings, prepared statements,
temporary tables, locks. So each transaction begins by setting what it needs and asking, in the
same statement, where it is; what must outlive one goes by `engine.get_direct_engine`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, event

from credigestor.db import place

#: psycopg prepares what it is given often; the next transaction is another server's.
CONNECTING: dict[str, Any] = {"prepare_threshold": None}


def watch(engine: Engine, schema: str, settings: Mapping[str, object]) -> None:
    """Begin every transaction of the engine in the shop's schema with these settings.

    Raises Misplaced there where that is not where it then is.
    """
    every = {"search_path": schema} | {name: str(value) for name, value in settings.items()}
    # In the order of the list: the schema is asked for after the path is set.
    setting = ", ".join(f"set_config('{name}', %({name})s, true)" for name in every)
    asking = f"SELECT {setting}, {place.ASKED}"

    def begun(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        # Without a transaction the settings would be gone before the next statement.
        assert not driver.autocommit, "a lent connection is used by transactions alone"
        found = connection.exec_driver_sql(asking, every).one()
        place.judge(found[len(every) :], schema)

    event.listen(engine, "begin", begun)
