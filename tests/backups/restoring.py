"""Restoring in tests: every table's hash, a schema's whole anatomy, and backups tampered with."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from credigestor.backups import backup, restore
from credigestor.backups.restore import Restored
from credigestor.db.engine import get_engine, snapshot
from credigestor.db.models import INSTALLATION
from credigestor.rules.permissions import Actor, Role
from credigestor.services import summaries
from tests import tables
from tests.acting import random_acts
from tests.portfolio import TODAY, add_customer, random_portfolio
from tests.reports.whole_shop_acts import acts_after_sales

NOW = datetime(2026, 11, 23, 15, 45, tzinfo=UTC)
CLI = Actor(None, "linha de comando", Role.ADMIN)

_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
#: All that makes a schema, its tables' rows apart.
_ANATOMY = (
    """
    SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
        pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r' AND a.attnum > 0
        AND NOT a.attisdropped
    ORDER BY 1, a.attnum
    """,
    """
    SELECT conrelid::regclass::text, conname, contype, convalidated, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2
    """,
    """
    SELECT replace(indexdef, schemaname || '.', '') FROM pg_indexes
    WHERE schemaname = current_schema() ORDER BY 1
    """,
    """
    SELECT g.tgrelid::regclass::text, g.tgname, g.tgenabled,
        replace(pg_get_triggerdef(g.oid), current_schema() || '.', '')
    FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
    WHERE t.relnamespace = current_schema()::regnamespace AND NOT g.tgisinternal ORDER BY 1, 2
    """,
    """
    SELECT proname, replace(pg_get_functiondef(oid), current_schema() || '.', '')
    FROM pg_proc WHERE pronamespace = current_schema()::regnamespace ORDER BY 1
    """,
    """
    SELECT s.relname, d.refobjid::regclass::text FROM pg_class s
    JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
    WHERE s.relkind = 'S' AND s.relnamespace = current_schema()::regnamespace ORDER BY 1
    """,
)


def shop(actor: Actor, seed: int = 7, *, sold: int = 12, older: bool = False) -> None:
    """A small shop with some of everything, and its summaries.

    An `older` one, as a shop was before there were schedules, discounts and acts.
    """

    def make(session: Session) -> None:
        random_portfolio(session, actor, seed, sold=sold, older=older)
        if not older:
            random_acts(session, actor, seed)
            ana, bia = (add_customer(session, name) for name in ("Ana Luz", "Ana Luz Sá"))
            acts_after_sales(session, actor, ana, bia)
        summaries.refresh(session, today=TODAY)

    tables.once(f"shop of {actor.id}: {seed}, {sold}, {older}", make)


def backed_up(path: Path, **options: Any) -> Path:
    """A backup of the shop as it stands."""
    with snapshot() as session:
        backup.write(session, path, generated_at=NOW, **options)
    return path


def restored(path: Path, **options: Any) -> Restored:
    """Restore it."""
    return restore.restore(path, CLI, today=TODAY, **options)


def hashes() -> dict[str, str | None]:
    """A hash of each of the shop's tables."""
    with get_engine().connect() as connection:
        return hashes_of(connection)


def hashes_of(connection: Connection) -> dict[str, str | None]:
    """A hash of the rows of each table in the connected schema, but for this installation's."""
    return {
        name: connection.scalar(
            text(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} AS t")
        )
        for name in connection.scalars(_TABLES).all()
        if name not in INSTALLATION
    }


def anatomy(connection: Connection) -> list[list[tuple[Any, ...]]]:
    """Columns, constraints, indexes, triggers, functions and sequences of the connected schema."""
    return [[tuple(row) for row in connection.execute(text(query))] for query in _ANATOMY]


def schemas() -> list[str]:
    """The schemas of the database that are not the server's own."""
    with get_engine().connect() as connection:
        found = connection.scalars(
            text("SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_)'")
        )
        return sorted(found)


def tampered(
    source: Path,
    path: Path,
    *,
    table: str = "",
    content: Callable[[bytes], bytes] = bytes,
    manifest: Callable[[dict[str, Any]], object] = lambda manifest: None,
) -> Path:
    """A copy whose named table holds something else, with sizes and hashes that agree again."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        claims = json.loads(old.read("manifest.json"))
        for entry in claims["tables"]:
            held = old.read(entry["member"])
            if entry["name"] == table:
                held = content(held)
                entry |= {"size": len(held), "sha256": hashlib.sha256(held).hexdigest()}
            new.writestr(entry["member"], held)
        manifest(claims)
        new.writestr("manifest.json", json.dumps(claims))
    return path


def entry(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    """What a manifest says of a table."""
    return next(table for table in manifest["tables"] if table["name"] == name)
