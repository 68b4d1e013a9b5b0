"""The audit log beside the rows that it tells of: what is missing, changed, or tells otherwise.

Each entry has a seal. Each row that somebody made at the counter has an entry, and holds what
the entries told last. What an import or the demonstration wrote has one entry for all, of the
same transaction and so of the same moment as its rows (`told` knows what that one must hold).
A customer or sale that names nobody who made it asks for none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.reports.check.problem import Problem

#: So many rows of one kind are named; of the rest, how many.
_NAMED = 100

_ENTRY = """EXISTS (SELECT FROM audit_log a WHERE a.entity = '{entity}' AND a.action = '{action}'
    AND a.entity_id = {id})"""
_BULK = """EXISTS (SELECT FROM audit_log b WHERE b.entity = 'shop' AND b.entity_id IS NULL
    AND b.action IN ('import', 'demo') AND b.at = r.created_at)"""

_BROUGHT = f"""r.ref IS NOT NULL AND r.cancelled_at = r.created_at AND r.cancelled_by IS NULL
    AND {_BULK}"""

_PAID_BACK = """EXISTS (SELECT FROM credit_movements o
    WHERE o.id = r.undoes_id AND o.kind = 'paid_back')"""


@dataclass(frozen=True)
class _Act:
    """Rows that an entry must tell of: of which table, when, and the entry's entity, action, id."""

    table: str
    done: str
    entity: str
    action: str
    of: str = "r.id"
    in_bulk: bool = False


_ACTS = (
    _Act(
        *("customers", "r.operation_id IS NOT NULL OR r.ref IS NOT NULL", "customer", "create"),
        in_bulk=True,
    ),
    _Act(
        *("sales", "r.created_by IS NOT NULL OR r.ref IS NOT NULL", "sale", "create"),
        in_bulk=True,
    ),
    _Act(
        *("payments", "true", "payment", "create"),
        in_bulk=True,
    ),
    _Act("proposals", "true", "proposal", "create"),
    _Act("customer_moves", "true", "sale", "move", "r.sale_id"),
    # Of a sale that an import brings as cancelled, the import's entry tells.
    _Act(
        *("sales", f"r.cancelled_on IS NOT NULL AND NOT ({_BROUGHT})", "sale", "cancel"),
    ),
    _Act("reversals", "true", "payment", "reverse", "r.payment_id"),
    _Act("acts", "true", "act", "create", in_bulk=True),
    _Act("credit_movements", "r.kind = 'paid_back'", "credit", "create"),
    _Act("credit_movements", _PAID_BACK, "credit", "reverse", "r.undoes_id"),
    _Act("renegotiations", "true", "renegotiation", "create"),
    _Act("act_reversals", "true", "act", "reverse", "r.act_id"),
    _Act("closings", "true", "closing", "create"),
    _Act("contacts", "true", "contact", "create"),
    _Act("promise_withdrawals", "true", "promise", "withdraw", "r.promise_id"),
    _Act("settings", "r.changed_by IS NOT NULL", "settings", "change"),
    _Act("customers", "r.anonymised_at IS NOT NULL", "customer", "anonymise"),
)

# An entry of what is not there: by entity, the rows that there are, and what an action left.
_THERE = {
    ("customer", None): "SELECT FROM customers r WHERE r.id = a.entity_id",
    ("sale", None): "SELECT FROM sales r WHERE r.id = a.entity_id",
    ("proposal", None): "SELECT FROM proposals r WHERE r.id = a.entity_id",
    ("payment", None): "SELECT FROM payments r WHERE r.id = a.entity_id",
    ("act", None): "SELECT FROM acts r WHERE r.id = a.entity_id",
    ("renegotiation", None): "SELECT FROM renegotiations r WHERE r.id = a.entity_id",
    ("act", "reverse"): "SELECT FROM act_reversals r WHERE r.act_id = a.entity_id",
    ("credit", None): "SELECT FROM credit_movements r WHERE r.id = a.entity_id",
    ("credit", "reverse"): "SELECT FROM credit_movements r WHERE r.undoes_id = a.entity_id",
    ("closing", None): "SELECT FROM closings r WHERE r.id = a.entity_id",
    ("contact", None): "SELECT FROM contacts r WHERE r.id = a.entity_id",
    ("promise", "withdraw"): ("SELECT FROM promise_withdrawals r WHERE r.promise_id = a.entity_id"),
    ("users", None): "SELECT FROM users r WHERE r.id = a.entity_id",
    ("settings", None): "SELECT FROM settings r WHERE r.id = a.entity_id",
    ("sale", "cancel"): "SELECT FROM sales r WHERE r.id = a.entity_id AND cancelled_on IS NOT NULL",
    ("sale", "move"): (
        "SELECT FROM customer_moves r WHERE r.sale_id = a.entity_id "
        "AND a.after ->> 'move' = r.id::text"
    ),
    ("payment", "reverse"): "SELECT FROM reversals r WHERE r.payment_id = a.entity_id",
    ("customer", "anonymise"): (
        "SELECT FROM customers r WHERE r.id = a.entity_id AND anonymised_at IS NOT NULL"
    ),
}

