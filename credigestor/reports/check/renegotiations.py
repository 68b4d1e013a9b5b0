"""What `check` proves of renegotiations: both sides agree, and what the new one takes along (R15).

By itself, in SQL: nothing of it is asked of the rule or the service that said so.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.reports.check.problem import Problem

# What the act took off the old notes is what the new sale financed. Charges that notes closed still
# held of an earlier renegotiation come on top of those that they owed, and an earlier risk may be
# the greater one: so much at least.
_DIFFERS = """
WITH closed AS (
    SELECT i.act_id, sum(i.asked_interest) AS interest, sum(i.asked_fine) AS fine,
        sum(i.asked_interest + i.asked_fine + i.asked_principal) AS entered,
        min(coalesce(b.first_sold_on, s.sold_on)) AS first_sold_on,
        bool_or(b.id IS NOT NULL) AS again, bool_or(n.sale_id = r.sale_id) AS itself,
        max(CASE WHEN i.acted_on > coalesce(i.on_time_until_after, n.original_on_time_until,
                n.on_time_until) THEN i.acted_on - coalesce(i.due_date_after, n.original_due_date,
                n.due_date) ELSE 0 END) AS days_late
    FROM renegotiations r JOIN act_items i ON i.act_id = r.act_id
    JOIN notes n ON n.id = i.note_id JOIN sales s ON s.id = n.sale_id
    LEFT JOIN renegotiations b ON b.sale_id = n.sale_id
    GROUP BY i.act_id
)
SELECT r.id, array_remove(ARRAY[
    CASE WHEN a.kind <> 'renegotiation' OR c.itself OR a.operation_id <> r.operation_id
        THEN 'act_id' END,
    CASE WHEN a.customer_id <> s.customer_id OR a.acted_on <> s.sold_on
        OR s.operation_id <> r.operation_id OR s.total <> c.entered OR s.down_payment <> 0
        THEN 'sale_id' END,
    CASE WHEN (s.cancelled_on IS NULL) <> (u.id IS NULL) OR s.cancelled_on <> s.sold_on
        THEN 'cancelled_on' END,
    CASE WHEN p.customer_id <> s.customer_id OR p.paid_on <> s.sold_on THEN 'payment_id' END,
    CASE WHEN w.kind <> 'waiver' OR w.customer_id <> s.customer_id OR w.acted_on <> s.sold_on
        THEN 'waiver_id' END,
    CASE WHEN u.id IS NULL AND EXISTS (SELECT FROM reversals x WHERE x.payment_id = r.payment_id)
        THEN 'payment_id' END,
    CASE WHEN r.old_interest < c.interest OR NOT c.again AND r.old_interest <> c.interest
        THEN 'old_interest' END,
    CASE WHEN r.old_fine < c.fine OR NOT c.again AND r.old_fine <> c.fine THEN 'old_fine' END,
    CASE WHEN r.first_sold_on <> c.first_sold_on THEN 'first_sold_on' END,
    CASE WHEN r.days_late < c.days_late OR NOT c.again AND r.days_late <> c.days_late
        THEN 'days_late' END
], NULL) AS wrong
FROM renegotiations r JOIN acts a ON a.id = r.act_id JOIN sales s ON s.id = r.sale_id
LEFT JOIN closed c ON c.act_id = r.act_id
LEFT JOIN act_reversals u ON u.act_id = r.act_id
LEFT JOIN payments p ON p.id = r.payment_id LEFT JOIN acts w ON w.id = r.waiver_id
ORDER BY r.id
"""

_ONE_SIDED = """
SELECT a.id FROM acts a WHERE a.kind = 'renegotiation'
    AND NOT EXISTS (SELECT FROM renegotiations r WHERE r.act_id = a.id) ORDER BY 1
"""


def problems(session: Session) -> Iterator[Problem]:
    """Renegotiations whose two sides do not agree, and acts that nothing took the place of."""
    for row in session.execute(text(_DIFFERS)):
        if row.wrong:
            names = ", ".join(sorted(set(row.wrong)))
            yield Problem(
                *("renegotiation", "renegotiations", row.id),
                f"A dívida nova não é a das notas que ela substitui: {names}.",
            )
    for act_id in session.scalars(text(_ONE_SIDED)):
        yield Problem(
            *("renegotiation_missing", "acts", act_id),
            "As notas foram renegociadas e nenhuma venda ficou no lugar delas.",
        )
