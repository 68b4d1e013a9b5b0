"""Summaries of the portfolio

Revision: 0002, after 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "aging_changes",
        sa.Column("segment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grain", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("band", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "principal",
            sa.Numeric(precision=16, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("notes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_days", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "paid", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False
        ),
        sa.PrimaryKeyConstraint(
            "segment_id", "grain", "day", "band", name=op.f("pk_aging_changes")
        ),
    )
    op.create_table(
        "charges",
        sa.Column("segment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), autoincrement=False, nullable=False),
        sa.Column(
            "interest",
            sa.Numeric(precision=16, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "fine", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False
        ),
        sa.PrimaryKeyConstraint("segment_id", "day", name=op.f("pk_charges")),
    )
    op.create_table(
        "cohort_changes",
        sa.Column("segment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grain", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("cohort", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("sales", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "financed",
            sa.Numeric(precision=16, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "over_30",
            sa.Numeric(precision=16, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "over_90",
            sa.Numeric(precision=16, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("reached", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unpaid", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint(
            "segment_id", "grain", "day", "cohort", name=op.f("pk_cohort_changes")
        ),
    )
    op.create_table(
        "customer_spans",
        sa.Column("customer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("receivable", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("overdue", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "valid_from", name=op.f("pk_customer_spans")),
    )
    op.create_index(
        "ix_customer_spans_overdue",
        "customer_spans",
        [sa.literal_column("overdue DESC"), "customer_id", "valid_from", "valid_to"],
        unique=False,
        postgresql_where=sa.text("overdue > 0"),
    )
    op.create_index(
        "ix_customer_spans_receivable",
        "customer_spans",
        [sa.literal_column("receivable DESC"), "customer_id", "valid_from", "valid_to"],
        unique=False,
    )
    op.create_table(
        "debtor_changes",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("debtors", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("late", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_debtor_changes")),
    )
    op.create_table(
        "due_changes",
        sa.Column("segment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grain", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("due_month", sa.Date(), autoincrement=False, nullable=False),
        sa.Column(
            "principal",
            sa.Numeric(precision=16, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "overdue",
            sa.Numeric(precision=16, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("notes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "on_time",
            sa.Numeric(precision=16, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "late", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False
        ),
        sa.PrimaryKeyConstraint(
            "segment_id", "grain", "day", "due_month", name=op.f("pk_due_changes")
        ),
    )
    op.create_table(
        "flows",
        sa.Column("segment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("cancelled_on", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("sales", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "sold", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "financed",
            sa.Numeric(precision=16, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("installments", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "principal",
            sa.Numeric(precision=16, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "interest",
            sa.Numeric(precision=16, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "fine", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "discount",
            sa.Numeric(precision=16, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("segment_id", "day", "cancelled_on", name=op.f("pk_flows")),
    )
    op.create_table(
        "note_facts",
        sa.Column("note_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("payment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("segments", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("on_time_until", sa.Date(), nullable=False),
        sa.Column("free_until", sa.Date(), nullable=False),
        sa.Column("late_rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("principal", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("interest", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("fine", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("interest_from", sa.Date(), nullable=False),
        sa.Column("paid_principal", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("paid_interest", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("paid_fine", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("discount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.PrimaryKeyConstraint("note_id", "payment_id", name=op.f("pk_note_facts")),
    )
    op.create_index("ix_note_facts_customer_id", "note_facts", ["customer_id"], unique=False)
    op.create_index(
        "ix_note_facts_open",
        "note_facts",
        ["valid_to"],
        unique=False,
        postgresql_where=sa.text("principal > 0"),
    )
    op.create_index("ix_note_facts_sale_id", "note_facts", ["sale_id"], unique=False)
    op.create_table(
        "recoveries",
        sa.Column("segment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), autoincrement=False, nullable=False),
        sa.Column(
            "became", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "by_5", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "by_15", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "by_30", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "by_60", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "by_90", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False
        ),
        sa.PrimaryKeyConstraint("segment_id", "month", name=op.f("pk_recoveries")),
    )
    op.create_table(
        "rolls",
        sa.Column("segment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("from_band", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("to_band", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "principal",
            sa.Numeric(precision=16, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint(
            "segment_id", "month", "from_band", "to_band", name=op.f("pk_rolls")
        ),
    )
    op.create_table(
        "sale_facts",
        sa.Column("sale_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("segments", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("cancelled_on", sa.Date(), nullable=False),
        sa.Column("total", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("financed", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("installments", sa.Integer(), nullable=False),
        sa.Column("default_on", sa.Date(), nullable=True),
        sa.Column("defaulted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sale_id", name=op.f("pk_sale_facts")),
    )
    op.create_table(
        "segments",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('all', 'seller', 'city', 'value')", name=op.f("ck_segments_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_segments_kind_key")),
    )
    op.create_table("stale_sales", sa.Column("sale_id", sa.Integer(), nullable=False))
    op.create_table(
        "summary_state",
        sa.Column("id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_summary_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_state")),
    )
    op.create_index(
        "ix_notes_long_on_time",
        "notes",
        [sa.literal_column("(on_time_until - due_date)")],
        postgresql_where=sa.text("on_time_until - due_date > 4"),
    )
    _marks()
    op.execute("INSERT INTO stale_sales SELECT id FROM sales")


def _marks() -> None:
    """Mark the sales whose facts change: a row for each, which no other writer waits for."""
    op.execute(
        """
        CREATE FUNCTION mark_sales() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO stale_sales SELECT id FROM changed;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION mark_sales_of_notes() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO stale_sales SELECT DISTINCT sale_id FROM changed;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION mark_sales_of_customers() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO stale_sales
            SELECT s.id FROM changed JOIN former USING (id) JOIN sales s ON s.customer_id = changed.id
            WHERE changed.city IS DISTINCT FROM former.city;
            RETURN NULL;
        END $$
        """
    )
    for table, function in (("sales", "mark_sales"), ("notes", "mark_sales_of_notes")):
        for event in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER {table}_{event.lower()}_marks AFTER {event} ON {table} "
                "REFERENCING NEW TABLE AS changed "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )
    op.execute(
        "CREATE TRIGGER customers_update_marks AFTER UPDATE ON customers "
        "REFERENCING OLD TABLE AS former NEW TABLE AS changed "
        "FOR EACH STATEMENT EXECUTE FUNCTION mark_sales_of_customers()"
    )
