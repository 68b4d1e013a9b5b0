"""Early settlement of a note with contract interest: its present value (R14; CDC art. 52 §2).

Three notes of 88,85 due in 30, 60 and 90 days at 1 % a month, and one paid 47 days early:

>>> from decimal import Decimal as D
>>> [str(present_value(D("88.85"), D("1"), days)) for days in (30, 60, 90)]
['87.97', '87.10', '86.24']
>>> str(present_value(D("88.85"), D("1"), 47)), str(discount(D("88.85"), D("1"), 47))
('87.48', '1.37')

A cent at least is to be paid, however far ahead the note is due; a receipt is of some money:

>>> str(present_value(D("0.50"), D("100"), 720))
'0.01'

Without contract interest, or from the due date on, there is no discount by right:

>>> str(discount(D("88.85"), D("0"), 47)), str(discount(D("88.85"), D("1"), -3))
('0.00', '0.00')
>>> shown(D("88.85"), D("1"), 47)
'88,85 ÷ 1,01^(47/30) = 87,48'
"""

from __future__ import annotations

from decimal import Decimal, localcontext

from credigestor.rules.money import CENT, format_number, round_cents


def present_value(amount: Decimal, monthly_rate: Decimal, days: int) -> Decimal:
    """What settles R$ `amount` of principal `days` before it is due, R$ (R14).

    `amount / (1 + i)^(days/30)`, i the contract rate (percent a month), rounded half up once,
    but not to nothing; the amount itself without interest or when `days` is not positive.
    """
    if days <= 0 or monthly_rate <= 0:
        return amount
    with localcontext() as context:
        context.prec = 40
        value = round_cents(amount / (1 + monthly_rate / 100) ** (Decimal(days) / 30))
    return max(value, min(amount, CENT))


def discount(amount: Decimal, monthly_rate: Decimal, days: int) -> Decimal:
    """What early settlement saves on R$ `amount` of principal, R$; zero where there is none."""
    return amount - present_value(amount, monthly_rate, days)


def shown(amount: Decimal, monthly_rate: Decimal, days: int) -> str:
    """How `present_value` was found, as on a quote or a note's statement."""
    found = format_number(present_value(amount, monthly_rate, days))
    return f"{format_number(amount)} ÷ {growth(monthly_rate)}^({days}/30) = {found}"


def growth(monthly_rate: Decimal) -> str:
    """What an amount is multiplied by in a month, 1 % being "1,01"."""
    return f"{(1 + monthly_rate / 100).normalize():f}".replace(".", ",")
