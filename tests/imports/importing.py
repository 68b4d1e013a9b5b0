"""Running an import in a test, and comparing all that the database holds."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Base
from credigestor.imports import importer
from credigestor.imports.importer import Plan
from credigestor.rules.permissions import Actor, Role
from tests.imports.files import source
from tests.portfolio import TODAY

CLI = Actor(None, "linha de comando", Role.ADMIN)


def run(contents: dict[str, bytes], *, today: date = TODAY, dry_run: bool = False) -> Plan:
    """Import files, by name, as the command line does."""
    with transaction() as session:
        return importer.run(session, CLI, source(contents), today=today, dry_run=dry_run)


def everything() -> dict[str, list[str]]:
    """Every row of every table, as PostgreSQL writes it."""
    with snapshot() as session:
        return {
            table.name: sorted(session.scalars(text(f"SELECT row::text FROM {table.name} AS row")))
            for table in Base.metadata.sorted_tables
        }
