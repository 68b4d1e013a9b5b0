"""Payments of an import, put to their notes and folded with those the notes have (R9, R11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ARRAY, Text, any_, literal, select
from sqlalchemy.orm import Session

from credigestor.db.models import Payment
from credigestor.db.steps import recorded
from credigestor.imports.batch import (
    Batch,
    KnownCustomer,
    KnownNote,
    NewNote,
    NewPayment,
    NewSale,
    entries,
    payment_ref,
)
from credigestor.imports.problems import PAYMENTS
from credigestor.imports.row_checks import PaymentLine
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Overpaid, new_state
from credigestor.rules.money import format_brl
from credigestor.services.ledger import lock_notes_of_sales, notes_of_sales

Refuse = Callable[[str, int, str, str], None]

_AT_ONCE = 10_000  # payments that are looked up together


@dataclass(frozen=True, slots=True)
class KnownSale:
    """A sale that is in the database."""

    id: int
    customer: KnownCustomer
    sold_on: date
    installments: int


class PaymentFolder:
    """Gathers the payments of each note, then folds them."""

    def __init__(self, session: Session, refuse: Refuse, *, locking: bool) -> None:
        self.session = session
        self.refuse = refuse
        self.locking = locking
        self.known = 0  # payments that were imported before
        self._known_sales: dict[str, KnownSale] = {}
        self._on_known: dict[tuple[str, int], list[NewPayment]] = {}

    def add(self, line: PaymentLine, sale: NewSale | KnownSale) -> None:
        """Put a payment to its note of a sale that exists, or refuse its line."""
        if isinstance(sale, KnownSale):
            count, sold_on = sale.installments, sale.sold_on
            note, there = None, 1 <= line.number <= count
        else:
            count, sold_on = len(sale.notes), sale.values["sold_on"]
            note = sale.note(line.number)
            there = note is not None
        if not there:
            notes = "1 parcela" if count == 1 else f"{count} parcelas"
            reason = f"A venda {line.sale_ref} tem {notes}; não existe a parcela {line.number}."
            self.refuse(PAYMENTS, line.line, "parcela", reason)
            return
        if line.paid_on < sold_on:
            reason = f"O pagamento é anterior à venda, feita em {format_date(sold_on)}."
            self.refuse(PAYMENTS, line.line, "data", reason)
            return
        payment = NewPayment(line.paid_on, line.amount, line.way, line=line.line)
        if note is not None:
            note.payments.append(payment)
        elif isinstance(sale, KnownSale):
            self._known_sales[line.sale_ref] = sale
            self._on_known.setdefault((line.sale_ref, line.number), []).append(payment)

    def fold_into(self, batch: Batch, progress: Callable[[float], None]) -> None:
        """Fold every note that gets payments; refuse those that exceed what was owed."""
        for payments in self._on_known.values():
            _count_alike(payments)
        self._leave_out_known()
        batch.known_notes += self._known_notes()
        for done, sale in enumerate(batch.sales):
            progress(done / len(batch.sales))
            for number, note in enumerate(sale.notes, start=1):
                if note.payments:
                    _count_alike(note.payments)
                    self._fold(note, sale.values["ref"], number)
                    batch.payments += note.payments
        for known in batch.known_notes:
            self._fold(known, known.sale_ref, known.number)
            batch.payments += known.payments
        batch.payments.sort(key=lambda payment: payment.line)

    def _leave_out_known(self) -> None:
        for some in self._batches():
            refs = [payment_ref(*note, p) for note in some for p in self._on_known[note]]
            known = set(
                self.session.scalars(
                    select(Payment.ref).where(Payment.ref == any_(literal(refs, ARRAY(Text))))
                )
            )
            self.known += len(known)
            for note in some:
                new = [p for p in self._on_known[note] if payment_ref(*note, p) not in known]
                if new:
                    self._on_known[note] = new
                else:
                    del self._on_known[note]

    def _batches(self) -> Iterator[list[tuple[str, int]]]:
        some: list[tuple[str, int]] = []
        payments = 0
        for note in list(self._on_known):
            some.append(note)
            payments += len(self._on_known[note])
            if payments >= _AT_ONCE:
                yield some
                some, payments = [], 0
        yield some

    def _known_notes(self) -> list[KnownNote]:
        refs = {self._known_sales[ref].id: ref for ref, _ in self._on_known}
        found: dict[int, KnownNote] = {}
        read = lock_notes_of_sales if self.locking else notes_of_sales
        for note in read(self.session, refs):
            ref = refs[note.sale_id]
            payments = self._on_known.get((ref, note.number))
            if payments is None:
                continue
            if note.cancelled_on is not None:
                for payment in payments:
                    reason = f"A venda {ref} foi cancelada."
                    self.refuse(PAYMENTS, payment.line, "venda", reason)
                continue
            customer = self._known_sales[ref].customer
            found[note.id] = KnownNote(
                note.id, customer, ref, note.number, note.terms, note.made, payments
            )
        for there in recorded(self.session, found):
            found[there.note_id].there.append(there)
        return list(found.values())

    def _fold(self, note: NewNote | KnownNote, sale_ref: str, number: int) -> None:
        state = new_state(note.terms)
        newest: NewPayment | None = None
        for act, owner in entries(note):
            try:
                note.last = act.folded(note.terms, state)
            except Overpaid as error:
                if isinstance(owner, NewPayment):
                    reason = _too_much(error, number, sale_ref)
                    self.refuse(PAYMENTS, owner.line, "valor", reason)
                    continue
                assert newest is not None  # what was there had fitted by itself
                self.refuse(PAYMENTS, newest.line, "valor", _too_much_later(error))
                return
            state = note.last.state
            if isinstance(owner, NewPayment):
                newest = owner


def _count_alike(payments: list[NewPayment]) -> None:
    if len(payments) == 1:
        return
    alike = Counter[tuple[date, Decimal, str]]()
    for payment in payments:
        what = (payment.paid_on, payment.amount, payment.method)
        alike[what] += 1
        payment.copy = alike[what]


def _too_much(error: Overpaid, number: int, sale_ref: str) -> str:
    owed, paid = error.owed, error.act
    note = f"a parcela {number} da venda {sale_ref}"
    if owed.total == 0:
        return f"Em {format_date(paid.on)} {note} já estava paga."
    charges = (
        f" (principal {format_brl(owed.principal)}, juros {format_brl(owed.interest)}, "
        f"multa {format_brl(owed.fine)})"
        if owed.charges
        else ""
    )
    return (
        f"{format_brl(paid.amount)} passa do que {note} devia em {format_date(paid.on)}: "
        f"{format_brl(owed.total)}{charges}."
    )


def _too_much_later(error: Overpaid) -> str:
    return (
        f"Com este pagamento, o de {format_brl(error.act.amount)} já registrado em "
        f"{format_date(error.act.on)} passaria do que a parcela devia naquele dia: "
        f"{format_brl(error.owed.total)}."
    )
