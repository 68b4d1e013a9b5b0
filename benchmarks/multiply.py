"""Make a shop many times as large from a loaded one: all that is in it so many times, in SQL.

The loader's rules are Python and take a quarter of an hour for half a million notes; here the rows
that they made are read and written anew by the server, with other ids. Copies lie between each
other, so that numbers grow with the days as in a shop that lived so long. Nobody sells more: the
sellers, cities and days stay, each has more of everything. The summaries come along: their facts
as the sales, their sums times the copies; `check` must find nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from sqlalchemy import Connection, Engine, Table, text

from credigestor.db.loading import bulk_load, copying
from credigestor.db.loading.bulk_load import Filling
from credigestor.db.models import ACT_NUMBERS, INSTALLATION, Base
from credigestor.db.summaries import tables as summaries
from credigestor.db.summaries.changes import CUBES

#: Whose rows are there once for each copy, with ids of their own.
_COPIED = (
    *("customers", "sales", "notes", "payments", "payment_items", "reversals", "sale_money"),
    *("acts", "act_items", "returns", "renegotiations", "credit_movements", "audit_log"),
    *("sale_facts", "note_facts", "customer_spans"),
)
_SUMMED = {cube.table.name: cube.measures for cube in CUBES} | {
    summaries.debtor_changes.name: ["debtors", "late"]
}
_AS_THEY_ARE = ("users", "settings", "segments", "summary_state")
#: Digests of what the audit log holds in the end.
_SEALS = "audit_seals"
_KNOWN = (*_COPIED, *_SUMMED, *_AS_THEY_ARE, _SEALS)
_CSV = "FORMAT csv, HEADER"


def multiply(source: Engine, target: Engine, copies: int, *, schema: str) -> None:
    """Fill the target's freshly migrated schema with so many copies of a loaded shop.

    Keys and indexes are built, and foreign keys proved, when the rows are there. Raises ValueError
    where the shop has rows of a table that no loader fills: those of the counter may name others
    in ways that are not known here.
    """
    with source.connect() as connection:
        rows = _rows(connection)
        last = connection.scalar(text(f"SELECT last_value FROM {ACT_NUMBERS}"))
    if unknown := {name for name in rows if rows[name]} - set(_KNOWN):
        raise ValueError(f"not a loaded shop: rows in {', '.join(sorted(unknown))}")
    seals = rows.pop(_SEALS)
    sequences = {"payments": copies * (last or 0)}
    selects = {name: _select(name, copies) for name in rows}
    fill = partial(_fill, target, schema, copies)
    fill(source, rows, selects, sequences)
    # From the entries as they are now; to make them over again costs more than to read them.
    fill(target, {_SEALS: seals}, {_SEALS: _SEAL}, {})
    with target.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))


def _rows(connection: Connection) -> dict[str, int]:
    """How many each of the shop's tables has: all of them, for they refer to each other."""
    names = bulk_load.columns(connection).keys() - INSTALLATION - {"alembic_version"}
    return {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names}


def _fill(
    target: Engine,
    schema: str,
    copies: int,
    source: Engine,
    rows: Mapping[str, int],
    selects: Mapping[str, str],
    sequences: Mapping[str, int],
) -> None:
    def blocks(name: str) -> Iterator[bytes]:
        with source.connect() as connection:
            yield from copying.copy_out(connection, selects[name], _CSV, copying.Rows())

    bulk_load.fill(
        target,
        schema,
        [
            Filling(
                name,
                columns := [column.name for column in Base.metadata.tables[name].c],
                rows=count * (copies if name in (*_COPIED, _SEALS) else 1),
                size=count * len(columns),  # says only with which to begin
            )
            for name, count in rows.items()
        ],
        blocks,
        sequences,
        lambda _: None,
    )


def _select(name: str, copies: int) -> str:
    """The rows of a table of the larger shop, read from the smaller one."""
    table = Base.metadata.tables[name]
    if name in _COPIED:
        other = _columns(table, copies)
        source = f"{name}, generate_series(0, {copies - 1}) AS copy"
        order = [*(f"{name}.{key.name}" for key in table.primary_key), "copy"]
    else:
        other = {measure: f"{copies} * {measure}" for measure in _SUMMED.get(name, ())}
        source, order = name, [key.name for key in table.primary_key] or ["1"]
    columns = (f'{other.get(each.name, each.name)} AS "{each.name}"' for each in table.c)
    return f"SELECT {', '.join(columns)} FROM {source} ORDER BY {', '.join(order)}"


