"""Late interest as a function of the shop's schema

Revision: 0005, after 0004
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # Neither STRICT nor SET, and each argument used once: so the planner puts the arithmetic in
    # the call's place. The zeros give the quotient more digits than a half cent can hide behind;
    # with fewer, a large amount would be rounded twice.
    op.execute(
        """
        CREATE FUNCTION late_interest(
            principal numeric, monthly_rate numeric, since date, until date
        ) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN round(
            principal * monthly_rate * GREATEST(until - since, 0) / 3000.000000000000, 2
        )
        """
    )
