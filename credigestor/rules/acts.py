"""Acts on a note beside payments: one table of kinds, and what each does to it (R15, R29–R34).

A note of 300,00 that is 15 days late, whose fine is let go (R29), then costs 301,50:

>>> from datetime import date
>>> from decimal import Decimal as D
>>> from credigestor.rules.charges import Paid, Terms, fold, owed_on
>>> terms = Terms(D("300.00"), date(2026, 1, 10), date(2026, 1, 12), D("1"), D("2"))
>>> waiver = Acted(ActKind.WAIVER, date(2026, 1, 25), fine=D("6.00"))
>>> [step] = fold(terms, [waiver])
>>> str(owed_on(terms, step.state, date(2026, 1, 25)).total)
'301.50'

A payment of 15/01 that is entered afterwards paid the fine then, and the waiver lapses:

>>> [_, step] = fold(terms, [Paid(date(2026, 1, 15), D("50.00")), waiver])
>>> str(step.split.fine), str(owed_on(terms, step.state, date(2026, 1, 25)).total)
('0.00', '257.36')

One of 150,00 that was written off 402 days late is recovered in part a month later (R34):

>>> due = date(2025, 10, 10)
>>> terms = Terms(D("150.00"), due, due, D("1"), D("2"))
>>> lost = Acted(ActKind.WRITE_OFF, date(2026, 11, 16))
>>> [gone, back] = fold(terms, [lost, Paid(date(2026, 12, 16), D("100.00"))])
>>> [str(x) for x in (gone.split.interest, gone.split.fine, gone.state.principal)]
['20.10', '3.00', '0.00']
>>> [str(x) for x in (back.split.interest, back.split.fine, back.split.principal, back.state.lost)]
['21.60', '3.00', '75.40', '74.60']

A note that moved from 10/03 to 20/03/26 counts from there; the month's interest agreed for it was
1,00, which is added where other acts take off (R32):

>>> terms = Terms(D("300.00"), date(2026, 3, 10), date(2026, 3, 10), D("1"), D("2"))
>>> later = DueDates(date(2026, 3, 20), date(2026, 3, 20), date(2026, 3, 20))
>>> [step] = fold(terms, [Acted(ActKind.NEW_DATE, date(2026, 3, 9), interest=D("-1"), moved=later)])
>>> [str(owed_on(terms, step.state, date(2026, 3, day)).total) for day in (20, 30)]
['301.00', '308.00']

Where an imported payment of 110,00 says that 10,00 of it were interest, of a note of 100,00 that
owes 0,50 and 2,00, the charges are those that were taken, and the payment settles it:

>>> terms = Terms(D("100.00"), date(2026, 1, 10), date(2026, 1, 12), D("1"), D("2"))
>>> day = date(2026, 1, 25)
>>> as_taken = Acted(ActKind.CHARGED, day, interest=D("-9.50"), fine=D("2.00"))
>>> [_, paid] = fold(terms, [as_taken, Paid(day, D("110.00"))])
>>> str(paid.split.interest), str(paid.split.fine), str(paid.state.total)
('10.00', '0.00', '0.00')
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from credigestor.rules import act_words
from credigestor.rules.charges import (
    Closing,
    DueDates,
    Overpaid,
    Owed,
    Split,
    State,
    Step,
    Terms,
    due_date,
    free_until,
    left,
    owed_on,
)
from credigestor.rules.money import ZERO
from credigestor.rules.permissions import Permission


class ActKind(StrEnum):
    """What happened, as the ledger names it."""

    WAIVER = "waiver"
    RETURN = "return"
    NEW_DATE = "new_date"
    RENEGOTIATION = "renegotiation"
    WRITE_OFF = "write_off"
    #: Late charges other than the rules', as the shop took them before its past was imported.
    CHARGED = "charged"


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table of kinds: what an act of the kind does to a note, and how it is told.

    `name`: what people call it; `told`: its sentence in a note's account; `total`: what a statement
    calls the sum of what such acts took, of these parts (`total_of`). `undone_on_note`: it is of
    one note alone, whose page undoes it; others are undone where they were done.

    `capped`: it takes at most what is owed, and the rest lapses; else it has to fit. `closes`: how
    the note ends when it leaves no principal; `whole`: it takes just all that is owed.
    `memo`: the principal is lost, and what was owed beside it told. `bound`: it is undone only
    with what its service made beside it. `permission`: who may do and undo it.
    """

    name: str
    permission: Permission
    told: Callable[[Split, DueDates | None], str]
    total: str
    total_of: tuple[str, ...] = ("principal",)
    undone_on_note: bool = False
    capped: bool = False
    whole: bool = False
    memo: bool = False
    bound: bool = False
    closes: Closing | None = None


