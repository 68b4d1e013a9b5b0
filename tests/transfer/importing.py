"""Running an import in a test, and comparing all that the database holds."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Base
from credigestor.rules.permissions import Actor, Role
from credigestor.transfer import importer
from credigestor.transfer.importer import Plan, read_files
from tests.portfolio import TODAY

CLI = Actor(None, "linha de comando", Role.ADMIN)


def run(contents: dict[str, bytes], *, today: date = TODAY, dry_run: bool = False) -> Plan:
    """Import files, by name, as the command line does."""
    with transaction() as session:
        return importer.run(session, CLI, read_files(contents), today=today, dry_run=dry_run)


def everything() -> dict[str, list[Any]]:
    """Every row of every table."""
    with snapshot() as session:
        return {
            table.name: [
                tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))
            ]
            for table in Base.metadata.sorted_tables
        }
