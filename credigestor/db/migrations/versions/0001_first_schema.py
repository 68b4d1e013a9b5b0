"""The first schema

Revision: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column(
            "at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    op.create_index(
        "ix_login_attempts_address_at", "login_attempts", ["address", "at"], unique=False
    )
    op.create_index("ix_login_attempts_login_at", "login_attempts", ["login", "at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "password_changed_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("role IN ('seller', 'manager', 'admin')", name=op.f("ck_users_role")),
        sa.CheckConstraint("login = lower(login)", name=op.f("ck_users_login_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_audit_log_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_entity", "audit_log", ["entity", "entity_id"], unique=False)
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("operation_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("tax_id", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("zip_code", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("street_number", sa.Text(), nullable=True),
        sa.Column("complement", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("credit_limit", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 1 AND 120", name=op.f("ck_customers_name_length")
        ),
        sa.CheckConstraint(
            "char_length(tax_id) IN (11, 14)", name=op.f("ck_customers_tax_id_length")
        ),
        sa.CheckConstraint("credit_limit >= 0", name=op.f("ck_customers_credit_limit")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_customers_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_customers_operation_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_customers_ref")),
        sa.UniqueConstraint("tax_id", name=op.f("uq_customers_tax_id")),
    )
    op.create_index("ix_customers_name_folded", "customers", ["name_folded"], unique=False)
    op.create_index("ix_customers_phone", "customers", ["phone"], unique=False)
    op.create_index(
        "ix_customers_tax_id_prefix",
        "customers",
        ["tax_id"],
        unique=False,
        postgresql_ops={"tax_id": "text_pattern_ops"},
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("ticket_hash", sa.Text(), nullable=True),
        sa.Column("ticket_expires_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("visitor_hash", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "last_seen_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revoked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_sessions_ticket_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "settings",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "changed_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("changed_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_settings_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("operation_id", sa.UUID(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("backdate_reason", sa.Text(), nullable=True),
        sa.Column("received_by", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "method IN ('cash', 'pix', 'card', 'transfer')", name=op.f("ck_payments_method")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_payments_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["users.id"], name=op.f("fk_payments_received_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_payments_operation_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_payments_ref")),
    )
    op.create_index("ix_payments_customer_id", "payments", ["customer_id"], unique=False)
    op.create_index("ix_payments_paid_on", "payments", ["paid_on"], unique=False)
    op.create_table(
        "sales",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("operation_id", sa.UUID(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("seller_id", sa.Integer(), nullable=True),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("total", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("down_payment", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("installments", sa.Integer(), nullable=False),
        sa.Column("first_due_date", sa.Date(), nullable=True),
        sa.Column("contract_rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("late_rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("fine_rate", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("override_by", sa.Integer(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("cancelled_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(cancelled_on IS NULL) = (cancel_reason IS NULL)", name=op.f("ck_sales_cancelled")
        ),
        sa.CheckConstraint(
            "(first_due_date IS NULL) = (installments = 0)", name=op.f("ck_sales_first_due_date")
        ),
        sa.CheckConstraint(
            "(installments = 0) = (down_payment = total)", name=op.f("ck_sales_fully_paid_down")
        ),
        sa.CheckConstraint("contract_rate >= 0", name=op.f("ck_sales_contract_rate")),
        sa.CheckConstraint("down_payment BETWEEN 0 AND total", name=op.f("ck_sales_down_payment")),
        sa.CheckConstraint("fine_rate BETWEEN 0 AND 2", name=op.f("ck_sales_fine_rate")),
        sa.CheckConstraint("first_due_date >= sold_on", name=op.f("ck_sales_first_due_after_sale")),
        sa.CheckConstraint("grace_days BETWEEN 0 AND 60", name=op.f("ck_sales_grace_days")),
        sa.CheckConstraint("installments BETWEEN 0 AND 120", name=op.f("ck_sales_installments")),
        sa.CheckConstraint("late_rate >= 0", name=op.f("ck_sales_late_rate")),
        sa.CheckConstraint("total > 0", name=op.f("ck_sales_total")),
        sa.ForeignKeyConstraint(["cancelled_by"], ["users.id"], name=op.f("fk_sales_cancelled_by")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_sales_created_by")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_sales_customer_id")
        ),
        sa.ForeignKeyConstraint(["override_by"], ["users.id"], name=op.f("fk_sales_override_by")),
        sa.ForeignKeyConstraint(["seller_id"], ["users.id"], name=op.f("fk_sales_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_sales_operation_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_sales_ref")),
    )
    op.create_index("ix_sales_customer_id", "sales", ["customer_id"], unique=False)
    op.create_index("ix_sales_seller_id", "sales", ["seller_id"], unique=False)
    op.create_index("ix_sales_sold_on", "sales", ["sold_on"], unique=False)
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("on_time_until", sa.Date(), nullable=False),
        sa.Column("free_until", sa.Date(), nullable=False),
        sa.Column("principal_balance", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column(
            "interest_carried",
            sa.Numeric(precision=12, scale=2),
            server_default="0",
            nullable=False,
        ),
        sa.Column(
            "fine_carried", sa.Numeric(precision=12, scale=2), server_default="0", nullable=False
        ),
        sa.Column("fine_charged", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("interest_from", sa.Date(), nullable=False),
        sa.Column("last_paid_on", sa.Date(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(settled_on IS NOT NULL) = (principal_balance = 0)", name=op.f("ck_notes_settled_on")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_notes_amount")),
        sa.CheckConstraint("fine_carried >= 0", name=op.f("ck_notes_fine_carried")),
        sa.CheckConstraint("free_until >= on_time_until", name=op.f("ck_notes_free_until")),
        sa.CheckConstraint("interest_carried >= 0", name=op.f("ck_notes_interest_carried")),
        sa.CheckConstraint("number BETWEEN 1 AND 120", name=op.f("ck_notes_number")),
        sa.CheckConstraint("on_time_until >= due_date", name=op.f("ck_notes_on_time_until")),
        sa.CheckConstraint(
            "principal_balance > 0 OR (interest_carried = 0 AND fine_carried = 0)",
            name=op.f("ck_notes_charges_before_principal"),
        ),
        sa.CheckConstraint("principal_balance BETWEEN 0 AND amount", name=op.f("ck_notes_balance")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_notes_customer_id")
        ),
        sa.ForeignKeyConstraint(["sale_id"], ["sales.id"], name=op.f("fk_notes_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sa.UniqueConstraint("sale_id", "number", name=op.f("uq_notes_sale_id_number")),
    )
    op.create_index("ix_notes_customer_id", "notes", ["customer_id"], unique=False)
    op.create_index("ix_notes_due_date", "notes", ["due_date"], unique=False)
    op.create_index(
        "ix_notes_open_customer",
        "notes",
        ["customer_id"],
        unique=False,
        postgresql_where=sa.text("principal_balance > 0 AND cancelled_on IS NULL"),
    )
    op.create_index(
        "ix_notes_open_due_date",
        "notes",
        ["due_date"],
        unique=False,
        postgresql_where=sa.text("principal_balance > 0 AND cancelled_on IS NULL"),
    )
    op.create_table(
        "reversals",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("reversed_on", sa.Date(), nullable=False),
        sa.Column(
            "reversed_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("reversed_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("char_length(reason) >= 3", name=op.f("ck_reversals_reason")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_reversals_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["reversed_by"], ["users.id"], name=op.f("fk_reversals_reversed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reversals")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_reversals_payment_id")),
    )
    op.create_table(
        "payment_items",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("interest", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("fine", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("principal", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column(
            "discount", sa.Numeric(precision=12, scale=2), server_default="0", nullable=False
        ),
        sa.Column("reversed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("principal_after", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("interest_after", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("fine_after", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("fine_charged_after", sa.Boolean(), nullable=False),
        sa.Column("interest_from_after", sa.Date(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_items_amount")),
        sa.CheckConstraint(
            "interest + fine + principal = amount", name=op.f("ck_payment_items_allocation")
        ),
        sa.CheckConstraint(
            "interest >= 0 AND fine >= 0 AND principal >= 0 AND discount >= 0",
            name=op.f("ck_payment_items_not_negative"),
        ),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_payment_items_note_id")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_items_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_items")),
        sa.UniqueConstraint(
            "payment_id", "note_id", name=op.f("uq_payment_items_payment_id_note_id")
        ),
    )
    op.create_index(
        "ix_payment_items_note_id",
        "payment_items",
        ["note_id", "paid_on", "payment_id"],
        unique=False,
    )
    op.create_index("ix_payment_items_paid_on", "payment_items", ["paid_on"], unique=False)
    _append_only()


def _append_only() -> None:
    """Refuse UPDATE and DELETE on the ledger; an item's money and owners never change (R12)."""
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for table in ("payments", "reversals", "audit_log"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER payment_items_keep_rows BEFORE DELETE ON payment_items "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER payment_items_keep_money BEFORE UPDATE ON payment_items "
        "FOR EACH ROW WHEN ((OLD.payment_id, OLD.note_id, OLD.paid_on, OLD.amount) "
        "IS DISTINCT FROM (NEW.payment_id, NEW.note_id, NEW.paid_on, NEW.amount) "
        "OR (OLD.reversed AND NOT NEW.reversed)) "
        "EXECUTE FUNCTION refuse_change()"
    )