_UNSEALED = """
SELECT coalesce(a.id, s.id) AS id, a.id IS NULL AS gone, s.id IS NULL AS new
FROM audit_log a FULL JOIN audit_seals s ON s.id = a.id
WHERE s.seal IS DISTINCT FROM audit_seal(a.id, a.at, a.actor_id, a.actor_name, a.action, a.entity,
    a.entity_id, a.before, a.after)
ORDER BY 1
"""

_TWICE = """
SELECT max(id) AS id FROM audit_log
WHERE entity IN ('customer', 'sale', 'proposal', 'payment', 'act', 'credit', 'renegotiation',
        'closing', 'contact', 'promise', 'users', 'settings')
    AND action IN ('create', 'cancel', 'reverse', 'withdraw', 'anonymise', 'change')
GROUP BY entity, entity_id, action HAVING count(*) > 1 ORDER BY 1
"""

# Each printing of a sale's notes has one entry: by whom, when, and of which notes and copies.
_PRINTINGS = """
WITH printed AS (
    SELECT n.sale_id, p.operation_id, p.printed_by, p.printed_at AS at, string_agg(
        lpad(s.id::text, greatest(6, length(s.id::text)), '0')
        || '-' || lpad(n.number::text, greatest(2, length(n.number::text)), '0')
        || '/' || lpad(s.installments::text, greatest(2, length(s.installments::text)), '0')
        || CASE WHEN p.copy > 1 THEN ' (' || p.copy || 'ª via)' ELSE '' END,
        ', ' ORDER BY n.id) AS notes
    FROM note_printings p JOIN notes n ON n.id = p.note_id JOIN sales s ON s.id = n.sale_id
    GROUP BY 1, 2, 3, 4
), told AS (
    SELECT entity_id AS sale_id, actor_id, at, after ->> 'notes' AS notes
    FROM audit_log WHERE entity = 'sale' AND action = 'print' AND NOT after ? 'contract'
)
SELECT sale_id AS id FROM printed p WHERE printed_by IS NOT NULL AND NOT EXISTS (
    SELECT FROM told t WHERE t.sale_id = p.sale_id AND t.actor_id = p.printed_by
        AND t.notes = p.notes
        AND p.at BETWEEN t.at - interval '1 minute' AND t.at + interval '1 hour')
UNION SELECT sale_id FROM told GROUP BY sale_id HAVING count(*) > (
    SELECT count(*) FROM printed p WHERE p.sale_id = told.sale_id)
ORDER BY 1
"""

# So has each of its contract.
_CONTRACTS = """
WITH told AS (
    SELECT entity_id AS sale_id, actor_id, at, after ->> 'contract' AS copy
    FROM audit_log WHERE entity = 'sale' AND action = 'print' AND after ? 'contract'
)
SELECT sale_id AS id FROM contract_printings p WHERE printed_by IS NOT NULL AND NOT EXISTS (
    SELECT FROM told t WHERE t.sale_id = p.sale_id AND t.actor_id = p.printed_by
        AND t.copy = p.copy::text
        AND p.printed_at BETWEEN t.at - interval '1 minute' AND t.at + interval '1 hour')
UNION SELECT sale_id FROM told GROUP BY sale_id HAVING count(*) > (
    SELECT count(*) FROM contract_printings p WHERE p.sale_id = told.sale_id)
ORDER BY 1
"""

