"""Days that are closed, with their figures; why a sale is dated in them (R37)

No day is closed before somebody closes it.

Revision: 0023, after 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("sales", sa.Column("backdate_reason", sa.Text(), nullable=True))
    op.create_table(
        "closings",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("operation_id", sa.UUID(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("char_length(reason) >= 3", name=op.f("ck_closings_reason")),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_closings_closed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closings")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_closings_operation_id")),
    )
    op.execute(
        "CREATE TRIGGER closings_append_only BEFORE UPDATE OR DELETE ON closings "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER closings_no_truncate BEFORE TRUNCATE ON closings "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
