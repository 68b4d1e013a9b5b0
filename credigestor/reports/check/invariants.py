"""Which sales break an invariant, found in SQL; `replay` then says what is wrong there.

The arithmetic of `rules.charges`, `rules.acts` and `rules.installments` on whole tables at once. A
step must follow from the state that the step before it left, as written there; when every step
does, so does the whole fold. A test compares with the replay over every sale in Python.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.steps import STEPS

#: No row of weekends and holidays is longer. Which days they were when a note was made is not
#: kept, so the last on-time day itself cannot be recomputed (R4).
MAX_EXTENSION_DAYS = 31

# What the notes of a sale must be (R1, R2), but where days make them. Tabela Price rounds the
# interest of each month, so its last instalment is reached month by month; forty decimals, as the
# rule reckons.
_PLANS = """
price AS (
    SELECT id, k, rate, financed, round(financed * rate / (1 - (1 + rate) ^ -k), 2) AS amount
    FROM (
        SELECT id, installments AS k, coalesce(carried, total - down_payment) AS financed,
            (contract_rate / 100)::numeric(46, 40) AS rate
        FROM sales WHERE contract_rate > 0 AND installments > 0 AND schedule = 'monthly'
    ) AS sold
), months (id, k, rate, amount, last_amount) AS (
    SELECT id, k, rate, amount, financed + round(financed * rate, 2) FROM price
    UNION ALL
    SELECT id, k - 1, rate, amount,
        last_amount - amount + round((last_amount - amount) * rate, 2)
    FROM months WHERE k > 1
), plans AS (
    SELECT s.*, coalesce(p.amount, div(cents, s.installments) / 100) AS plan_amount,
        p.last_amount AS plan_last, mod(cents, s.installments) AS one_cent_more
    FROM (
        SELECT *, 100 * (total - down_payment) AS cents FROM sales WHERE installments > 0
    ) AS s
    LEFT JOIN months p ON p.id = s.id AND p.k = 1
)
"""

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
# what was owed and leaves it to be recovered (R34); new dates are those agreed, later ones and
# before the note is late, for interest of no more than all of its principal (R32).
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
    SELECT i.kind = 'write_off' OR i.kind = 'waiver' AND i.interest + i.fine = 0 AS untouched
) AS act
WHERE i.done_on < s.sold_on OR s.cancelled_on IS NOT NULL
    OR CASE i.kind
        WHEN 'payment' THEN owed.amount + i.discount > b.principal + owed.interest + owed.fine
            OR i.discount <> 0 AND owed.amount < owed.interest + owed.fine
            OR i.interest <> LEAST(owed.amount, owed.interest)
            OR i.fine <> LEAST(owed.amount - i.interest, owed.fine)
        WHEN 'waiver' THEN i.principal <> 0 OR (i.interest, i.fine)
            <> (LEAST(a.asked_interest, owed.interest), LEAST(a.asked_fine, owed.fine))
        WHEN 'write_off' THEN (i.interest, i.fine, i.principal)
            <> (owed.interest, owed.fine, b.principal)
        ELSE (i.interest, i.fine, i.principal)
                <> (a.asked_interest, a.asked_fine, a.asked_principal)
            OR i.interest > owed.interest OR i.fine > owed.fine OR i.principal > b.principal
            OR (i.kind = 'renegotiation' OR left_over = 0) AND (i.interest, i.fine, i.principal)
                <> (owed.interest, owed.fine, b.principal)
    END
    OR i.kind <> 'payment' AND NOT (i.kind = 'waiver' AND untouched)
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
WHERE NOT i.reversed AND i.discount <> 0 AND (d.days <= 0
    OR p.discount_reason IS NULL
        AND i.discount > GREATEST({EARLY_DISCOUNT}, {FORMER_EARLY_DISCOUNT}))
"""  # noqa: S608 - of constants alone

# The day of month that due dates keep is later than the first one's where that month was too short
# for it (R3): an interval.
_KEPT_DAY = "make_interval(days => coalesce(due_day - extract(day FROM first_due_date)::int, 0))"

_NOTE_DIFFERS = f"""
SELECT n.sale_id FROM notes n JOIN plans s ON s.id = n.sale_id
CROSS JOIN LATERAL (SELECT coalesce(n.original_due_date, n.due_date) AS due) AS made
WHERE n.customer_id <> s.customer_id
    OR n.cancelled_on IS DISTINCT FROM s.cancelled_on
    OR n.on_time_until - n.due_date > :longest
    OR n.free_until - n.on_time_until <> s.grace_days
    OR num_nulls(n.original_due_date, n.original_on_time_until, n.original_free_until) NOT IN (0, 3)
    OR n.original_on_time_until - n.original_due_date NOT BETWEEN 0 AND :longest
    OR n.original_free_until - n.original_on_time_until <> s.grace_days
    OR CASE s.schedule
        WHEN 'monthly' THEN made.due <> LEAST(
            s.first_due_date + make_interval(months => n.number - 1) + {_KEPT_DAY},
            date_trunc('month', s.first_due_date) + make_interval(months => n.number, days => -1))
        WHEN 'days' THEN made.due <> s.first_due_date + (n.number - 1) * s.schedule_step
        ELSE n.number = 1 AND made.due <> s.first_due_date END
    OR s.schedule <> 'list' AND (s.schedule = 'monthly' OR s.contract_rate = 0)
        AND (s.plan_amount < 0.01 OR n.amount <> CASE WHEN s.plan_last IS NULL
            THEN s.plan_amount + (n.number <= s.one_cent_more)::integer * 0.01
            WHEN n.number = s.installments THEN s.plan_last ELSE s.plan_amount END)
"""  # noqa: S608 - of constants alone

