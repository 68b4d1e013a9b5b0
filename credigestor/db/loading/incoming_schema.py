"""A second schema beside the shop's: built by the migrations, filled, and put in its place.

Nobody sees it before the exchange, which is one transaction: until its commit the shop's data is
the old, and from then on the new. Only the schema's owner with CREATE on the database is needed.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from psycopg import errors
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from credigestor.config import get_config
from credigestor.db import discreet, locks, place, waiting
from credigestor.db.engine import connection_options, get_direct_engine
from credigestor.db.migrate import current_revision, head_revision, upgrade
from credigestor.db.models import INSTALLATION
from credigestor.errors import Conflict

log = logging.getLogger("credigestor")

#: Seconds in which the exchange tries to be alone with the tables, and between two tries.
PATIENCE = 120.0
_PAUSE = 0.5
#: A name's end; what comes before is cut so that the server does not cut it.
_RANDOM = 4
_LONGEST = 40
_BUSY = (errors.QueryCanceled, errors.DeadlockDetected)

_TABLES = text(
    "SELECT quote_ident(relname) FROM pg_class "
    "WHERE relnamespace = to_regnamespace(quote_ident(:schema)) AND relkind IN ('r', 'p') "
    "ORDER BY relname"
)
_MARKED = text(
    "SELECT nspname FROM pg_namespace "
    "WHERE obj_description(oid, 'pg_namespace') = :mark AND nspname <> :live"
)
_ROUTINES = text(
    "SELECT oid::regprocedure::text FROM pg_proc "
    "WHERE pronamespace = to_regnamespace(quote_ident(:schema)) ORDER BY 1"
)


class Incoming:
    """A schema that nobody reads yet; its engine's connections see it and nothing else."""

    def __init__(self, name: str, live: str, engine: Engine) -> None:
        self.name = name
        self.engine = engine
        self._live = live

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction in this schema; Misplaced, and not a statement, if it is not there."""
        with self.engine.begin() as connection:
            place.require(connection, self.name)
            yield connection

    def upgrade(self, revision: str) -> None:
        """Run the migrations up to a revision, in one transaction."""
        with self.begin() as connection:
            upgrade(connection, revision, schema=self.name)

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """As `engine.snapshot`, of this schema."""
        with self.engine.connect() as connection:
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            with Session(connection, expire_on_commit=False) as session:
                yield session

    def exchange(self, at_last: Callable[[Session], None]) -> None:
        """Put this schema in the shop's place and drop the old one, in one transaction.

        The tables in INSTALLATION are taken over from the old. `at_last` writes to the new ones
        before the commit. Raises Conflict when somebody works for longer than PATIENCE seconds,
        or something that is not ours hangs on the old tables; nothing was changed then.
        """
        try:
            with self.begin() as connection:
                self._lock(connection)
                self._exchange(connection)
                with Session(connection, join_transaction_mode="rollback_only") as session:
                    at_last(session)
                    session.flush()
        except DBAPIError as error:
            if isinstance(error.orig, _BUSY):
                raise Conflict(
                    "Há quem esteja usando os dados sem parar, como numa exportação longa. "
                    "Tente de novo daqui a pouco."
                ) from error
            if isinstance(error.orig, errors.DependentObjectsStillExist):
                raise Conflict(
                    "Há no banco de dados objetos que não são do CrediGestor e dependem das "
                    f"tabelas dele; remova-os antes: {error.orig.diag.message_detail}"
                ) from error
            raise

    def _lock(self, connection: Connection) -> None:
        """Wait until nobody uses the shop's tables, without anybody's work being cut off."""
        # No fold begins meanwhile: one follows on another for as long as many sales are marked.
        _allow(connection, 60_000)
        locks.hold(connection, "summaries", shop=self._live)
        # Notes first, as every payment does: those under way then go on to their end, and the next
        # ones wait for us with nothing in their hands that we want.
        tables = sorted(_tables(connection, self._live), key=lambda name: name != "notes")
        names = ", ".join(f'"{self._live}".{name}' for name in tables)
        # The server's own housekeeping gives way to this lock, which people do not notice.
        connection.execute(text(f"LOCK TABLE {names} IN SHARE UPDATE EXCLUSIVE MODE"))
        # A payment that has some of the tables and waits for another is ended by the server as
        # deadlocked after this time. So we let go of ours earlier, and try again.
        deadlock = connection.scalar(
            text("SELECT setting::integer FROM pg_settings WHERE name = 'deadlock_timeout'")
        )
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with connection.begin_nested():
                    _allow(connection, int(0.8 * (deadlock or 1_000)))
                    connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
                    _allow(connection, 0)
                return
            except DBAPIError as error:
                if not isinstance(error.orig, _BUSY) or time.monotonic() > until:
                    raise
            time.sleep(_PAUSE)

    def _exchange(self, connection: Connection) -> None:
        connection.execute(text(f'SET LOCAL search_path = "{self._live}"'))
        place.require(connection, self._live)
        if current_revision(connection) != head_revision():
            raise Conflict("O banco de dados da loja está em outra revisão: rode o migrate antes.")
        # At once: some of them refer to others.
        replaced = ", ".join(f'"{self.name}"."{name}"' for name in sorted(INSTALLATION))
        connection.execute(text(f"DROP TABLE {replaced}"))
        for name in sorted(INSTALLATION):
            connection.execute(text(f'ALTER TABLE "{name}" SET SCHEMA "{self.name}"'))
        ours = _tables(connection, self.name)
        former = _name(self._live)
        connection.execute(text(f'ALTER SCHEMA "{self._live}" RENAME TO "{former}"'))
        connection.execute(text(f'ALTER SCHEMA "{self.name}" RENAME TO "{self._live}"'))
        connection.execute(text(f'COMMENT ON SCHEMA "{self._live}" IS NULL'))
        # One by one and no CASCADE: what is not ours is not dropped.
        tables = ", ".join(f'"{former}".{name}' for name in ours if name not in INSTALLATION)
        connection.execute(text(f"DROP TABLE {tables}"))
        for routine in connection.scalars(_ROUTINES, {"schema": former}).all():
            connection.execute(text(f"DROP ROUTINE {routine}"))
        connection.execute(text(f'DROP SCHEMA "{former}"'))


@contextmanager
def incoming(revision: str) -> Iterator[Incoming]:
    """A new schema at a revision, gone at the end unless it took the shop's place.

    One at a time over all processes: raises Conflict while there is another. What a killed
    process left behind is dropped first.
    """
    live = get_config().schema_name
    name = _name(live)
    engine = _engine(name)
    with locks.alone("incoming") as alone:
        if not alone:
            raise Conflict("Outra restauração ou conferência de backup está em andamento.")
        try:
            _drop_leftovers(live)
            with get_direct_engine().begin() as connection:
                connection.execute(text(f'CREATE SCHEMA "{name}"'))
                connection.execute(text(f"COMMENT ON SCHEMA \"{name}\" IS '{_mark(live)}'"))
            made = Incoming(name, live, engine)
            made.upgrade(revision)
            yield made
        finally:
            engine.dispose()
            try:
                _drop_leftovers(live)
            except DBAPIError as error:  # what ended the block may be what keeps us from it
                log.warning("A schema is left for the next backup to drop: %s", error.orig)


def drop_leftovers() -> None:
    """Drop what a killed restore left behind; nothing happens while one is at work."""
    with locks.alone("incoming") as alone:
        if alone:
            _drop_leftovers(get_config().schema_name)


def _drop_leftovers(live: str) -> None:
    # Names prove nothing: that of another shop, or of its incoming schema, may begin as ours does.
    with get_direct_engine().begin() as connection:
        waiting.unhurried(connection)
        for name in connection.scalars(_MARKED, {"mark": _mark(live), "live": live}).all():
            connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))


def _name(live: str) -> str:
    return f"{live[:_LONGEST]}_incoming_{secrets.token_hex(_RANDOM)}"


def _mark(live: str) -> str:
    """The comment on a schema that says whose incoming one it is."""
    return f"CrediGestor: incoming schema of {live}"


def _engine(schema: str) -> Engine:
    engine = create_engine(
        get_direct_engine().url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={
            "options": f"{connection_options(schema)} -cmaintenance_work_mem=256MB",
            "application_name": "credigestor restore",
            **waiting.NETWORK,
        },
    )
    place.watch(engine, schema)
    return discreet.listen(engine)


def _tables(connection: Connection, schema: str) -> list[str]:
    return list(connection.scalars(_TABLES, {"schema": schema}))


def _allow(connection: Connection, milliseconds: int) -> None:
    connection.execute(text(f"SET LOCAL statement_timeout = {milliseconds}"))
