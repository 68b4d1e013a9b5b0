"""Two roles: the server's superuser, whom the launcher alone uses, and the app's.

The app's owns its schemas, may make another one beside them (a restore does), and nothing else:
what is slipped into one of its statements reaches no file, no program and no other database.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Literal

NAME = "credigestor"  # of the app's role and of its database
SUPERUSER = "credigestor_superuser"
PORT = "5432"  # only part of the socket's name
_MAINTENANCE = "postgres"  # the database that every cluster has

# The role that made a cluster can neither lose its might nor give away by REASSIGN OWNED what it
# owns. So it takes the superuser's name, and a new one takes the app's with each object. Who is
# logged in cannot be renamed: another one does it. All of it, or nothing, is committed.
_CHANGE_PLACES = """
    SET LOCAL lock_timeout = '60s';
    CREATE ROLE credigestor_witness SUPERUSER;
    SET LOCAL SESSION AUTHORIZATION credigestor_witness;
    ALTER ROLE credigestor RENAME TO credigestor_superuser;
    SET LOCAL SESSION AUTHORIZATION DEFAULT;
    DROP ROLE credigestor_witness;
    CREATE ROLE credigestor LOGIN;
    DO $$
    DECLARE
        found record;
    BEGIN
        FOR found IN
            WITH ours AS (
                SELECT oid FROM pg_namespace
                WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
            ), objects (class, oid, owner) AS (
                SELECT 'pg_namespace'::regclass, oid, nspowner
                FROM pg_namespace JOIN ours USING (oid)
                UNION ALL
                SELECT 'pg_class'::regclass, oid, relowner FROM pg_class
                WHERE relnamespace IN (SELECT oid FROM ours)
                    AND (relkind = ANY ('{r,p,v,m,f}') OR relkind = 'S' AND NOT EXISTS (
                        -- a column's sequence goes with its table
                        SELECT FROM pg_depend
                        WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid
                            AND deptype IN ('a', 'i')
                    ))
                UNION ALL
                SELECT 'pg_proc'::regclass, oid, proowner FROM pg_proc
                WHERE pronamespace IN (SELECT oid FROM ours)
                UNION ALL
                SELECT 'pg_type'::regclass, t.oid, typowner
                FROM pg_type t LEFT JOIN pg_class c ON c.oid = typrelid
                WHERE typnamespace IN (SELECT oid FROM ours)
                    AND (typtype IN ('d', 'e', 'r') OR c.relkind = 'c')
            )
            SELECT named.type, named.identity
            FROM objects CROSS JOIN LATERAL pg_identify_object(class, objects.oid, 0) AS named
            WHERE owner = 'credigestor_superuser'::regrole
                AND NOT EXISTS (
                    SELECT FROM pg_depend
                    WHERE classid = class AND objid = objects.oid AND deptype = 'e'
                )
        LOOP
            EXECUTE format('ALTER %s %s OWNER TO credigestor', found.type, found.identity);
        END LOOP;
    END $$;
"""
# An error of the app's is the app's to log: the server would quote the value at fault.
_MAY = f"""
    ALTER ROLE {NAME} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    GRANT CONNECT, TEMPORARY, CREATE ON DATABASE {NAME} TO {NAME};
    ALTER ROLE {NAME} SET log_min_messages = 'log';
    REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
"""


def app_is_superuser(sockets: Path) -> bool:
    """Whether the server is one of an older version, whose app could do everything.

    Raises psycopg.OperationalError while nobody answers.
    """
    try:
        connection = _connect(sockets, SUPERUSER, _MAINTENANCE)
    except psycopg.OperationalError:
        connection = _connect(sockets, NAME, _MAINTENANCE)
    with connection:
        found = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [NAME])
        row = found.fetchone()
        return row is not None and row[0]


def set_apart(sockets: Path, *, password: str | None = None) -> None:
    """See to it that the app has its database, and a role that may do what it must and no more.

    A server whose app was the superuser is changed over. `password` is the app's where a server
    listens on a network; the superuser then has none, and comes by the socket alone.
    Killed at any moment, it is finished by the next call.
    """
    with _as_superuser(sockets) as connection:
        if not _has(connection, "SELECT FROM pg_roles WHERE rolname = %s"):
            connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(NAME)))
        _ensure_database(connection)
        connection.execute(_MAY)
        if password is not None:
            _set_password(connection, NAME, password)
            _set_password(connection, SUPERUSER, None)


def _as_superuser(sockets: Path) -> psycopg.Connection[Any]:
    try:
        return _connect(sockets, SUPERUSER, _MAINTENANCE)
    except psycopg.OperationalError:  # there is none: the app still is
        with _connect(sockets, NAME, _MAINTENANCE) as connection:
            _ensure_database(connection)
        with _connect(sockets, NAME, NAME) as connection, connection.transaction():
            connection.execute(_CHANGE_PLACES)
        return _connect(sockets, SUPERUSER, _MAINTENANCE)


def _ensure_database(connection: psycopg.Connection[Any]) -> None:
    if not _has(connection, "SELECT FROM pg_database WHERE datname = %s"):
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(NAME)))


def _has(connection: psycopg.Connection[Any], query: str) -> bool:
    return connection.execute(query, [NAME]).fetchone() is not None


def _set_password(connection: psycopg.Connection[Any], role: str, password: str | None) -> None:
    # Hashed on this side: the statement may come to stand in a log.
    hashed = None
    if password is not None:
        scram = connection.pgconn.encrypt_password(
            password.encode(), role.encode(), b"scram-sha-256"
        )
        hashed = scram.decode()
    connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(role), Literal(hashed)))


def _connect(sockets: Path, role: str, database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=str(sockets),
        port=PORT,
        user=role,
        dbname=database,
        autocommit=True,
        connect_timeout=5,
    )
