"""What settles a note on a date, with each step told (R6–R9, R14; CDC art. 52 §2).

A note of 88,85 of a sale that truly costs 1 % in 30 days, due on 10/01/27, settled 47 days early:

>>> from datetime import date
>>> from decimal import Decimal as D
>>> from credigestor.rules import true_rate
>>> due = date(2027, 1, 10)
>>> rate = true_rate.of_month(D("1"))
>>> terms = Terms(D("88.85"), due, date(2027, 1, 11), D("1"), D("2"))
>>> found = settlement(
...     terms, [], date(2026, 11, 24), on_time_until=date(2027, 1, 11), daily_rate=rate)
>>> str(found.total), str(found.discount), found.days_early
('87.48', '1.37', 47)
>>> print(found.steps[-1].replace("\\xa0", " "))
Quitação antecipada, 47 dias antes do vencimento, à taxa efetiva de 0,033173 % ao dia: \
88,85 ÷ 1,000331732706^47 = 87,48. Redução de 1,37.

Without contract interest nothing is taken off by right, and a late note owes its charges:

>>> str(settlement(
...     terms, [], date(2027, 1, 25), on_time_until=date(2027, 1, 11), daily_rate=rate).total)
'91.07'
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from credigestor.rules import early
from credigestor.rules.calendar import format_days
from credigestor.rules.charges import Act, Owed, Terms, due_date
from credigestor.rules.money import ZERO, format_number, format_percent
from credigestor.rules.statement import explained


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a note owes on a date, what early settlement takes off it, R$, and the sentences."""

    owed: Owed
    discount: Decimal
    days_early: int
    steps: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """What settles the note, R$."""
        return self.owed.total - self.discount


def settlement(
    terms: Terms,
    acts: Iterable[Act],
    on: date,
    *,
    on_time_until: date,
    daily_rate: Decimal,
    contract_rate: Decimal = ZERO,
) -> Settlement:
    """What settles a note on a date after its live acts; the sale's true rate a day (R2b).

    Late: the charges of `rules.statement`. Before the nominal due date, where the sale has
    interest: the present value of the principal left (R14). Else what is left of it.
    """
    lines, state = explained(
        terms,
        acts,
        on,
        on_time_until=on_time_until,
        daily_rate=daily_rate,
        contract_rate=contract_rate,
    )
    owed, steps = lines[-1].after, [line.text for line in lines]
    days_early = max((due_date(terms, state) - on).days, 0)
    discount = early.discount(owed.principal, daily_rate, days_early)
    if discount:
        steps[-1] = _early(owed, daily_rate, days_early, discount)
    return Settlement(owed, discount, days_early, tuple(steps))


def _early(owed: Owed, rate: Decimal, days: int, discount: Decimal) -> str:
    agreed = f" Mais {format_number(owed.charges)} de juros combinados." if owed.charges else ""
    return (
        f"Quitação antecipada, {format_days(days)} antes do vencimento, à taxa efetiva de "
        f"{format_percent(100 * rate, 6)} ao dia: {early.shown(owed.principal, rate, days)}. "
        f"Redução de {format_number(discount)}.{agreed}"
    )
