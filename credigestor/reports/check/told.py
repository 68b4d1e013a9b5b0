"""What the audit log told last of a row beside what the row holds, column by column.

A key that an entry lacks, as those of older versions do, is not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.reports.check.problem import Problem

# Numbers are told as they were typed ("10", "10.00"), the rest as one text.
_NUMBER = (
    "CASE WHEN {told} ~ '^-?[0-9]{{1,12}}([.][0-9]{{1,20}})?([eE][+-]?[0-9]{{1,2}})?$' "
    "THEN ({told})::numeric END"
)
_PART = _NUMBER.format(told="each ->> 1")
_MONEY = ("total", "down_payment", "contract_rate", "late_rate", "fine_rate", "amount")
_NUMBERS = frozenset({*_MONEY, "credit_limit", "value", "share", "back"})
_DATES = frozenset(
    {
        *("sold_on", "first_due_date", "paid_on", "acted_on", "birth_date", "reversed_on"),
        *("cancelled_on", "made_on", "valid_until"),
    }
)

_SALE = (
    *("customer_id", "sold_on", "total", "down_payment", "installments", "first_due_date"),
    *("contract_rate", "late_rate", "fine_rate", "grace_days", "override_reason", "override_by"),
    *("schedule", "schedule_step", "proposal_id"),
)
#: A record's method, or the part of each, as the log tells it (R36).
_WAY = (
    "CASE WHEN r.method = 'several' THEN concat_ws(' + ', 'cash ' || r.cash, 'pix ' || r.pix, "
    "'card ' || r.card, 'transfer ' || r.transfer) ELSE r.method END"
)
_PAYER = "EXISTS (SELECT FROM payers p WHERE p.payment_id = r.id)"
_ERASED = (
    "EXISTS (SELECT FROM audit_log x WHERE x.entity = 'customer' AND x.action = 'anonymise' "
    "AND x.id > a.id)"
)
_PAYMENT = ("customer_id", "paid_on", "amount", "method", "backdate_reason", "discount_reason")
_ACT = ("kind", "customer_id", "acted_on", "reason")
_CUSTOMER = (
    *("name", "tax_id", "phone", "email", "birth_date", "zip_code", "street"),
    *("street_number", "complement", "district", "city", "state", "credit_limit", "remarks"),
)
_USER = ("login", "name", "role", "active")

#: A row is written in the transaction of its entry, which has the moment when that began.
_MOMENT = "{0} < a.at - interval '1 minute' OR {0} > a.at + interval '1 hour'"


def _columns(
    names: tuple[str, ...], told: str = "a.after", keys: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The names of those columns of `r` that are not what `told` has under their key."""
    return ", ".join(_column(name, told, keys.get(name, name)) for name in names)


def _column(name: str, told: str, key: str) -> str:
    value = f"{told} ->> '{key}'"
    if name in _NUMBERS:
        same = f"{_NUMBER.format(told=value)} IS NOT DISTINCT FROM r.{name}"
    elif name in _DATES:
        same = f"{value} IS NOT DISTINCT FROM to_char(r.{name}, 'YYYY-MM-DD')"
    else:
        held = _WAY if name == "method" else f"r.{name}::text"
        same = f"{value} IS NOT DISTINCT FROM {held}"
    return f"CASE WHEN {told} ? '{key}' AND NOT ({same}) THEN '{name}' END"


def _when(condition: str, name: str) -> str:
    return f"CASE WHEN {condition} THEN '{name}' END"


def _other(column: str) -> str:
    return _when(f"r.{column} IS DISTINCT FROM a.actor_id", column)


def _moment(column: str) -> str:
    return _when(_MOMENT.format(f"r.{column}"), column)


def _compared(source: str, *columns: str) -> str:
    wrong = f"array_remove(ARRAY[{', '.join(columns)}], NULL)"
    return f"SELECT * FROM (SELECT r.id, {wrong} AS wrong FROM {source}) AS x WHERE wrong <> '{{}}'"


def _entry(entity: str, action: str, of: str = "r.id") -> str:
    return (
        f"audit_log a ON a.entity = '{entity}' AND a.action = '{action}' AND a.entity_id = {of} "
        "AND (a.after IS NULL OR jsonb_typeof(a.after) = 'object')"
    )


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

