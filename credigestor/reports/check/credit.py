"""What `check` proves of customers' credit: never below nothing, each movement as made (R31)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.reports.check.problem import Problem

_BELOW = """
SELECT customer_id, moved_on, balance FROM (
    SELECT customer_id, moved_on, sum(sum(amount)) OVER (
        PARTITION BY customer_id ORDER BY moved_on) AS balance
    FROM credit_movements GROUP BY customer_id, moved_on
) AS days WHERE balance < 0 ORDER BY customer_id, moved_on
"""

# Each movement beside what made it: the payment that kept or spent it, the act that gave it, the
# sale that was paid down by it, what it undoes; undone just when that is.
_DIFFERS = """
SELECT m.id FROM credit_movements m
LEFT JOIN payments p ON p.id = m.payment_id
LEFT JOIN reversals v ON v.payment_id = m.payment_id
LEFT JOIN acts a ON a.id = m.act_id
LEFT JOIN returns r ON r.act_id = m.act_id
LEFT JOIN act_reversals w ON w.act_id = m.act_id
LEFT JOIN sales s ON s.id = m.sale_id
LEFT JOIN sale_money d ON d.sale_id = m.sale_id AND d.kind = 'down'
LEFT JOIN credit_movements u ON u.undoes_id = m.id
LEFT JOIN credit_movements o ON o.id = m.undoes_id
WHERE CASE m.kind
    WHEN 'spent' THEN (p.customer_id, p.paid_on, p.method, -p.amount, v.id IS NULL)
        IS DISTINCT FROM (m.customer_id, m.moved_on, 'credit', m.amount, u.id IS NULL)
    WHEN 'paid_down' THEN (s.customer_id, s.sold_on, d.method, -d.amount, s.cancelled_on IS NULL)
        IS DISTINCT FROM (m.customer_id, m.moved_on, 'credit', m.amount, u.id IS NULL)
    WHEN 'kept' THEN (p.customer_id, p.paid_on, v.id IS NULL)
            IS DISTINCT FROM (m.customer_id, m.moved_on, u.id IS NULL)
        OR m.method IS DISTINCT FROM CASE p.method WHEN 'several' THEN 'cash' ELSE p.method END
    WHEN 'returned' THEN (a.customer_id, a.acted_on, r.back_by, r.back, w.id IS NULL)
        IS DISTINCT FROM (m.customer_id, m.moved_on, 'credit', m.amount, u.id IS NULL)
    WHEN 'undone' THEN (o.customer_id, o.moved_on, -o.amount)
            IS DISTINCT FROM (m.customer_id, m.moved_on, m.amount) OR o.kind = 'undone'
    ELSE false END
ORDER BY 1
"""

_MISSING = """
SELECT 'payments' AS entity, p.id FROM payments p WHERE p.method = 'credit' AND NOT EXISTS (
    SELECT FROM credit_movements m WHERE m.payment_id = p.id AND m.kind = 'spent')
UNION ALL
SELECT 'sale_money', d.id FROM sale_money d WHERE d.method = 'credit' AND NOT EXISTS (
    SELECT FROM credit_movements m WHERE m.sale_id = d.sale_id)
UNION ALL
SELECT 'returns', r.id FROM returns r WHERE r.back_by = 'credit' AND NOT EXISTS (
    SELECT FROM credit_movements m WHERE m.act_id = r.act_id)
ORDER BY 1, 2
"""


def problems(session: Session) -> Iterator[Problem]:
    """Credit below nothing on a day, and movements that contradict what made them (R31)."""
    for row in session.execute(text(_BELOW)):
        yield Problem(
            *("credit_below", "customers", row.customer_id),
            f"O crédito do cliente em {row.moved_on:%d/%m/%Y} é negativo: {row.balance}.",
        )
    for movement_id in session.scalars(text(_DIFFERS)):
        yield Problem(
            *("credit", "credit_movements", movement_id),
            "O movimento de crédito não combina com o que o fez.",
        )
    for row in session.execute(text(_MISSING)):
        yield Problem(
            *("credit_missing", row.entity, row.id), "Falta o movimento de crédito que isto fez."
        )
