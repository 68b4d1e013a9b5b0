"""Customers' credit moves along with all of a customer's sales, to the right one

Revision: 0034, after 0032
"""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0032"


def upgrade() -> None:
    _credit_moves()


def _credit_moves() -> None:
    """Movements of credit stay as they were, but for whose they are (decision 38)."""
    op.execute("DROP TRIGGER credit_movements_append_only ON credit_movements")
    op.execute(
        "CREATE TRIGGER credit_movements_append_only BEFORE UPDATE OR DELETE ON credit_movements "
        "FOR EACH ROW EXECUTE FUNCTION keep_or_move()"
    )