_OF_SALE = "CASE r.kind WHEN 'down' THEN s.{} ELSE s.{} END"

_COMPARISONS = {
    "sales": (
        _compared(
            f"sales r JOIN {_entry('sale', 'create')}",
            _columns(_SALE),
            _other("created_by"),
            _moment("created_at"),
            _when("r.ref IS NOT NULL", "ref"),
        ),
        _compared(
            f"sales r JOIN {_entry('sale', 'cancel')}",
            _columns(
                ("cancelled_on", "cancel_reason"),
                keys={"cancelled_on": "on", "cancel_reason": "reason"},
            ),
            _other("cancelled_by"),
            _moment("cancelled_at"),
        ),
        # Who sold and what may be edited, which an entry tells.
        _compared(
            f"sales r JOIN {_entry('sale', 'create')} "
            f"LEFT JOIN ({_SALES_TOLD}) AS e ON e.entity_id = r.id",
            _columns(("description", "seller_id"), "coalesce(e.after, a.after)"),
        ),
        _compared(
            f"sales r JOIN ({_SALES_TOLD}) AS e ON e.entity_id = r.id",
            _columns(("description", "seller_id"), "e.after"),
        ),
        _compared(
            f"sales r LEFT JOIN ({_SALES_TOLD}) AS e ON e.entity_id = r.id",
            _when(
                f"e.entity_id IS NULL AND r.seller_id IS DISTINCT FROM r.created_by AND {_BULK} "
                "AND NOT EXISTS (SELECT FROM audit_log a WHERE a.entity = 'sale' "
                "AND a.action = 'create' AND a.entity_id = r.id)",
                "seller_id",
            ),
            _when(
                "r.cancelled_on IS NULL AND (r.cancelled_at IS NOT NULL OR r.cancelled_by IS NOT "
                "NULL)",
                "cancelled_at",
            ),
            _when(
                "r.ref IS NOT NULL AND num_nonnulls(r.override_reason, r.override_by) > 0",
                "override_reason",
            ),
        ),
    ),
    "payments": (
        _compared(
            f"payments r JOIN {_entry('payment', 'create')}",
            _columns(_PAYMENT),
            _other("received_by"),
            _moment("created_at"),
            _when("r.ref IS NOT NULL", "ref"),
            # Who else paid goes with whoever is anonymised (R28).
            _when(
                f"CASE WHEN a.after ? 'payer' THEN NOT {_PAYER} AND NOT {_ERASED} "
                f"ELSE {_PAYER} END",
                "payer",
            ),
        ),
        _compared(
            f"payments r JOIN {_entry('payment', 'reverse')}",
            _columns(("customer_id", "paid_on", "amount", "method"), "a.before"),
        ),
        # An imported one says in its reference what it is.
        _compared(
            "payments r JOIN payment_items i ON i.payment_id = r.id "
            "JOIN notes n ON n.id = i.note_id JOIN sales s ON s.id = n.sale_id",
            _when(
                "NOT starts_with(r.ref, concat(s.ref, '/', n.number, '/', "
                "to_char(r.paid_on, 'YYYY-MM-DD'), '/', r.amount, '/', r.method, '#')) "
                "OR r.ref !~ '#[1-9][0-9]*$'",
                "ref",
            ),
            *(
                _when(f"r.ref IS NOT NULL AND r.{name} IS NOT NULL", name)
                for name in ("received_by", "backdate_reason", "discount_reason")
            ),
            _when(f"r.ref IS NOT NULL AND {_PAYER}", "payer"),
        ),
        # The parts of a payment that counts follow from its notes; those of a reversed one do not.
        _compared(
            f"(SELECT p.id FROM payments p JOIN reversals u ON u.payment_id = p.id) AS r "
            f"JOIN {_entry('payment', 'create')}",
            _when(
                "jsonb_typeof(a.after -> 'items') = 'array' AND (SELECT jsonb_agg("
                "jsonb_build_array(i.note_id, i.amount::text) ORDER BY i.note_id::text) "
                "FROM payment_items i WHERE i.payment_id = r.id) IS DISTINCT FROM (SELECT "
                f"jsonb_agg(jsonb_build_array(each -> 0, round({_PART}, 2)::text) "
                "ORDER BY each ->> 0) FROM jsonb_array_elements(a.after -> 'items') AS each)",
                "items",
            ),
        ),
    ),
    "proposals": (
        _compared(
            f"proposals r JOIN {_entry('proposal', 'create')}",
            _columns(("customer_id", "made_on", "valid_until")),
            *(
                _when(f"a.after ->> '{name}' IS DISTINCT FROM r.terms #>> '{{asked,{name}}}'", name)
                for name in ("total", "down_payment", "description", "seller_id")
            ),
            _when(
                "a.after ->> 'contract_rate' IS DISTINCT FROM r.terms ->> 'contract_rate'",
                "contract_rate",
            ),
            _other("created_by"),
            _moment("created_at"),
        ),
    ),
    "sale_money": (
        _compared(
            "sale_money r JOIN sales s ON s.id = r.sale_id",
            _when(
                f"r.done_by IS DISTINCT FROM {_OF_SALE.format('created_by', 'cancelled_by')}",
                "done_by",
            ),
            _when(
                "abs(extract(epoch FROM r.created_at - coalesce("
                f"{_OF_SALE.format('created_at', 'cancelled_at')}, s.created_at))) "
                "> 3600",
                "created_at",
            ),
            # What an import brings says nothing of the method.
            _when("s.ref IS NOT NULL AND r.kind = 'down' AND r.method <> 'unknown'", "method"),
        ),
        *(
            _compared(
                f"sale_money r JOIN {_entry('sale', action, 'r.sale_id')}",
                _when(
                    f"r.kind = '{kind}' AND coalesce(a.after ->> '{key}', 'unknown') <> {_WAY}",
                    "method",
                ),
            )
            for kind, action, key in (
                ("down", "create", "down_payment_method"),
                ("refund", "cancel", "refund_method"),
            )
        ),
    ),
    "reversals": (
        _compared(
            f"reversals r JOIN {_entry('payment', 'reverse', 'r.payment_id')}",
            _columns(("reversed_on", "reason"), keys={"reversed_on": "on"}),
            _other("reversed_by"),
            _moment("reversed_at"),
        ),
    ),
    "acts": (
        _compared(
            f"acts r JOIN {_entry('act', 'create')}",
            _columns(_ACT, keys={"kind": "act"}),
            _other("made_by"),
            _moment("created_at"),
        ),
        # What it was to do to each note.
        _compared(
            f"acts r JOIN {_entry('act', 'create')}",
            _when(
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
        _compared(
            f"returns r JOIN {_entry('act', 'create', 'r.act_id')}",
            _columns(
                ("sale_id", "kind", "value", "share", "back", "back_by"), "(a.after->'return')"
            ),
        ),
    ),
    "act_reversals": (
        _compared(
            f"act_reversals r JOIN {_entry('act', 'reverse', 'r.act_id')}",
            _columns(("reversed_on", "reason"), keys={"reversed_on": "on"}),
            _other("reversed_by"),
            _moment("reversed_at"),
        ),
    ),
    "customers": (
        _compared(
            f"customers r JOIN {_entry('customer', 'create')}",
            _other("created_by"),
            _moment("created_at"),
        ),
        _compared(
            f"customers r LEFT JOIN ({_CUSTOMERS_TOLD}) AS a ON a.entity_id = r.id "
            "WHERE r.anonymised_at IS NULL",
            _columns((*_CUSTOMER, "active")),
            _when(
                "abs(extract(epoch FROM r.updated_at - coalesce(a.at, r.created_at))) > 3600",
                "updated_at",
            ),
            _when(f"r.created_by IS NOT NULL AND r.ref IS NOT NULL AND {_BULK}", "created_by"),
            # Whom somebody registered, or an import, is active until somebody says otherwise.
            _when(
                f"NOT r.active AND NOT coalesce(a.after ? 'active', false) "
                f"AND (coalesce(a.created, false) OR r.ref IS NOT NULL AND {_BULK})",
                "active",
            ),
        ),
    ),
    "users": (
        _compared(
            f"users r JOIN ({_USERS_TOLD}) AS a ON a.entity_id = r.id",
            _columns(_USER),
            _when("a.created AND r.created_at > a.at + interval '1 hour'", "created_at"),
        ),
    ),
}


def differences(session: Session) -> Iterator[Problem]:
    """Rows that hold another thing than what the log told of them."""
    for table, statements in _COMPARISONS.items():
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
