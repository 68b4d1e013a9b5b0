"""Pieces of the SQL that lays a row beside what the audit log told of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from credigestor.rules.methods import Method

# Numbers are told as they were typed ("10", "10.00"), the rest as one text.
NUMBER = (
    "CASE WHEN {told} ~ '^-?[0-9]{{1,12}}([.][0-9]{{1,20}})?([eE][+-]?[0-9]{{1,2}})?$' "
    "THEN ({told})::numeric END"
)
PART = NUMBER.format(told="each ->> 1")
_MONEY = ("total", "down_payment", "contract_rate", "late_rate", "fine_rate", "amount")
_NUMBERS = frozenset(
    {*_MONEY, "credit_limit", "value", "share", "back", "paid", "old_interest", "old_fine"}
)
_DATES = frozenset(
    {
        *("sold_on", "first_due_date", "paid_on", "acted_on", "birth_date", "reversed_on"),
        *("cancelled_on", "made_on", "valid_until", "moved_on", "first_sold_on", "until"),
        *("contacted_on", "due_on", "on_time_until", "withdrawn_on"),
    }
)

#: A record's method, or the part of each, as the log tells it (R36).
WAY = (
    "CASE WHEN r.method = 'several' THEN concat_ws(' + ', "
    + ", ".join(f"'{method} ' || r.{method}" for method in Method)
    + ") ELSE r.method END"
)
#: A row is written in the transaction of its entry, which has the moment when that began.
_MOMENT = "{0} < a.at - interval '1 minute' OR {0} > a.at + interval '1 hour'"


def columns(
    names: tuple[str, ...], told: str = "a.after", keys: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The names of those columns of `r` that are not what `told` has under their key."""
    return ", ".join(_column(name, told, keys.get(name, name)) for name in names)


def _column(name: str, told: str, key: str) -> str:
    value = f"{told} ->> '{key}'"
    if name in _NUMBERS:
        same = f"{NUMBER.format(told=value)} IS NOT DISTINCT FROM r.{name}"
    elif name in _DATES:
        same = f"{value} IS NOT DISTINCT FROM to_char(r.{name}, 'YYYY-MM-DD')"
    else:
        held = WAY if name == "method" else f"r.{name}::text"
        same = f"{value} IS NOT DISTINCT FROM {held}"
    return f"CASE WHEN {told} ? '{key}' AND NOT ({same}) THEN '{name}' END"


def when(condition: str, name: str) -> str:
    """The name, where the condition holds."""
    return f"CASE WHEN {condition} THEN '{name}' END"


def other(column: str) -> str:
    """The name of a column of `r` that is not who acted."""
    return when(f"r.{column} IS DISTINCT FROM a.actor_id", column)


def moment(column: str) -> str:
    """The name of a column of `r` that is not of the entry's moment."""
    return when(_MOMENT.format(f"r.{column}"), column)


def whose(sales: str, told: str = "a.after") -> str:
    """`customer_id`, where `r` is another one's than was told, nor a sale of it was moved since.

    `sales` selects the sales that it belongs to.
    """
    value = f"{told} ->> 'customer_id'"
    return when(
        f"{told} ? 'customer_id' AND {value} IS DISTINCT FROM r.customer_id::text AND NOT EXISTS "
        f"(SELECT FROM customer_moves m WHERE m.from_id::text = {value} "
        f"AND m.sale_id IN ({sales}))",
        "customer_id",
    )


def compared(source: str, *columns: str) -> str:
    """SELECT of the rows of `r` of which something is wrong: id and names."""
    wrong = f"array_remove(ARRAY[{', '.join(columns)}], NULL)"
    return f"SELECT * FROM (SELECT r.id, {wrong} AS wrong FROM {source}) AS x WHERE wrong <> '{{}}'"


def entry(entity: str, action: str, of: str = "r.id") -> str:
    """The entry that tells of an action on `r`, to be joined as `a`."""
    return (
        f"audit_log a ON a.entity = '{entity}' AND a.action = '{action}' AND a.entity_id = {of} "
        "AND (a.after IS NULL OR jsonb_typeof(a.after) = 'object')"
    )
