"""What came back of a sale, and what went back to the customer for it (R30)

Nothing had come back before: no row is made, and no figure changes.

Revision: 0020, after 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0016"

_MONEY = sa.Numeric(12, 2)


def upgrade() -> None:
    _returns()
    for table in ("returns",):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _returns() -> None:
    op.create_table(
        "returns",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", _MONEY, nullable=False),
        sa.Column("share", sa.Numeric(7, 4), nullable=True),
        sa.Column("back", _MONEY, server_default=sa.text("0"), nullable=False),
        sa.Column("back_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('regret', 'defect', 'courtesy')", name=op.f("ck_returns_kind")
        ),
        sa.CheckConstraint("value > 0", name=op.f("ck_returns_value")),
        sa.CheckConstraint("share > 0 AND share <= 100", name=op.f("ck_returns_share")),
        sa.CheckConstraint("back >= 0", name=op.f("ck_returns_back")),
        sa.CheckConstraint(
            "back_by IN ('cash', 'pix', 'card', 'transfer')", name=op.f("ck_returns_method")
        ),
        sa.CheckConstraint("(back_by IS NULL) = (back = 0)", name=op.f("ck_returns_back_by")),
        sa.ForeignKeyConstraint(["act_id"], ["acts.id"], name=op.f("fk_returns_act_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sales.id"], name=op.f("fk_returns_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
        sa.UniqueConstraint("act_id", name=op.f("uq_returns_act_id")),
    )
    op.create_index("ix_returns_sale_id", "returns", ["sale_id"], unique=False)
