"""SQL of the facts: what the ledger says now of the sales in the temporary table `stale_now`.

The facts are a copy on purpose: what a changed sale had put into the cubes can only be taken
out again when it is still known.
"""

from __future__ import annotations

from collections.abc import Iterator

from credigestor.config import get_config
from credigestor.db.steps import STEPS
from credigestor.rules.renegotiation import TRIED
from credigestor.rules.value_ranges import VALUE_LIMITS, VALUE_RANGES

#: Days after the first due date at which a sale is judged (R18).
DEFAULT_DAYS = 30

#: Temporary tables of one refresh: stale sales, and their old (-1) and new (1) facts.
_WORKBENCH = {
    "stale_now": "sale_id integer PRIMARY KEY",
    "changed_sales": "sign smallint, LIKE sale_facts",
    "changed_notes": "sign smallint, LIKE note_facts",
}


def workbench() -> Iterator[str]:
    """The statements that make it, empty; it is kept for the next where the connection is ours."""
    then = "DELETE ROWS" if get_config().database_pooler == "none" else "DROP"
    for name, columns in _WORKBENCH.items():
        yield f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({columns}) ON COMMIT {then}"
    for name in _WORKBENCH:  # what an earlier refresh of the same transaction left there
        yield f"DELETE FROM {name}"


#: How many sales are marked, counted no further than `:enough`.
MARKED = "SELECT count(*) FROM (SELECT DISTINCT sale_id FROM stale_sales LIMIT :enough) AS marked"

#: At most `:most` of the marked sales, with all their marks; NULL is all of them.
TAKE_STALE = """
WITH slice AS (SELECT DISTINCT sale_id FROM stale_sales ORDER BY sale_id LIMIT :most),
taken AS (DELETE FROM stale_sales WHERE sale_id IN (SELECT sale_id FROM slice) RETURNING sale_id)
INSERT INTO stale_now SELECT DISTINCT sale_id FROM taken
"""

_VALUE = (
    "CASE "
    + " ".join(
        f"WHEN s.total <= {limit} THEN '{name}'"
        for limit, name in zip(VALUE_LIMITS, VALUE_RANGES, strict=False)
    )
    + f" ELSE '{VALUE_RANGES[-1]}' END"
)

_KINDS = f"""
(VALUES ('all', ''), ('seller', coalesce(s.seller_id::text, 'none')),
        ('city', coalesce(c.city, '')), ('value', {_VALUE})) AS k(kind, key)
"""

ADD_SEGMENTS = f"""
INSERT INTO segments (kind, key)
SELECT DISTINCT k.kind, k.key
FROM stale_now JOIN sales s ON s.id = stale_now.sale_id JOIN customers c ON c.id = s.customer_id,
LATERAL {_KINDS}
ON CONFLICT DO NOTHING
"""

OLD_SALES = "SELECT -1, f.* FROM sale_facts f JOIN stale_now USING (sale_id)"
OLD_NOTES = "SELECT -1, f.* FROM note_facts f JOIN stale_now USING (sale_id)"

NEW_SALES = f"""
SELECT 1, s.id, s.customer_id,
    (SELECT array_agg(g.id ORDER BY g.kind) FROM {_KINDS} JOIN segments g USING (kind, key)),
    s.sold_on, coalesce(s.cancelled_on, 'infinity'), s.total, s.total - s.down_payment,
    s.installments, CASE WHEN r.id IS NULL THEN first.due_date + {DEFAULT_DAYS} END,
    r.id IS NULL AND coalesce(first.unpaid, false), r.first_sold_on
FROM stale_now
JOIN sales s ON s.id = stale_now.sale_id
JOIN customers c ON c.id = s.customer_id
LEFT JOIN renegotiations r ON r.sale_id = s.id
LEFT JOIN LATERAL (
    SELECT n.due_date, NOT EXISTS (
        SELECT FROM ({STEPS}) AS i
        WHERE i.note_id = n.id AND NOT i.reversed AND i.principal_after = 0
            AND coalesce(i.closed_after, 'returned') = 'returned'
            AND i.done_on <= n.due_date + {DEFAULT_DAYS}
    ) AS unpaid
    FROM (
        SELECT id, sale_id, number, coalesce(original_due_date, due_date) AS due_date FROM notes
    ) AS n WHERE n.sale_id = s.id AND n.number = 1
) first ON true
"""

# An act's row ends the one before it; two of one day leave a row that holds on no day. What was
# paid on a note that was written off is recovered, not received (R34); what was paid by credit was
# received before, or is owed back for goods (R31): it settles the note, and is no money that came.
# Where a sale took the place of older ones (R15), the day on which it was tried, by so many notes
# paid, parts a row in two; and of a payment goes to old charges what the note holds of them, by
# what of it is settled.
_TERMS = "sale_id, customer_id, segments, sold_on, due_date, on_time_until, free_until, late_rate"
_STATE = "principal, interest, fine, interest_from"
_PARTED = "inherited_days > 0 AND tried_on > valid_from AND tried_on < valid_to"


def _until(settled: str) -> str:
    """What of the old charges that a note holds is received once so much of it is settled."""
    part = "(round({0} * m.upto / m.whole, 2) - round({0} * (m.upto - m.amount) / m.whole, 2))"
    return f"round({part} * ({settled}) / m.amount, 2)"


#: What of a payment went to the charges {0} of the old debt (`rules.renegotiation.held`).
_HELD = (
    _until("m.amount - t.principal")
    + " - "
    + _until("m.amount - t.principal - t.took_principal - t.discount")
)

