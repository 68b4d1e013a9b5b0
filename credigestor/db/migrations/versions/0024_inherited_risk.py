"""What stands in an aging band by an old debt's lateness (R15)

Where debts were renegotiated the summaries are made anew: their notes stood in the bands by their
own lateness alone. Everywhere else nothing was inherited, and what is kept stays true.

Revision: 0024, after 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0029"

_SUM = sa.Numeric(16, 2)
_SUMMARIES = (
    *("stale_sales", "sale_facts", "note_facts", "aging_changes", "due_changes"),
    *("cohort_changes", "flows", "act_flows", "charges", "rolls", "recoveries"),
    *("customer_spans", "debtor_changes", "summary_state"),
)


def upgrade() -> None:
    op.add_column("note_facts", sa.Column("tried_on", sa.Date(), nullable=True))
    for table, name, type_ in (
        ("aging_changes", "inherited", _SUM),
        ("aging_changes", "heirs", sa.Integer()),
        ("due_changes", "inherited", _SUM),
    ):
        none = sa.Column(name, type_, server_default=sa.text("0"), nullable=False)
        op.add_column(table, none)
    if op.get_bind().scalar(sa.text("SELECT EXISTS (SELECT FROM renegotiations)")):
        op.execute(f"TRUNCATE {', '.join(_SUMMARIES)}")
        op.execute("INSERT INTO stale_sales SELECT id FROM sales")
