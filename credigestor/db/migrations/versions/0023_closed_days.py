"""Days that are closed, with their figures, and why a sale is dated in them (R37); sales that were
moved to the right customer

No day is closed before somebody closes it, and no sale was moved before.

Revision: 0023, after 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    _closings()
    _moves()
    for table in ("closings", "customer_moves"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _closings() -> None:
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


def _moves() -> None:
    customers = [
        sa.ForeignKeyConstraint([name], ["customers.id"], name=op.f(f"fk_customer_moves_{name}"))
        for name in ("from_id", "to_id")
    ]
    op.create_table(
        "customer_moves",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("operation_id", sa.UUID(), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("moved_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_customer_moves_customers")),
        sa.CheckConstraint("char_length(reason) >= 3", name=op.f("ck_customer_moves_reason")),
        sa.ForeignKeyConstraint(["sale_id"], ["sales.id"], name=op.f("fk_customer_moves_sale_id")),
        *customers,
        sa.ForeignKeyConstraint(
            ["moved_by"], ["users.id"], name=op.f("fk_customer_moves_moved_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_moves")),
        sa.UniqueConstraint(
            "operation_id", "sale_id", name=op.f("uq_customer_moves_operation_id_sale_id")
        ),
    )
    for name in ("sale_id", "from_id", "to_id"):
        op.create_index(f"ix_customer_moves_{name}", "customer_moves", [name], unique=False)
    # Payments and acts stay as they were, but for whose they are, while that is put right.
    op.execute(
        """
        CREATE FUNCTION keep_or_move() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE'
                AND current_setting('credigestor.moving', true)
                    = OLD.customer_id || '>' || NEW.customer_id
                AND to_jsonb(NEW) - 'customer_id' = to_jsonb(OLD) - 'customer_id'
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for table in ("payments", "acts"):
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keep_or_move()"
        )
