"""How a sale's notes came to be: what was split, the day that is kept, and the true rate (R2b, R2c)

Sales already made keep their notes: nothing was carried then, and each first due date was its own
anchor, which is what NULL says. Their true rate comes from their own dates.

Revision: 0014, after 0012
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa
from alembic import op

from credigestor.rules.true_rate import daily_rate

revision = "0014"
down_revision = "0012"

_AT_ONCE = 2000
_SOLD = sa.text(
    """
    SELECT s.id, s.total - s.down_payment AS financed,
        array_agg(n.due_date - s.sold_on ORDER BY n.number) AS days,
        array_agg(n.amount ORDER BY n.number) AS amounts
    FROM (SELECT * FROM sales WHERE contract_rate > 0 AND id > :after ORDER BY id LIMIT :most) AS s
    JOIN notes n ON n.sale_id = s.id
    GROUP BY s.id, s.total, s.down_payment
    ORDER BY s.id
    """
)
_WRITE = sa.text(
    """
    UPDATE sales SET daily_rate = found.rate
    FROM unnest(CAST(:ids AS integer[]), CAST(:rates AS numeric[])) AS found (id, rate)
    WHERE sales.id = found.id
    """
)


def upgrade() -> None:
    op.add_column("sales", sa.Column("carried", sa.Numeric(12, 2), nullable=True))
    op.add_column("sales", sa.Column("due_day", sa.SmallInteger(), nullable=True))
    op.add_column(
        "sales",
        sa.Column("daily_rate", sa.Numeric(24, 18), server_default=sa.text("0"), nullable=False),
    )
    op.create_check_constraint("carried", "sales", "carried > 0")
    op.create_check_constraint("due_day", "sales", "due_day BETWEEN 29 AND 31")
    op.create_check_constraint("daily_rate", "sales", "daily_rate >= 0")
    # No figure of the summaries has to do with it.
    op.execute("ALTER TABLE sales DISABLE TRIGGER sales_update_marks")
    _compute()
    op.execute("ALTER TABLE sales ENABLE TRIGGER sales_update_marks")


def _compute() -> None:
    connection, after = op.get_bind(), 0
    while rows := connection.execute(_SOLD, {"after": after, "most": _AT_ONCE}).all():
        found = {row.id: _rate(row.financed, row.days, row.amounts) for row in rows}
        connection.execute(_WRITE, {"ids": [*found], "rates": [*found.values()]})
        after = rows[-1].id


def _rate(financed: Decimal, days: Sequence[int], amounts: Sequence[Decimal]) -> Decimal:
    return daily_rate(financed, sorted(zip(days, amounts, strict=True)))
