"""The setup code is the shop's: kept in the database, so that every process asks for the same one

A shop without a user gets another code; that in the old file counts no more.

Revision: 0029, after 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("installation", sa.Column("setup_code", sa.Text(), nullable=True))
