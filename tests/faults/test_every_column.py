"""Every column of every row of a shop in which everything happened, changed by hand: all named.

But for what nothing else in the shop tells, which stands in FREE.
"""

from __future__ import annotations

import os

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError

from credigestor.db.engine import transaction
from credigestor.db.models import Base
from tests import tables
from tests.reports import whole_shop
from tests.reports.planting import named, planted

pytestmark = pytest.mark.skipif(
    os.environ.get("CREDIGESTOR_FAULTS") != "1", reason="only by make faults"
)

_OTHER = {
    "boolean": "NOT {0}",
    "date": "coalesce({0}, DATE '2026-05-05') + 1",
    "timestamp with time zone": "coalesce({0}, now()) + interval '3 days'",
    "text": "coalesce({0}, '') || 'x'",
    "uuid": "gen_random_uuid()",
    "bytea": "{0} || '\\x00'::bytea",
}
#: Of these columns nobody has a second word: who looked from where, what a form's operation was,
#: what an import brought into the register, what of a reversed payment no longer counts.
FREE = {
    # But for a deal's, and that of what was let go beside a payment (`test_check_planted`).
    "acts": {"operation_id"},
    "api_calls": {"caller", "minute", "calls"},
    "api_keys": {*Base.metadata.tables["api_keys"].c.keys()},
    "api_operations": {"operation_id", "digest", "answer", "created_at"},
    "backup_runs": {"automatic", "actor_name", "finished_at", "ok", "file", "encrypted", "detail"}
    | {"size"},
    "closings": {"operation_id"},
    "customer_moves": {"operation_id"},
    "contacts": {"operation_id", "remark"},
    "contract_printings": {"operation_id"},
    "credit_movements": {"operation_id"},
    "customers": {"ref", "operation_id", "email", "birth_date", "street", "street_number"}
    | {"complement", "district", "credit_limit", "remarks", "anonymised_at"}
    | {"phone_text", "workplace", "spouse", "personal_references"}
    | {"foreign_document", "country"},
    "guarantors": {"name", "address"},
    # What lay in a folder, and what was told of it.
    "import_runs": {*Base.metadata.tables["import_runs"].c.keys()} - {"id"},
    "logos": {"created_at", "created_by"},
    "notes": {"ref"},
    "note_printings": {"operation_id"},
    "payers": {"name", "tax_id"},
    "payments": {"operation_id"},
    "payment_items": {"discount", "principal_after", "interest_after", "fine_after"}
    | {"fine_charged_after", "interest_from_after"},
    "proposals": {"operation_id"},
    "sales": {"ref", "operation_id", "description"},
    "sessions": {"user_id", "visitor_hash", "address", "user_agent", "revoked_at"},
    "settings": {"data"},  # each of its own fields is told; one that is nobody's is not
    "users": {"password_changed_at"},
    "login_attempts": {"login", "address", "at", "succeeded"},
    "downloads": {*Base.metadata.tables["downloads"].c.keys()} - {"id"},
}


@pytest.fixture(scope="module", autouse=True)
def _shop(database: str) -> None:
    with transaction() as session:
        tables.empty(session)
        whole_shop.make(session)


def changes(statement: str) -> bool:
    """Whether it changes any row at all."""
    with planted() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        return bool(session.connection().exec_driver_sql(statement).rowcount)


@pytest.mark.parametrize("table", sorted(set(Base.metadata.tables) - {"stale_sales", "segments"}))
def test_each_changed_value_is_named(table: str) -> None:
    missed = []
    with planted() as session:
        columns = session.execute(
            text(
                "SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute "
                "WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped"
            ),
            {"table": table},
        ).all()
        rows = session.scalars(text(f"SELECT ctid::text FROM {table} ORDER BY ctid LIMIT 12")).all()
    for column in columns:
        if column.name in FREE.get(table, ()):
            continue
        other = _OTHER.get(column.type, "coalesce({0}, 0) + 1").format(column.name)
        if column.type in ("jsonb", "integer[]"):
            other = "'{}'"
        finite = f" AND {column.name} IS DISTINCT FROM 'infinity'" * (column.type == "date")
        # When somebody was anonymised is told by nothing else: the log has its own clock.
        if (table, column.name) == ("customers", "updated_at"):
            finite = " AND anonymised_at IS NULL"
        # How an act that was undone had left its notes no longer counts.
        if table == "act_items" and column.name.endswith("_after"):
            finite += " AND NOT reversed"
        for row in rows:
            change = f"UPDATE {table} SET {column.name} = {other} WHERE ctid = '{row}'{finite}"
            try:
                if changes(change) and not (named(change) or named(change, summaries=True)):
                    missed.append(change)
            except (IntegrityError, DataError):
                continue  # a constraint keeps it out, triggers or not
    assert missed == []
