"""Guarantors, printings of notes, the shop's logo, and discounts on early settlement

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "guarantors",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tax_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 2", name=op.f("ck_guarantors_position")),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 1 AND 120", name=op.f("ck_guarantors_name_length")
        ),
        sa.CheckConstraint(
            "char_length(tax_id) IN (11, 14)", name=op.f("ck_guarantors_tax_id_length")
        ),
        sa.CheckConstraint(
            "char_length(address) <= 200", name=op.f("ck_guarantors_address_length")
        ),
        sa.ForeignKeyConstraint(["sale_id"], ["sales.id"], name=op.f("fk_guarantors_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guarantors")),
        sa.UniqueConstraint("sale_id", "position", name=op.f("uq_guarantors_sale_id_position")),
    )
    op.create_table(
        "note_printings",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("operation_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("printed_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("printed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("copy >= 1", name=op.f("ck_note_printings_copy")),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_note_printings_note_id")),
        sa.ForeignKeyConstraint(
            ["printed_by"], ["users.id"], name=op.f("fk_note_printings_printed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_printings")),
        sa.UniqueConstraint(
            "operation_id", "note_id", name=op.f("uq_note_printings_operation_id_note_id")
        ),
        sa.UniqueConstraint("note_id", "copy", name=op.f("uq_note_printings_note_id_copy")),
    )
    op.execute(
        "CREATE TRIGGER note_printings_append_only BEFORE UPDATE OR DELETE ON note_printings "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.create_table(
        "logos",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "media_type IN ('image/png', 'image/jpeg')", name=op.f("ck_logos_media_type")
        ),
        sa.CheckConstraint("octet_length(content) <= 1048576", name=op.f("ck_logos_size")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_logos_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logos")),
        sa.UniqueConstraint("sha256", name=op.f("uq_logos_sha256")),
    )
    op.add_column("payments", sa.Column("discount_reason", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_payments_discount_reason"), "payments", "char_length(discount_reason) >= 3"
    )
    _keep_discounts()


def _keep_discounts() -> None:
    """A payment item's discount is money of the agreement: it never changes either (R14)."""
    op.execute("DROP TRIGGER payment_items_keep_money ON payment_items")
    op.execute(
        "CREATE TRIGGER payment_items_keep_money BEFORE UPDATE ON payment_items "
        "FOR EACH ROW WHEN ((OLD.payment_id, OLD.note_id, OLD.paid_on, OLD.amount, OLD.discount) "
        "IS DISTINCT FROM (NEW.payment_id, NEW.note_id, NEW.paid_on, NEW.amount, NEW.discount) "
        "OR (OLD.reversed AND NOT NEW.reversed)) "
        "EXECUTE FUNCTION refuse_change()"
    )
