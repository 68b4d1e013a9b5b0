"""Contacts with customers about what they owe, and promises to pay (R38)

No shop had any before.

Revision: 0025, after 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0026"


def upgrade() -> None:
    _contacts()
    _promises()
    # Of a customer who is being anonymised the remark is erased, of one whose double register is
    # put right the contact goes with it; the rest stays as it was.
    op.execute(
        """
        CREATE FUNCTION keep_contact() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND (
                current_setting('credigestor.anonymising', true) = OLD.customer_id::text
                AND to_jsonb(NEW) - 'remark' = to_jsonb(OLD) - 'remark'
                OR current_setting('credigestor.moving', true)
                    = OLD.customer_id || '>' || NEW.customer_id
                AND to_jsonb(NEW) - 'customer_id' = to_jsonb(OLD) - 'customer_id')
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for table, function in (
        ("contacts", "keep_contact"),
        ("promises", "refuse_change"),
        ("promise_withdrawals", "refuse_change"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False)


def _created_at() -> sa.Column[object]:
    return sa.Column(
        "created_at",
        sa.DateTime(timezone=True),
        server_default=sa.text("now()"),
        nullable=False,
    )


def _contacts() -> None:
    op.create_table(
        "contacts",
        _id(),
        sa.Column("operation_id", sa.UUID(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("contacted_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        _created_at(),
        sa.CheckConstraint(
            "channel IN ('whatsapp', 'phone', 'in_person')", name=op.f("ck_contacts_channel")
        ),
        sa.CheckConstraint(
            "outcome IN ('spoke', 'promised', 'wrong_number', 'refused', 'no_answer')",
            name=op.f("ck_contacts_outcome"),
        ),
        sa.CheckConstraint(
            "char_length(remark) BETWEEN 1 AND 500", name=op.f("ck_contacts_remark")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_contacts_customer_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_contacts_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_contacts_operation_id")),
    )
    for name in ("customer_id", "contacted_on"):
        op.create_index(f"ix_contacts_{name}", "contacts", [name], unique=False)


def _promises() -> None:
    op.create_table(
        "promises",
        _id(),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("on_time_until", sa.Date(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_promises_amount")),
        sa.CheckConstraint("on_time_until >= due_on", name=op.f("ck_promises_on_time_until")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_promises_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_promises_contact_id")),
    )
    op.create_index("ix_promises_on_time_until", "promises", ["on_time_until"], unique=False)
    op.create_table(
        "promise_withdrawals",
        _id(),
        sa.Column("promise_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        _created_at(),
        sa.CheckConstraint("char_length(reason) >= 3", name=op.f("ck_promise_withdrawals_reason")),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["promises.id"], name=op.f("fk_promise_withdrawals_promise_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["users.id"], name=op.f("fk_promise_withdrawals_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_withdrawals")),
        sa.UniqueConstraint("promise_id", name=op.f("uq_promise_withdrawals_promise_id")),
    )