KINDS: dict[ActKind, Kind] = {
    ActKind.WAIVER: Kind(
        *("Dispensa de encargos", Permission.WAIVE, act_words.waived, "Encargos dispensados"),
        total_of=("interest", "fine"),
        undone_on_note=True,
        capped=True,
    ),
    ActKind.RETURN: Kind(
        *("Devolução", Permission.RETURN, act_words.returned, "Devolvido"),
        closes=Closing.RETURNED,
    ),
    ActKind.NEW_DATE: Kind(
        *("Prorrogação", Permission.NEW_DATE, act_words.put_off, "Prorrogado"),
        undone_on_note=True,
    ),
    ActKind.RENEGOTIATION: Kind(
        *("Renegociação", Permission.RENEGOTIATE, act_words.renegotiated, "Renegociado"),
        whole=True,
        bound=True,
        closes=Closing.RENEGOTIATED,
    ),
    ActKind.WRITE_OFF: Kind(
        *("Baixa por perda", Permission.WRITE_OFF, act_words.written_off, "Baixado por perda"),
        undone_on_note=True,
        memo=True,
        closes=Closing.WRITTEN_OFF,
    ),
    ActKind.CHARGED: Kind(
        *("Cobrança de encargos", Permission.WAIVE, act_words.charged, "Encargos cobrados"),
        capped=True,
    ),
}
ACT_NAMES = {kind: row.name for kind, row in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Acted:
    """One act on one note: what of interest, fine and principal it was to take off, R$.

    Negative interest is agreed beside a new date and added, and so are charges that the shop took
    above the rules'. `moved`: the dates agreed anew (R32).
    """

    kind: ActKind
    on: date
    interest: Decimal = ZERO
    fine: Decimal = ZERO
    principal: Decimal = ZERO
    moved: DueDates | None = None

    @property
    def amount(self) -> Decimal:
        """No money is handed over by it."""
        return ZERO

    @property
    def discount(self) -> Decimal:
        """Nor is anything of it a discount for paying early."""
        return ZERO

    @property
    def asked(self) -> Split:
        """What it was to take off, R$."""
        return Split(self.interest, self.fine, self.principal)

    def folded(self, terms: Terms, state: State) -> Step:
        """This act after those that led to `state`: what it takes, and what is left.

        Raises Overpaid for a note that is closed or owes nothing, and when it does not fit: new
        dates are later ones, of a note that bears no charges for being late yet (R32).
        """
        kind, owed = KINDS[self.kind], owed_on(terms, state, self.on)
        taken = _least(self.asked, owed) if kind.capped else self.asked
        if kind.capped and taken == _NOTHING:
            return Step(self, taken, state)  # what lapsed leaves no trace in the note
        if kind.memo:
            taken = Split(owed.interest, owed.fine, owed.principal)
        if state.principal == 0 or state.closed or not _fits(kind, taken, owed):
            raise Overpaid(self, owed)
        if self.moved and (
            self.on > free_until(terms, state) or self.moved.due_date <= due_date(terms, state)
        ):
            raise Overpaid(self, owed)
        if kind.memo:
            given_up = replace(state, principal=ZERO, lost=state.principal, closed=kind.closes)
            return Step(self, taken, given_up)
        after = left(terms, state, owed, self.on, taken)
        if self.moved:
            after = replace(after, moved=self.moved, interest_from=self.moved.due_date)
        if after.principal == 0:
            after = replace(after, closed=kind.closes)
        return Step(self, taken, after)


_NOTHING = Split(ZERO, ZERO, ZERO)


def _least(asked: Split, owed: Owed) -> Split:
    return Split(
        min(asked.interest, owed.interest),
        min(asked.fine, owed.fine),
        min(asked.principal, owed.principal),
    )


def _fits(kind: Kind, taken: Split, owed: Owed) -> bool:
    """Whether so much may be taken off: no more than is owed, and no principal before charges."""
    everything = taken == Split(owed.interest, owed.fine, owed.principal)
    if kind.whole or taken.principal == owed.principal:
        return everything
    return (
        taken.principal < owed.principal
        and taken.interest <= owed.interest
        and taken.fine <= owed.fine
    )
