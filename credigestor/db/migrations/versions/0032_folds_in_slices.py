"""Marks of changed sales say since when, and can be taken a slice at a time

Revision: 0032, after 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    now = sa.Column(
        "marked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )
    op.add_column("stale_sales", now)
    op.create_index("ix_stale_sales_sale_id", "stale_sales", ["sale_id"])
