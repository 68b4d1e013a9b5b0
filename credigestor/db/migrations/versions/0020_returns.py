"""What came back of a sale, what went back to the customer for it, and customers' credit (R30, R31)

Nothing had come back, nor been kept, before: no row is made, and no figure changes.

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
    _credit()
    _paid_by_credit()
    for table in ("returns", "credit_movements"):
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
            "back_by IN ('cash', 'pix', 'card', 'transfer', 'credit')",
            name=op.f("ck_returns_method"),
        ),
        sa.CheckConstraint("(back_by IS NULL) = (back = 0)", name=op.f("ck_returns_back_by")),
        sa.ForeignKeyConstraint(["act_id"], ["acts.id"], name=op.f("fk_returns_act_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sales.id"], name=op.f("fk_returns_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
        sa.UniqueConstraint("act_id", name=op.f("uq_returns_act_id")),
    )
    op.create_index("ix_returns_sale_id", "returns", ["sale_id"], unique=False)


def _paid_by_credit() -> None:
    op.drop_constraint(op.f("ck_payments_method"), "payments")
    op.create_check_constraint(
        op.f("ck_payments_method"),
        "payments",
        "method IN ('cash', 'pix', 'card', 'transfer', 'several', 'credit')",
    )
    op.create_index(
        "ix_payments_by_credit",
        "payments",
        ["id"],
        unique=False,
        postgresql_where=sa.text("method = 'credit'"),
    )


def _credit() -> None:
    conditions = {
        "kind": "kind IN ('kept', 'returned', 'spent', 'paid_back', 'undone')",
        "amount": "CASE WHEN kind IN ('kept', 'returned') THEN amount > 0"
        " WHEN kind IN ('spent', 'paid_back') THEN amount < 0 ELSE amount <> 0 END",
        "source": "(kind IN ('kept', 'spent')) = (payment_id IS NOT NULL)"
        " AND (kind = 'returned') = (act_id IS NOT NULL)"
        " AND (kind = 'undone') = (undoes_id IS NOT NULL)"
        " AND (kind = 'paid_back') = (operation_id IS NOT NULL)",
        "moved": "(kind IN ('kept', 'paid_back')) = (method IS NOT NULL)",
        "method": "method IN ('cash', 'pix', 'card', 'transfer')",
        "reason": "(kind IN ('paid_back', 'undone')) = (reason IS NOT NULL)",
    }
    others = {
        "customer_id": "customers.id",
        "payment_id": "payments.id",
        "act_id": "acts.id",
        "undoes_id": "credit_movements.id",
        "made_by": "users.id",
    }
    op.create_table(
        "credit_movements",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("amount", _MONEY, nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("operation_id", sa.UUID(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_credit_movements_{name}"))
            for name, condition in conditions.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [there], name=op.f(f"fk_credit_movements_{name}"))
            for name, there in others.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_movements")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_credit_movements_operation_id")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_credit_movements_undoes_id")),
        sa.UniqueConstraint("payment_id", "kind", name=op.f("uq_credit_movements_payment_id_kind")),
        sa.UniqueConstraint("act_id", name=op.f("uq_credit_movements_act_id")),
    )
    op.create_index(
        "ix_credit_movements_customer_id",
        "credit_movements",
        ["customer_id", "moved_on"],
        unique=False,
    )
    op.create_index("ix_credit_movements_moved_on", "credit_movements", ["moved_on"], unique=False)
