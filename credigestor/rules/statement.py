"""Memória de cálculo: what a note owes at a date, cent by cent, in the debtor's language.

R9's first example: 300,00 due on Saturday 10/01/26, 100,00 paid on 25/01, seen on 24/02.

>>> from datetime import date
>>> from decimal import Decimal as D
>>> from credigestor.rules.charges import Paid
>>> terms = Terms(D("300.00"), date(2026, 1, 10), date(2026, 1, 12), D("1"), D("2"))
>>> paid = [Paid(date(2026, 1, 25), D("100.00"))]
>>> lines = statement(terms, paid, date(2026, 2, 24), on_time_until=date(2026, 1, 12))
>>> for line in lines:
...     print(line.text.replace("\\xa0", " "))
Nota de 300,00 com vencimento em 10/01/2026.
10/01/2026 é sábado: paga até 12/01/2026, a nota está em dia. Depois disso, os dias de atraso \
contam desde o vencimento.
Juros de mora de 15 dias, de 10/01/2026 a 25/01/2026: 300,00 × 1 % × 15 ÷ 30 = 1,50.
Multa, uma vez por nota: 300,00 × 2 % = 6,00.
Pagamento de 100,00: juros 1,50 + multa 6,00 + principal 92,50.
Juros de mora de 30 dias, de 25/01/2026 a 24/02/2026: 207,50 × 1 % × 30 ÷ 30 = 2,08.
Devido em 24/02/2026: principal 207,50 + juros 2,08 = 209,58.
>>> str(lines[-1].after.total)
'209.58'

A note of a sale with interest that is settled early tells what it saves (R14):

>>> terms = Terms(D("88.85"), date(2026, 1, 9), date(2026, 1, 9), D("1"), D("2"))
>>> rate = true_rate.of_month(D("1"))
>>> early_one = Paid(date(2025, 11, 23), D("87.48"), discount=D("1.37"))
>>> lines = statement(
...     terms, [early_one], early_one.on, on_time_until=terms.due_date, daily_rate=rate
... )
>>> print(lines[1].text.replace("\\xa0", " "))
Pagamento de 87,48: principal 87,48. Desconto de 1,37 por pagar 47 dias antes do vencimento: \
88,85 ÷ 1,000331732706^47 = 87,48.

Sources: extension to the next business day CC art. 132 §1 (R4); fine CDC art. 52 §1 (R6);
simple interest by days of a month of 30 (R7); grace (R8); interest before principal CC art. 354
(R9); discount of early settlement CDC art. 52 §2 (R14).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from credigestor.rules import early, true_rate
from credigestor.rules.act_words import in_parts
from credigestor.rules.acts import KINDS, Acted
from credigestor.rules.aging import STATUS_NAMES, Status
from credigestor.rules.calendar import format_date, format_days
from credigestor.rules.charges import (
    Act,
    Closing,
    Owed,
    Split,
    State,
    Step,
    Terms,
    due_date,
    fold,
    free_until,
    new_state,
    owed_on,
)
from credigestor.rules.money import ZERO, exact_percent, format_number

_WEEKEND = {5: "sábado", 6: "domingo"}


class Kind(StrEnum):
    """What a line of the statement tells."""

    NOTE = "note"
    EXTENSION = "extension"
    GRACE = "grace"
    INTEREST = "interest"
    FINE = "fine"
    PAYMENT = "payment"
    ACT = "act"
    OWED = "owed"


@dataclass(frozen=True, slots=True)
class Line:
    """One step: its date, the sentence that explains it, and what is owed after it, R$.

    What the note itself says stands first and has no date: a due date may lie after the rest.

    Interest and fine lines carry the principal they were counted on (`base`), the `rate` in
    percent, the `days` and what they charged; payment lines the split of what was paid (R9) and
    the `discount` beside it (R14); lines of other acts what they took off (`taken`, R29–R34).
    """

    on: date | None
    kind: Kind
    text: str
    after: Owed
    days: int = 0
    base: Decimal | None = None
    rate: Decimal | None = None
    interest: Decimal = ZERO
    fine: Decimal = ZERO
    paid: Split | None = None
    discount: Decimal = ZERO
    taken: Split | None = None


def statement(
    terms: Terms,
    acts: Iterable[Act],
    on: date,
    *,
    on_time_until: date,
    daily_rate: Decimal = ZERO,
    contract_rate: Decimal = ZERO,
    reasons: Mapping[Act, str] | None = None,
) -> list[Line]:
    """Explain what a note owes on a date, from its terms and its live acts up to it.

    The last line ends at `charges.owed_on`. The sale's true `daily_rate` explains discounts by
    right, `contract_rate` (percent a month) those of before the true rate was known, `reasons`
    those that a manager granted (R14) and why other acts were done. Raises charges.Overpaid as
    `fold` does.
    """
    rates = {"daily_rate": daily_rate, "contract_rate": contract_rate}
    return explained(terms, acts, on, on_time_until=on_time_until, reasons=reasons, **rates)[0]


def explained(
    terms: Terms,
    acts: Iterable[Act],
    on: date,
    *,
    on_time_until: date,
    daily_rate: Decimal = ZERO,
    contract_rate: Decimal = ZERO,
    reasons: Mapping[Act, str] | None = None,
) -> tuple[list[Line], State]:
    """The lines of `statement`, and the note's state after the last act they tell.

    Raises charges.Overpaid as `fold` does.
    """
    lines = list(_terms(terms, on_time_until))
    state = new_state(terms)
    steps = fold(terms, (act for act in acts if act.on <= on))
    for step in steps:
        lines += _charges(terms, state, step.act.on)
        reason = (reasons or {}).get(step.act, "")
        if isinstance(step.act, Acted):
            lines.append(act_line(step.act, step, reason))
        else:
            days = (due_date(terms, state) - step.act.on).days
            why = _discount(step, days, daily_rate, contract_rate, reason)
            lines.append(_payment(terms, state, step, why))
        state = step.state
    lines += _charges(terms, state, on)
    owed = owed_on(terms, state, on)
    lines.append(Line(on, Kind.OWED, _owed(terms, state, owed, on, steps), owed))
    return lines, state


def act_line(act: Acted, step: Step, reason: str = "") -> Line:
    """The line of an act that is no payment: what it did to the note, and why (R29–R34)."""
    text = KINDS[act.kind].told(step.split, act.moved)
    if reason:
        text += f" Motivo: {reason.rstrip('.')}."
    state = step.state
    after = Owed(state.principal + state.lost, state.interest, state.fine)
    return Line(act.on, Kind.ACT, text, after, taken=step.split)


def _terms(terms: Terms, on_time_until: date) -> Iterable[Line]:
    due, whole = terms.due_date, Owed(terms.amount, ZERO, ZERO)
    text = f"Nota de {format_number(terms.amount)} com vencimento em {format_date(due)}."
    yield Line(None, Kind.NOTE, text, whole)
    if on_time_until > due:
        why = _WEEKEND.get(due.weekday(), "feriado")
        text = (
            f"{format_date(due)} é {why}: paga até {format_date(on_time_until)}, a nota está em "
            "dia. Depois disso, os dias de atraso contam desde o vencimento."
        )
        yield Line(None, Kind.EXTENSION, text, whole)
    grace = (terms.free_until - on_time_until).days
    if grace > 0:
        text = (
            f"Carência de {format_days(grace)}: sem encargos até {format_date(terms.free_until)}. "
            "Depois dela, juros e multa contam desde o vencimento."
        )
        yield Line(None, Kind.GRACE, text, whole)


def _charges(terms: Terms, state: State, on: date) -> Iterable[Line]:
    """What falls due between the last payment and `on`: interest, and the one fine."""
    owed = owed_on(terms, state, on)
    base = state.principal + state.lost
    accrued, new_fine = owed.interest - state.interest, owed.fine - state.fine
    if owed.days and terms.late_rate:
        text = (
            f"Juros de mora de {format_days(owed.days)}, de {format_date(state.interest_from)} a "
            f"{format_date(on)}: {format_number(base)} × {exact_percent(terms.late_rate)} × "
            f"{owed.days} ÷ 30 = {format_number(accrued)}."
        )
        yield Line(
            on,
            Kind.INTEREST,
            text,
            Owed(base, owed.interest, state.fine),
            days=owed.days,
            base=base,
            rate=terms.late_rate,
            interest=accrued,
        )
    if new_fine:
        text = (
            f"Multa, uma vez por nota: {format_number(base)} × {exact_percent(terms.fine_rate)} = "
            f"{format_number(new_fine)}."
        )
        yield Line(on, Kind.FINE, text, owed, base=base, rate=terms.fine_rate, fine=new_fine)


def _payment(terms: Terms, before: State, step: Step, why: str) -> Line:
    split, state = step.split, step.state
    after = Owed(state.principal + state.lost, state.interest, state.fine)
    free = free_until(terms, before)
    text = (
        f"Pagamento de {format_number(step.act.amount)}: "
        f"{in_parts(split.interest, split.fine, split.principal)}."
    )
    if why:
        text += f" {why}"
    elif step.act.on <= free and not after.charges:
        text += f" Sem encargos até {format_date(free)}."
    elif after.charges:
        left = in_parts(state.interest, state.fine, ZERO)
        text += f" O que falta de encargos ({left}) não rende juros."
    return Line(step.act.on, Kind.PAYMENT, text, after, paid=split, discount=step.act.discount)


def _discount(
    step: Step, days: int, daily_rate: Decimal, contract_rate: Decimal, reason: str
) -> str:
    """Why less settles a note, or a part of it, before it is due; empty without a discount."""
    given = step.act.discount
    if not given:
        return ""
    settled = step.split.principal + given
    told = f"Desconto de {format_number(given)}"
    paid_early = f"{told} por pagar {format_days(days)} antes do vencimento"
    for rate in (daily_rate, true_rate.of_month(contract_rate)):
        if given == early.discount(settled, rate, days):
            how = (
                early.shown_part(step.split.principal, settled, rate, days)
                if step.state.principal
                else early.shown(settled, rate, days)
            )
            return f"{paid_early}: {how}."
    if reason:
        return f"{told} concedido: {reason.rstrip('.')}."
    return f"{paid_early}."


def _owed(terms: Terms, state: State, owed: Owed, on: date, steps: list[Step]) -> str:
    if owed.total == 0:
        return f"Nada a pagar: nota {_ended(state.closed)} em {format_date(steps[-1].act.on)}."
    free = free_until(terms, state)
    text = f"{'A recuperar' if state.lost else 'Devido'} em {format_date(on)}: "
    if owed.charges:
        text += (
            f"principal {format_number(owed.principal)} + "
            f"{in_parts(owed.interest, owed.fine, ZERO)} = "
        )
    text += f"{format_number(owed.total)}."
    if on <= free and not owed.charges:
        text += f" Sem encargos até {format_date(free)}."
    return text


def _ended(closed: Closing | None) -> str:
    """What became of a note that owes nothing; one that was given up was recovered (R34)."""
    if closed is None:
        return "quitada"
    return "recuperada" if closed is Closing.WRITTEN_OFF else STATUS_NAMES[Status(closed)].lower()
