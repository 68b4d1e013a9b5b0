"""Which sales break an invariant, found in SQL; `replay` then says what is wrong there.

The arithmetic of `rules.charges`, `rules.acts` and `rules.installments` on whole tables at once. A
step must follow from the state that the step before it left, as written there; when every step
does, so does the whole fold. A test compares with the replay over every sale in Python.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.steps import STEPS
from credigestor.reports.check.making_sql import MADE_OTHERWISE
from credigestor.reports.check.slices import EVERY_SALE, Slice

#: No row of weekends and holidays is longer. Which days they were when a note was made is not
#: kept, so the last on-time day itself cannot be recomputed (R4).
MAX_EXTENSION_DAYS = 31

# Each live step beside the state before it: of a note's first step, the note as it was made.
_STEPS = f"""
steps AS (
    SELECT i.*, n.sale_id,
        lag(principal_after) OVER so_far AS principal_before,
        lag(interest_after, 1, 0.00) OVER so_far AS interest_before,
        lag(fine_after, 1, 0.00) OVER so_far AS fine_before,
        lag(fine_charged_after, 1, false) OVER so_far AS fine_charged_before,
        lag(interest_from_after) OVER so_far AS interest_from_before,
        lag(due_date_after) OVER so_far AS due_date_before,
        lag(on_time_until_after) OVER so_far AS on_time_until_before,
        lag(free_until_after) OVER so_far AS free_until_before,
        lag(written_off_after, 1, 0.00) OVER so_far AS written_off_before,
        lag(closed_after) OVER so_far AS closed_before,
        max(CASE WHEN kind = 'payment' THEN done_on END) OVER so_far AS last_paid,
        max(CASE WHEN kind <> 'payment' THEN done_on END) OVER so_far AS last_act,
        min(CASE WHEN principal_after = 0 THEN done_on END) OVER so_far AS settled,
        lead(note_id) OVER so_far IS NULL AS is_last
    FROM ({STEPS}) AS i JOIN notes n ON n.id = i.note_id WHERE NOT reversed
    WINDOW so_far AS (PARTITION BY note_id ORDER BY done_on, act_id)
)
"""  # noqa: S608 - of constants alone

# R6–R9: charged after the last day without charges, on a principal that is still open, or that was
# written off (R34). The decimals of 3000 are those of the quotient: with few, a large amount would
# be rounded twice. An act that is no payment took what it was to take: a waiver at most what was
# owed, and nothing is as nothing done (R29); a renegotiation all of it (R15); a write-off tells
# what was owed and leaves it to be recovered (R34); a note not late gets later dates (R32).
_STEP_DIFFERS = """
SELECT n.sale_id FROM steps i
JOIN notes n ON n.id = i.note_id
JOIN sales s ON s.id = n.sale_id
LEFT JOIN act_items a ON i.kind <> 'payment' AND a.id = i.item_id
CROSS JOIN LATERAL (
    SELECT coalesce(i.principal_before, n.amount) + i.written_off_before AS principal,
        i.written_off_before > 0 AS lost,
        coalesce(i.interest_from_before, n.original_due_date, n.due_date) AS interest_from,
        i.done_on > coalesce(i.free_until_before, n.original_free_until, n.free_until) AS late
) AS b
CROSS JOIN LATERAL (
    SELECT i.interest_before + CASE WHEN late THEN round(
            b.principal * s.late_rate * GREATEST(i.done_on - b.interest_from, 0)
            / 3000::numeric(30, 20), 2
        ) ELSE 0 END AS interest,
        i.fine_before + CASE WHEN late AND NOT i.fine_charged_before
            THEN round(b.principal * s.fine_rate / 100, 2) ELSE 0 END AS fine,
        i.interest + i.fine + i.principal AS amount,
        b.principal - i.principal - i.discount AS left_over
) AS owed
CROSS JOIN LATERAL (
    SELECT lapses, i.kind = 'write_off' OR lapses AND (i.interest, i.fine) = (0, 0) AS untouched
    FROM (SELECT i.kind IN ('waiver', 'charged') AS lapses) AS each
) AS act
WHERE i.done_on < s.sold_on OR s.cancelled_on IS NOT NULL
    OR CASE i.kind
        WHEN 'payment' THEN owed.amount + i.discount > b.principal + owed.interest + owed.fine
            OR i.discount <> 0 AND owed.amount < owed.interest + owed.fine
            OR i.interest <> LEAST(owed.amount, owed.interest)
            OR i.fine <> LEAST(owed.amount - i.interest, owed.fine)
        WHEN 'waiver' THEN i.principal <> 0 OR LEAST(i.interest, i.fine) < 0 OR (i.interest, i.fine)
            <> (LEAST(a.asked_interest, owed.interest), LEAST(a.asked_fine, owed.fine))
        WHEN 'charged' THEN (i.principal, a.asked_principal) <> (0, 0) OR (i.interest, i.fine)
            <> (LEAST(a.asked_interest, owed.interest), LEAST(a.asked_fine, owed.fine))
        WHEN 'write_off' THEN (i.interest, i.fine, i.principal)
            <> (owed.interest, owed.fine, b.principal)
        ELSE (i.interest, i.fine, i.principal)
                <> (a.asked_interest, a.asked_fine, a.asked_principal)
            OR i.interest > owed.interest OR i.fine > owed.fine OR i.principal > b.principal
            OR (i.kind = 'renegotiation' OR left_over = 0) AND (i.interest, i.fine, i.principal)
                <> (owed.interest, owed.fine, b.principal)
    END
    OR i.kind <> 'payment' AND NOT (lapses AND untouched)
        AND (b.principal = 0 OR i.closed_before IS NOT NULL)
    OR (a.due_date IS NULL) <> (i.kind <> 'new_date')
    OR i.kind = 'new_date' AND (late OR a.on_time_until < a.due_date
        OR a.due_date <= coalesce(i.due_date_before, n.original_due_date, n.due_date)
        OR a.free_until - a.on_time_until <> s.grace_days OR i.fine + i.principal <> 0
        OR i.interest > 0)
    OR i.principal_after <> CASE WHEN lost OR i.kind = 'write_off' THEN 0 ELSE left_over END
    OR i.written_off_after <> CASE WHEN i.kind = 'write_off' THEN b.principal
        WHEN lost THEN left_over ELSE 0 END
    OR i.interest_after <> CASE WHEN untouched THEN i.interest_before
        ELSE owed.interest - i.interest END
    OR i.fine_after <> CASE WHEN untouched THEN i.fine_before ELSE owed.fine - i.fine END
    OR i.fine_charged_after <> (i.fine_charged_before OR late AND NOT untouched)
    OR i.interest_from_after <> CASE WHEN i.kind = 'new_date' THEN a.due_date
        WHEN late AND NOT untouched THEN i.done_on ELSE b.interest_from END
    OR (i.due_date_after, i.on_time_until_after, i.free_until_after) IS DISTINCT FROM (
        coalesce(a.due_date, i.due_date_before), coalesce(a.on_time_until, i.on_time_until_before),
        coalesce(a.free_until, i.free_until_before))
    OR i.closed_after IS DISTINCT FROM CASE WHEN i.kind = 'write_off' THEN 'written_off'
        WHEN i.kind = 'renegotiation' THEN 'renegotiated'
        WHEN i.kind = 'return' AND left_over = 0 THEN 'returned' ELSE i.closed_before END
    OR i.is_last AND (n.principal_balance, n.interest_carried, n.fine_carried, n.fine_charged,
            n.interest_from, n.written_off, n.closed, n.last_paid_on, n.last_act_on, n.settled_on,
            n.original_due_date IS NOT NULL, n.due_date, n.on_time_until, n.free_until)
        IS DISTINCT FROM (i.principal_after, i.interest_after, i.fine_after, i.fine_charged_after,
            i.interest_from_after, i.written_off_after, i.closed_after, i.last_paid, i.last_act,
            i.settled, i.due_date_after IS NOT NULL, coalesce(i.due_date_after, n.due_date),
            coalesce(i.on_time_until_after, n.on_time_until),
            coalesce(i.free_until_after, n.free_until))
