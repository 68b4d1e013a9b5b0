"""Splitting a sale into notes, without and with contract interest (R1, R2, R2c).

>>> from decimal import Decimal as D
>>> [str(v) for v in split_evenly(D("1000.00"), 3)]
['333.34', '333.33', '333.33']
>>> price = split_price(D("1000.00"), D("1"), 12)
>>> str(price[0]), str(price[-1]), str(sum(price))
('88.85', '88.84', '1066.19')

First due two months after the sale, at 5 %: what is split has grown by a month's interest (R2c).

>>> str(carried(D("1000.00"), D("5"), 60))
'1102.50'
"""

from __future__ import annotations

from decimal import Decimal, localcontext

from credigestor.errors import InvalidInput
from credigestor.rules.money import CENT, MAX_MONEY, format_brl, round_cents

MAX_INSTALLMENTS = 120
#: The highest rate, percent a month, and the decimals that a sale keeps of one.
MAX_RATE, RATE_PLACES = Decimal(100), 4
#: Effective percent a month above which the courts saw abuse (STJ REsp 1.720.656), before Lei
#: 14.905/2024: a warning, no more.
USUAL_MONTHLY_RATE = Decimal(1)


def split(amount: Decimal, monthly_rate: Decimal, count: int) -> list[Decimal]:
    """Amounts of the `count` notes for `amount` financed; the rate is percent a month (R1, R2).

    Raises InvalidInput for a count outside 1–120, a negative rate, or notes that would be
    less than a cent or more than MAX_MONEY.
    """
    check_count(count)
    if monthly_rate < 0:
        raise InvalidInput("A taxa de juros não pode ser negativa.", field="contract_rate")
    if monthly_rate == 0:
        return split_evenly(amount, count)
    return split_price(amount, monthly_rate, count)


def check_count(count: int) -> None:
    """Raise InvalidInput unless the number of instalments is between 1 and 120."""
    if not 1 <= count <= MAX_INSTALLMENTS:
        raise InvalidInput(
            f"O número de parcelas deve ser de 1 a {MAX_INSTALLMENTS}.", field="installments"
        )


def parse_count(text: str, *, field: str | None = "installments") -> int:
    """Read a number of instalments as typed; raises InvalidInput unless it is from 1 to 120.

    >>> parse_count(" 12 ")
    12
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidInput(
            f"Digite um número inteiro de parcelas, de 1 a {MAX_INSTALLMENTS}.", field=field
        )
    count = int(digits[:9])  # nine digits are too many already
    check_count(count)
    return count


def split_evenly(amount: Decimal, count: int) -> list[Decimal]:
    """Split R$ into `count` notes that differ by at most a cent and sum exactly (R1)."""
    cents = int(amount / CENT)
    quotient, remainder = divmod(cents, count)
    if quotient < 1:
        raise too_small(amount, count)
    return [(quotient + (k < remainder)) * CENT for k in range(count)]


def split_price(principal: Decimal, monthly_rate: Decimal, count: int) -> list[Decimal]:
    """Instalments of the Tabela Price, the last one taking the difference (R2).

    Raises InvalidInput where cents are too coarse for the rate and the count, or too few.
    """
    with localcontext() as context:
        context.prec = 40
        rate = monthly_rate / 100
        factor = rate / (1 - (1 + rate) ** -count)
        installment = round_cents(principal * factor)
        balance = principal
        for _ in range(count - 1):
            balance = balance + round_cents(balance * rate) - installment
        last = balance + round_cents(balance * rate)
    amounts = [installment] * (count - 1) + [last]
    if installment < CENT:
        raise too_small(principal, count)
    if last < CENT:
        raise rounded_away(count, installment)
    if max(amounts) > MAX_MONEY:
        raise too_large("contract_rate")
    return amounts


def carried(financed: Decimal, monthly_rate: Decimal, days: int) -> Decimal:
    """What R2 splits of R$ `financed`, carried at the contract rate over some days (R2c).

    `days` lead from the sale to one month before the first due date, and may be negative. Raises
    InvalidInput where so much interest gathers that no note could hold it.
    """
    if monthly_rate == 0 or days == 0:
        return financed
    with localcontext() as context:
        context.prec = 40
        amount = financed * (1 + monthly_rate / 100) ** (Decimal(days) / 30)
    if amount > MAX_MONEY:
        raise too_large("first_due_date")
    return round_cents(amount)


def rounded_away(count: int, installment: Decimal) -> InvalidInput:
    """The refusal of instalments that, in cents, leave none for the last one."""
    return InvalidInput(
        f"Em {count} parcelas de {format_brl(installment)}, o arredondamento dos centavos "
        "não deixa valor para a última. Use menos parcelas.",
        field="installments",
    )


def too_small(amount: Decimal, count: int) -> InvalidInput:
    """The refusal of instalments of less than a cent."""
    return InvalidInput(
        f"{format_brl(amount)} não dá para dividir em {count} parcelas: "
        "cada uma deve valer pelo menos R$ 0,01.",
        field="installments",
    )


def too_large(field: str) -> InvalidInput:
    """The refusal of interest that makes an instalment greater than a note can be."""
    return InvalidInput(
        f"Com estes juros, uma parcela passaria do máximo, {format_brl(MAX_MONEY)}.", field=field
    )
