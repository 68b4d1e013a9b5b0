"""What facts put into the cube of a month's sales, over `changed_sales` and `changed_notes`."""

from __future__ import annotations

from credigestor.db.summaries.bands import INHERITS, LATE
from credigestor.rules.aging import OVER_DAYS

#: A later date agreed does not make a vintage younger (R19, R32).
_FIRST_DUE = "coalesce(original_due_date, due_date)"
_FIRST_LATE = f"CASE WHEN original_due_date IS NULL THEN {LATE} END"
#: Nor does a renegotiation: the month of the first sale keeps the balance (R15).
_COHORT_MONTH = "date_trunc('month', coalesce(cohort_on, sold_on))::date"
#: Notes late by the dates that a sale was made with, and by those in force; and what is open of the
#: sales that have any.
_LATE_NOTES = ("late_30", "late_90", "dragged_30", "dragged_90")
_WHOLE_CONTRACTS = ("over_30", "over_90", "contracts_over_30", "contracts_over_90")
COHORT = f"""
WITH spans AS (
    SELECT sign, sale_id, segments, {_COHORT_MONTH} AS cohort, principal,
        valid_from, valid_to,
        {
    ", ".join(
        f"LEAST(GREATEST(valid_from, {late}, {due} + {days + 1}), "
        f"CASE WHEN {INHERITS} AND inherited_days > {days} THEN valid_from END) AS {name}_{days}"
        for days in OVER_DAYS
        for name, late, due in (("from", _FIRST_LATE, _FIRST_DUE), ("agreed", LATE, "due_date"))
    )
}
    FROM changed_notes WHERE principal > 0 AND valid_from < valid_to
), events AS (
    SELECT sign, sale_id, segments, cohort, step.day, step.way * principal AS balance,
        step.late_30, step.late_90, step.dragged_30, step.dragged_90
    FROM spans CROSS JOIN LATERAL (VALUES
        (valid_from, 1, 0, 0, 0, 0, true), (valid_to, -1, 0, 0, 0, 0, true),
        (from_30, 0, 1, 0, 0, 0, from_30 < valid_to),
        (valid_to, 0, -1, 0, 0, 0, from_30 < valid_to),
        (from_90, 0, 0, 1, 0, 0, from_90 < valid_to),
        (valid_to, 0, 0, -1, 0, 0, from_90 < valid_to),
        (agreed_30, 0, 0, 0, 1, 0, agreed_30 < valid_to),
        (valid_to, 0, 0, 0, -1, 0, agreed_30 < valid_to),
        (agreed_90, 0, 0, 0, 0, 1, agreed_90 < valid_to),
        (valid_to, 0, 0, 0, 0, -1, agreed_90 < valid_to)
    ) AS step(day, way, late_30, late_90, dragged_30, dragged_90, happens)
    WHERE step.happens AND step.day < 'infinity'
        AND (sign, sale_id) IN (SELECT sign, sale_id FROM spans WHERE from_30 < valid_to)
), days AS (
    SELECT sign, sale_id, segments, cohort, day, sum(balance) AS balance,
        {", ".join(f"sum({name}) AS {name}" for name in _LATE_NOTES)}
    FROM events GROUP BY sign, sale_id, segments, cohort, day
), run AS (
    SELECT sign, sale_id, segments, cohort, day, sum(balance) OVER so_far AS balance,
        {", ".join(f"sum({name}) OVER so_far AS {name}" for name in _LATE_NOTES)}
    FROM days WINDOW so_far AS (PARTITION BY sign, sale_id ORDER BY day)
), dragged AS (
    SELECT sign, sale_id, segments, cohort, day,
        {
    ", ".join(
        f"CASE WHEN {notes} > 0 THEN balance ELSE 0 END AS {name}"
        for name, notes in zip(_WHOLE_CONTRACTS, _LATE_NOTES, strict=True)
    )
}
    FROM run
)
SELECT segments, day, cohort, 0 AS sales, 0 AS financed,
    {
    ", ".join(
        f"sign * ({name} - lag({name}, 1, 0.0) OVER before) AS {name}" for name in _WHOLE_CONTRACTS
    )
},
    0 AS reached, 0 AS unpaid
FROM dragged WINDOW before AS (PARTITION BY sign, sale_id ORDER BY day)
UNION ALL
SELECT segments, step.day, date_trunc('month', sold_on)::date, sign * step.sold,
    sign * step.sold * financed, 0, 0, 0, 0,
    sign * step.judged, CASE WHEN defaulted THEN sign * step.judged ELSE 0 END
FROM changed_sales CROSS JOIN LATERAL (VALUES
    (sold_on, 1, 0, true), (cancelled_on, -1, 0, true),
    (default_on, 0, 1, default_on < cancelled_on), (cancelled_on, 0, -1, default_on < cancelled_on)
) AS step(day, sold, judged, happens)
WHERE step.happens AND step.day < 'infinity' AND cohort_on IS NULL
"""
