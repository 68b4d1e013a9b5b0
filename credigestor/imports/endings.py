"""How sales and notes ended elsewhere: paid without saying when, cancelled, returned, renegotiated.

A sale that was cancelled before anything was paid is cancelled. What else no longer is owed of a
sale leaves it by an act of the ledger, a return (R30), whose reason says what it was there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from credigestor.imports.batch import AFTER_ALL, Ended, Ending, NewAct, NewPayment, NewSale, Share
from credigestor.imports.problems import NOTES, PAYMENTS, SALES
from credigestor.imports.settling import IMPORTED, AnyNote, Settling
from credigestor.imports.told import Told
from credigestor.rules import early
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Paid, due_date
from credigestor.rules.methods import UNKNOWN
from credigestor.rules.money import CENT, ZERO, format_brl

#: What a rounded payment may lack of a note's principal, R$.
MAX_ROUNDED = Decimal("1.00")
ON_DUE = "Importação: sem data nem valor, quitada no vencimento"
CANCELLED = "Importação: cancelada no sistema anterior"
_WHY = {
    Ending.CANCELLED: CANCELLED,
    Ending.RETURNED: "Importação: devolvida no sistema anterior",
    Ending.RENEGOTIATED: "Importação: renegociada no sistema anterior",
}
_TOLD = {
    Ending.CANCELLED: "Parcelas canceladas, que saem dos recebíveis",
    Ending.RETURNED: "Parcelas devolvidas, que saem dos recebíveis",
    Ending.RENEGOTIATED: "Parcelas renegociadas antes, que saem dos recebíveis",
}
_SETTLED = "Parcelas pagas sem data ou valor, quitadas no vencimento"
_ROUNDED = "Parcelas pagas por menos que o principal, com o resto como desconto"


def settled_on(due: date, sold_on: date, today: date) -> date:
    """The day on which a note was settled of which nobody says when."""
    return max(min(due, today), sold_on)


def complete(
    payments: Sequence[NewPayment], amount: Decimal, ref: str, told: Told
) -> list[NewPayment]:
    """A note's payments with the amount of those that say none: what the others leave of it."""
    rest = amount - sum((each.amount for each in payments), ZERO)
    found = []
    for each in payments:
        if not each.amount:
            if rest <= 0:
                continue  # the others settle it already
            each.amount, rest = rest, ZERO
        if each.backdate_reason:
            detail = (
                f"venda {ref}, parcela {each.number}: {format_brl(each.amount)} em "
                f"{format_date(each.paid_on)}"
            )
            told.add(PAYMENTS, each.line, _SETTLED, detail)
        found.append(each)
    return found


