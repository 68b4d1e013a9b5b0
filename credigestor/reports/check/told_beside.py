"""What the log told of proposals, of the money of sales, and of acts that are no payment."""

from __future__ import annotations

from credigestor.reports.check.telling import (
    WAY,
    columns,
    compared,
    entry,
    moment,
    other,
    when,
    whose,
)

_ACT = ("kind", "acted_on", "reason")
_ACTED_ON = (
    "SELECT n.sale_id FROM act_items i JOIN notes n ON n.id = i.note_id WHERE i.act_id = r.id "
    "UNION SELECT b.sale_id FROM returns b WHERE b.act_id = r.id"
)
_RETURN = ("sale_id", "kind", "value", "share", "back", "back_by")
_RENEGOTIATION = (
    *("kind", "act_id", "sale_id", "payment_id", "waiver_id", "old_interest", "old_fine"),
    *("first_sold_on", "days_late"),
)
#: Contacts and credit of a double register go to the right one with its sales.
_WHOSE = when(
    "a.after ->> 'customer_id' IS DISTINCT FROM r.customer_id::text AND NOT EXISTS "
    "(SELECT FROM customer_moves m WHERE m.from_id::text = a.after ->> 'customer_id')",
    "customer_id",
)
# A movement of credit and what moved it, or undid it, in the words of `entry`.
_MOVED = """
credit_movements r JOIN (
    SELECT m.id,
        coalesce(p.received_by, t.made_by, s.created_by,
            v.reversed_by, w.reversed_by, c.cancelled_by, b.actor_id) AS actor_id,
        coalesce(p.created_at, t.created_at, s.created_at,
            v.reversed_at, w.reversed_at, c.cancelled_at, b.at) AS at,
        coalesce(v.reason, w.reason, c.cancel_reason, b.after ->> 'reason') AS reason
    FROM credit_movements m
    LEFT JOIN payments p ON p.id = m.payment_id
    LEFT JOIN acts t ON t.id = m.act_id
    LEFT JOIN sales s ON s.id = m.sale_id
    LEFT JOIN credit_movements o ON o.id = m.undoes_id
    LEFT JOIN reversals v ON v.payment_id = o.payment_id
    LEFT JOIN act_reversals w ON w.act_id = o.act_id
    LEFT JOIN sales c ON c.id = o.sale_id
    LEFT JOIN audit_log b ON b.entity = 'credit' AND b.action = 'reverse' AND b.entity_id = o.id
    WHERE m.kind <> 'paid_back'
) AS a ON a.id = r.id
"""
_OF_SALE = "CASE r.kind WHEN 'down' THEN s.{} ELSE s.{} END"

