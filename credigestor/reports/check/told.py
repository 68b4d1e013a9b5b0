"""What the audit log told last of a row beside what the row holds, column by column.

A key that an entry lacks, as those of older versions do, is not compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.reports.check.problem import Problem
from credigestor.reports.check.telling import (
    PART,
    columns,
    compared,
    entry,
    moment,
    other,
    when,
    whose,
)
from credigestor.reports.check.told_beside import BESIDE

_SALE = (
    *("sold_on", "total", "down_payment", "installments", "first_due_date"),
    *("contract_rate", "late_rate", "fine_rate", "grace_days", "override_reason", "override_by"),
    *("schedule", "schedule_step", "proposal_id", "backdate_reason"),
)
_PAYER = "EXISTS (SELECT FROM payers p WHERE p.payment_id = r.id)"
_PAID_FOR = (
    "SELECT n.sale_id FROM payment_items i JOIN notes n ON n.id = i.note_id "
    "WHERE i.payment_id = r.id"
)
_WAIVED = (
    "SELECT FROM acts w LEFT JOIN act_reversals u ON u.act_id = w.id "
    "WHERE w.id::text = a.after ->> 'waiver_id' AND w.operation_id = r.operation_id "
    "AND (u.id IS NOT NULL OR NOT EXISTS (SELECT FROM reversals v WHERE v.payment_id = r.id))"
)
_ERASED = (
    "EXISTS (SELECT FROM audit_log x WHERE x.entity = 'customer' AND x.action = 'anonymise' "
    "AND x.id > a.id)"
)
_PAYMENT = ("paid_on", "amount", "method", "backdate_reason", "discount_reason")
_CUSTOMER = (
    *("name", "tax_id", "phone", "email", "birth_date", "zip_code", "street"),
    *("street_number", "complement", "district", "city", "state", "credit_limit", "remarks"),
    *("second_phone", "phone_text", "workplace", "spouse", "personal_references"),
    *("foreign_document", "country"),
)
_USER = ("login", "name", "role", "active")

# The newest value that entries told under each key: of two in one object jsonb keeps the last.
_FOLDED = """
SELECT a.entity_id, jsonb_object_agg(each.key, each.value ORDER BY a.id) AS after,
    bool_or(a.action = 'create') AS created,
    max(a.at) FILTER (WHERE NOT a.after ? 'sale') AS at
FROM audit_log a CROSS JOIN LATERAL jsonb_each(
    CASE WHEN jsonb_typeof(a.after) = 'object' THEN a.after ELSE '{{}}' END) AS each