"""

#: What paying early saves by right on R$ `settled`, at the true `daily_rate` and `days` before it
#: is due; forty decimals, as the rule reckons (R14). Who pays a part early saves it on that part.
EARLY_DISCOUNT = """
settled - GREATEST(LEAST(settled, 0.01),
    round(settled / (1 + daily_rate::numeric(46, 40)) ^ days, 2))
"""
#: The same of before the true rate was known, by the contract rate.
FORMER_EARLY_DISCOUNT = """
settled - GREATEST(LEAST(settled, 0.01), round(settled
    / (1 + (contract_rate / 100)::numeric(46, 40)) ^ (days::numeric(46, 40) / 30), 2))
"""

# Few items have a discount. More than by right with a reason alone.
_DISCOUNT_DIFFERS = f"""
SELECT n.sale_id FROM payment_items i
JOIN notes n ON n.id = i.note_id
JOIN sales s ON s.id = n.sale_id
LEFT JOIN payments p ON p.id = i.payment_id
CROSS JOIN LATERAL (
    SELECT coalesce(i.due_date_after, n.original_due_date, n.due_date) - i.paid_on AS days,
        i.principal + i.discount AS settled
) AS d
WHERE NOT i.reversed AND i.discount <> 0 AND (d.days <= 0 AND p.ref IS NULL
    OR p.discount_reason IS NULL
        AND i.discount > GREATEST({EARLY_DISCOUNT}, {FORMER_EARLY_DISCOUNT}))
