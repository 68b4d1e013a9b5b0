"""What facts put into the cubes: one SELECT a cube, over `changed_sales` and `changed_notes`.

`sign` is 1 for facts that come and -1 for facts that go. Everything but charges and rolls is
known for all days to come as well, as long as nobody pays: a note's way through the bands is
fixed by its dates. Those two grow with the calendar: `:first` and `:last` bound their days.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table

from credigestor.db.summaries import tables
from credigestor.db.summaries.bands import (
    INHERITED_BAND,
    INHERITS,
    LATE,
    band_with_risk,
    bands,
)
from credigestor.db.summaries.cohorts import COHORT

#: Days are summed from here, so that the mean of days late is one subtraction.
EPOCH = "DATE '2000-01-01'"


@dataclass(frozen=True)
class Cube:
    """A table, and the SELECT of (segments, its keys, its measures) that changes it."""

    table: Table
    select: str

    @property
    def grain(self) -> bool:
        """Whether it keeps days and months."""
        return "grain" in self.table.c

    @property
    def keys(self) -> list[str]:
        """Key columns after the segment and the grain."""
        return [c.name for c in self.table.primary_key if c.name not in ("segment_id", "grain")]

    @property
    def measures(self) -> list[str]:
        """Columns that are summed."""
        return [c.name for c in self.table.c if not c.primary_key]

    @property
    def by_segment(self) -> str:
        """The SELECT with one row per segment and key, months beside days where kept."""
        keys = list(self.keys)
        grain = []
        source = "unnest(contribution.segments) AS segment_id"
        if self.grain:
            keys.remove("day")
            grain = ["grain.grain", "grain.day"]
            source += (
                ", LATERAL (VALUES ('d', contribution.day),"
                " ('m', date_trunc('month', contribution.day)::date)) AS grain(grain, day)"
            )
        names = ["segment_id", *grain, *keys]
        sums = [f"sum(contribution.{m}) AS {m}" for m in self.measures]
        return f"""
WITH contribution AS MATERIALIZED (
    SELECT segments, {", ".join(self.keys)},
        {", ".join(f"sum({m}) AS {m}" for m in self.measures)}
    FROM ({self.select}) AS parts
    GROUP BY segments, {", ".join(self.keys)}
    HAVING {" OR ".join(f"sum({m}) <> 0" for m in self.measures)}
)
SELECT {", ".join([*names, *sums])}
FROM contribution, {source}
GROUP BY {", ".join(names)}
ORDER BY {", ".join(names)}
"""

    @property
    def upsert(self) -> str:
        """The INSERT that adds the changes to what is there."""
        key = ", ".join(c.name for c in self.table.primary_key)
        name = self.table.name
        return (
            f"INSERT INTO {name} ({key}, {', '.join(self.measures)}) {self.by_segment} "
            f"ON CONFLICT ({key}) DO UPDATE SET "
            + ", ".join(f"{m} = {name}.{m} + excluded.{m}" for m in self.measures)
        )


# While its risk is inherited, a note is in no band below that of the old debt: it stands there from
# the beginning until its own lateness takes it on (R15).
_AGING = f"""
SELECT segments, step.day, place.band::smallint AS band,
    sign * step.way * principal AS principal, sign * step.way AS notes,
    sign * step.way * (due_date - {EPOCH})::bigint AS due_days, 0 AS paid,
    0 AS inherited, 0 AS heirs, 0 AS lost
FROM changed_notes
CROSS JOIN LATERAL (SELECT CASE WHEN {INHERITS} THEN {INHERITED_BAND} END AS risk) AS old
CROSS JOIN LATERAL {bands()}
CROSS JOIN LATERAL (SELECT band.band,
    CASE WHEN band.band = old.risk THEN valid_from ELSE GREATEST(valid_from, band.starts) END
        AS starts,
    CASE WHEN band.band < old.risk THEN valid_from ELSE LEAST(valid_to, band.ends) END AS ends
) AS place
CROSS JOIN LATERAL (VALUES (place.starts, 1), (place.ends, -1)) AS step(day, way)
WHERE principal > 0 AND step.day < 'infinity' AND place.starts < place.ends
UNION ALL
SELECT segments, step.day, band.band::smallint, 0, 0,
    sign * step.heir * ({EPOCH} - due_date)::bigint, 0, sign * step.way * principal,
    sign * step.heir, 0
