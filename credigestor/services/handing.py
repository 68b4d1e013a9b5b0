"""How money was handed over, as it is asked for: one method, or the part of each (R36)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from credigestor.errors import InvalidInput
from credigestor.rules.methods import SEVERAL, UNKNOWN, Method, Part
from credigestor.rules.money import CENT, ZERO, format_brl

#: The columns that `columns` fills.
COLUMNS = ("method", *(method.value for method in Method))


def parts(
    amount: Decimal,
    method: Method | None,
    methods: Sequence[Part],
    *,
    field: str = "methods",
    needed: bool = True,
) -> Sequence[Part]:
    """The part of each method, R$; none where nobody said how and it is not `needed`.

    Raises InvalidInput for both ways of saying it, a method twice, a part of nothing, or parts
    that do not add up to the amount.
    """
    if methods and method is not None:
        raise InvalidInput("Diga uma forma de pagamento ou as partes de cada uma.", field=field)
    if not methods:
        if method is None and needed:
            raise InvalidInput("Informe a forma de pagamento.", field=field)
        return [] if method is None else [(method, amount)]
    if len({each for each, _ in methods}) < len(methods):
        raise InvalidInput("A mesma forma aparece duas vezes.", field=field)
    for _, part in methods:
        if part < CENT or part != part.quantize(CENT):
            raise InvalidInput("Cada forma deve ter um valor maior que zero.", field=field)
    told = sum((part for _, part in methods), ZERO)
    if told != amount:
        rest = amount - told
        short = f"faltam {format_brl(rest)}" if rest > 0 else f"sobram {format_brl(-rest)}"
        raise InvalidInput(
            f"As formas somam {format_brl(told)} e o valor é {format_brl(amount)}: {short}.",
            field=field,
        )
    return [(each, part.quantize(CENT)) for each, part in methods]


def columns(handed: Iterable[tuple[str, Decimal]]) -> dict[str, Any]:
    """The columns of db.models.Handed that say the parts."""
    found = dict(handed)
    if len(found) <= 1:
        return {**dict.fromkeys(COLUMNS), "method": str(next(iter(found), UNKNOWN))}
    return {"method": SEVERAL, **{method.value: found.get(method) for method in Method}}
