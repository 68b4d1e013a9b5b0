"""Acts on notes beside payments, with their reversals, and what they leave of a note (R29–R34)

No note of before was touched by one: nothing is rewritten, and no figure changes.

Revision: 0018, after 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0015"

_MONEY = sa.Numeric(12, 2)
_CLOSED = "IN ('returned', 'renegotiated', 'written_off')"
_KEPT = (
    *("act_id", "note_id", "kind", "acted_on", "asked_interest", "asked_fine", "asked_principal"),
    *("due_date", "on_time_until", "free_until"),
)


def upgrade() -> None:
    _widen_notes()
    _widen_items()
    _acts()
    _act_items()
    _act_reversals()
    _append_only()
    _summaries()


def _no_money(name: str) -> sa.Column[object]:
    return sa.Column(name, _MONEY, server_default=sa.text("0"), nullable=False)


def _after() -> list[sa.Column[object]]:
    """The columns of a note's state that acts other than payments change."""
    return [
        sa.Column("due_date_after", sa.Date(), nullable=True),
        sa.Column("on_time_until_after", sa.Date(), nullable=True),
        sa.Column("free_until_after", sa.Date(), nullable=True),
        _no_money("written_off_after"),
        sa.Column("closed_after", sa.Text(), nullable=True),
    ]


def _widen_notes() -> None:
    for name in ("original_due_date", "original_on_time_until", "original_free_until"):
        op.add_column("notes", sa.Column(name, sa.Date(), nullable=True))
    op.add_column("notes", _no_money("written_off"))
    op.add_column("notes", sa.Column("closed", sa.Text(), nullable=True))
    op.add_column("notes", sa.Column("last_act_on", sa.Date(), nullable=True))
    op.drop_constraint(op.f("ck_notes_charges_before_principal"), "notes")
    op.create_check_constraint(
        op.f("ck_notes_charges_before_principal"),
        "notes",
        "principal_balance + written_off > 0 OR (interest_carried = 0 AND fine_carried = 0)",
    )
    op.create_check_constraint(
        op.f("ck_notes_written_off"),
        "notes",
        "written_off >= 0 AND (written_off = 0 OR principal_balance = 0)",
    )
    op.create_check_constraint(op.f("ck_notes_closed"), "notes", f"closed {_CLOSED}")


def _widen_items() -> None:
    for column in _after():
        op.add_column("payment_items", column)
    op.create_check_constraint(
        op.f("ck_payment_items_closed_after"), "payment_items", f"closed_after {_CLOSED}"
    )


def _acts() -> None:
    op.create_table(
        "acts",
        sa.Column(
            "id", sa.Integer(), server_default=sa.text("nextval('payments_id_seq')"), nullable=False
        ),
        sa.Column("operation_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("acted_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('waiver', 'return', 'new_date', 'renegotiation', 'write_off')",
            name=op.f("ck_acts_kind"),
        ),
        sa.CheckConstraint("char_length(reason) >= 3", name=op.f("ck_acts_reason")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_acts_customer_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_acts_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_acts_operation_id")),
        sa.UniqueConstraint("id", "kind", "acted_on", name=op.f("uq_acts_id_kind_acted_on")),
    )
    op.create_index("ix_acts_customer_id", "acts", ["customer_id"], unique=False)
    op.create_index("ix_acts_acted_on", "acts", ["acted_on"], unique=False)


def _act_items() -> None:
    op.create_table(
        "act_items",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("acted_on", sa.Date(), nullable=False),
        _no_money("asked_interest"),
        _no_money("asked_fine"),
        _no_money("asked_principal"),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("on_time_until", sa.Date(), nullable=True),
        sa.Column("free_until", sa.Date(), nullable=True),
        sa.Column("interest", _MONEY, nullable=False),
        sa.Column("fine", _MONEY, nullable=False),
        sa.Column("principal", _MONEY, nullable=False),
        sa.Column("reversed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("principal_after", _MONEY, nullable=False),
        sa.Column("interest_after", _MONEY, nullable=False),
        sa.Column("fine_after", _MONEY, nullable=False),
        sa.Column("fine_charged_after", sa.Boolean(), nullable=False),
        sa.Column("interest_from_after", sa.Date(), nullable=False),
        *_after(),
        sa.CheckConstraint("fine >= 0 AND principal >= 0", name=op.f("ck_act_items_not_negative")),
        sa.CheckConstraint(
            "interest >= 0 OR kind = 'new_date'", name=op.f("ck_act_items_interest")
        ),
        sa.CheckConstraint(f"closed_after {_CLOSED}", name=op.f("ck_act_items_closed_after")),
        sa.ForeignKeyConstraint(
            ["act_id", "kind", "acted_on"],
            ["acts.id", "acts.kind", "acts.acted_on"],
            name=op.f("fk_act_items_act_id_kind_acted_on"),
        ),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_act_items_note_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_items")),
        sa.UniqueConstraint("act_id", "note_id", name=op.f("uq_act_items_act_id_note_id")),
    )
    op.create_index(
        "ix_act_items_note_id", "act_items", ["note_id", "acted_on", "act_id"], unique=False
    )
    op.create_index("ix_act_items_acted_on", "act_items", ["acted_on"], unique=False)


def _act_reversals() -> None:
    op.create_table(
        "act_reversals",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("reversed_on", sa.Date(), nullable=False),
        sa.Column(
            "reversed_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("reversed_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("char_length(reason) >= 3", name=op.f("ck_act_reversals_reason")),
        sa.ForeignKeyConstraint(["act_id"], ["acts.id"], name=op.f("fk_act_reversals_act_id")),
        sa.ForeignKeyConstraint(
            ["reversed_by"], ["users.id"], name=op.f("fk_act_reversals_reversed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_reversals")),
        sa.UniqueConstraint("act_id", name=op.f("uq_act_reversals_act_id")),
    )


def _append_only() -> None:
    for table in ("acts", "act_reversals"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER act_items_keep_rows BEFORE DELETE ON act_items "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    old, new = (", ".join(f"{row}.{name}" for name in _KEPT) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE TRIGGER act_items_keep_terms BEFORE UPDATE ON act_items "
        f"FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new}) "
        "OR (OLD.reversed AND NOT NEW.reversed)) EXECUTE FUNCTION refuse_change()"
    )
    for table in ("acts", "act_items", "act_reversals"):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _summaries() -> None:
    """What the facts and the cubes say of acts; those there stay true, as none has happened yet."""
    op.alter_column("note_facts", "payment_id", new_column_name="act_id")
    op.add_column("note_facts", sa.Column("act_kind", sa.Text(), nullable=True))
    for name in ("act_principal", "act_interest", "act_fine"):
        op.add_column("note_facts", _no_money(name))
    op.add_column("note_facts", sa.Column("original_due_date", sa.Date(), nullable=True))
    op.create_table(
        "act_flows",
        sa.Column("segment_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.Numeric(16, 2), server_default=sa.text("0"), nullable=False)
            for name in ("principal", "interest", "fine")
        ),
        sa.PrimaryKeyConstraint("segment_id", "day", "kind", name=op.f("pk_act_flows")),
    )
