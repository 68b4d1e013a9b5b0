"""The summaries, proved: equal to a recount of the facts, and the facts to the ledger.

Sales that are marked as changed are left out: the next refresh folds them in.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Table, text
from sqlalchemy.orm import Session

from credigestor.db.summaries.changes import CALENDAR, CUBES, Cube
from credigestor.db.summaries.customer_changes import DEBTORS, SPANS
from credigestor.db.summaries.facts import NEW_NOTES, NEW_SALES
from credigestor.db.summaries.tables import (
    customer_spans,
    debtor_changes,
    note_facts,
    sale_facts,
)
from credigestor.reports.check.slices import Slice

_EVER = date(1, 1, 1)
_CUBES = {cube.table.name: cube for cube in CUBES}
_OF_CUSTOMERS = {
    table.name: (table, recount)
    for table, recount in ((customer_spans, SPANS), (debtor_changes, DEBTORS))
}
#: The tables of the summaries that are counted again, one at a time.
RECOUNTED = (*_CUBES, *_OF_CUSTOMERS)


def facts_that_differ(session: Session, slice_: Slice) -> Iterator[int]:
    """Ids of a slice's sales whose facts, or whose notes' facts, are not what the ledger says."""
    bounds = {"first": slice_[0], "last": slice_[1]}
    sales, notes = _names(sale_facts), _names(note_facts)
    ledger = f"""
WITH stale_now AS (
    SELECT id AS sale_id FROM sales
    WHERE id BETWEEN :first AND :last AND id NOT IN (SELECT sale_id FROM stale_sales)
), changed_sales (sign, {sales}) AS MATERIALIZED ({NEW_SALES}),
changed_notes (sign, {notes}) AS ({NEW_NOTES})
"""
    for table, new, names in (
        (sale_facts, "changed_sales", sales),
        (note_facts, "changed_notes", notes),
    ):
        kept = (
            f"SELECT {names} FROM {table.name} WHERE sale_id BETWEEN :first AND :last "
            "AND sale_id NOT IN (SELECT sale_id FROM stale_sales)"
        )
        now = f"SELECT {names} FROM {new}"
        yield from session.scalars(
            text(
                f"{ledger} SELECT DISTINCT sale_id FROM ("
                f"({now} EXCEPT {kept}) UNION ALL ({kept} EXCEPT {now})) AS difference "
                "ORDER BY sale_id"
            ),
            bounds,
        )


def rows_that_differ(session: Session, name: str) -> int:
    """How many rows of a table of RECOUNTED are not what the facts give."""
    closed_until = session.scalar(text("SELECT closed_until FROM summary_state"))
    if closed_until is None:
        return 0
    # Hundreds of thousands of sums are kept while millions of facts pass by.
    session.execute(text("SET LOCAL work_mem = '128MB'"))
    facts = (
        "WITH changed_sales AS NOT MATERIALIZED (SELECT 1 AS sign, * FROM sale_facts), "
        "changed_notes AS NOT MATERIALIZED (SELECT 1 AS sign, * FROM note_facts) "
    )
    if name in _CUBES:
        cube = _CUBES[name]
        days = {"first": _EVER, "last": closed_until} if cube in CALENDAR else {}
        return session.scalar(text(facts + _difference(cube)), days) or 0
    table, recount = _OF_CUSTOMERS[name]
    names = _names(table)
    kept = f"SELECT {names} FROM {table.name}"
    if table is debtor_changes:
        kept += " WHERE debtors <> 0 OR late <> 0"
    different = text(
        f"{facts} SELECT count(*) FROM (({kept} EXCEPT ({recount})) UNION ALL "
        f"(({recount}) EXCEPT {kept})) AS difference"
    )
    return session.scalar(different) or 0


def _difference(cube: Cube) -> str:
    keys = ", ".join(column.name for column in cube.table.primary_key)
    different = " OR ".join(
        f"coalesce(kept.{name}, 0) <> coalesce(recount.{name}, 0)" for name in cube.measures
    )
    return (
        f"SELECT count(*) FROM {cube.table.name} AS kept "
        f"FULL JOIN ({_recount(cube)}) AS recount USING ({keys}) WHERE {different}"
    )


def _recount(cube: Cube) -> str:
    """Its rows from the facts; those of months from the days kept, which are proved beside."""
    rows = _sums(
        cube, cube.keys, f"({cube.select}) AS parts, unnest(segments) AS segment_id", "'d'"
    )
    if not cube.grain:
        return rows
    months = ["date_trunc('month', day)::date AS day" if key == "day" else key for key in cube.keys]
    kept = _sums(cube, months, f"{cube.table.name} WHERE grain = 'd'", "'m'")
    return f"{rows} UNION ALL {kept}"


def _sums(cube: Cube, keys: list[str], source: str, grain: str) -> str:
    names = ["segment_id", *([f"{grain} AS grain"] if cube.grain else []), *keys]
    sums = [f"sum({measure}) AS {measure}" for measure in cube.measures]
    places = ", ".join(str(place) for place in range(1, len(names) + 1))
    return f"SELECT {', '.join([*names, *sums])} FROM {source} GROUP BY {places}"


def _names(table: Table) -> str:
    return ", ".join(column.name for column in table.c)
