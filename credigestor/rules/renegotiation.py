"""Old debts for a new one: what enters, who pays it down, and whose risk it bears (R15).

Three notes of 150,00, late 75, 45 and 15 days, their fines let go: 456,75 enter.

>>> from decimal import Decimal as D
>>> owed = {1: Split(D("3.75"), D(0), D("150.00")), 2: Split(D("2.25"), D(0), D("150.00")),
...         3: Split(D("0.75"), D(0), D("150.00"))}
>>> print(*(f"{note} {paid}" for note, paid in paid_down(owed, D("60.00")).items()))
1 57.00 2 2.25 3 0.75

Without a down payment the new notes hold the old interest, which is received as they are paid:

>>> print(*held([D("114.19")] * 3 + [D("114.18")], D("6.75")))
1.69 1.69 1.68 1.69
>>> str(held_until(D("1.69"), D("114.19"), D("57.00")))
'0.84'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from credigestor.errors import InvalidInput
from credigestor.rules.charges import Split
from credigestor.rules.money import ZERO, format_brl, round_cents

#: So many notes of the new sale are paid before its risk is its own.
TRIED = 3


class Agreement(StrEnum):
    """What becomes of the old debt."""

    NOVATION = "novation"
    CONFESSION = "confession"


AGREEMENT_NAMES = {Agreement.NOVATION: "Novação", Agreement.CONFESSION: "Confissão de dívida"}
#: What each kind does, told on the page and on paper.
AGREEMENT_WORDS = {
    Agreement.NOVATION: (
        "A dívida nova substitui a antiga, que se extingue (Código Civil, arts. 360 e 361). Quem "
        "avalizou as notas antigas e não assina estas fica livre (arts. 364 a 366)."
    ),
    Agreement.CONFESSION: (
        "O devedor confessa a dívida antiga, que continua a mesma, com novos prazos: não há "
        "intenção de novar (Código Civil, art. 361)."
    ),
}


def total(owed: Iterable[Split]) -> Split:
    """What several notes owe together, R$."""
    parts = list(owed)
    return Split(
        sum((part.interest for part in parts), ZERO),
        sum((part.fine for part in parts), ZERO),
        sum((part.principal for part in parts), ZERO),
    )


def amount(owed: Split) -> Decimal:
    """Interest, fine and principal together, R$."""
    return owed.interest + owed.fine + owed.principal


def paid_down(owed: Mapping[int, Split], down: Decimal) -> dict[int, Decimal]:
    """What of R$ `down` goes to each note: all interest, then all fines, then principal, in order.

    `owed` has the notes oldest first. Notes that get nothing are left out. Raises InvalidInput
    unless something of the debt is left.
    """
    whole = amount(total(owed.values()))
    if down >= whole:
        raise InvalidInput(
            f"A entrada deve ser menor que a dívida, de {format_brl(whole)}: para pagar tudo, use "
            "Receber.",
            field="down_payment",
        )
    left, parts = down, dict.fromkeys(owed, ZERO)
    for part in ("interest", "fine", "principal"):
        for note, each in owed.items():
            taken = min(left, getattr(each, part))
            parts[note] += taken
            left -= taken
    return {note: paid for note, paid in parts.items() if paid}


def left_over(owed: Split, paid: Decimal) -> Split:
    """What a note owes after R$ `paid`: of interest, then fine, then principal (R9)."""
    interest = min(paid, owed.interest)
    fine = min(paid - interest, owed.fine)
    principal = paid - interest - fine
    return Split(owed.interest - interest, owed.fine - fine, owed.principal - principal)


def held(amounts: Sequence[Decimal], old: Decimal) -> list[Decimal]:
    """What of R$ `old` charges each new note holds: by its amount, rounded on the running total."""
    whole, reached, given, parts = sum(amounts, ZERO), ZERO, ZERO, []
    for each in amounts:
        reached += each
        upto = round_cents(old * reached / whole)
        parts.append(upto - given)
        given = upto
    return parts


def held_until(held: Decimal, amount: Decimal, settled: Decimal) -> Decimal:
    """What of the R$ `held` by a note of R$ `amount` is received once `settled` of it is paid."""
    return round_cents(held * settled / amount)


def tried_on(settled: Iterable[date | None], notes: int) -> date | None:
    """The day on which so many notes of a sale were paid that its risk is its own; None: not yet.

    `settled` are the days on which its notes were paid; one of fewer notes is tried by all of them.

    >>> days = [date(2026, 3, 10), None, date(2026, 1, 10), date(2026, 2, 10)]
    >>> tried_on(days, 4)
    datetime.date(2026, 3, 10)
    >>> tried_on(days[:2], 4) is None
    True
    """
    days = sorted(day for day in settled if day is not None)
    needed = min(TRIED, notes)
    return days[needed - 1] if len(days) >= needed else None