FROM changed_notes
JOIN LATERAL {bands()} ON band.band = {INHERITED_BAND}
CROSS JOIN LATERAL (VALUES
    (valid_from, 1, 0, valid_from < band.starts),
    (LEAST(valid_to, band.starts), -1, 0, valid_from < band.starts),
    (valid_from, 0, 1, valid_from < {LATE}),
    (LEAST(valid_to, {LATE}), 0, -1, valid_from < {LATE})
) AS step(day, way, heir, happens)
WHERE {INHERITS} AND principal > 0 AND valid_from < valid_to AND step.day < 'infinity'
    AND step.happens
UNION ALL
SELECT segments, valid_from, ({band_with_risk("valid_from", "<=")})::smallint, 0, 0, 0,
    sign * paid_principal, 0, 0, 0
FROM changed_notes WHERE paid_principal > 0
UNION ALL
SELECT segments, valid_from, ({band_with_risk("valid_from", "<=")})::smallint, 0, 0, 0,
    0, 0, 0, sign * act_principal
FROM changed_notes WHERE act_kind = 'write_off'
"""

_DUE = f"""
SELECT segments, step.day, date_trunc('month', due_date)::date AS due_month,
    sign * step.open * principal AS principal, sign * step.late * principal AS overdue,
    sign * step.open AS notes, 0 AS on_time, 0 AS late, sign * step.heir * principal AS inherited,
    0 AS lost
FROM changed_notes
CROSS JOIN LATERAL (VALUES
    (valid_from, 1, 0, 0, true),
    (GREATEST(valid_from, {LATE}), 0, 1, 0, {LATE} < valid_to),
    (valid_to, -1, CASE WHEN {LATE} < valid_to THEN -1 ELSE 0 END, 0, true),
    (valid_from, 0, 0, 1, {INHERITS} AND valid_from < {LATE}),
    (LEAST({LATE}, valid_to), 0, 0, -1, {INHERITS} AND valid_from < {LATE})
) AS step(day, open, late, heir, happens)
WHERE principal > 0 AND valid_from < valid_to AND step.day < 'infinity' AND step.happens
UNION ALL
SELECT segments, valid_from, date_trunc('month', due_date)::date, 0, 0, 0,
    CASE WHEN valid_from <= on_time_until THEN sign * paid_principal ELSE 0 END,
    CASE WHEN valid_from <= on_time_until THEN 0 ELSE sign * paid_principal END, 0, 0
FROM changed_notes WHERE paid_principal > 0
UNION ALL
SELECT segments, valid_from, date_trunc('month', due_date)::date, 0, 0, 0, 0, 0, 0,
    sign * act_principal
FROM changed_notes WHERE act_kind = 'write_off'
"""

_FLOWS = """
SELECT segments, sold_on AS day, cancelled_on, sign AS sales, sign * total AS sold,
    sign * financed AS financed, sign * installments AS installments,
    0 AS principal, 0 AS interest, 0 AS fine, 0 AS discount
FROM changed_sales WHERE cohort_on IS NULL
UNION ALL
SELECT segments, valid_from, 'infinity', 0, 0, 0, 0,
    money * sign * (paid_principal - old_interest - old_fine),
    money * sign * (paid_interest + old_interest), money * sign * (paid_fine + old_fine),
    sign * discount
FROM changed_notes CROSS JOIN LATERAL (SELECT (act_kind IS NULL)::integer AS money) AS by
WHERE act_id > 0 AND (act_kind IS NULL OR act_kind = 'credit')
"""

_ACT_FLOWS = """
SELECT segments, valid_from AS day, act_kind AS kind, sign * act_principal AS principal,
    sign * act_interest AS interest, sign * act_fine AS fine
