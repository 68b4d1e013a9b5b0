"""Down payments beside the money on record: received once, handed back if cancelled (R35), and by
credit just what was paid by it (R31).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.reports.check.problem import Problem

# What there must be, beside what there is; of each kind the database keeps one a sale at most.
_DIFFERENT = """
SELECT coalesce(right_one.sale_id, m.sale_id) AS id, coalesce(right_one.kind, m.kind) AS kind
FROM (
    SELECT id AS sale_id, 'down' AS kind, sold_on AS moved_on, down_payment AS amount
    FROM sales WHERE down_payment > 0
    UNION ALL
    SELECT id, 'refund', cancelled_on, down_payment
    FROM sales WHERE down_payment > 0 AND cancelled_on IS NOT NULL
) AS right_one
FULL JOIN sale_money m ON m.sale_id = right_one.sale_id AND m.kind = right_one.kind
LEFT JOIN sale_money d ON d.sale_id = m.sale_id AND d.kind = 'down'
WHERE (m.moved_on, m.amount) IS DISTINCT FROM (right_one.moved_on, right_one.amount)
    OR (m.method = 'credit') <> (d.method = 'credit')
ORDER BY 1, 2
"""
_WORDS = {
    "down": "O registro do recebimento da entrada não é o que a venda diz, ou falta.",
    "refund": "O registro da devolução da entrada não é o que a venda cancelada diz, ou falta.",
}


def down_payments(session: Session) -> Iterator[Problem]:
    """Sales whose down payment is not on record as the sale tells it."""
    for row in session.execute(text(_DIFFERENT)):
        detail = _WORDS.get(row.kind, "O registro de dinheiro da venda é de outro tipo.")
        yield Problem("down_payment", "sales", row.id, detail)
