"""A shop's past as it happened: charges that were taken other than the rules', a method nobody knows

No act of the new kind, and no such payment, was there before: no row changes.

Revision: 0027, after 0025
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0025"

_KINDS = "'waiver', 'return', 'new_date', 'renegotiation', 'write_off', 'charged'"


def upgrade() -> None:
    _again("acts", "kind", f"kind IN ({_KINDS})")
    _again("act_items", "not_negative", "principal >= 0 AND (fine >= 0 OR kind = 'charged')")
    _again("act_items", "interest", "interest >= 0 OR kind IN ('new_date', 'charged')")
    known = "'cash', 'pix', 'card', 'transfer', 'cheque', 'boleto', 'several', 'credit', 'unknown'"
    _again("payments", "method", f"method IN ({known})")


def _again(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
