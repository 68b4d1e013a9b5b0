"""Customers' credit moves along with all of a customer's sales, to the right one; a payment that was
moved keeps the number of its receipt; what was returned or given up has ends of its own in the figures

No payment of before says that it was moved: those have receipts of their own, as printed.
Where anything was, the summaries are made anew: they counted it as paid, or as nothing.

Revision: 0034, after 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

_SUMS = (
    ("aging_changes", "lost"),
    ("due_changes", "lost"),
    ("cohort_changes", "contracts_over_30"),
    ("cohort_changes", "contracts_over_90"),
)
_SUMMARIES = (
    *("stale_sales", "sale_facts", "note_facts", "aging_changes", "due_changes"),
    *("cohort_changes", "flows", "act_flows", "charges", "rolls", "recoveries"),
    *("customer_spans", "debtor_changes", "summary_state"),
)


def upgrade() -> None:
    _credit_moves()
    _receipts()
    _ends()


def _credit_moves() -> None:
    """Movements of credit stay as they were, but for whose they are (decision 38)."""
    op.execute("DROP TRIGGER credit_movements_append_only ON credit_movements")
    op.execute(
        "CREATE TRIGGER credit_movements_append_only BEFORE UPDATE OR DELETE ON credit_movements "
        "FOR EACH ROW EXECUTE FUNCTION keep_or_move()"
    )


def _receipts() -> None:
    """From which payment one was moved, and whose number it keeps."""
    for name in ("moved_from", "receipt"):
        op.add_column("payments", sa.Column(name, sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_payments_moved_from"), "payments", "payments", ["moved_from"], ["id"]
    )
    for name, condition in (
        ("moved", "(moved_from IS NULL) = (receipt IS NULL)"),
        ("moved_from", "receipt <= moved_from AND moved_from < id"),
    ):
        op.create_check_constraint(op.f(f"ck_payments_{name}"), "payments", condition)
    for name in ("moved_from", "receipt"):
        op.create_index(
            f"ix_payments_{name}",
            "payments",
            [name],
            unique=name == "moved_from",
            postgresql_where=sa.text(f"{name} IS NOT NULL"),
        )


def _ends() -> None:
    """What was given up, by band and month due; what became of a band by a return or a loss; whole
    contracts that are late by the dates in force.
    """
    for table, name in _SUMS:
        none = sa.Column(name, sa.Numeric(16, 2), server_default=sa.text("0"), nullable=False)
        op.add_column(table, none)
    for days in ("30", "90"):  # the same where no date moved
        op.execute(f"UPDATE cohort_changes SET contracts_over_{days} = over_{days}")
    acted = "SELECT EXISTS (SELECT FROM acts WHERE kind IN ('write_off', 'return', 'new_date'))"
    if op.get_bind().scalar(sa.text(acted)):
        op.execute(f"TRUNCATE {', '.join(_SUMMARIES)}")
        op.execute("INSERT INTO stale_sales (sale_id) SELECT id FROM sales")
