"""Which sales break an invariant, found in SQL; `replay` then says what is wrong there.

The arithmetic of `rules.charges` and `rules.installments` on whole tables at once. A payment
item must follow from the state that the item before it left, as written there; when every item
does, so does the whole fold. A test compares with the replay over every sale in Python.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

#: No row of weekends and holidays is longer. Which days they were when a note was made is not
#: kept, so the last on-time day itself cannot be recomputed (R4).
MAX_EXTENSION_DAYS = 31

# What the notes of a sale must be (R1, R2). Tabela Price rounds the interest of each month, so
# its last instalment is reached month by month; forty decimals, as the rule reckons.
_PLANS = """
price AS (
    SELECT id, k, rate, financed, round(financed * rate / (1 - (1 + rate) ^ -k), 2) AS amount
    FROM (
        SELECT id, installments AS k, coalesce(carried, total - down_payment) AS financed,
            (contract_rate / 100)::numeric(46, 40) AS rate
        FROM sales WHERE contract_rate > 0 AND installments > 0
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

# Each live payment item beside the state before it, which a note's first item does not have.
_ITEMS = """
items AS (
    SELECT note_id, paid_on, amount, interest, fine, principal, discount,
        principal_after, interest_after, fine_after, fine_charged_after, interest_from_after,
        lag(principal_after) OVER so_far AS principal_before,
        lag(interest_after, 1, 0.00) OVER so_far AS interest_before,
        lag(fine_after, 1, 0.00) OVER so_far AS fine_before,
        lag(fine_charged_after, 1, false) OVER so_far AS fine_charged_before,
        lag(interest_from_after) OVER so_far AS interest_from_before,
        lead(note_id) OVER so_far IS NULL AS is_last
    FROM payment_items WHERE NOT reversed
    WINDOW so_far AS (PARTITION BY note_id ORDER BY paid_on, payment_id)
)
"""

# R6–R9: `charged` after the last day without charges, on a principal that is still open. The
# decimals of 3000 are those of the quotient: with few, a large amount would be rounded twice.
_ITEM_DIFFERS = """
SELECT n.sale_id FROM items i
JOIN notes n ON n.id = i.note_id
JOIN sales s ON s.id = n.sale_id
CROSS JOIN LATERAL (
    SELECT coalesce(i.principal_before, n.amount) AS principal,
        coalesce(i.interest_from_before, n.due_date) AS interest_from,
        i.paid_on > n.free_until AS late
) AS b
CROSS JOIN LATERAL (
    SELECT i.interest_before + CASE WHEN late THEN round(
            b.principal * s.late_rate * GREATEST(i.paid_on - b.interest_from, 0)
            / 3000::numeric(30, 20), 2
        ) ELSE 0 END AS interest,
        i.fine_before + CASE WHEN late AND NOT i.fine_charged_before
            THEN round(b.principal * s.fine_rate / 100, 2) ELSE 0 END AS fine
) AS owed
WHERE i.paid_on < s.sold_on OR s.cancelled_on IS NOT NULL
    OR i.amount + i.discount > b.principal + owed.interest + owed.fine
    OR i.discount <> 0 AND i.amount < owed.interest + owed.fine
    OR i.interest <> LEAST(i.amount, owed.interest)
    OR i.fine <> LEAST(i.amount - i.interest, owed.fine)
    OR i.principal <> i.amount - i.interest - i.fine
    OR i.principal_after <> b.principal - i.principal - i.discount
    OR i.interest_after <> owed.interest - i.interest
    OR i.fine_after <> owed.fine - i.fine
    OR i.fine_charged_after <> (i.fine_charged_before OR late)
    OR i.interest_from_after <> CASE WHEN late THEN i.paid_on ELSE b.interest_from END
    OR i.is_last AND (n.principal_balance, n.interest_carried, n.fine_carried, n.fine_charged,
            n.interest_from, n.last_paid_on, n.settled_on)
        IS DISTINCT FROM (i.principal_after, i.interest_after, i.fine_after, i.fine_charged_after,
            i.interest_from_after, i.paid_on,
            CASE WHEN i.principal_after = 0 THEN i.paid_on END)
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
CROSS JOIN LATERAL (SELECT n.due_date - i.paid_on AS days, i.principal + i.discount AS settled) AS d
WHERE NOT i.reversed AND i.discount <> 0 AND (d.days <= 0
    OR p.discount_reason IS NULL
        AND i.discount > GREATEST({EARLY_DISCOUNT}, {FORMER_EARLY_DISCOUNT}))
"""  # noqa: S608 - of constants alone

# The day of month that due dates keep is later than the first one's where that month was too short
# for it (R3): an interval.
_KEPT_DAY = "make_interval(days => coalesce(due_day - extract(day FROM first_due_date)::int, 0))"

_NOTE_DIFFERS = f"""
SELECT n.sale_id FROM notes n JOIN plans s ON s.id = n.sale_id
WHERE n.customer_id <> s.customer_id
    OR n.cancelled_on IS DISTINCT FROM s.cancelled_on
    OR n.on_time_until - n.due_date > :longest
    OR n.free_until - n.on_time_until <> s.grace_days
    OR n.due_date <> LEAST(
        s.first_due_date + make_interval(months => n.number - 1) + {_KEPT_DAY},
        date_trunc('month', s.first_due_date) + make_interval(months => n.number, days => -1))
    OR n.amount <> CASE WHEN s.plan_last IS NULL
        THEN s.plan_amount + (n.number <= s.one_cent_more)::integer * 0.01
        WHEN n.number = s.installments THEN s.plan_last ELSE s.plan_amount END
    OR n.amount < 0.01 OR s.plan_amount < 0.01
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
        sum(n.amount / (1 + s.daily_rate::numeric(46, 40)) ^ (n.due_date - s.sold_on)) AS worth,
        sum(n.amount * (n.due_date - s.sold_on)) AS moved
    FROM sales s JOIN notes n ON n.sale_id = s.id
    WHERE s.contract_rate > 0 OR s.daily_rate > 0
    GROUP BY n.sale_id
) AS n ON n.sale_id = s.id
WHERE CASE WHEN made <= total - down_payment OR moved = 0 THEN s.daily_rate <> 0
    ELSE abs(worth - (total - down_payment)) > moved * 1e-12 END
"""  # noqa: S608 - of constants alone

_NOTE_NEVER_PAID_DIFFERS = """
SELECT n.sale_id FROM notes n
WHERE (n.last_paid_on IS NOT NULL OR n.principal_balance <> n.amount OR n.interest_carried <> 0
        OR n.fine_carried <> 0 OR n.fine_charged OR n.interest_from <> n.due_date
        OR n.settled_on IS NOT NULL)
    AND NOT EXISTS (SELECT FROM payment_items i WHERE i.note_id = n.id AND NOT i.reversed)
"""

_NUMBERS_DIFFER = """
SELECT s.id FROM sales s LEFT JOIN (
    SELECT sale_id, count(*) AS notes, min(number) AS first, max(number) AS last
    FROM notes GROUP BY sale_id
) AS n ON n.sale_id = s.id
WHERE coalesce(n.notes, 0) <> s.installments OR n.first <> 1 OR n.last <> s.installments
"""

_UNSOUND = (
    f"WITH RECURSIVE {_PLANS} {_NOTE_DIFFERS}",
    _MAKING_DIFFERS,
    f"WITH {_ITEMS} {_ITEM_DIFFERS}",
    _DISCOUNT_DIFFERS,
    _NOTE_NEVER_PAID_DIFFERS,
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
