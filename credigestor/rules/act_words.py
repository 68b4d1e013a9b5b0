"""What an act did to a note, in the debtor's words: a sentence a kind, for `rules.acts.KINDS`.

>>> from decimal import Decimal as D
>>> waived(Split(D("1.50"), D("6.00"), ZERO), None).replace("\\xa0", " ")
'Dispensa de encargos: juros 1,50 + multa 6,00.'
"""

from __future__ import annotations

from decimal import Decimal

from credigestor.rules.calendar import format_date
from credigestor.rules.charges import DueDates, Split
from credigestor.rules.money import ZERO, format_number


def in_parts(interest: Decimal, fine: Decimal, principal: Decimal) -> str:
    """What there is of the three, named, R$."""
    named = (("juros", interest), ("multa", fine), ("principal", principal))
    return " + ".join(f"{name} {format_number(value)}" for name, value in named if value)


def waived(taken: Split, _moved: DueDates | None) -> str:
    """Charges let go (R29); none, where the waiver lapsed."""
    if charges := in_parts(taken.interest, taken.fine, ZERO):
        return f"Dispensa de encargos: {charges}."
    return "Dispensa de encargos sem efeito: já não eram devidos nesse dia."


def returned(taken: Split, _moved: DueDates | None) -> str:
    """What fell for goods that came back (R30)."""
    return f"Devolução de mercadoria: {in_parts(ZERO, ZERO, taken.principal)}."


def put_off(taken: Split, moved: DueDates | None) -> str:
    """The new date, and interest agreed for it (R32)."""
    text = f"Prorrogação: vence em {format_date(moved.due_date)}" if moved else ""
    agreed = format_number(-taken.interest)
    return text + (f", com juros combinados de {agreed}." if taken.interest else ".")


def renegotiated(taken: Split, _moved: DueDates | None) -> str:
    """What entered a new debt (R15)."""
    whole = in_parts(taken.interest, taken.fine, taken.principal)
    return f"Renegociada: {whole} passam ao acordo."


def written_off(taken: Split, _moved: DueDates | None) -> str:
    """What was given up, and the charges noted then (R34)."""
    charges = in_parts(taken.interest, taken.fine, ZERO)
    noted = f"; ficam anotados os encargos de então ({charges})" if charges else ""
    return f"Baixada por perda: {in_parts(ZERO, ZERO, taken.principal)}{noted}."


def charged(taken: Split, _moved: DueDates | None) -> str:
    """Charges as the shop took them before its past was imported."""
    beside = in_parts(-taken.interest, -taken.fine, ZERO)
    return f"Encargos como foram cobrados, além dos da loja: {beside}."
