"""Printings of contracts, and proposals

No sale made before came of a proposal, which is what NULL says.

Revision: 0017, after 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0018"

_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "contract_printings",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("operation_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("printed_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("printed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("copy >= 1", name=op.f("ck_contract_printings_copy")),
        sa.ForeignKeyConstraint(
            ["sale_id"], ["sales.id"], name=op.f("fk_contract_printings_sale_id")
        ),
        sa.ForeignKeyConstraint(
            ["printed_by"], ["users.id"], name=op.f("fk_contract_printings_printed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_printings")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_contract_printings_operation_id")),
        sa.UniqueConstraint("sale_id", "copy", name=op.f("uq_contract_printings_sale_id_copy")),
    )
    _append_only("contract_printings")
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("operation_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("valid_until >= made_on + 2", name=op.f("ck_proposals_valid_until")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_proposals_customer_id")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_proposals_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_proposals_operation_id")),
    )
    op.create_index("ix_proposals_customer_id", "proposals", ["customer_id"])
    _append_only("proposals")
    op.add_column("sales", sa.Column("proposal_id", sa.Integer(), nullable=True))
    op.create_unique_constraint(op.f("uq_sales_proposal_id"), "sales", ["proposal_id"])
    op.create_foreign_key(
        op.f("fk_sales_proposal_id"), "sales", "proposals", ["proposal_id"], ["id"]
    )


def _append_only(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
