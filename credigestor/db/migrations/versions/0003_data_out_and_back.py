"""Downloads, backup runs, and the anonymising of a customer

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("customers", sa.Column("anonymised_at", _MOMENT, nullable=True))
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    op.create_table(
        "downloads",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("what", postgresql.JSONB(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.Column("rows_expected", sa.Integer(), nullable=True),
        sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_downloads")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_downloads_token_hash")),
    )
    op.create_index("ix_downloads_created_at", "downloads", ["created_at"])
    op.create_table(
        "backup_runs",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("started_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("ok", sa.Boolean(), nullable=True),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("encrypted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "kind IN ('backup', 'verify', 'restore')", name=op.f("ck_backup_runs_kind")
        ),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (ok IS NULL)", name=op.f("ck_backup_runs_finished")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_runs")),
    )
    op.create_index("ix_backup_runs_kind", "backup_runs", ["kind", "started_at"])
    _audit_of_the_erased()


def _audit_of_the_erased() -> None:
    """Let what the log says before and after be rewritten for the customer being anonymised.

    `credigestor.anonymising` holds that customer's id while `services.privacy` works (R28); who
    did what, and when, stays as it was.
    """
    op.execute(
        """
        CREATE FUNCTION keep_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE'
                AND OLD.entity = 'customer'
                AND OLD.entity_id::text = current_setting('credigestor.anonymising', true)
                AND (OLD.id, OLD.at, OLD.actor_id, OLD.actor_name, OLD.action, OLD.entity,
                     OLD.entity_id) IS NOT DISTINCT FROM
                    (NEW.id, NEW.at, NEW.actor_id, NEW.actor_name, NEW.action, NEW.entity,
                     NEW.entity_id)
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute("DROP TRIGGER audit_log_append_only ON audit_log")
    op.execute(
        "CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log "
        "FOR EACH ROW EXECUTE FUNCTION keep_audit_log()"
    )
