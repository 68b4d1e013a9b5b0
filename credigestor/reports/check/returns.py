"""What `check` proves of goods that came back: each return beside its act, sale and notes (R30).

By itself, in SQL: which notes fell and what went back is not asked of the rule that said so.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.reports.check.problem import Problem

# What fell of each note is worth its R14 value of that day: of what is not overdue, by the days to
# the due date. Part of a note is rounded once more, so its worth may be a cent off (R14c). Where a
# later date was agreed since or before, the date that counted then is not looked for.
_RETURNS = """
WITH live AS (
    SELECT r.*, a.kind AS act_kind, a.customer_id, a.acted_on, s.total, s.sold_on, s.daily_rate,
        s.customer_id AS buyer, s.cancelled_on, u.id IS NOT NULL AS undone
    FROM returns r LEFT JOIN acts a ON a.id = r.act_id LEFT JOIN sales s ON s.id = r.sale_id
    LEFT JOIN act_reversals u ON u.act_id = r.act_id
), fell AS (
    SELECT i.act_id, count(*) AS notes, bool_or(n.sale_id <> l.sale_id) AS elsewhere,
        bool_or(n.original_due_date IS NOT NULL) AS moved,
        sum(GREATEST(LEAST(i.asked_principal, 0.01), round(i.asked_principal
            / (1 + l.daily_rate::numeric(46, 40)) ^ CASE WHEN l.acted_on > n.on_time_until THEN 0
                ELSE GREATEST(n.due_date - l.acted_on, 0) END, 2))) AS worth
    FROM live l JOIN act_items i ON i.act_id = l.act_id JOIN notes n ON n.id = i.note_id
    GROUP BY i.act_id
)
SELECT l.id, array_remove(ARRAY[
    CASE WHEN l.act_kind IS DISTINCT FROM 'return' THEN 'act_id' END,
    CASE WHEN l.customer_id <> l.buyer OR f.elsewhere OR l.acted_on < l.sold_on
        OR NOT undone AND l.cancelled_on IS NOT NULL THEN 'sale_id' END,
    CASE WHEN l.value <= 0 OR l.share IS NOT NULL
        AND l.value <> GREATEST(round(l.total * l.share / 100, 2), 0.01) THEN 'share' END,
    CASE WHEN coalesce(f.notes, 0) = 0 AND l.back = 0 THEN 'act_id' END,
    CASE WHEN NOT coalesce(f.moved, false)
        AND NOT (l.kind = 'regret' AND l.back > 0)
        AND coalesce(f.worth, 0) + l.back > l.value + 0.01 THEN 'value' END
], NULL) AS wrong
FROM live l LEFT JOIN fell f USING (act_id)
ORDER BY l.id
"""

_MORE_THAN_SOLD = """
SELECT r.sale_id, sum(r.value) AS value, max(s.total) AS total
FROM returns r JOIN sales s ON s.id = r.sale_id
WHERE NOT EXISTS (SELECT FROM act_reversals u WHERE u.act_id = r.act_id)
GROUP BY r.sale_id HAVING sum(r.value) > max(s.total) ORDER BY 1
"""

_UNTOLD = """
SELECT a.id FROM acts a WHERE a.kind = 'return'
    AND NOT EXISTS (SELECT FROM returns r WHERE r.act_id = a.id) ORDER BY 1
"""


def problems(session: Session) -> Iterator[Problem]:
    """Returns that contradict their act, sale or notes, and acts that lack theirs (R30)."""
    for row in session.execute(text(_RETURNS)):
        if row.wrong:
            names = ", ".join(sorted(set(row.wrong)))
            yield Problem(
                *("return", "returns", row.id),
                f"A devolução não combina com o ato, a venda ou as notas: {names}.",
            )
    for row in session.execute(text(_MORE_THAN_SOLD)):
        yield Problem(
            *("return_value", "sales", row.sale_id),
            f"Voltou mais do que se vendeu: {row.value} de {row.total}.",
        )
    for act_id in session.scalars(text(_UNTOLD)):
        yield Problem("return_missing", "acts", act_id, "A devolução não diz o que voltou.")
