"""Undoing a whole import, while nothing else has touched what it wrote.

Its rows go, as if they had never come: reversals of a million payments that nobody made would be a
past of their own, and their references would keep the right rows out for good. That it came and
went, who undid it and why, stays in the log; the database lets rows go for that entry alone.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db import locks, waiting
from credigestor.db.closings import kept_closed_until
from credigestor.db.models import AuditEntry
from credigestor.errors import Conflict, NotFound
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import acts, audit
from credigestor.services.inputs import reason
from credigestor.services.ledger import lock_notes, write

# All rows of an import have the moment of its entry, and its references.
_SALES = "SELECT id FROM sales WHERE created_at = :at AND ref IS NOT NULL"
_CUSTOMERS = "SELECT id FROM customers WHERE created_at = :at AND ref IS NOT NULL"
_PAYMENTS = "SELECT id FROM payments WHERE created_at = :at AND ref IS NOT NULL"
_ACTS = "SELECT id FROM acts WHERE created_at = :at AND made_by IS NULL"
_NOTES = f"SELECT id FROM notes WHERE sale_id IN ({_SALES})"  # noqa: S608 - of constants alone

_LOCK = (
    f"SELECT count(*) FROM (SELECT 1 FROM notes WHERE id IN ({_NOTES}) ORDER BY id FOR UPDATE) n",  # noqa: S608
    "SELECT count(*) FROM (SELECT 1 FROM customers WHERE created_at = :at AND ref IS NOT NULL "
    "ORDER BY id FOR UPDATE) c",
)

#: What stands in the way of undoing, and how to find it.
_TOUCHED = {
    "linhas dela foram alteradas, canceladas, estornadas ou impressas": f"""
        SELECT EXISTS (SELECT FROM audit_log a WHERE a.id <> :id AND (
            a.entity = 'customer' AND a.entity_id IN ({_CUSTOMERS})
            OR a.entity = 'sale' AND a.entity_id IN ({_SALES})
            OR a.entity = 'payment' AND a.entity_id IN ({_PAYMENTS})
            OR a.entity = 'act' AND a.entity_id IN ({_ACTS})))""",  # noqa: S608
    "ela acertou linhas de outra importação": """
        SELECT EXISTS (SELECT FROM audit_log WHERE at = :at AND id <> :id)""",
    "há vendas, propostas ou crédito dos clientes dela": f"""
        SELECT EXISTS (SELECT FROM sales WHERE customer_id IN ({_CUSTOMERS})
                AND id NOT IN ({_SALES}))
            OR EXISTS (SELECT FROM proposals WHERE customer_id IN ({_CUSTOMERS}))
            OR EXISTS (SELECT FROM credit_movements WHERE customer_id IN ({_CUSTOMERS}))""",  # noqa: S608
    "há pagamentos ou atos posteriores nas notas dela": f"""
        SELECT EXISTS (SELECT FROM payment_items WHERE note_id IN ({_NOTES})
                AND payment_id NOT IN ({_PAYMENTS}))
            OR EXISTS (SELECT FROM act_items WHERE note_id IN ({_NOTES})
                AND act_id NOT IN ({_ACTS}))""",  # noqa: S608
    "foram fechados dias com movimento dela": f"""
        SELECT EXISTS (SELECT FROM closings WHERE created_at > :at AND until >= (
            SELECT least((SELECT min(sold_on) FROM sales WHERE id IN ({_SALES})),
                (SELECT min(paid_on) FROM payments WHERE id IN ({_PAYMENTS})))))""",  # noqa: S608
}

# Notes of before that it wrote payments or acts to: folded again without them.
_OTHERS = f"""
SELECT note_id FROM payment_items WHERE payment_id IN ({_PAYMENTS}) AND note_id NOT IN ({_NOTES})
UNION SELECT note_id FROM act_items WHERE act_id IN ({_ACTS}) AND note_id NOT IN ({_NOTES})
"""  # noqa: S608

_DELETE = (
    f"INSERT INTO stale_sales {_SALES}",
    f"DELETE FROM payment_items WHERE payment_id IN ({_PAYMENTS})",  # noqa: S608
    f"DELETE FROM act_items WHERE act_id IN ({_ACTS})",  # noqa: S608
    f"DELETE FROM returns WHERE act_id IN ({_ACTS})",  # noqa: S608
    f"DELETE FROM payments WHERE id IN ({_PAYMENTS})",  # noqa: S608
    f"DELETE FROM acts WHERE id IN ({_ACTS})",  # noqa: S608
    f"DELETE FROM sale_money WHERE sale_id IN ({_SALES})",  # noqa: S608
    f"DELETE FROM notes WHERE sale_id IN ({_SALES})",  # noqa: S608
    f"DELETE FROM sales WHERE id IN ({_SALES})",  # noqa: S608
    f"DELETE FROM customers WHERE id IN ({_CUSTOMERS})",  # noqa: S608
)


def undo(session: Session, actor: Actor, *, import_id: int, why: str) -> None:
    """Take back all that an import wrote; `import_id` is its entry in the audit log.

    Raises NotAllowed, NotFound, InvalidInput (no reason) or Conflict, saying what has touched it;
    then nothing changes.
    """
    actor.require(Permission.IMPORT)
    why = reason(why)
    waiting.unhurried(session)
    locks.hold(session, "import")
    kept_closed_until(session)
    entry = session.get(AuditEntry, import_id)
    if entry is None or (entry.entity, entry.action) != ("shop", "import"):
        raise NotFound("Importação não encontrada.")
    named = {"id": entry.id, "at": entry.at}
    if _is_undone(session, entry.id):
        raise Conflict("Esta importação já foi desfeita.")
    for lock in _LOCK:
        session.execute(text(lock), named)
    for what, touched in _TOUCHED.items():
        if session.scalar(text(touched), named):
            raise Conflict(f"Esta importação já não pode ser desfeita: {what}.")
    others = session.scalars(text(_OTHERS), named).all()
    notes = lock_notes(session, others) if others else []
    told = {"import": entry.id, "reason": why, "imported_at": f"{entry.at:%Y-%m-%dT%H:%M:%S%z}"}
    audit.record(session, actor, "undo_import", "shop", None, before=entry.after, after=told)
    session.flush()
    session.execute(text("SELECT set_config('credigestor.untold', 'on', true)"))
    for statement in _DELETE:
        session.execute(text(statement), named)
    write(session, [acts.replayed(session, note) for note in notes])


def _is_undone(session: Session, import_id: int) -> bool:
    found = text(
        "SELECT EXISTS (SELECT FROM audit_log WHERE entity = 'shop' AND action = 'undo_import' "
        "AND after ->> 'import' = :id)"
    )
    return bool(session.scalar(found, {"id": str(import_id)}))