WHERE a.entity = '{entity}' AND a.action IN ({actions})
GROUP BY a.entity_id
"""
_CUSTOMERS_TOLD = _FOLDED.format(entity="customer", actions="'create', 'edit'")
_USERS_TOLD = _FOLDED.format(entity="users", actions="'create', 'edit', 'activate', 'deactivate'")
_SALES_TOLD = _FOLDED.format(entity="sale", actions="'edit'")
_BULK = """EXISTS (SELECT FROM audit_log b WHERE b.entity = 'shop' AND b.at = r.created_at
    AND b.action IN ('import', 'demo'))"""


_COMPARISONS = {
    "sales": (
        compared(
            f"sales r JOIN {entry('sale', 'create')}",
            columns(_SALE),
            whose("r.id"),
            other("created_by"),
            moment("created_at"),
            when("r.ref IS NOT NULL", "ref"),
        ),
        compared(
            f"sales r JOIN {entry('sale', 'cancel')}",
            columns(
                ("cancelled_on", "cancel_reason"),
                keys={"cancelled_on": "on", "cancel_reason": "reason"},
            ),
            other("cancelled_by"),
            moment("cancelled_at"),
        ),
        # Who sold and what may be edited, which an entry tells.
        compared(
            f"sales r JOIN {entry('sale', 'create')} "
            f"LEFT JOIN ({_SALES_TOLD}) AS e ON e.entity_id = r.id",
            columns(("description", "seller_id"), "coalesce(e.after, a.after)"),
        ),
        compared(
            f"sales r JOIN ({_SALES_TOLD}) AS e ON e.entity_id = r.id",
            columns(("description", "seller_id"), "e.after"),
        ),
        compared(
            f"sales r LEFT JOIN ({_SALES_TOLD}) AS e ON e.entity_id = r.id",
            when(
                f"e.entity_id IS NULL AND r.seller_id IS DISTINCT FROM r.created_by AND {_BULK} "
                "AND NOT EXISTS (SELECT FROM audit_log a WHERE a.entity = 'sale' "
                "AND a.action = 'create' AND a.entity_id = r.id)",
                "seller_id",
            ),
            when(
                "r.cancelled_on IS NULL AND (r.cancelled_at IS NOT NULL OR r.cancelled_by IS NOT "
                "NULL)",
                "cancelled_at",
            ),
            when(
                "r.ref IS NOT NULL AND num_nonnulls(r.override_reason, r.override_by) > 0",
                "override_reason",
            ),
            # Why an import goes into closed days, its entry tells.
            when("r.ref IS NOT NULL AND r.backdate_reason IS NOT NULL", "backdate_reason"),
        ),
    ),
    "payments": (
        compared(
            f"payments r JOIN {entry('payment', 'create')}",
            columns(_PAYMENT),
            whose(_PAID_FOR),
            other("received_by"),
            moment("created_at"),
            when("r.ref IS NOT NULL", "ref"),
            *(
                when(f"a.after ->> '{name}' IS DISTINCT FROM r.{name}::text", name)
                for name in ("moved_from", "receipt")
            ),
            # Who else paid goes with whoever is anonymised (R28).
            when(
                f"CASE WHEN a.after ? 'payer' THEN NOT {_PAYER} AND NOT {_ERASED} "
                f"ELSE {_PAYER} END",
                "payer",
            ),
            # What was let go for it is of its operation, and undone with it (R29).
            when(f"a.after ? 'waiver_id' AND NOT EXISTS ({_WAIVED})", "waiver_id"),
        ),
        compared(
            f"payments r JOIN {entry('payment', 'reverse')}",
            columns(("paid_on", "amount", "method"), "a.before"),
            whose(_PAID_FOR, "a.before"),
        ),
        # An imported one says in its reference what it is: by its first note, or by none (0).
        compared(
            "(SELECT p.*, s.ref AS of_sale, f.number FROM payments p CROSS JOIN LATERAL ("
            "SELECT n.sale_id, n.number FROM payment_items i JOIN notes n ON n.id = i.note_id "
            "WHERE i.payment_id = p.id ORDER BY NOT starts_with(p.ref, concat("
            "(SELECT ref FROM sales WHERE id = n.sale_id), '/', n.number, '/')) LIMIT 1) AS f "
            "JOIN sales s ON s.id = f.sale_id WHERE p.ref IS NOT NULL) AS r",
            when(
                "NOT EXISTS (SELECT FROM unnest(ARRAY[r.number, 0]) AS named "
                "WHERE starts_with(r.ref, concat(r.of_sale, '/', named, '/', "
                "to_char(r.paid_on, 'YYYY-MM-DD'), '/', r.amount, '/', r.method, '#'))) "
                "OR r.ref !~ '#[1-9][0-9]*(;[0-9.]+;[0-9.]+;[0-9.]+)?$'",
                "ref",
            ),
            when("r.received_by IS NOT NULL", "received_by"),
            # What an import takes as it was has its own words.
            *(
                when(f"r.{name} NOT LIKE 'Importação%'", name)
                for name in ("backdate_reason", "discount_reason")
            ),
            when(f"r.ref IS NOT NULL AND {_PAYER}", "payer"),
        ),
        # The parts of a payment that counts follow from its notes; those of a reversed one do not.
        compared(
            f"(SELECT p.id FROM payments p JOIN reversals u ON u.payment_id = p.id) AS r "
            f"JOIN {entry('payment', 'create')}",
            when(
                "jsonb_typeof(a.after -> 'items') = 'array' AND (SELECT jsonb_agg("
                "jsonb_build_array(i.note_id, i.amount::text) ORDER BY i.note_id::text) "
                "FROM payment_items i WHERE i.payment_id = r.id) IS DISTINCT FROM (SELECT "
                f"jsonb_agg(jsonb_build_array(each -> 0, round({PART}, 2)::text) "
                "ORDER BY each ->> 0) FROM jsonb_array_elements(a.after -> 'items') AS each)",
                "items",
            ),
        ),
    ),
    "reversals": (
        compared(
            f"reversals r JOIN {entry('payment', 'reverse', 'r.payment_id')}",
            columns(("reversed_on", "reason"), keys={"reversed_on": "on"}),
            other("reversed_by"),
            moment("reversed_at"),
        ),
    ),
    "customers": (
        compared(
            f"customers r JOIN {entry('customer', 'create')}",
            other("created_by"),
            moment("created_at"),
        ),
        compared(
            f"customers r LEFT JOIN ({_CUSTOMERS_TOLD}) AS a ON a.entity_id = r.id "
            "WHERE r.anonymised_at IS NULL",
            columns((*_CUSTOMER, "active")),
            when(
                "abs(extract(epoch FROM r.updated_at - coalesce(a.at, r.created_at))) > 3600",
                "updated_at",
            ),
            when(f"r.created_by IS NOT NULL AND r.ref IS NOT NULL AND {_BULK}", "created_by"),
            # Whom somebody registered, or an import, is active until somebody says otherwise.
            when(
                f"NOT r.active AND NOT coalesce(a.after ? 'active', false) "
                f"AND (coalesce(a.created, false) OR r.ref IS NOT NULL AND {_BULK})",
                "active",
            ),
        ),
    ),
    "users": (
        compared(
            f"users r JOIN ({_USERS_TOLD}) AS a ON a.entity_id = r.id",
            columns(_USER),
            when("a.created AND r.created_at > a.at + interval '1 hour'", "created_at"),
        ),
    ),
}


def differences(session: Session) -> Iterator[Problem]:
    """Rows that hold another thing than what the log told of them."""
    for table, statements in {**_COMPARISONS, **BESIDE}.items():
        wrong: dict[int, set[str]] = {}
        for statement in statements:
            for row in session.execute(text(statement)):
                wrong.setdefault(row.id, set()).update(row.wrong)
        for row_id in sorted(wrong):
            yield Problem(
                "trail_differs",
                table,
                row_id,
                f"A auditoria conta outra coisa de: {', '.join(sorted(wrong[row_id]))}.",
            )