# Notes as they were made, whatever other dates were agreed since (R32).
_AS_MADE = """(
    SELECT id, sale_id, number, amount, coalesce(original_due_date, due_date) AS due_date FROM notes
)"""

# R33: by days with interest, balance by balance, as the rule reckons.
_BY_DAYS_DIFFERS = f"""
WITH RECURSIVE made AS (
    SELECT s.id, n.number, n.amount, s.installments AS k, s.total - s.down_payment AS financed,
        (1 + s.contract_rate / 100)::numeric(46, 40) AS growth,
        (n.due_date - s.sold_on)::numeric(46, 40) / 30 AS months,
        (n.due_date - lag(n.due_date, 1, s.sold_on) OVER (PARTITION BY s.id ORDER BY n.number)
            )::numeric(46, 40) / 30 AS apart
    FROM sales s JOIN {_AS_MADE} n ON n.sale_id = s.id
    WHERE s.schedule IN ('days', 'business_day') AND s.contract_rate > 0
), shares AS (
    SELECT id, round(min(financed) / sum(growth ^ -months), 2) AS share FROM made GROUP BY id
), walked (id, number, share, owed) AS (
    SELECT id, number, share, financed + round(financed * (growth ^ apart - 1), 2)
    FROM made JOIN shares USING (id) WHERE number = 1
    UNION ALL
    SELECT m.id, m.number, share,
        owed - share + round((owed - share) * (m.growth ^ m.apart - 1), 2)
    FROM walked w JOIN made m ON m.id = w.id AND m.number = w.number + 1
)
SELECT m.id FROM made m JOIN walked w USING (id, number)
WHERE m.amount <> CASE WHEN m.number = m.k THEN owed ELSE share END
"""  # noqa: S608 - of constants alone

# R33: a month after the other, and as many weekdays in it; which of them were holidays when the
# note was made is not kept. A list goes forward, and its interest is what is above the financed.
_DATES_DIFFER = f"""
SELECT n.sale_id FROM sales s JOIN {_AS_MADE} n ON n.sale_id = s.id
WHERE s.schedule = 'business_day' AND (
    date_trunc('month', n.due_date::timestamp)
        <> date_trunc('month', s.first_due_date::timestamp) + make_interval(months => n.number - 1)
    OR extract(isodow FROM n.due_date) > 5
    OR s.schedule_step > (
        SELECT count(*) FROM generate_series(
            date_trunc('month', n.due_date::timestamp), n.due_date, '1 day') AS each (day)
        WHERE extract(isodow FROM day) < 6))
UNION ALL
SELECT sale_id FROM (
    SELECT s.id AS sale_id, n.due_date,
        lag(n.due_date) OVER (PARTITION BY s.id ORDER BY n.number) AS before
    FROM sales s JOIN {_AS_MADE} n ON n.sale_id = s.id WHERE s.schedule = 'list'
) AS listed WHERE due_date <= before
UNION ALL
SELECT s.id FROM sales s JOIN {_AS_MADE} n ON n.sale_id = s.id WHERE s.schedule = 'list'
GROUP BY s.id HAVING sum(n.amount) < s.total - s.down_payment
    OR s.contract_rate = 0 AND sum(n.amount) <> s.total - s.down_payment
"""  # noqa: S608 - of constants alone

# How the notes came to be (R2b, R2c, R3). The rate is right to 1e-12 where it makes the notes worth
# what is financed, as nearly as such a difference moves them.
_MAKING_DIFFERS = f"""
SELECT id FROM (
    SELECT *, (LEAST(
            first_due_date - interval '1 month' + {_KEPT_DAY},
            date_trunc('month', first_due_date) - interval '1 day'
        )::date - sold_on)::numeric(46, 40) AS days
    FROM sales WHERE installments > 0
) AS s
WHERE due_day IS NOT NULL AND (due_day <> extract(day FROM sold_on)
        OR first_due_date <> (sold_on + interval '1 month')::date
        OR due_day = extract(day FROM first_due_date))
    OR carried IS NOT NULL AND (carried = total - down_payment
        OR carried <> round((total - down_payment)
            * (1 + (contract_rate / 100)::numeric(46, 40)) ^ (days / 30), 2))
UNION ALL
SELECT s.id FROM sales s JOIN (
    SELECT n.sale_id, sum(n.amount) AS made,
        sum(n.amount / (1 + s.daily_rate::numeric(46, 40)) ^ (due - s.sold_on)) AS worth,
        sum(n.amount * (due - s.sold_on)) AS moved
    FROM sales s JOIN notes n ON n.sale_id = s.id,
    LATERAL (SELECT coalesce(n.original_due_date, n.due_date) AS due) AS made
    WHERE s.contract_rate > 0 OR s.daily_rate > 0
    GROUP BY n.sale_id
) AS n ON n.sale_id = s.id
WHERE CASE WHEN made <= total - down_payment OR moved = 0 THEN s.daily_rate <> 0
    ELSE abs(worth - (total - down_payment)) > moved * 1e-12 END
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
    f"WITH RECURSIVE {_PLANS} {_NOTE_DIFFERS}",
    _BY_DAYS_DIFFERS,
    _DATES_DIFFER,
    _MAKING_DIFFERS,
    f"WITH {_STEPS} {_STEP_DIFFERS}",
    _DISCOUNT_DIFFERS,
    _UNTOUCHED_NOTE_DIFFERS,
    _NUMBERS_DIFFER,
)


def broken_sales(session: Session) -> list[int]:
    """Ids, in order, of the sales of which something differs from what the rules give.

    That the numbers of a sale's notes are unique is the database's own constraint.
    """
    found: set[int] = set()
    for statement in _UNSOUND:
        found.update(session.scalars(text(statement), {"longest": MAX_EXTENSION_DAYS}))
    return sorted(found)
