"""Where a connection is, asked of the server: in the shop's schema, at UTC, or it is refused.

Code names no schema, so whatever stands between us and the server (a pooler that drops the
connection's options, a role's own settings) decides on whose tables a statement falls.
"""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session

from credigestor.errors import BusinessError
from credigestor.rules.quoting import quote

#: What tells where a connection is, in the order in which `judge` takes it.
ASKED = "current_schema(), current_setting('search_path'), current_setting('TimeZone')"
_ASK = f"SELECT {ASKED}"
_UTC = frozenset({"UTC", "Etc/UTC"})
_NEW = "credigestor place asked"


class Misplaced(BusinessError):
    """A connection is not where it believes to be; nothing else was asked of the server on it."""


def watch(engine: Engine, schema: str) -> None:
    """Ask every connection that the engine opens, or lends again, before anybody uses it.

    Raises Misplaced there. The question shows too whether a lent connection is alive, as
    `pool_pre_ping` would: a dead one is replaced.
    """

    def opened(driver: Any, record: Any) -> None:
        try:
            judge(_ask(driver), schema)
        except BaseException:
            driver.close()
            raise
        record.info[_NEW] = True

    def lent(driver: Any, record: Any, _: Any) -> None:
        if record.info.pop(_NEW, False):
            return
        try:
            found = _ask(driver)
        except psycopg.Error as error:
            raise InvalidatePoolError from error
        judge(found, schema)

    # First of all, before SQLAlchemy's own questions.
    event.listen(engine, "connect", opened, insert=True)
    event.listen(engine, "checkout", lent)


def require(connection: Connection | Session, schema: str) -> None:
    """Ask again, at the beginning of a transaction that may do harm elsewhere; raises Misplaced."""
    judge(connection.execute(text(_ASK)).one(), schema)


def _ask(driver: Any) -> Any:
    driver.autocommit = True  # or the question would open a transaction
    try:
        return driver.execute(_ASK).fetchone()
    finally:
        if not driver.closed:
            driver.autocommit = False


def judge(found: Any, schema: str) -> None:
    """Raise Misplaced unless the answer to ASKED is the shop's schema alone, at UTC."""
    here, path, zone = found
    # The path too: before the first migration there is no schema to be in, and "$user", which
    # leads to ours by chance, or a second name lead elsewhere as soon as a table is missing.
    if path.strip('"') != schema or here not in (schema, None):
        wrong = f"procura as tabelas em {quote(path)}, e não em {quote(schema)}"
    elif zone not in _UTC:
        wrong = f"está no fuso horário {quote(zone)}, e não em UTC"
    else:
        return
    raise Misplaced(
        f"A conexão com o banco de dados {wrong}. O CrediGestor parou antes de ler ou gravar "
        "qualquer coisa. Se há um intermediário (pooler) antes do PostgreSQL, ele descarta as "
        "opções da conexão: o README diz o que configurar."
    )