NEW_NOTES = f"""
WITH made AS (
    SELECT n.id AS note_id, n.sale_id, n.customer_id, f.segments, f.sold_on,
        coalesce(n.original_due_date, n.due_date) AS due_date,
        coalesce(n.original_on_time_until, n.on_time_until) AS on_time_until,
        coalesce(n.original_free_until, n.free_until) AS free_until,
        s.late_rate, s.fine_rate, n.amount, f.cancelled_on, f.cohort_on,
        nullif(r.days_late, 0) AS inherited_days, r.old_interest, r.old_fine,
        sum(n.amount) OVER (PARTITION BY n.sale_id ORDER BY n.number) AS upto,
        sum(n.amount) OVER (PARTITION BY n.sale_id) AS whole,
        CASE WHEN r.id IS NOT NULL THEN (
            SELECT p.settled_on FROM notes p
            WHERE p.sale_id = n.sale_id AND p.closed IS NULL AND p.settled_on IS NOT NULL
            ORDER BY p.settled_on OFFSET LEAST({TRIED}, s.installments) - 1 LIMIT 1
        ) END AS tried_on
    FROM changed_sales f
    JOIN sales s ON s.id = f.sale_id
    JOIN notes n ON n.sale_id = f.sale_id
    LEFT JOIN renegotiations r ON r.sale_id = f.sale_id
    WHERE f.sign = 1
), states AS (
    SELECT note_id, 0 AS act_id, sold_on AS valid_from, amount AS principal,
        0.00 AS interest, 0.00 AS fine, false AS fine_charged, due_date AS interest_from,
        CAST(NULL AS date) AS moved_to, CAST(NULL AS date) AS moved_on_time,
        CAST(NULL AS date) AS moved_free, NULL AS kind, false AS received,
        0.00 AS took_principal, 0.00 AS took_interest, 0.00 AS took_fine, 0.00 AS discount
    FROM made
    UNION ALL
    SELECT i.note_id, i.act_id, i.done_on, i.principal_after, i.interest_after, i.fine_after,
        i.fine_charged_after, i.interest_from_after,
        i.due_date_after, i.on_time_until_after, i.free_until_after,
        CASE WHEN i.kind <> 'payment' THEN i.kind
            WHEN i.closed_after = 'written_off' THEN 'recovery'
            WHEN by_credit.id IS NOT NULL THEN 'credit' END,
        i.kind = 'payment' AND i.closed_after IS NULL,
        i.principal, i.interest, i.fine, i.discount
    FROM made JOIN ({STEPS}) AS i ON i.note_id = made.note_id AND NOT i.reversed
    LEFT JOIN payments by_credit ON i.kind = 'payment' AND by_credit.id = i.act_id
        AND by_credit.method = 'credit'
), facts AS (
SELECT m.note_id, t.act_id, m.sale_id, m.customer_id, m.segments, m.sold_on,
    coalesce(t.moved_to, m.due_date) AS due_date,
    coalesce(t.moved_on_time, m.on_time_until) AS on_time_until,
    coalesce(t.moved_free, m.free_until) AS free_until, m.late_rate, t.valid_from,
    coalesce(
        lead(t.valid_from) OVER (PARTITION BY t.note_id ORDER BY t.valid_from, t.act_id),
        m.cancelled_on
    ) AS valid_to,
    t.principal, t.interest,
    t.fine + CASE WHEN t.fine_charged THEN 0 ELSE round(t.principal * m.fine_rate / 100, 2) END
        AS fine,
    t.interest_from,
    CASE WHEN t.received THEN t.took_principal ELSE 0 END AS paid_principal,
    CASE WHEN t.received THEN t.took_interest ELSE 0 END AS paid_interest,
    CASE WHEN t.received THEN t.took_fine ELSE 0 END AS paid_fine, t.discount,
    t.kind, CASE WHEN t.kind IS NULL THEN 0 ELSE t.took_principal END AS act_principal,
    CASE WHEN t.kind IS NULL THEN 0 ELSE t.took_interest END AS act_interest,
    CASE WHEN t.kind IS NULL THEN 0 ELSE t.took_fine END AS act_fine,
    CASE WHEN t.moved_to IS NOT NULL THEN m.due_date END AS original_due_date,
    m.cohort_on, m.inherited_days, m.tried_on,
    CASE WHEN t.received AND m.old_interest > 0 THEN {_HELD.format("m.old_interest")} ELSE 0 END
        AS old_interest,
    CASE WHEN t.received AND m.old_fine > 0 THEN {_HELD.format("m.old_fine")} ELSE 0 END AS old_fine
FROM made m JOIN states t USING (note_id)
)
SELECT 1, note_id, act_id, {_TERMS}, valid_from,
    CASE WHEN {_PARTED} THEN tried_on ELSE valid_to END, {_STATE},
    paid_principal, paid_interest, paid_fine, discount, kind, act_principal, act_interest, act_fine,
    original_due_date, cohort_on, inherited_days, old_interest, old_fine, tried_on
FROM facts
UNION ALL
SELECT 1, note_id, -1 - act_id, {_TERMS}, tried_on, valid_to, {_STATE},
    0, 0, 0, 0, NULL, 0, 0, 0, original_due_date, cohort_on, inherited_days, 0, 0, tried_on
FROM facts WHERE {_PARTED}
"""