def _columns(table: Table, copies: int) -> dict[str, str]:
    """What a copy's row holds where that is not what the original holds."""
    new = partial(_new, copies=copies)
    columns = {
        column.name: new(column.name)
        for column in table.c
        if column.name in ("id", "sale_id", "customer_id", "note_id")
        or (
            any(key.column.table.name in _COPIED for key in column.foreign_keys)
            and next(iter(column.foreign_keys)).column.name == "id"
        )
    }
    if "operation_id" in table.c:  # a waiver's is that of its payment
        columns["operation_id"] = "md5(operation_id::text || ' ' || copy)::uuid"
    return columns | _OTHERS.get(table.name, lambda _: {})(copies)


def _new(number: str, *, copies: int) -> str:
    """A copy's id instead of the original's; `copy` counts from 0."""
    return f"(({number}) - 1) * {copies} + 1 + copy"


def _of_customers(copies: int) -> dict[str, str]:
    number = _new("id", copies=copies)
    return {"tax_id": _cpf(number), "phone": f"'+55859' || (80000000 + {number})"}


def _cpf(number: str) -> str:
    """As `business.cpf`, of a number that fits nine digits."""
    digits = f"lpad(({number})::text, 9, '0')"
    for first in (10, 11):
        weighed = " + ".join(
            f"{first - place} * substr(d, {place + 1}, 1)::integer" for place in range(first - 1)
        )
        digits = (
            f"(SELECT d || (11 - ({weighed}) % 11) % 11 % 10 FROM (SELECT {digits} AS d) AS of)"
        )
    return digits


def _of_facts(copies: int) -> dict[str, str]:
    """0 is the note as it was made; what is below, the second part of one that was parted."""
    new = partial(_new, copies=copies)
    parted = f"-1 - ({new('-1 - act_id')})"
    return {
        "act_id": f"CASE WHEN act_id > 0 THEN {new('act_id')}"
        f" WHEN act_id < -1 THEN {parted} ELSE act_id END"
    }


def _of_the_log(copies: int) -> dict[str, str]:
    return {
        "entity_id": _new("entity_id", copies=copies),
        "before": _told("before", copies),
        "after": _told("after", copies),
    }


def _told(entry: str, copies: int) -> str:
    """The entry with the ids that it names made the copy's."""
    ids = f"""(
        SELECT jsonb_object_agg(key, {_new("value::integer", copies=copies)})
        FROM jsonb_each({entry})
        WHERE key IN ('customer_id', 'sale', 'act_id', 'payment_id', 'waiver_id')
            AND jsonb_typeof(value) = 'number'
    )"""
    items = f"""(
        SELECT jsonb_build_object('items', jsonb_agg(jsonb_build_array(
            {_new("(item -> 0)::integer", copies=copies)}, item -> 1) ORDER BY place))
        FROM jsonb_array_elements({entry} -> 'items') WITH ORDINALITY AS of (item, place)
    )"""
    notes = f"""(
        SELECT jsonb_build_object('on_notes', jsonb_agg(item || jsonb_build_object('note',
            {_new("(item -> 'note')::integer", copies=copies)}) ORDER BY place))
        FROM jsonb_array_elements({entry} -> 'on_notes') WITH ORDINALITY AS of (item, place)
    )"""
    return (
        f"CASE WHEN jsonb_typeof({entry}) = 'object' THEN {entry} || coalesce({ids}, '{{}}')"
        f" || CASE WHEN {entry} ? 'items' THEN {items} ELSE '{{}}' END"
        f" || CASE WHEN {entry} ? 'on_notes' THEN {notes} ELSE '{{}}' END"
        f" ELSE {entry} END"
    )


_OTHERS = {
    "customers": _of_customers,
    "note_facts": _of_facts,
    "audit_log": _of_the_log,
}
_SEAL = """
SELECT id,
    audit_seal(id, at, actor_id, actor_name, action, entity, entity_id, before, after) AS seal
FROM audit_log ORDER BY id
"""
