"""SQL of the facts: what the ledger says now of the sales in the temporary table `stale_now`.

The facts are a copy on purpose: what a changed sale had put into the cubes can only be taken
out again when it is still known.
"""

from __future__ import annotations

from credigestor.db.steps import STEPS
from credigestor.rules.value_ranges import VALUE_LIMITS, VALUE_RANGES

#: Days after the first due date at which a sale is judged (R18).
DEFAULT_DAYS = 30

#: Temporary tables of one refresh: stale sales, and their old (-1) and new (1) facts.
_WORKBENCH = {
    "stale_now": "sale_id integer PRIMARY KEY",
    "changed_sales": "sign smallint, LIKE sale_facts",
    "changed_notes": "sign smallint, LIKE note_facts",
}
WORKBENCH = (
    *(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({columns}) ON COMMIT DELETE ROWS"
        for name, columns in _WORKBENCH.items()
    ),
    # what an earlier refresh of the same transaction left there
    *(f"DELETE FROM {name}" for name in _WORKBENCH),
)

TAKE_STALE = """
WITH taken AS (DELETE FROM stale_sales RETURNING sale_id)
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
    s.installments, first.due_date + {DEFAULT_DAYS}, coalesce(first.unpaid, false)
FROM stale_now
JOIN sales s ON s.id = stale_now.sale_id
JOIN customers c ON c.id = s.customer_id
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
NEW_NOTES = f"""
WITH made AS (
    SELECT n.id AS note_id, n.sale_id, n.customer_id, f.segments, f.sold_on,
        coalesce(n.original_due_date, n.due_date) AS due_date,
        coalesce(n.original_on_time_until, n.on_time_until) AS on_time_until,
        coalesce(n.original_free_until, n.free_until) AS free_until,
        s.late_rate, s.fine_rate, n.amount, f.cancelled_on
    FROM changed_sales f
    JOIN sales s ON s.id = f.sale_id
    JOIN notes n ON n.sale_id = f.sale_id
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
)
SELECT 1, m.note_id, t.act_id, m.sale_id, m.customer_id, m.segments, m.sold_on,
    coalesce(t.moved_to, m.due_date), coalesce(t.moved_on_time, m.on_time_until),
    coalesce(t.moved_free, m.free_until), m.late_rate, t.valid_from,
    coalesce(
        lead(t.valid_from) OVER (PARTITION BY t.note_id ORDER BY t.valid_from, t.act_id),
        m.cancelled_on
    ),
    t.principal, t.interest,
    t.fine + CASE WHEN t.fine_charged THEN 0 ELSE round(t.principal * m.fine_rate / 100, 2) END,
    t.interest_from,
    CASE WHEN t.received THEN t.took_principal ELSE 0 END,
    CASE WHEN t.received THEN t.took_interest ELSE 0 END,
    CASE WHEN t.received THEN t.took_fine ELSE 0 END, t.discount,
    t.kind, CASE WHEN t.kind IS NULL THEN 0 ELSE t.took_principal END,
    CASE WHEN t.kind IS NULL THEN 0 ELSE t.took_interest END,
    CASE WHEN t.kind IS NULL THEN 0 ELSE t.took_fine END,
    CASE WHEN t.moved_to IS NOT NULL THEN m.due_date END
FROM made m JOIN states t USING (note_id)
"""
