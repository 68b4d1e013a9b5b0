"""Money handed over, by one method or several."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ColumnElement, Text, case, cast, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from credigestor.db.models.base import Money
from credigestor.rules.methods import PLUS, SEVERAL, Method


class Handed:
    """Money handed over: `method`, or with SEVERAL the part of each in its own column (R36).

    So the sum of the parts is a CHECK of the one row, and what came by a method a sum of columns.
    """

    amount: Mapped[Decimal] = mapped_column(Money)
    method: Mapped[str]
    cash: Mapped[Decimal | None] = mapped_column(Money)
    pix: Mapped[Decimal | None] = mapped_column(Money)
    card: Mapped[Decimal | None] = mapped_column(Money)
    transfer: Mapped[Decimal | None] = mapped_column(Money)
    cheque: Mapped[Decimal | None] = mapped_column(Money)
    boleto: Mapped[Decimal | None] = mapped_column(Money)

    @hybrid_property
    def way(self) -> str:
        """The method, or each one's part, as `rules.methods` words it."""
        if self.method != SEVERAL:
            return self.method
        parts = ((method, getattr(self, method.value)) for method in Method)
        return PLUS.join(f"{method} {part}" for method, part in parts if part is not None)

    @way.inplace.expression
    @classmethod
    def _way(cls) -> ColumnElement[str]:
        parts = ((method, getattr(cls, method.value)) for method in Method)
        told = (f"{method} " + cast(part, Text) for method, part in parts)
        return case((cls.method == SEVERAL, func.concat_ws(PLUS, *told)), else_=cls.method)


def one_of(column: str, *others: str) -> CheckConstraint:
    """The column is a method, or one of the others, which stand in its place."""
    known = ", ".join(f"'{name}'" for name in (*Method, *others))
    return CheckConstraint(f"{column} IN ({known})", name="method")


def ways(*others: str) -> tuple[CheckConstraint, ...]:
    """What holds of the columns of Handed; `others` stand in a method's place."""
    names = [method.value for method in Method]
    each = ", ".join(names)
    return (
        one_of("method", SEVERAL, *others),
        CheckConstraint(
            f"CASE WHEN method = '{SEVERAL}' THEN num_nonnulls({each}) >= 2"
            f" ELSE num_nonnulls({each}) = 0 END",
            name="several",
        ),
        CheckConstraint(
            f"method <> '{SEVERAL}' OR amount = "
            + " + ".join(f"coalesce({name}, 0)" for name in names),
            name="parts",
        ),
        CheckConstraint(f"least({each}) > 0", name="each_part"),
    )
