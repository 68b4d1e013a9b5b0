"""Payments of an import, put to their notes and folded with those the notes have (R9, R11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from credigestor.db.steps import recorded
from credigestor.imports.again import Again
from credigestor.imports.batch import (
    Batch,
    Ended,
    KnownNote,
    NewNote,
    NewPayment,
    NewSale,
    entries,
)
from credigestor.imports.choices import Choices
from credigestor.imports.endings import ON_DUE, Endings, complete, settled_on
from credigestor.imports.known_payments import leave_out_known
from credigestor.imports.known_sales import KnownSale, open_ended
from credigestor.imports.lines import NoteLine, PaymentLine
from credigestor.imports.making import dated_back
from credigestor.imports.problems import PAYMENTS, Refuse
from credigestor.imports.references import split_text
from credigestor.imports.refusals import too_much, too_much_later
from credigestor.imports.settling import Settling
from credigestor.imports.simple_payments import simple
from credigestor.imports.told import Told
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Overpaid, new_state
from credigestor.rules.money import ZERO
from credigestor.services.ledger import lock_notes_of_sales, notes_of_sales


class PaymentFolder:
    """Gathers the payments of each note, then folds them."""

    def __init__(
        self,
        session: Session,
        refuse: Refuse,
        choices: Choices,
        told: Told,
        again: Again,
        *,
        today: date,
        locking: bool,
    ) -> None:
        self.session = session
        self.refuse = refuse
        self.choices = choices
        self.told = told
        self.again = again
        self.today = today
        self.locking = locking
        self.known = 0  # payments that were imported before
        self._known_sales: dict[str, KnownSale] = {}
        self._on_known: dict[tuple[str, int], list[NewPayment]] = {}
        #: How notes of known sales ended, as their rows say.
        self._ended: dict[tuple[str, int], Ended] = {}
        self._ended_sales: set[str] = set()
        #: Known sales with payments that do not say their day or amount.
        self._bare: set[str] = set()

    def add(self, line: PaymentLine, sale: NewSale | KnownSale) -> None:
        """Put a payment to its note of a sale that exists, or refuse its line."""
        loose = line.number == 0 and line.number_is_empty
        if isinstance(sale, KnownSale):
            count, sold_on = sale.installments, sale.sold_on
            note, there = None, loose or 1 <= line.number <= count
        else:
            count, sold_on = len(sale.notes), sale.values["sold_on"]
            note = None if loose else sale.note(line.number)
            there = loose or note is not None
        if not there:
            notes = "1 parcela" if count == 1 else f"{count} parcelas"
            reason = f"A venda {line.sale_ref} tem {notes}; não existe a parcela {line.number}."
            self.refuse(PAYMENTS, line.line, "parcela", reason)
            return
        if (on := line.paid_on) is None and note is not None:
            on = settled_on(note.planned.due_date, sold_on, self.today)
        if (
            on is not None
            and on < sold_on
            and not (
                isinstance(sale, NewSale) and dated_back(sale, line, on, self.choices, self.told)
            )
        ):
            reason = f"O pagamento é anterior à venda, feita em {format_date(sold_on)}."
            self.refuse(PAYMENTS, line.line, "data", reason)
            return
        bare = line.paid_on is None or line.amount is None
        payment = NewPayment(
            *(on or date.max, line.amount or ZERO, line.way),
            line=line.line,
            given=line.given,
            split=split_text(line.given),
        )
        if bare:
            payment.backdate_reason = ON_DUE
        if isinstance(sale, NewSale) and (line.given or loose):
            sale.plain = False
        if note is not None:
            payment.number = note.planned.number
            note.payments.append(payment)
        elif isinstance(sale, KnownSale):
            payment.number = line.number
            self._known_sales[sale.ref] = sale
            self._on_known.setdefault((sale.ref, line.number), []).append(payment)
            if bare:
                self._bare.add(sale.ref)
        else:
            sale.loose.append(payment)

    def ended(self, sale: KnownSale, rows: Sequence[NoteLine], of_sale: Ended | None) -> None:
        """Keep how notes of a known sale ended, as their rows say."""
        for number, row in enumerate(rows, start=1):
            if ended := row.ended or of_sale:
                self._known_sales[sale.ref] = sale
                self._ended[sale.ref, number] = ended

    def fold_into(
        self, batch: Batch, progress: Callable[[float], None], *, last: bool = True
    ) -> None:
        """Fold every note that gets payments; refuse those that exceed what was owed.

        Notes that are known are folded with the `last` part, when all that they get is.
        """
        if last:
            if self._bare:
                self._complete_known()
            for payments in self._on_known.values():
                _count_alike(payments)
            self.known = leave_out_known(
                self.session, self.again, self._on_known, self._known_sales
            )
        for done, sale in enumerate(batch.sales):
            progress(done / len(batch.sales))
            self._fold_sale(batch, sale)
        if last:
            self._fold_known(batch)
        batch.payments.sort(key=lambda payment: payment.line)

    def _fold_sale(self, batch: Batch, sale: NewSale) -> None:
        ref, notes, values = sale.values["ref"], sale.notes, sale.values
        paid = [note for note in notes if note.payments]
        for note in paid:
            if self.choices.settled_on_due:
                note.payments = complete(note.payments, note.terms.amount, ref, self.told)
            _count_alike(note.payments)
        plain = sale.plain and not self.choices.as_happened
        if not plain and (sale.loose or sale.ended or not self._by_rules(notes)):
            _count_alike(sale.loose)
            settling = Settling(sale, ref, notes, self.choices, self.told, self.refuse)
            settling.settle(sale.loose)
            sold_on, total, rate = (values[name] for name in ("sold_on", "total", "daily_rate"))
            endings = Endings(settling, sold_on=sold_on, total=total, rate=rate, today=self.today)
            endings.end(sale.ended)
            _keep(batch, notes, endings)
            return
        for note in paid:
            self._fold(note, ref, note.number)
            batch.payments += note.payments

    def _by_rules(self, notes: Sequence[NewNote | KnownNote]) -> bool:
        """Whether the rules alone say how all payments of these notes split."""
        if any(note.ended for note in notes):
            return False
        if self.choices.as_happened or any(p.given for note in notes for p in note.payments):
            return simple(notes)
        return True

    def _fold_known(self, batch: Batch) -> None:
        """Fold the known notes: each by itself, or all of a sale where that is needed."""
        by_sale: dict[str, list[KnownNote]] = {}
        for note in self._known_notes():
            by_sale.setdefault(note.sale_ref, []).append(note)
        for ref, notes in by_sale.items():
            loose = self._on_known.get((ref, 0), [])
            for note in notes:
                note.ended = self._ended.get((ref, note.number))
            if loose or not self._by_rules(notes):
                sale = self._known_sales[ref]
                settling = Settling(notes[0], ref, notes, self.choices, self.told, self.refuse)
                settling.settle(loose)
                rate, today = notes[0].rate, self.today
                endings = Endings(
                    settling, sold_on=sale.sold_on, total=sale.total, rate=rate, today=today
                )
                endings.end(None)
                _keep(batch, notes, endings)
                batch.known_notes += [note for note in notes if note.payments or note.after]
                continue
            for note in notes:
                if note.payments:
                    self._fold(note, ref, note.number)
                    batch.known_notes.append(note)
                    batch.payments += note.payments

    def _complete_known(self) -> None:
        """The day and amount of payments of known notes that do not say them."""
        ids = {self._known_sales[ref].id: ref for ref in self._bare}
        for note in notes_of_sales(self.session, ids):
            key = ids[note.sale_id], note.number
            payments = self._on_known.get(key, [])
            for payment in payments:
                if payment.paid_on == date.max:
                    payment.paid_on = settled_on(note.made.due_date, note.sold_on, self.today)
            if payments:
                self._on_known[key] = complete(payments, note.terms.amount, key[0], self.told)

    def _known_notes(self) -> list[KnownNote]:
        """Notes of the known sales that get something: those, or all where it may go to any."""
        ended = open_ended(self.session, self._known_sales, self._ended)
        refs = {self._known_sales[ref].id: ref for ref, _ in (*self._on_known, *ended)}
        self._ended_sales = {ref for ref, _ in ended}
        found: dict[int, KnownNote] = {}
        read = lock_notes_of_sales if self.locking else notes_of_sales
        for note in read(self.session, refs):
            ref = refs[note.sale_id]
            payments = self._on_known.get((ref, note.number), [])
            if not payments and not self._any_note(ref):
                continue
            if note.cancelled_on is not None:
                for payment in payments:
                    reason = f"A venda {ref} foi cancelada."
                    self.refuse(PAYMENTS, payment.line, "venda", reason)
                continue
            customer = self._known_sales[ref].customer
            found[note.id] = KnownNote(
                *(note.id, note.sale_id, customer, ref, note.number, note.terms, note.made),
                *(note.daily_rate, payments),
            )
        for there in recorded(self.session, found):
            found[there.note_id].there.append(there)
        return list(found.values())

    def _any_note(self, ref: str) -> bool:
        return self.choices.spill or (ref, 0) in self._on_known or ref in self._ended_sales

    def _fold(self, note: NewNote | KnownNote, sale_ref: str, number: int) -> None:
        state = new_state(note.terms)
        newest: NewPayment | None = None
        for act, owner in entries(note):
            try:
                note.last = act.folded(note.terms, state)
            except Overpaid as error:
                if isinstance(owner, NewPayment):
                    reason = too_much(error, number, sale_ref)
                    self.refuse(PAYMENTS, owner.line, "valor", reason)
                    continue
                assert newest is not None  # what was there had fitted by itself
                self.refuse(PAYMENTS, newest.line, "valor", too_much_later(error))
                return
            state = note.last.state
            if isinstance(owner, NewPayment):
                newest = owner


def _count_alike(payments: list[NewPayment]) -> None:
    if len(payments) == 1:
        return
    alike = Counter[tuple[date, Decimal, str, str]]()
    for payment in payments:
        what = (payment.paid_on, payment.amount, payment.method, payment.split)
        alike[what] += 1
        payment.copy = alike[what]


def _keep(batch: Batch, notes: Iterable[NewNote | KnownNote], endings: Endings) -> None:
    """Put what was settled into the batch, each payment once."""
    for note in notes:
        shares = note.shares or {}
        batch.payments += [p for p in note.payments if p not in shares or not shares[p].again]
    batch.acts += endings.acts
