"""Cheque and boleto as methods, and more of a customer (R26, R36)

No money of before came by either; of nobody the rest was known.

Revision: 0026, after 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0023"

_BEFORE = ("cash", "pix", "card", "transfer")
_NEW = ("cheque", "boleto")
_METHODS = (*_BEFORE, *_NEW)
_EACH = ", ".join(_METHODS)


def upgrade() -> None:
    _methods()
    _customers()


def _methods() -> None:
    several = {
        "several": f"CASE WHEN method = 'several' THEN num_nonnulls({_EACH}) >= 2"
        f" ELSE num_nonnulls({_EACH}) = 0 END",
        "parts": "method <> 'several' OR amount = "
        + " + ".join(f"coalesce({name}, 0)" for name in _METHODS),
        "each_part": f"least({_EACH}) > 0",
    }
    for table, other in {"payments": "credit", "sale_money": "unknown"}.items():
        for name in _NEW:
            op.add_column(table, sa.Column(name, sa.Numeric(12, 2), nullable=True))
        _check(table, "method", _one_of("method", "several", other))
        for name, condition in several.items():
            _check(table, name, condition)
    _check("returns", "method", _one_of("back_by", "credit"))
    _check("credit_movements", "method", _one_of("method"))
    _told()


def _one_of(column: str, *others: str) -> str:
    return f"{column} IN ({', '.join(repr(name) for name in (*_METHODS, *others))})"


def _check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _told() -> None:
    """What webhooks tell of a payment names the new methods with their parts."""
    source = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef('webhook_data(text, integer)'::regprocedure)")
    )
    last = "(4, 'transfer', p.transfer)"
    new = (f"({place}, '{name}', p.{name})" for place, name in enumerate(_NEW, start=5))
    changed = source.replace(last, ", ".join((last, *new)))
    op.execute(sa.text(changed.replace(":", r"\:")))


def _customers() -> None:
    for name in ("second_phone", "phone_text", "workplace", "spouse", "personal_references"):
        op.add_column("customers", sa.Column(name, sa.Text(), nullable=True))
