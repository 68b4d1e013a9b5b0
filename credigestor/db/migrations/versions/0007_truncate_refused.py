"""The append-only tables refuse to be emptied at once too

Revision: 0007, after 0006
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # TRUNCATE runs no trigger of a row; and it takes along, by CASCADE, what refers to a table.
    for table in ("payments", "payment_items", "reversals", "audit_log", "note_printings"):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