class Endings:
    """What is left to do to a sale's notes when its payments are folded."""

    def __init__(
        self, settling: Settling, *, sold_on: date, total: Decimal, rate: Decimal, today: date
    ) -> None:
        self.settling = settling
        self.sold_on = sold_on
        self.total = total
        self.rate = rate
        self.today = today
        self.acts: list[NewAct] = []

    def end(self, of_sale: Ended | None) -> None:
        """Settle, or take off, what the rows say is no longer owed."""
        sale, notes = self.settling.sale, self.settling.notes
        for note in notes:
            if note.ended and note.ended.how is Ending.PAID and self.settling.is_open(note):
                self._paid(note, note.ended)
        cancelled = of_sale is not None and of_sale.how is Ending.CANCELLED
        if of_sale and cancelled and isinstance(sale, NewSale) and not _paid_at_all(notes):
            self._cancel(sale, of_sale)
            return
        gone: dict[Ending, list[tuple[AnyNote, Ended]]] = {}
        for note in notes:
            ended = note.ended or of_sale
            if ended and ended.how is not Ending.PAID and self.settling.is_open(note):
                gone.setdefault(ended.how, []).append((note, ended))
        for how, some in gone.items():
            self._take_off(how, some)

    def _cancel(self, sale: NewSale, ended: Ended) -> None:
        sale.cancelled_on = max(ended.on or self.sold_on, self.sold_on)
        detail = f"venda {self.settling.ref}: {format_date(sale.cancelled_on)}"
        self.settling.told.add(SALES, ended.line, "Vendas canceladas", detail)

    def _paid(self, note: AnyNote, ended: Ended) -> None:
        """A note that is paid as its row says, but not by the payments that there are."""
        missing = self.settling.states[note].principal
        newest = self.settling.newest.get(note)
        about = f"venda {self.settling.ref}, parcela {note.number}: {format_brl(missing)}"
        told = self.settling.told
        if newest and self.settling.choices.waive_short and missing <= MAX_ROUNDED:
            self._round(note, newest, missing)
            told.add(NOTES, ended.line, _ROUNDED, about)
        elif self.settling.choices.settled_on_due:
            due = due_date(note.terms, self.settling.states[note])
            on = settled_on(due, self.sold_on, self.today)
            on = max(on, newest.paid_on) if newest else on
            owed = self.settling.owed(note, on)
            way = self.settling.choices.methods.get("", UNKNOWN)
            payment = NewPayment(
                on, owed.total, way, line=AFTER_ALL + ended.line, number=note.number
            )
            payment.backdate_reason = ON_DUE
            self.settling.fold(note, Paid(on, owed.total), payment)
            note.payments.append(payment)
            told.add(NOTES, ended.line, _SETTLED, f"{about} em {format_date(on)}")
        else:
            reason = (
                f"A parcela consta como paga, e faltam {format_brl(missing)} nos pagamentos. "
                "Escolha quitar no vencimento o que foi pago sem data ou valor."
            )
            self.settling.refuse(NOTES, ended.line, "situacao", reason)

    def _round(self, note: AnyNote, newest: NewPayment, missing: Decimal) -> None:
        """The rest of the principal as a discount of the note's newest payment."""
        note.shares = note.shares or {}
        share = note.shares.get(newest) or Share(newest.amount, ZERO, None, False)
        share.discount += missing
        note.shares[newest] = share
        newest.discount_reason = IMPORTED
        self.settling.refold(note)

    def _take_off(self, how: Ending, notes: Sequence[tuple[AnyNote, Ended]]) -> None:
        """One return of all that is left of some notes, their charges let go before it."""
        settling, sale = self.settling, self.settling.sale
        told = [ended.on for _, ended in notes if ended.on]
        paid = [payment.paid_on for payment in settling.newest.values()]
        there = [step.act.on for note, _ in notes if (step := note.last)]
        on = max([self.sold_on, *told, *paid, *there])
        waiver = NewAct(ActKind.WAIVER, on, _WHY[how], sale)
        back = NewAct(ActKind.RETURN, on, _WHY[how], sale)
        for note, ended in notes:
            owed = settling.owed(note, on)
            note.after = note.after or []
            if owed.charges:
                let_go = Acted(ActKind.WAIVER, on, owed.interest, owed.fine)
                note.after.append((let_go, waiver))
                settling.fold(note, let_go, waiver)
                settling.told.waived += owed.charges
            fall = Acted(ActKind.RETURN, on, principal=owed.principal)
            due = due_date(note.terms, settling.states[note])
            overdue = on > note.on_time_until
            days = 0 if overdue else max((due - on) // timedelta(days=1), 0)
            back.value += max(early.present_value(owed.principal, self.rate, days), CENT)
            note.after.append((fall, back))
            settling.fold(note, fall, back)
            detail = (
                f"venda {settling.ref}, parcela {note.number}: {format_brl(owed.principal)} em "
                f"{format_date(on)}"
            )
            settling.told.add(
                NOTES if ended is note.ended else SALES, ended.line, _TOLD[how], detail
            )
        back.value = min(back.value, self.total)
        if any(act is waiver for note, _ in notes for _, act in note.after or ()):
            self.acts.append(waiver)
        self.acts.append(back)


def _paid_at_all(notes: Iterable[AnyNote]) -> bool:
    return any(note.payments for note in notes)
