"""A sale's payments as they happened: split among notes, interest, fine and principal (R9–R11).

Where a row says how its payment splits, or the choices do, that is made true within the acts of the
ledger (R29): charges that were not taken are let go beside the payment, those taken above the
rules' are an act of their own kind. What was taken so is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from credigestor.db.steps import Recorded
from credigestor.imports.batch import (
    Given,
    KnownNote,
    NewAct,
    NewNote,
    NewPayment,
    NewSale,
    Owner,
    Share,
    entries,
)
from credigestor.imports.charges_after import make_room
from credigestor.imports.choices import Choices
from credigestor.imports.problems import PAYMENTS, Refuse
from credigestor.imports.refusals import too_much, too_much_later
from credigestor.imports.simple_payments import is_simple
from credigestor.imports.told import Told
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import (
    Act,
    Overpaid,
    Owed,
    Paid,
    State,
    allocate,
    free_until,
    new_state,
    owed_on,
)
from credigestor.rules.money import CENT, ZERO, format_brl

#: Why, on the record, something was done as the shop's past says it.
IMPORTED = "Importação"
WAIVED = "Encargos dispensados pela importação"
CHARGED = "Encargos cobrados acima dos da loja, mantidos"
SPILT = "Pagamentos que passam da parcela e seguem para outras"
DISCOUNTED = "Descontos mantidos"

AnyNote = NewNote | KnownNote


@dataclass(slots=True)
class _Part:
    """What of a payment one note gets: charges taken, principal and discount, R$."""

    note: AnyNote
    owed: Owed
    interest: Decimal
    fine: Decimal
    principal: Decimal
    discount: Decimal
    #: Whether charges that are not taken stay owed, as by the rules.
    by_rules: bool

    @property
    def money(self) -> Decimal:
        return self.interest + self.fine + self.principal


class Settling:
    """The fold of all notes of one sale, payment by payment in the order of their days."""

    def __init__(
        self,
        sale: NewSale | KnownNote,
        ref: str,
        notes: Sequence[AnyNote],
        choices: Choices,
        told: Told,
        refuse: Refuse,
    ) -> None:
        self.sale = sale
        self.ref = ref
        self.notes = notes
        self.choices = choices
        self.told = told
        self.refuse = refuse
        self.states: dict[AnyNote, State] = {note: new_state(note.terms) for note in notes}
        self.newest: dict[AnyNote, NewPayment] = {}

    def settle(self, loose: Iterable[NewPayment]) -> None:
        """Fold what there is, then split each payment; `loose` ones go to the oldest note first."""
        events: list[tuple[date, int, int, Recorded | NewPayment, AnyNote | None]] = [
            (each.paid_on, 1, each.line, each, None) for each in loose
        ]
        for note in self.notes:
            if isinstance(note, KnownNote):
                events += [(r.act.on, 0, r.act_id, r, note) for r in note.there]
            events += [(p.paid_on, 1, p.line, p, note) for p in note.payments]
            note.payments = []
        for _, _, _, what, target in sorted(events, key=lambda event: event[:3]):
            if isinstance(what, NewPayment):
                self.pay(what, target)
            elif target is not None:
                self._there(what, target)

    def fold(self, note: AnyNote, act: Act, of: Owner) -> None:
        """Fold one act into a note, `of` what it is; raises Overpaid."""
        step = act.folded(note.terms, self.states[note])
        self.states[note] = step.state
        note.last = step
        if isinstance(note, NewNote):
            note.steps.append((step, of))

    def refold(self, note: AnyNote) -> None:
        """Fold a note anew, of which a payment was changed."""
        self.states[note] = new_state(note.terms)
        if isinstance(note, NewNote):
            note.steps.clear()
        for act, owner in entries(note):
            self.fold(note, act, owner)

    def owed(self, note: AnyNote, on: date) -> Owed:
        """What a note owes on a day, as far as it is folded."""
        return owed_on(note.terms, self.states[note], on)

    def pay(self, payment: NewPayment, target: AnyNote | None) -> None:
        """Split a payment, or refuse its line."""
        if target is None and not self.choices.spill:
            self.refuse(PAYMENTS, payment.line, "parcela", "Informe de que parcela é o pagamento.")
            return
        if target is not None and is_simple(payment, target.terms, self.states[target]):
            self._put(target, payment, Paid(payment.paid_on, payment.amount))
            return
        parts, rest = self._parts(payment, target)
        if parts is None:
            return
        if rest and parts and self.choices.as_paid:
            parts[0].interest += rest
            rest = ZERO
        late = target is not None and not parts and self.choices.as_paid
        if late and target is not None and make_room(self, payment, target, IMPORTED):
            about = f"venda {self.ref}, parcela {target.number}, {_day_and_sum(payment)}"
            self.told.add(PAYMENTS, payment.line, CHARGED, f"{about}: depois de quitada")
            parts, rest = self._parts(payment, target)
        if not parts or rest:
            self._refuse_rest(payment, target)
            return
        self._take(payment, parts)

    def _put(self, note: AnyNote, payment: NewPayment, paid: Paid) -> None:
        note.payments.append(payment)
        self.newest[note] = payment
        self.fold(note, paid, payment)

    def _there(self, there: Recorded, note: AnyNote) -> None:
        try:
            self.fold(note, there.act, there)
        except Overpaid as error:
            # What was there had fitted by itself.
            line = self.newest[note].line if note in self.newest else 0
            self.refuse(PAYMENTS, line, "valor", too_much_later(error))

    def _parts(
        self, payment: NewPayment, target: AnyNote | None
    ) -> tuple[list[_Part] | None, Decimal]:
        """Each note's part and what is left over; None where the row contradicts itself."""
        given, rest = payment.given, payment.amount
        if given is not None and given.interest + given.fine > rest:
            reason = f"Juros e multa passam do valor pago, {format_brl(rest)}."
            self.refuse(PAYMENTS, payment.line, "juros", reason)
            return None, rest
        parts: list[_Part] = []
        notes = [note for note in self._order(target) if self.is_open(note)]
        for place, note in enumerate(notes):
            owed = self.owed(note, payment.paid_on)
            late = payment.paid_on > free_until(note.terms, self.states[note])
            after = [self.states[each].principal for each in notes[place + 1 : place + 2]]
            above = max(rest - owed.principal, ZERO)
            # By both choices, a late note's charges as they were asked, unless it pays the next.
            charges = late and self.choices.as_paid and not (after and above >= after[0])
            part = self._part(note, owed, rest, given, bool(after) and not charges)
            parts.append(part)
            rest -= part.money
            given = None
            if charges:
                part.interest += rest
                rest = ZERO
            if not rest:
                break
        return parts, rest

    def _order(self, target: AnyNote | None) -> Sequence[AnyNote]:
        if target is None:
            return self.notes
        if not self.choices.spill:
            return [target]
        place = self.notes.index(target)
        return [*self.notes[place:], *self.notes[:place]]

    def _part(
        self,
        note: AnyNote,
        owed: Owed,
        rest: Decimal,
        given: Given | None,
        goes_on: bool,
    ) -> _Part:
        """What a note gets of R$ `rest`, of which what is above its principal may go on."""
        if given is not None:
            discount = min(given.discount, owed.principal - CENT)  # money comes for each note
            principal = min(rest - given.interest - given.fine, owed.principal - discount)
            return _Part(note, owed, given.interest, given.fine, principal, discount, False)
        if self.choices.waive_short:
            principal = min(rest, owed.principal)
            above = ZERO if goes_on else rest - principal
            interest = min(above, owed.interest)
            fine = min(above - interest, owed.fine)
            return _Part(note, owed, interest, fine, principal, ZERO, False)
        split = allocate(owed, min(rest, owed.total))
        return _Part(note, owed, split.interest, split.fine, split.principal, ZERO, True)

    def _take(self, payment: NewPayment, parts: Sequence[_Part]) -> None:
        """Do beside each part what makes its split true, and fold both."""
        on = payment.paid_on
        asked = [_beside(part) for part in parts]
        kind = ActKind.WAIVER
        if any(interest < 0 or fine < 0 for interest, fine in asked):
            kind = ActKind.CHARGED
        if any(interest or fine for interest, fine in asked):
            payment.act = NewAct(kind, on, IMPORTED, self.sale)
            self._tell(payment, kind, parts, asked)
        if len(parts) > 1:
            numbers = ", ".join(str(part.note.number) for part in parts)
            detail = f"venda {self.ref}, {_day_and_sum(payment)}: parcelas {numbers}"
            self.told.add(PAYMENTS, payment.line, SPILT, detail)
        for place, (part, (interest, fine)) in enumerate(zip(parts, asked, strict=True)):
            acted = Acted(kind, on, interest, fine) if interest or fine else None
            if part.discount:
                payment.discount_reason = IMPORTED
                detail = f"venda {self.ref}, {_day_and_sum(payment)}: {format_brl(part.discount)}"
                self.told.add(PAYMENTS, payment.line, DISCOUNTED, detail)
            note = part.note
            if acted or part.discount or len(parts) > 1:
                note.shares = note.shares or {}
                note.shares[payment] = Share(part.money, part.discount, acted, place > 0)
            if acted is not None and payment.act is not None:
                self.fold(note, acted, payment.act)
            self._put(note, payment, Paid(on, part.money, part.discount))

    def _tell(
        self,
        payment: NewPayment,
        kind: ActKind,
        parts: Sequence[_Part],
        asked: Sequence[tuple[Decimal, Decimal]],
    ) -> None:
        interest = sum((each for each, _ in asked), ZERO)
        fine = sum((each for _, each in asked), ZERO)
        self.told.waived += sum((max(each, ZERO) for pair in asked for each in pair), ZERO)
        what = WAIVED if kind is ActKind.WAIVER else CHARGED
        if self.told.counts_only(what):
            return
        named = (("juros", interest), ("multa", fine))
        told = ", ".join(f"{name} {format_brl(abs(value))}" for name, value in named if value)
        detail = (
            f"venda {self.ref}, parcela {parts[0].note.number}, {_day_and_sum(payment)}: {told}"
        )
        self.told.add(PAYMENTS, payment.line, what, detail)

    def _refuse_rest(self, payment: NewPayment, target: AnyNote | None) -> None:
        on = payment.paid_on
        if target is None or self.choices.spill:
            owed = sum((self.owed(n, on).total for n in self.notes if self.is_open(n)), ZERO)
            reason = (
                f"{format_brl(payment.amount)} passa do que a venda {self.ref} devia em "
                f"{format_date(on)}: {format_brl(owed)}."
            )
        else:
            error = Overpaid(Paid(on, payment.amount), self.owed(target, on))
            reason = too_much(error, target.number, self.ref)
        self.refuse(PAYMENTS, payment.line, "valor", reason)

    def is_open(self, note: AnyNote) -> bool:
        """Whether something of a note is still owed."""
        state = self.states[note]
        return state.principal > 0 and not state.closed


def _beside(part: _Part) -> tuple[Decimal, Decimal]:
    """What has to be let go of interest and fine (below zero: added) for the part to be true."""
    interest, fine = part.owed.interest - part.interest, part.owed.fine - part.fine
    if part.by_rules:
        return min(interest, ZERO), min(fine, ZERO)
    return interest, fine


def _day_and_sum(payment: NewPayment) -> str:
    return f"{format_date(payment.paid_on)}, {format_brl(payment.amount)}"
