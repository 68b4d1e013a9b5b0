"""Sales that are not with the customer to whom they were moved."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.reports.check.problem import Problem

# Each move begins where the one before it ended, the first where the sale was made, and the last
# ends where the sale is.
_BROKEN = """
SELECT id FROM (
    SELECT m.id, m.from_id <> coalesce(
            lag(m.to_id) OVER sale, (a.after ->> 'customer_id')::integer, m.from_id)
        OR lead(m.id) OVER sale IS NULL AND m.to_id <> s.customer_id AS broken
    FROM customer_moves m JOIN sales s ON s.id = m.sale_id
    LEFT JOIN audit_log a ON a.entity = 'sale' AND a.action = 'create' AND a.entity_id = s.id
        AND a.after ->> 'customer_id' ~ '^[0-9]{1,9}$'
    WINDOW sale AS (PARTITION BY m.sale_id ORDER BY m.id)
) AS moves WHERE broken ORDER BY id
"""


def problems(session: Session) -> Iterator[Problem]:
    """Moves that lead from or to another customer than the sale had and has."""
    for move_id in session.scalars(text(_BROKEN)):
        detail = "A venda não está com o cliente a quem foi passada, ou não veio de quem se diz."
        yield Problem("customer_move", "customer_moves", move_id, detail)