FROM changed_notes WHERE act_kind IS NOT NULL
UNION ALL
SELECT n.segments, s.sold_on, 'renegotiated_in', n.sign * n.principal, 0, 0
FROM changed_notes n JOIN changed_sales s USING (sign, sale_id)
WHERE s.cohort_on IS NOT NULL AND s.cancelled_on > s.sold_on AND n.act_id = 0
"""

_CHARGES = """
SELECT segments, day.day,
    sign * (interest + late_interest(principal, late_rate, interest_from, day.day)) AS interest,
    sign * fine AS fine
FROM changed_notes
CROSS JOIN LATERAL (
    SELECT GREATEST(valid_from, free_until + 1, CAST(:first AS date)) AS first,
        LEAST(valid_to - 1, CAST(:last AS date)) AS last
) AS bounds
CROSS JOIN LATERAL (
    SELECT bounds.first + n AS day FROM generate_series(0, bounds.last - bounds.first) AS n
) AS day
WHERE principal > 0 AND valid_to > :first AND bounds.first <= bounds.last
"""

_ENDED = ", ".join(f"('{kind}', {place})" for kind, place in tables.ENDED.items())
_ROLLS = f"""
SELECT segments, months.month,
    (CASE WHEN sold_on >= months.month THEN -1
        ELSE {band_with_risk("(months.month - 1)", "<")} END)::smallint AS from_band,
    ({band_with_risk("months.ends", "<")})::smallint AS to_band, sign * principal AS principal
FROM changed_notes
CROSS JOIN LATERAL (
    SELECT GREATEST(valid_from, CASE WHEN NOT coalesce({INHERITS}, false) THEN {LATE} END,
            CAST(:first AS date)) AS first,
        LEAST(valid_to - 1, CAST(:last AS date)) AS last
) AS bounds
CROSS JOIN LATERAL (
    SELECT m::date AS month, (m + interval '1 month')::date - 1 AS ends
    FROM generate_series(date_trunc('month', bounds.first), bounds.last, interval '1 month') AS m
) AS months
WHERE principal > 0 AND valid_to > :first AND bounds.first <= bounds.last
    AND months.ends BETWEEN bounds.first AND bounds.last
UNION ALL
SELECT segments, gone.month, ({band_with_risk("(gone.month - 1)", "<")})::smallint,
    ended.place::smallint, sign * act_principal
FROM changed_notes
JOIN (VALUES {_ENDED}) AS ended(kind, place) ON ended.kind = act_kind
CROSS JOIN LATERAL (SELECT date_trunc('month', valid_from)::date AS month) AS gone
WHERE act_principal > 0 AND sold_on < gone.month
"""

_RECOVERIES = f"""
SELECT segments, date_trunc('month', {LATE})::date AS month,
    CASE WHEN on_time_until >= valid_from AND on_time_until < valid_to
        THEN sign * principal ELSE 0 END AS became,
    {
    ", ".join(
        f"CASE WHEN valid_from - on_time_until BETWEEN 1 AND {days} "
        f"THEN sign * paid_principal ELSE 0 END AS by_{days}"
        for days in tables.RECOVERY_DAYS
    )
}
FROM changed_notes
WHERE paid_principal > 0 OR (on_time_until >= valid_from AND on_time_until < valid_to)
"""

#: Cubes whose facts alone decide them, for all days.
TIMELESS = (
    Cube(tables.aging_changes, _AGING),
    Cube(tables.due_changes, _DUE),
    Cube(tables.cohort_changes, COHORT),
    Cube(tables.flows, _FLOWS),
    Cube(tables.act_flows, _ACT_FLOWS),
    Cube(tables.recoveries, _RECOVERIES),
)
#: Cubes that hold days up to `summary_state.closed_until`.
CALENDAR = (Cube(tables.charges, _CHARGES), Cube(tables.rolls, _ROLLS))
CUBES = (*TIMELESS, *CALENDAR)

# What acts took off is of their own day, and was counted with them: the calendar adds none of it.
_OPEN = ", ".join(
    "CAST(NULL AS text) AS act_kind" if column.name == "act_kind" else column.name
    for column in tables.note_facts.c
)
#: In front of a calendar's cube: what it needs of all facts instead of the changed ones.
ALL_OPEN = f"""
changed_notes AS (
    SELECT 1 AS sign, {_OPEN} FROM note_facts WHERE principal > 0 AND valid_to > :first
)
"""
