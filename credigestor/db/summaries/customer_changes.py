"""What the facts say of customers: from when until when each owes what, and how many owe."""

from __future__ import annotations

from credigestor.db.summaries.bands import LATE

_CONCERNED = "(SELECT customer_id FROM changed_sales)"

#: Rows of customer_spans, from the facts of the customers of changed sales.
SPANS = f"""
WITH steps AS (
    SELECT customer_id, step.day, sum(step.open * principal) AS receivable,
        sum(step.late * principal) AS overdue
    FROM note_facts CROSS JOIN LATERAL (VALUES
        (valid_from, 1, 0, true),
        (GREATEST(valid_from, {LATE}), 0, 1, {LATE} < valid_to),
        (valid_to, -1, CASE WHEN {LATE} < valid_to THEN -1 ELSE 0 END, true)
    ) AS step(day, open, late, happens)
    WHERE customer_id IN {_CONCERNED} AND principal > 0 AND valid_from < valid_to
        AND step.day < 'infinity' AND step.happens
    GROUP BY customer_id, step.day
    HAVING sum(step.open * principal) <> 0 OR sum(step.late * principal) <> 0
), spans AS (
    SELECT customer_id, day AS valid_from,
        coalesce(lead(day) OVER by_day, 'infinity') AS valid_to,
        sum(receivable) OVER by_day AS receivable, sum(overdue) OVER by_day AS overdue
    FROM steps WINDOW by_day AS (PARTITION BY customer_id ORDER BY day)
)
SELECT customer_id, valid_from, valid_to, receivable, overdue FROM spans WHERE receivable > 0
"""


#: Rows of debtor_changes, from the spans of the customers of changed sales.
DEBTORS = f"""
SELECT step.day, sum(step.way)::integer AS debtors,
    coalesce(sum(step.way) FILTER (WHERE overdue > 0), 0)::integer AS late
FROM customer_spans
CROSS JOIN LATERAL (VALUES (valid_from, 1), (valid_to, -1)) AS step(day, way)
WHERE customer_id IN {_CONCERNED} AND step.day < 'infinity'
GROUP BY step.day
HAVING sum(step.way) <> 0 OR sum(step.way) FILTER (WHERE overdue > 0) <> 0
"""


def _add_debtors(sign: int) -> str:
    return f"""
INSERT INTO debtor_changes (day, debtors, late)
SELECT day, {sign} * debtors, {sign} * late FROM ({DEBTORS}) AS changes
ON CONFLICT (day) DO UPDATE SET
    debtors = debtor_changes.debtors + excluded.debtors, late = debtor_changes.late + excluded.late
"""


#: In this order: the spans of the customers of changed sales go, and come anew from the facts.
CUSTOMERS = (
    _add_debtors(-1),
    f"DELETE FROM customer_spans WHERE customer_id IN {_CONCERNED}",
    f"INSERT INTO customer_spans {SPANS}",
    _add_debtors(1),
)
