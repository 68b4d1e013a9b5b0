"""Early settlement of a note with contract interest: its present value (R14; CDC art. 52 §2).

Three notes of 88,85 due in 30, 60 and 90 days at 1 % a month, and one paid 47 days early:

>>> from decimal import Decimal as D
>>> [str(present_value(D("88.85"), D("1"), days)) for days in (30, 60, 90)]
['87.97', '87.10', '86.24']
>>> str(present_value(D("88.85"), D("1"), 47)), str(discount(D("88.85"), D("1"), 47))
('87.48', '1.37')

Without contract interest, or from the due date on, there is no discount by right:

>>> str(discount(D("88.85"), D("0"), 47)), str(discount(D("88.85"), D("1"), -3))
('0.00', '0.00')
"""

from __future__ import annotations

from decimal import Decimal, localcontext

from credigestor.rules.money import round_cents


def present_value(amount: Decimal, monthly_rate: Decimal, days: int) -> Decimal:
    """What settles R$ `amount` of principal `days` before it is due, R$ (R14).

    `amount / (1 + i)^(days/30)`, i the contract rate (percent a month), rounded half up once;
    the amount itself without interest or when `days` is not positive.
    """
    if days <= 0 or monthly_rate <= 0:
        return amount
    with localcontext() as context:
        context.prec = 40
        return round_cents(amount / (1 + monthly_rate / 100) ** (Decimal(days) / 30))


def discount(amount: Decimal, monthly_rate: Decimal, days: int) -> Decimal:
    """What early settlement saves on R$ `amount` of principal, R$; zero where there is none."""
    return amount - present_value(amount, monthly_rate, days)
