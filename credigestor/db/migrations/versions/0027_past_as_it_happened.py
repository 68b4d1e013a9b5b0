"""A shop's past as it happened: charges that were taken other than the rules', a method nobody
knows, and an import that is undone

No act of the new kind, and no such payment, was there before: no row changes. Rows that an import
wrote may go while the log tells, in the same transaction, that it is undone; nothing else may.

Revision: 0027, after 0025
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0025"

_KEPT = (
    ("payment_items", "payment_items_keep_rows", "DELETE"),
    ("act_items", "act_items_keep_rows", "DELETE"),
    ("returns", "returns_append_only", "UPDATE OR DELETE"),
    ("sale_money", "sale_money_append_only", "UPDATE OR DELETE"),
)

# Whether the import of a moment is being undone: an entry of this very transaction names it.
_IS_UNDONE = """
CREATE FUNCTION import_is_undone(made timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM audit_log u JOIN audit_log i ON i.id::text = u.after ->> 'import'
        WHERE u.at = now() AND u.entity = 'shop' AND u.action = 'undo_import'
            AND i.at = made AND i.entity = 'shop' AND i.action = 'import'
    )
$$
"""
# A row's moment is that of what it belongs to, which goes after it.
_KEEP_OR_UNDO = """
CREATE FUNCTION keep_or_undo() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made timestamptz;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF TG_TABLE_NAME = 'payment_items' THEN
            SELECT created_at INTO made FROM payments
            WHERE id = OLD.payment_id AND ref IS NOT NULL;
        ELSIF TG_TABLE_NAME = 'sale_money' THEN
            SELECT created_at INTO made FROM sales WHERE id = OLD.sale_id AND ref IS NOT NULL;
        ELSE
            SELECT created_at INTO made FROM acts WHERE id = OLD.act_id;
        END IF;
        IF import_is_undone(made) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
_KEEP_OR_MOVE = """
CREATE OR REPLACE FUNCTION keep_or_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND current_setting('credigestor.moving', true)
            = OLD.customer_id || '>' || NEW.customer_id
        AND to_jsonb(NEW) - 'customer_id' = to_jsonb(OLD) - 'customer_id'
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND import_is_undone(OLD.created_at)
        AND (TG_TABLE_NAME = 'acts' OR to_jsonb(OLD) ->> 'ref' IS NOT NULL)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

_KINDS = "'waiver', 'return', 'new_date', 'renegotiation', 'write_off', 'charged'"


def upgrade() -> None:
    _again("acts", "kind", f"kind IN ({_KINDS})")
    _again("act_items", "not_negative", "principal >= 0 AND (fine >= 0 OR kind = 'charged')")
    _again("act_items", "interest", "interest >= 0 OR kind IN ('new_date', 'charged')")
    known = "'cash', 'pix', 'card', 'transfer', 'cheque', 'boleto', 'several', 'credit', 'unknown'"
    _again("payments", "method", f"method IN ({known})")
    op.execute(_IS_UNDONE)
    op.execute(_KEEP_OR_UNDO)
    op.execute(_KEEP_OR_MOVE)
    for table, name, events in _KEPT:
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {events} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keep_or_undo()"
        )


def _again(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