#: By table, as in `told`.
BESIDE = {
    "proposals": (
        compared(
            f"proposals r JOIN {entry('proposal', 'create')}",
            columns(("customer_id", "made_on", "valid_until")),
            *(
                when(f"a.after ->> '{name}' IS DISTINCT FROM r.terms #>> '{{asked,{name}}}'", name)
                for name in ("total", "down_payment", "description", "seller_id")
            ),
            when(
                "a.after ->> 'contract_rate' IS DISTINCT FROM r.terms ->> 'contract_rate'",
                "contract_rate",
            ),
            other("created_by"),
            moment("created_at"),
        ),
    ),
    "sale_money": (
        compared(
            "sale_money r JOIN sales s ON s.id = r.sale_id",
            when(
                f"r.done_by IS DISTINCT FROM {_OF_SALE.format('created_by', 'cancelled_by')}",
                "done_by",
            ),
            when(
                "abs(extract(epoch FROM r.created_at - coalesce("
                f"{_OF_SALE.format('created_at', 'cancelled_at')}, s.created_at))) "
                "> 3600",
                "created_at",
            ),
            # What an import brings says nothing of the method.
            when("s.ref IS NOT NULL AND r.kind = 'down' AND r.method <> 'unknown'", "method"),
        ),
        *(
            compared(
                f"sale_money r JOIN {entry('sale', action, 'r.sale_id')}",
                when(
                    f"r.kind = '{kind}' AND coalesce(a.after ->> '{key}', 'unknown') <> {WAY}",
                    "method",
                ),
            )
            for kind, action, key in (
                ("down", "create", "down_payment_method"),
                ("refund", "cancel", "refund_method"),
            )
        ),
    ),
    "acts": (
        compared(
            f"acts r JOIN {entry('act', 'create')}",
            columns(_ACT, keys={"kind": "act"}),
            whose(_ACTED_ON),
            other("made_by"),
            moment("created_at"),
        ),
        # What it was to do to each note.
        compared(
            f"acts r JOIN {entry('act', 'create')}",
            when(
                "jsonb_typeof(a.after -> 'on_notes') = 'array' AND (SELECT jsonb_object_agg("
                "i.note_id, jsonb_strip_nulls(jsonb_build_object("
                "'interest', nullif(i.asked_interest, 0)::text, "
                "'fine', nullif(i.asked_fine, 0)::text, "
                "'principal', nullif(i.asked_principal, 0)::text, 'due_date', i.due_date)))"
                " FROM act_items i WHERE i.act_id = r.id) IS DISTINCT FROM (SELECT "
                "jsonb_object_agg(each ->> 'note', each - 'note') "
                "FROM jsonb_array_elements(a.after -> 'on_notes') AS each "
                "WHERE each ->> 'note' IS NOT NULL)",
                "on_notes",
            ),
        ),
    ),
    "returns": (
        compared(
            f"returns r JOIN {entry('act', 'create', 'r.act_id')}",
            columns(_RETURN, keys={"sale_id": "sale", "kind": "return_kind"}),
            when("a.after ? 'share' <> (r.share IS NOT NULL)", "share"),
            when("a.after ? 'back' <> (r.back <> 0)", "back"),
        ),
    ),
    "credit_movements": (
        compared(
            "(SELECT m.*, -m.amount AS paid FROM credit_movements m) AS r "
            f"JOIN {entry('credit', 'create')}",
            columns(("moved_on", "paid", "reason"), keys={"moved_on": "on", "paid": "amount"}),
            _WHOSE,
            when("a.after ->> 'method' IS DISTINCT FROM r.method", "method"),
            other("made_by"),
            moment("created_at"),
        ),
        # What was kept beside a payment is told by the payment's entry.
        compared(
            f"credit_movements r JOIN {entry('payment', 'create', 'r.payment_id')} "
            "AND r.kind = 'kept'",
            when("(a.after ->> 'kept')::numeric IS DISTINCT FROM r.amount", "amount"),
        ),
        # By whom, when and why it was moved, or that undone: as what moved it.
        compared(
            _MOVED,
            other("made_by"),
            moment("created_at"),
            when("r.reason IS DISTINCT FROM a.reason", "reason"),
        ),
    ),
    "renegotiations": (
        compared(
            f"renegotiations r JOIN {entry('renegotiation', 'create')}",
            columns(_RENEGOTIATION, keys={"kind": "agreement", "sale_id": "sale"}),
            other("made_by"),
            moment("created_at"),
        ),
    ),
    "customer_moves": (
        compared(
            "customer_moves r LEFT JOIN audit_log a ON a.entity = 'sale' AND a.action = 'move' "
            "AND a.entity_id = r.sale_id AND a.after ->> 'move' = r.id::text",
            when("a.id IS NULL", "id"),
            columns(("reason",)),
            when("a.before ->> 'customer_id' IS DISTINCT FROM r.from_id::text", "from_id"),
            when("a.after ->> 'customer_id' IS DISTINCT FROM r.to_id::text", "to_id"),
            when("a.after ->> 'on' IS DISTINCT FROM r.moved_on::text", "moved_on"),
            other("moved_by"),
            moment("created_at"),
        ),
    ),
    "closings": (
        compared(
            f"closings r JOIN {entry('closing', 'create')}",
            columns(("until", "reason"), keys={"until": "closed_until"}),
            when("a.after -> 'figures' IS DISTINCT FROM r.figures", "figures"),
            other("closed_by"),
            moment("created_at"),
        ),
    ),
    "contacts": (
        compared(
            f"contacts r JOIN {entry('contact', 'create')}",
            columns(("contacted_on", "channel", "outcome"), keys={"contacted_on": "on"}),
            _WHOSE,
            when("a.after ? 'amount' <> (r.outcome = 'promised')", "outcome"),
            other("made_by"),
            moment("created_at"),
        ),
    ),
    "promises": (
        compared(
            "promises r LEFT JOIN audit_log a ON a.entity = 'contact' AND a.action = 'create' "
            "AND a.entity_id = r.contact_id AND a.after ? 'amount'",
            when("a.id IS NULL", "id"),
            columns(("amount", "due_on", "on_time_until"), keys={"due_on": "promised_for"}),
        ),
    ),
    "promise_withdrawals": (
        compared(
            f"promise_withdrawals r JOIN {entry('promise', 'withdraw', 'r.promise_id')}",
            columns(("withdrawn_on", "reason"), keys={"withdrawn_on": "on"}),
            other("withdrawn_by"),
            moment("created_at"),
        ),
    ),
    "act_reversals": (
        compared(
            f"act_reversals r JOIN {entry('act', 'reverse', 'r.act_id')}",
            columns(("reversed_on", "reason"), keys={"reversed_on": "on"}),
            other("reversed_by"),
            moment("reversed_at"),
        ),
    ),
}
