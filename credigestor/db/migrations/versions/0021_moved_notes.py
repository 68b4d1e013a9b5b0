"""An index of the few notes whose dates were agreed anew (R32)

Revision: 0021, after 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_index(
        "ix_notes_moved",
        "notes",
        ["id"],
        unique=False,
        postgresql_where=sa.text("original_due_date IS NOT NULL"),
    )
