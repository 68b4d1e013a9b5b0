"""Renegotiations: which new sale took the place of the notes that an act closed (R15)

No sale made before came of one.

Revision: 0022, after 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_MONEY = sa.Numeric(12, 2)
_TIES = {"act_id": "acts", "sale_id": "sales", "payment_id": "payments", "waiver_id": "acts"}


def upgrade() -> None:
    # Dates are agreed all three or not at all: what the check asks of each is then one question.
    op.create_check_constraint(
        op.f("ck_act_items_dates"),
        "act_items",
        "num_nulls(due_date, on_time_until, free_until) IN (0, 3)",
    )
    op.create_table(
        "renegotiations",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("operation_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("waiver_id", sa.Integer(), nullable=True),
        sa.Column("old_interest", _MONEY, nullable=False),
        sa.Column("old_fine", _MONEY, nullable=False),
        sa.Column("first_sold_on", sa.Date(), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('novation', 'confession')", name=op.f("ck_renegotiations_kind")
        ),
        sa.CheckConstraint(
            "old_interest >= 0 AND old_fine >= 0", name=op.f("ck_renegotiations_old_charges")
        ),
        sa.CheckConstraint("days_late >= 0", name=op.f("ck_renegotiations_days_late")),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_renegotiations_{name}"))
            for name, table in {**_TIES, "made_by": "users"}.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renegotiations")),
        *(
            sa.UniqueConstraint(name, name=op.f(f"uq_renegotiations_{name}"))
            for name in ("operation_id", *_TIES)
        ),
    )
    # Of what was folded in before, nothing came of a renegotiation.
    op.add_column("sale_facts", sa.Column("cohort_on", sa.Date(), nullable=True))
    op.add_column("note_facts", sa.Column("cohort_on", sa.Date(), nullable=True))
    op.add_column("note_facts", sa.Column("inherited_days", sa.Integer(), nullable=True))
    for name in ("old_interest", "old_fine"):
        op.add_column(
            "note_facts",
            sa.Column(name, _MONEY, server_default=sa.text("0"), nullable=False),
        )
    op.create_index(
        "ix_note_facts_renegotiated",
        "note_facts",
        ["note_id"],
        postgresql_where=sa.text("cohort_on IS NOT NULL"),
    )
    op.execute(
        "CREATE TRIGGER renegotiations_append_only BEFORE UPDATE OR DELETE ON renegotiations "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER renegotiations_no_truncate BEFORE TRUNCATE ON renegotiations "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
