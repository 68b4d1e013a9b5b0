"""Paying a note of a sale with interest before it is due, in whole or in part (R14, R14c).

CDC art. 52 §2. Three notes of 367,21 that were sold for 1.000,00 and are first due 91 days later
cost the 1.000,00 again on the day of the sale:

>>> from decimal import Decimal as D
>>> from credigestor.rules.true_rate import daily_rate
>>> rate = daily_rate(D(1000), [(91, D("367.21")), (119, D("367.21")), (150, D("367.21"))])
>>> [str(present_value(D("367.21"), rate, days)) for days in (91, 119, 150)]
['341.17', '333.54', '325.29']

At 1 % in thirty days, a note of 88,85 that is due 47 days later: settled, and 50,00 paid on it.

>>> rate = daily_rate(D(100), [(30, D(101))])
>>> str(present_value(D("88.85"), rate, 47)), str(discount(D("88.85"), rate, 47))
('87.48', '1.37')
>>> str(settled_by(D("50.00"), D("88.85"), rate, 47))
'50.79'
>>> print(shown(D("88.85"), rate, 47))
88,85 ÷ 1,000331732706^47 = 87,48
>>> print(shown_part(D("50.00"), D("50.79"), rate, 47))
50,00 × 1,000331732706^47 = 50,79

A cent at least is to be paid, however far ahead the note is due; a receipt is of some money. And
a cent of the note stays for the last cent of what settles it:

>>> str(present_value(D("0.50"), D("0.01"), 720))
'0.01'
>>> [str(settled_by(D(paid), D("88.85"), rate, 47)) for paid in ("87.47", "87.48")]
['88.84', '88.85']

Without interest, or from the due date on, there is no discount by right:

>>> str(discount(D("88.85"), D("0"), 47)), str(discount(D("88.85"), rate, -3))
('0.00', '0.00')
"""

from __future__ import annotations

from decimal import Decimal, localcontext

from credigestor.rules.money import CENT, format_number, round_cents

#: Decimals of a daily rate on paper: enough to find the same cents with a pocket calculator.
_SHOWN = 12


def present_value(amount: Decimal, rate: Decimal, days: int) -> Decimal:
    """What settles R$ `amount` of principal `days` before it is due, R$ (R14).

    `amount ÷ (1 + r)^days`, r the sale's true rate a day (a fraction, R2b), rounded half up once,
    but not to nothing; the amount itself without interest or when `days` is not positive.
    """
    if days <= 0 or rate <= 0:
        return amount
    with localcontext() as context:
        context.prec = 40
        value = round_cents(amount / (1 + rate) ** days)
    return max(value, min(amount, CENT))


def discount(amount: Decimal, rate: Decimal, days: int) -> Decimal:
    """What early settlement saves on R$ `amount` of principal, R$; zero where there is none."""
    return amount - present_value(amount, rate, days)


def settled_by(paid: Decimal, left: Decimal, rate: Decimal, days: int) -> Decimal:
    """How much of the R$ `left` of a note's principal R$ `paid` early settles (R14c).

    `paid × (1 + r)^days`, rounded half up; all of it only for what settles all of it (R14).
    """
    if paid >= present_value(left, rate, days):
        return left
    if days <= 0 or rate <= 0:
        return paid
    with localcontext() as context:
        context.prec = 40
        return min(round_cents(paid * (1 + rate) ** days), left - CENT)


def shown(amount: Decimal, rate: Decimal, days: int) -> str:
    """How `present_value` was found, as on a quote or a note's statement."""
    found = format_number(present_value(amount, rate, days))
    return f"{format_number(amount)} ÷ {growth(rate)}^{days} = {found}"


def shown_part(paid: Decimal, settled: Decimal, rate: Decimal, days: int) -> str:
    """How `settled_by` was found."""
    return f"{format_number(paid)} × {growth(rate)}^{days} = {format_number(settled)}"


def growth(rate: Decimal) -> str:
    """What an amount is multiplied by in a day, in as many decimals as are shown."""
    return f"{round(1 + rate, _SHOWN):f}".replace(".", ",")
