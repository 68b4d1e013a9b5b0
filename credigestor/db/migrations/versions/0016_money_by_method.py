"""Payments in several methods, who paid, and down payments as money (R24, R35, R36)

A payment made before has one method, which says all. Down payments of before become records of
which nobody said the method; so does what was handed back where their sale was cancelled.

Revision: 0016, after 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0017"

_METHODS = ("cash", "pix", "card", "transfer")
_EACH = ", ".join(_METHODS)


def _parts() -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Numeric(12, 2), nullable=True) for name in _METHODS]


def _rules(*others: str) -> dict[str, str]:
    known = ", ".join(f"'{name}'" for name in (*_METHODS, "several", *others))
    return {
        "method": f"method IN ({known})",
        "several": f"CASE WHEN method = 'several' THEN num_nonnulls({_EACH}) >= 2"
        f" ELSE num_nonnulls({_EACH}) = 0 END",
        "parts": "method <> 'several' OR amount = "
        + " + ".join(f"coalesce({name}, 0)" for name in _METHODS),
        "each_part": f"least({_EACH}) > 0",
    }


def upgrade() -> None:
    _payments()
    _payers()
    _sale_money()
    _webhooks()


def _payments() -> None:
    for column in _parts():
        op.add_column("payments", column)
    op.drop_constraint("ck_payments_method", "payments")
    for name, condition in _rules().items():
        op.create_check_constraint(op.f(f"ck_payments_{name}"), "payments", condition)


def _payers() -> None:
    op.create_table(
        "payers",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tax_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 1 AND 120", name=op.f("ck_payers_name_length")
        ),
        sa.CheckConstraint("char_length(tax_id) IN (11, 14)", name=op.f("ck_payers_tax_id_length")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payers_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payers")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_payers_payment_id")),
    )
    op.execute(
        "CREATE TRIGGER payers_no_change BEFORE UPDATE ON payers "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    # Of somebody who is being anonymised alone (R28).
    op.execute(
        "CREATE TRIGGER payers_no_delete BEFORE DELETE ON payers FOR EACH ROW "
        "WHEN (coalesce(current_setting('credigestor.anonymising', true), '') = '') "
        "EXECUTE FUNCTION refuse_change()"
    )
    _no_truncate("payers")


def _sale_money() -> None:
    moment = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "sale_money",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        *_parts(),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('down', 'refund')", name=op.f("ck_sale_money_kind")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_sale_money_amount")),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_sale_money_{name}"))
            for name, condition in _rules("unknown").items()
        ),
        sa.ForeignKeyConstraint(["sale_id"], ["sales.id"], name=op.f("fk_sale_money_sale_id")),
        sa.ForeignKeyConstraint(["done_by"], ["users.id"], name=op.f("fk_sale_money_done_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_money")),
        sa.UniqueConstraint("sale_id", "kind", name=op.f("uq_sale_money_sale_id_kind")),
    )
    op.create_index("ix_sale_money_moved_on", "sale_money", ["moved_on"])
    op.execute(
        """
        INSERT INTO sale_money (sale_id, kind, moved_on, amount, method, done_by, created_at)
        SELECT id, 'down', sold_on, down_payment, 'unknown', created_by, created_at
        FROM sales WHERE down_payment > 0 ORDER BY id
        """
    )
    op.execute(
        """
        INSERT INTO sale_money (sale_id, kind, moved_on, amount, method, done_by, created_at)
        SELECT id, 'refund', cancelled_on, down_payment, 'unknown', cancelled_by,
            coalesce(cancelled_at, created_at)
        FROM sales WHERE down_payment > 0 AND cancelled_on IS NOT NULL
        ORDER BY cancelled_at, id
        """
    )
    op.execute(
        "CREATE TRIGGER sale_money_append_only BEFORE UPDATE OR DELETE ON sale_money "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    _no_truncate("sale_money")


def _no_truncate(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _webhooks() -> None:
    """What is told of a payment names each method with its part."""
    source = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef('webhook_data(text, integer)'::regprocedure)")
    )
    ways = [("p.method", "CASE WHEN p.method <> 'several' THEN p.amount END")]
    ways += [(f"'{name}'", f"p.{name}") for name in _METHODS]
    rows = ", ".join(f"({place}, {way}, {part})" for place, (way, part) in enumerate(ways))
    methods = f"""'method', p.method, 'methods', (
                    SELECT jsonb_agg(jsonb_build_object('method', way, 'amount', part::text)
                        ORDER BY place)
                    FROM (VALUES {rows}) AS handed(place, way, part) WHERE part IS NOT NULL)"""
    changed = source.replace("'method', p.method", methods)
    op.execute(sa.text(changed.replace(":", r"\:")))
