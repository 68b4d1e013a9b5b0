"""Rows of the summaries for a part of the portfolio, and the condition of an as-of date.

    rows = changes("aging_changes", scope)
    select(rows.c.band, func.sum(rows.c.principal)).where(known_by(rows, as_of)).group_by(...)

One filter at most is a segment: its rows are stored. Two or more are computed from the facts
of the sales that they leave, by the SQL that fills the summaries.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    any_,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import Session

from credigestor.db.summaries.changes import CUBES
from credigestor.db.summaries.tables import note_facts, sale_facts, segments, summary_state
from credigestor.reports.scope import EVERYTHING, Scope

_CUBES = {cube.table.name: cube for cube in CUBES}
_Days = tuple[date, date]
#: Before any sale.
EVER = date(1, 1, 1)


def keys_of(scope: Scope) -> list[tuple[str, str]]:
    """The segments (kind, key) that all hold for a scope; that of the whole for none."""
    found = [
        (kind, str(value))
        for kind, value in (("seller", scope.seller), ("city", scope.city), ("value", scope.value))
        if value is not None
    ]
    return found or [("all", "")]


def segment_id(kind: str, key: str) -> ColumnElement[int]:
    """The id of a segment, as a scalar subquery; NULL for one that there is not."""
    return (
        select(segments.c.id)
        .where(segments.c.kind == kind, segments.c.key == key)
        .scalar_subquery()
    )


def changes(
    name: str, scope: Scope, *, sold_from: date = EVER, standing_on: date = EVER
) -> FromClause:
    """The rows of a table of changes, flows or recoveries for a scope.

    Whoever asks for sales of some cohorts alone names the first day as `sold_from`: rows that
    have to be computed are then made without older sales. Stored ones have them nevertheless.
    Whoever asks only what stands, and for nothing that was paid or given up, names the first of
    their days as `standing_on`: what a note was before it need not be computed either.
    """
    wanted = keys_of(scope)
    if len(wanted) == 1:
        return _stored(name, wanted[0])
    return _computed(name, wanted, None, sold_from, standing_on)


def by_calendar(
    session: Session, name: str, scope: Scope, first: date, last: date, *, today: date
) -> FromClause:
    """The rows of `charges` or `rolls` for a scope from one day to another.

    Days to come are not stored, nor are those that no refresh has come to yet: they are
    computed, as if nobody paid any more.
    """
    wanted = keys_of(scope)
    if len(wanted) == 1 and last <= today:
        closed_until = session.scalar(select(summary_state.c.closed_until))
        if closed_until is not None and last <= closed_until:
            return _stored(name, wanted[0])
    return _computed(name, wanted, (first, last))


def families(name: str, kind: str) -> FromClause:
    """The rows of a summary for every seller, city or value range, named by column `key`."""
    table = _CUBES[name].table
    ids = func.array(select(segments.c.id).where(segments.c.kind == kind).scalar_subquery())
    return (
        select(segments.c.key, table)
        .join_from(table, segments, segments.c.id == table.c.segment_id)
        # the ids as an array: the index is searched for each, and those of other kinds not read
        .where(table.c.segment_id == any_(ids))
        .subquery(name)
    )


def known_by(rows: FromClause, as_of: date) -> ColumnElement[bool]:
    """Whether a row of a table of changes belongs to the state at the end of a day.

    Whole months before, then the days of its month.
    """
    month = as_of.replace(day=1)
    return or_(
        and_(rows.c.grain == literal_column("'m'"), rows.c.day < month),
        and_(rows.c.grain == literal_column("'d'"), rows.c.day.between(month, as_of)),
    )


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """Whether facts of sales or notes belong to a scope."""
    wanted = [segment_id(*key) for key in keys_of(scope)]
    return and_(*(key == any_(sale_facts.c.segments) for key in wanted))


def sold_in(scope: Scope, sale_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the sale of a row of the ledger belongs to a scope."""
    if scope == EVERYTHING:
        return true()
    facts = select(sale_facts.c.sale_id).where(sale_facts.c.sale_id == sale_id, in_scope(scope))
    return facts.exists()


def _stored(name: str, segment: tuple[str, str]) -> FromClause:
    table = _CUBES[name].table
    return select(table).where(table.c.segment_id == segment_id(*segment)).subquery(name)


def _computed(
    name: str,
    wanted: list[tuple[str, str]],
    days: _Days | None,
    sold_from: date = EVER,
    standing_on: date = EVER,
) -> FromClause:
    cube = _CUBES[name]
    ids = " AND ".join(
        f"segments @> ARRAY[(SELECT id FROM segments WHERE kind = :kind_{k} AND key = :key_{k})]"
        for k in range(len(wanted))
    )
    sale = ", ".join(_as_one_segment(c.name) for c in sale_facts.c)
    note = ", ".join(_as_one_segment(c.name) for c in note_facts.c)
    with_facts = (
        f"WITH changed_sales AS (SELECT 1 AS sign, {sale} FROM sale_facts "
        f"WHERE sold_on >= :sold_from AND {ids}), "
        f"changed_notes AS (SELECT 1 AS sign, {note} FROM note_facts "
        "WHERE valid_to > :standing_on AND sale_id IN (SELECT sale_id FROM changed_sales)) "
    )
    statement = text(f"{with_facts} SELECT * FROM ({cube.by_segment}) AS rows")
    params: dict[str, Any] = {"sold_from": sold_from, "standing_on": standing_on}
    for k, (kind, key) in enumerate(wanted):
        params |= {f"kind_{k}": kind, f"key_{k}": key}
    if days:
        params |= {"first": days[0], "last": days[1]}
    columns = {c.name: c.type for c in cube.table.c}
    return statement.bindparams(**params).columns(**columns).subquery(cube.table.name)


def _as_one_segment(name: str) -> str:
    return "ARRAY[0] AS segments" if name == "segments" else name
