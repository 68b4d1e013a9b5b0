"""Cheque and boleto as methods, more of a customer, none of a CPF, old numbers (R26, R36)

No money of before came by either; of nobody the rest was known, and all have a CPF or CNPJ.

Revision: 0026, after 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"

_BEFORE = ("cash", "pix", "card", "transfer")
_NEW = ("cheque", "boleto")
_METHODS = (*_BEFORE, *_NEW)
_EACH = ", ".join(_METHODS)


def upgrade() -> None:
    _methods()
    _customers()
    _old_numbers()


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
    op.alter_column("customers", "tax_id", nullable=True)
    for name in ("foreign_document", "country"):
        op.add_column("customers", sa.Column(name, sa.Text(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_customers_country_foreign_document"), "customers", ["country", "foreign_document"]
    )
    for name, condition in {
        "foreign_document": "(foreign_document IS NULL) = (country IS NULL)",
        "country": "country ~ '^[A-Z]{2}$'",
    }.items():
        op.create_check_constraint(op.f(f"ck_customers_{name}"), "customers", condition)
    op.create_index(
        "ix_customers_unidentified",
        "customers",
        ["id"],
        postgresql_where=sa.text("tax_id IS NULL AND foreign_document IS NULL"),
    )


def _old_numbers() -> None:
    op.add_column("notes", sa.Column("ref", sa.Text(), nullable=True))
    for table in ("notes", "sales"):
        op.create_index(
            f"ix_{table}_old_number",
            table,
            [sa.text("ltrim(lower(ref), '0')")],
            postgresql_where=sa.text("ref IS NOT NULL"),
        )
