"""SQL of the sales whose notes are not those that they make: amounts, dates, rate (R1–R3, R33)."""

from __future__ import annotations

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
    SELECT s.id AS sale_id, s.ref, n.due_date,
        lag(n.due_date) OVER (PARTITION BY s.id ORDER BY n.number) AS before
    FROM sales s JOIN {_AS_MADE} n ON n.sale_id = s.id WHERE s.schedule = 'list'
) AS listed WHERE due_date < before OR due_date = before AND ref IS NULL
UNION ALL
SELECT s.id FROM sales s JOIN {_AS_MADE} n ON n.sale_id = s.id WHERE s.schedule = 'list'
GROUP BY s.id, s.total, s.down_payment, s.contract_rate
HAVING sum(n.amount) < s.total - s.down_payment
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

#: SELECTs of ids of sales.
MADE_OTHERWISE = (
    f"WITH RECURSIVE {_PLANS} {_NOTE_DIFFERS}",
    _BY_DAYS_DIFFERS,
    _DATES_DIFFER,
    _MAKING_DIFFERS,
)
