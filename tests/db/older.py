"""The ledger of the shop under test, put into a schema of an older revision."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import Connection, text

from credigestor.config import get_config
from credigestor.db.migrate import alembic_config
from credigestor.rules import schedule

_LEDGER = (
    *("users", "settings", "customers", "sales", "notes", "payments", "payment_items"),
    *("reversals", "audit_log", "sale_money", "acts", "act_items", "renegotiations"),
    "credit_movements",
)

_COUNTED = (
    "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = CAST(:table AS regclass)"
    " AND attname = 'id' AND attidentity <> '')"
)


def sell_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sales carry nothing and keep the first due date's day, as before 0014 (R2c, R3)."""
    monkeypatch.setattr(schedule, "carried", lambda financed, rate, days: financed)
    monkeypatch.setattr(schedule, "anchor_day", lambda sold_on, first_due: None)


def upgrade(connection: Connection, revision: str) -> None:
    """Migrate the connected schema, and commit."""
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    connection.commit()


def move_in(connection: Connection, *, next_id: int) -> None:
    """Copy the columns that the connected schema's tables have; new rows count from `next_id`."""
    here = get_config().schema_name
    # Webhooks (0011) wait for the commit, and no table changes while they do.
    connection.execute(text("SELECT set_config('credigestor.untold', 'on', true)"))
    known = "SELECT to_regclass(:table) IS NOT NULL"
    for table in _LEDGER:
        if not connection.scalar(text(known), {"table": table}):
            continue  # sale_money is made of the sales then (0016), acts are as new
        columns = connection.scalars(
            text(
                "SELECT quote_ident(attname) FROM pg_attribute"
                " WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped"
                " ORDER BY attnum"
            ),
            {"table": table},
        ).all()
        names = ", ".join(columns)
        connection.execute(
            text(f"INSERT INTO {table} ({names}) SELECT {names} FROM {here}.{table}")
        )
        if connection.scalar(text(_COUNTED), {"table": table}):
            connection.execute(text(f"ALTER TABLE {table} ALTER id RESTART WITH {next_id}"))
