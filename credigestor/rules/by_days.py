"""Notes whose interest goes by days, some of them with an amount that was agreed on (R33).

1.000,00 at 1 % a month, eight notes a week apart and four a fortnight apart:

>>> from decimal import Decimal as D
>>> weekly = split_by_days(D(1000), D(1), [7 * k for k in range(1, 9)])
>>> fortnightly = split_by_days(D(1000), D(1), [15, 30, 45, 60])
>>> print(weekly[0], weekly[-1], fortnightly[0], fortnightly[-1])
126.31 126.33 253.12 253.15

400,00 agreed on for the day 21, the rest computed for the days 42, 73 and 101; the last of them
takes the cents:

>>> some = split_by_days(D(1000), D(1), [21, 42, 73, 101], [D(400), None, None, None])
>>> [str(amount) for amount in some]
['400', '205.77', '205.77', '205.78']
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext

from credigestor.errors import InvalidInput
from credigestor.rules.installments import rounded_away, split_evenly, too_large, too_small
from credigestor.rules.money import CENT, MAX_MONEY, ZERO, format_brl, round_cents


def split_by_days(
    financed: Decimal,
    monthly_rate: Decimal,
    days: Sequence[int],
    agreed: Sequence[Decimal | None] | None = None,
) -> list[Decimal]:
    """The notes' amounts for R$ `financed`, at percent a month; `days` lead from the sale to each.

    Those without an `agreed` amount are equal, and the last of them takes the cents; without
    interest they are split as by R1. Raises InvalidInput where nothing is left for them, or the
    agreed ones do not reach what is financed.
    """
    agreed = agreed or [None] * len(days)
    given = sum((amount for amount in agreed if amount is not None), ZERO)
    free = [place for place, amount in enumerate(agreed) if amount is None]
    if not free:
        if given < financed:
            raise InvalidInput(
                f"As parcelas somam {format_brl(given)}: faltam {format_brl(financed - given)} "
                "para o valor financiado.",
                field="schedule",
            )
        return [amount for amount in agreed if amount is not None]
    if monthly_rate == 0:
        shares = _without_interest(financed, given, len(free))
    else:
        shares = _with_interest(financed, monthly_rate, days, agreed, free)
    filled = dict(zip(free, shares, strict=True))
    return [filled[place] if amount is None else amount for place, amount in enumerate(agreed)]


def _without_interest(financed: Decimal, given: Decimal, count: int) -> list[Decimal]:
    if given and financed - given < count * CENT:
        raise _nothing_left(count)
    return split_evenly(financed - given, count)


def _with_interest(
    financed: Decimal,
    monthly_rate: Decimal,
    days: Sequence[int],
    agreed: Sequence[Decimal | None],
    free: Sequence[int],
) -> list[Decimal]:
    """The shares of those that are `free`: what is financed less the others' worth, evenly."""
    with localcontext() as context:
        context.prec = 40
        growth = 1 + monthly_rate / 100
        worth = [growth ** (-Decimal(day) / 30) for day in days]
        given = sum(
            (amount * each for amount, each in zip(agreed, worth, strict=True) if amount), ZERO
        )
        share = round_cents((financed - given) / sum(worth[place] for place in free))
        if share < CENT:
            one_is_agreed = len(free) < len(days)
            raise _nothing_left(len(free)) if one_is_agreed else too_small(financed, len(free))
        last = _last(financed, growth, days, agreed, share, free)
    if max(share, last) > MAX_MONEY:
        raise too_large("contract_rate")
    return [share] * (len(free) - 1) + [last]


def _last(
    financed: Decimal,
    growth: Decimal,
    days: Sequence[int],
    agreed: Sequence[Decimal | None],
    share: Decimal,
    free: Sequence[int],
) -> Decimal:
    """What the last free one takes: the balance then, less the worth of those agreed on after it.

    Interest is rounded at each due date.
    """
    place, balance, reached = free[-1], financed, 0
    for k in range(place + 1):
        interest = balance * (growth ** (Decimal(days[k] - reached) / 30) - 1)
        if interest > MAX_MONEY:
            raise too_large("contract_rate")
        if interest < -MAX_MONEY:  # the cents rounded up, grown over the years
            raise rounded_away(len(free), share)
        balance += round_cents(interest)
        reached = days[k]
        if k < place:
            given = agreed[k]
            balance -= share if given is None else given
    after = zip(days[place + 1 :], agreed[place + 1 :], strict=True)
    later = ((amount or ZERO) * growth ** (-Decimal(day - reached) / 30) for day, amount in after)
    last = balance - round_cents(sum(later, ZERO))
    if last < CENT:
        raise rounded_away(len(free), share)
    return last


def _nothing_left(count: int) -> InvalidInput:
    rest = "a parcela" if count == 1 else f"as {count} parcelas"
    return InvalidInput(
        f"Os valores digitados não deixam nada para {rest} sem valor.", field="schedule"
    )