# The guarantors of a sale are as many as its entry says, or those that the newest change tells
# by the middle of their numbers. Erasing a customer takes them away as a guarantor too (R28).
_GUARANTORS = """
WITH there AS (
    SELECT sale_id, count(*) AS many, string_agg(CASE WHEN length(tax_id) = 11
        THEN '***.' || substr(tax_id, 4, 3) || '.' || substr(tax_id, 7, 3) || '-**'
        ELSE '**.' || substr(tax_id, 3, 3) || '.' || substr(tax_id, 6, 3) || '/****-**' END,
        ', ' ORDER BY position) AS masks
    FROM guarantors GROUP BY 1
), changed AS (
    SELECT DISTINCT ON (a.after ->> 'sale') a.after ->> 'sale' AS sale, a.id,
        a.after ->> 'guarantors' AS masks
    FROM audit_log a JOIN customers c ON c.id = a.entity_id AND c.anonymised_at IS NULL
    WHERE a.entity = 'customer' AND a.action = 'edit' AND a.after ?& ARRAY['sale', 'guarantors']
    ORDER BY 1, a.id DESC
)
SELECT s.id FROM sales s
LEFT JOIN there t ON t.sale_id = s.id
LEFT JOIN changed e ON e.sale = s.id::text
LEFT JOIN audit_log a ON a.entity = 'sale' AND a.action = 'create' AND a.entity_id = s.id
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM audit_log x WHERE x.entity = 'customer'
    AND x.action = 'anonymise' AND x.id > coalesce(e.id, a.id)) AS fewer) AS may_be
WHERE CASE
    WHEN e.id IS NOT NULL AND fewer THEN
        NOT string_to_array(coalesce(t.masks, ''), ', ') <@ string_to_array(e.masks, ', ')
    WHEN e.id IS NOT NULL THEN e.masks <> coalesce(t.masks, '')
    WHEN fewer THEN a.id IS NOT NULL
        AND coalesce(t.many, 0)::text > coalesce(a.after ->> 'guarantors', '0')
    ELSE a.id IS NOT NULL
        AND coalesce(t.many, 0)::text <> coalesce(a.after ->> 'guarantors', '0')
    END
ORDER BY 1
"""


def gaps(session: Session) -> Iterator[Problem]:
    """Entries that were changed, deleted or put in, and acts that no entry tells of."""
    yield from _seals(session)
    for act in _ACTS:
        yield from _missing(session, act)
    for (entity, action), there in _THERE.items():
        of_action = f" AND a.action = '{action}'" if action else ""
        yield from _named(
            session,
            f"SELECT a.id FROM audit_log a WHERE a.entity = '{entity}'{of_action} "
            f"AND a.entity_id IS NOT NULL AND NOT EXISTS ({there}) ORDER BY 1",
            ("trail_without_row", "audit_log", "A auditoria conta o que não está na loja."),
        )
    yield from _named(
        session, _TWICE, ("trail_twice", "audit_log", "A auditoria conta duas vezes o mesmo ato.")
    )
    yield from _named(
        session,
        _PRINTINGS,
        (
            "trail_print",
            "sales",
            "As impressões das notas da venda não são as que a auditoria conta.",
        ),
    )
    yield from _named(
        session,
        _CONTRACTS,
        (
            "trail_contract",
            "sales",
            "As impressões do contrato da venda não são as que a auditoria conta.",
        ),
    )
    yield from _named(
        session,
        _GUARANTORS,
        (
            "trail_guarantors",
            "sales",
            "Os avalistas da venda não são os que a auditoria conta.",
        ),
    )


def _seals(session: Session) -> Iterator[Problem]:
    rows = session.execute(text(_UNSEALED)).all()
    for row in rows[:_NAMED]:
        if row.gone:
            detail = "Esta entrada da auditoria foi apagada."
        elif row.new:
            detail = "Esta entrada da auditoria foi posta por fora, ou seu selo foi apagado."
        else:
            detail = "Esta entrada da auditoria foi alterada."
        yield Problem("seal", "audit_log", row.id, detail)
    yield from _rest("seal", "audit_log", len(rows))


def _missing(session: Session, act: _Act) -> Iterator[Problem]:
    """Rows without their entry; those made in one go, which share the moment, are one problem."""
    entry = _ENTRY.format(entity=act.entity, action=act.action, id=act.of)
    where = f"({act.done}) AND NOT {entry}" + (f" AND NOT {_BULK}" if act.in_bulk else "")
    moment = "r.created_at" if act.in_bulk else "r.id::text"
    rows = session.execute(
        text(
            f"SELECT min({act.of}) AS id, count(*) AS rows FROM {act.table} r WHERE {where} "
            f"GROUP BY {moment} ORDER BY 1"
        )
    ).all()
    table = {"reversals": "payments", "act_reversals": "acts"}.get(act.table, act.table)
    for row in rows[:_NAMED]:
        what = "ato" if row.rows == 1 else f"lançamento conjunto, de {row.rows} linhas,"
        yield Problem(
            "trail_missing",
            table,
            row.id,
            f"Este {what} não tem entrada na auditoria ({act.action}).",
        )
    yield from _rest("trail_missing", table, len(rows))


def _named(session: Session, statement: str, words: tuple[str, str, str]) -> Iterator[Problem]:
    what, entity, detail = words
    ids = session.scalars(text(statement)).all()
    for row_id in ids[:_NAMED]:
        yield Problem(what, entity, row_id, detail)
    yield from _rest(what, entity, len(ids))


def _rest(what: str, entity: str, count: int) -> Iterator[Problem]:
    if count > _NAMED:
        yield Problem(what, entity, 0, f"E mais {count - _NAMED} iguais a estes.")
