"""A seal for every entry of the audit log, kept apart from it

Revision: 0008, after 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_OF = "id, at, actor_id, actor_name, action, entity, entity_id, before, after"


def upgrade() -> None:
    op.create_table(
        "audit_seals",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seals")),
    )
    op.execute(
        """
        CREATE FUNCTION audit_seal(
            id integer, at timestamptz, actor_id integer, actor_name text, action text,
            entity text, entity_id integer, before jsonb, after jsonb
        ) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
        RETURN substr(sha256(convert_to(jsonb_build_array(
            id, extract(epoch FROM at), actor_id, actor_name, action, entity, entity_id, before,
            after)::text, 'UTF8')), 1, 16)
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION seal_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- An id used again, after somebody deleted its entry, must not stop the shop.
            INSERT INTO audit_seals SELECT id, audit_seal({_OF}) FROM added
            ON CONFLICT (id) DO NOTHING;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION seal_anonymised() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE audit_seals SET seal = erased.seal
            FROM (SELECT id, audit_seal({_OF}) AS seal FROM changed
                WHERE entity = 'customer'
                    AND entity_id::text = current_setting('credigestor.anonymising', true)
            ) AS erased
            WHERE audit_seals.id = erased.id;
            RETURN NULL;
        END $$
        """
    )
    op.execute(f"INSERT INTO audit_seals SELECT id, audit_seal({_OF}) FROM audit_log")
    op.execute(
        "CREATE TRIGGER audit_log_insert_seals AFTER INSERT ON audit_log "
        "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION seal_audit_log()"
    )
    op.execute(
        "CREATE TRIGGER audit_log_update_seals AFTER UPDATE ON audit_log "
        "REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION seal_anonymised()"
    )
    # The two above write here; nobody else does.
    op.execute(
        "CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE ON audit_seals "
        "FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER audit_seals_no_truncate BEFORE TRUNCATE ON audit_seals "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
