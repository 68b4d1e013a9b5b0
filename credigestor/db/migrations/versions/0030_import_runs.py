"""What came of the files of the watched folder, each content once

No folder was watched before.

Revision: 0030, after 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0028"

_COUNTS = ("customers", "sales", "notes", "payments", "differences", "problems")


def upgrade() -> None:
    op.create_table(
        "import_runs",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("detail", postgresql.JSONB(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_import_runs_digest")),
        sa.CheckConstraint(f"least({', '.join(_COUNTS)}) >= 0", name=op.f("ck_import_runs_counts")),
        sa.CheckConstraint(
            "NOT refused OR customers + sales + notes + payments = 0",
            name=op.f("ck_import_runs_nothing_refused"),
        ),
        sa.ForeignKeyConstraint(["seen_by"], ["users.id"], name=op.f("fk_import_runs_seen_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
        sa.UniqueConstraint("digest", name=op.f("uq_import_runs_digest")),
    )
