"""A down payment by the customer's credit: its way, and the movement that names the sale (R31)

No down payment came so before: no row is made or changed, and no figure either.

Revision: 0031, after 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

_WAYS = ("cash", "pix", "card", "transfer", "cheque", "boleto", "several", "credit", "unknown")


def upgrade() -> None:
    op.add_column("credit_movements", sa.Column("sale_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_credit_movements_sale_id"), "credit_movements", "sales", ["sale_id"], ["id"]
    )
    op.create_unique_constraint(
        op.f("uq_credit_movements_sale_id"), "credit_movements", ["sale_id"]
    )
    _check(
        "credit_movements",
        "kind",
        "kind IN ('kept', 'returned', 'spent', 'paid_down', 'paid_back', 'undone')",
    )
    _check(
        "credit_movements",
        "amount",
        "CASE WHEN kind IN ('kept', 'returned') THEN amount > 0"
        " WHEN kind IN ('spent', 'paid_down', 'paid_back') THEN amount < 0"
        " ELSE amount <> 0 END",
    )
    _check(
        "credit_movements",
        "source",
        "(kind IN ('kept', 'spent')) = (payment_id IS NOT NULL)"
        " AND (kind = 'returned') = (act_id IS NOT NULL)"
        " AND (kind = 'paid_down') = (sale_id IS NOT NULL)"
        " AND (kind = 'undone') = (undoes_id IS NOT NULL)"
        " AND (kind = 'paid_back') = (operation_id IS NOT NULL)",
    )
    _check("sale_money", "method", f"method IN ({', '.join(repr(way) for way in _WAYS)})")


def _check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