"""  # noqa: S608 - of constants alone

_UNTOUCHED_NOTE_DIFFERS = f"""
SELECT n.sale_id FROM notes n
WHERE (n.last_paid_on IS NOT NULL OR n.last_act_on IS NOT NULL OR n.written_off <> 0
        OR n.closed IS NOT NULL OR n.original_due_date IS NOT NULL
        OR n.principal_balance <> n.amount OR n.interest_carried <> 0
        OR n.fine_carried <> 0 OR n.fine_charged OR n.interest_from <> n.due_date
        OR n.settled_on IS NOT NULL)
    AND NOT EXISTS (SELECT FROM ({STEPS}) AS i WHERE i.note_id = n.id AND NOT i.reversed)
"""  # noqa: S608 - of constants alone

_NUMBERS_DIFFER = """
SELECT s.id FROM sales s LEFT JOIN (
    SELECT sale_id, count(*) AS notes, min(number) AS first, max(number) AS last
    FROM notes GROUP BY sale_id
) AS n ON n.sale_id = s.id
WHERE coalesce(n.notes, 0) <> s.installments OR n.first <> 1 OR n.last <> s.installments
"""

_UNSOUND = (
    *MADE_OTHERWISE,
    f"WITH {_STEPS} {_STEP_DIFFERS}",
    _DISCOUNT_DIFFERS,
    _UNTOUCHED_NOTE_DIFFERS,
    _NUMBERS_DIFFER,
)


# What a statement reads as `sales` and `notes` is a slice of them.
_OF_A_SLICE = """
WITH sales AS NOT MATERIALIZED (SELECT * FROM sales WHERE id BETWEEN :first AND :last),
    notes AS NOT MATERIALIZED (SELECT * FROM notes WHERE sale_id BETWEEN :first AND :last)
SELECT * FROM ({}) AS unsound
"""


def broken_sales(session: Session, slice_: Slice = EVERY_SALE) -> list[int]:
    """Ids, in order, of the sales of which something differs from what the rules give.

    That the numbers of a sale's notes are unique is the database's own constraint.
    """
    found: set[int] = set()
    bounds = {"longest": MAX_EXTENSION_DAYS, "first": slice_[0], "last": slice_[1]}
    for statement in _UNSOUND:
        found.update(session.scalars(text(_OF_A_SLICE.format(statement)), bounds))
    return sorted(found)
