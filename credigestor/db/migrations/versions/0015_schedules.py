"""How a sale's due dates were agreed: monthly, as all were before, by days, or a list (R33)

Revision: 0015, after 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column(
        "sales", sa.Column("schedule", sa.Text(), server_default="monthly", nullable=False)
    )
    op.add_column("sales", sa.Column("schedule_step", sa.SmallInteger(), nullable=True))
    op.create_check_constraint(
        "schedule",
        "sales",
        "CASE schedule WHEN 'days' THEN coalesce(schedule_step BETWEEN 1 AND 180, false)"
        " WHEN 'business_day' THEN coalesce(schedule_step BETWEEN 1 AND 20, false)"
        " ELSE schedule IN ('monthly', 'list') AND schedule_step IS NULL END",
    )
    op.create_check_constraint(
        "schedule_by_days", "sales", "schedule = 'monthly' OR carried IS NULL AND due_day IS NULL"
    )
