"""Payments of an import, put to their notes and folded with those the notes have (R9, R11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ARRAY, Integer, Text, any_, literal, select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Payment, PaymentItem, Sale
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Overpaid, Paid, Terms, new_state, settle
from credigestor.rules.money import format_brl
from credigestor.transfer.checking import PaymentLine
from credigestor.transfer.loading import (
    Batch,
    KnownCustomer,
    KnownNote,
    NewNote,
    NewPayment,
    NewSale,
)
from credigestor.transfer.reading import PAYMENTS

Refuse = Callable[[str, int, str, str], None]


@dataclass(frozen=True, slots=True)
class KnownSale:
    """A sale that is in the database."""

    id: int
    customer: KnownCustomer
    sold_on: date
    installments: int


@dataclass(slots=True)
class _Target:
    """A note, the new payments for it and the live ones that it has."""

    note: NewNote | KnownNote
    new: list[tuple[PaymentLine, NewPayment]] = field(default_factory=list)
    items: list[tuple[int, Paid]] = field(default_factory=list)


class PaymentFolder:
    """Gathers the payments of each note, then folds them."""

    def __init__(
        self,
        session: Session,
        sales: Mapping[str, NewSale | KnownSale],
        refuse: Refuse,
        *,
        locking: bool,
    ) -> None:
        self.session = session
        self.sales = sales
        self.refuse = refuse
        self.locking = locking
        self.refs: dict[int, str] = {}  # by line
        self.targets: dict[tuple[str, int], list[tuple[PaymentLine, NewPayment]]] = {}

    def take_new(self, lines: Sequence[PaymentLine]) -> list[PaymentLine]:
        """Give every line its reference, and those back that were not imported before."""
        alike = Counter[str]()
        for line in lines:
            alike[line.key] += 1
            self.refs[line.line] = f"{line.key}#{alike[line.key]}"
        known = set(
            self.session.scalars(
                select(Payment.ref).where(
                    Payment.ref == any_(literal(list(self.refs.values()), ARRAY(Text)))
                )
            )
        )
        return [line for line in lines if self.refs[line.line] not in known]

    def add(self, line: PaymentLine) -> None:
        """Take a payment of a sale that exists, or refuse its line."""
        sale = self.sales[line.sale_ref]
        count = sale.installments if isinstance(sale, KnownSale) else len(sale.notes)
        sold_on = sale.sold_on if isinstance(sale, KnownSale) else sale.values["sold_on"]
        if not 1 <= line.number <= count:
            notes = "1 parcela" if count == 1 else f"{count} parcelas"
            reason = f"A venda {line.sale_ref} tem {notes}; não existe a parcela {line.number}."
            self.refuse(PAYMENTS, line.line, "parcela", reason)
        elif line.paid_on < sold_on:
            reason = f"O pagamento é anterior à venda, feita em {format_date(sold_on)}."
            self.refuse(PAYMENTS, line.line, "data", reason)
        else:
            payment = NewPayment(
                customer=sale.customer,
                paid_on=line.paid_on,
                amount=line.amount,
                method=line.method,
                ref=self.refs[line.line],
            )
            self.targets.setdefault((line.sale_ref, line.number), []).append((line, payment))

    def fold_into(self, batch: Batch) -> None:
        """Fold every note that gets payments; refuse those that exceed what was owed."""
        known_ids = {
            sale.id for ref, _ in self.targets if isinstance(sale := self.sales[ref], KnownSale)
        }
        known = self._known_notes(known_ids)
        targets = []
        for (ref, number), new in self.targets.items():
            sale = self.sales[ref]
            if isinstance(sale, NewSale):
                targets.append(_Target(sale.notes[number - 1], new))
                continue
            note, cancelled = known[sale.id, number]
            if cancelled:
                for line, _ in new:
                    reason = f"A venda {ref} foi cancelada."
                    self.refuse(PAYMENTS, line.line, "venda", reason)
                continue
            targets.append(_Target(note, new))
        self._add_items(targets)
        for target in targets:
            self._fold(target)
        batch.known_notes += [t.note for t in targets if isinstance(t.note, KnownNote)]
        accepted = [entry for target in targets for entry in target.new]
        accepted.sort(key=lambda entry: entry[0].line)
        batch.payments += [payment for _, payment in accepted]

    def _known_notes(
        self, sale_ids: Collection[int]
    ) -> dict[tuple[int, int], tuple[KnownNote, bool]]:
        statement = (
            select(
                Note.id,
                Note.sale_id,
                Note.number,
                Note.amount,
                Note.due_date,
                Note.free_until,
                Note.cancelled_on,
                Sale.late_rate,
                Sale.fine_rate,
            )
            .join(Sale, Sale.id == Note.sale_id)
            .where(Note.sale_id == any_(literal(sorted(sale_ids), ARRAY(Integer))))
            .order_by(Note.id)
        )
        if self.locking:
            statement = statement.with_for_update(of=Note)
        return {
            (row.sale_id, row.number): (
                KnownNote(
                    row.id,
                    Terms(row.amount, row.due_date, row.free_until, row.late_rate, row.fine_rate),
                ),
                row.cancelled_on is not None,
            )
            for row in self.session.execute(statement)
        }

    def _add_items(self, targets: Sequence[_Target]) -> None:
        by_note = {t.note.id: t for t in targets if isinstance(t.note, KnownNote)}
        for item in self.session.execute(
            select(PaymentItem.id, PaymentItem.note_id, PaymentItem.paid_on, PaymentItem.amount)
            .where(
                PaymentItem.note_id == any_(literal(list(by_note), ARRAY(Integer))),
                PaymentItem.reversed.is_(False),
            )
            .order_by(PaymentItem.paid_on, PaymentItem.payment_id)
        ):
            by_note[item.note_id].items.append((item.id, Paid(item.paid_on, item.amount)))

    def _fold(self, target: _Target) -> None:
        note = target.note
        # On one day, what was there comes first and the rows in their order, as in a replay.
        entries: list[tuple[Paid, int | tuple[PaymentLine, NewPayment]]] = [
            (paid, item_id) for item_id, paid in target.items
        ]
        entries += [(Paid(line.paid_on, line.amount), (line, new)) for line, new in target.new]
        entries.sort(key=lambda entry: entry[0].on)
        state = new_state(note.terms)
        newest: PaymentLine | None = None
        for paid, owner in entries:
            try:
                step = settle(note.terms, state, paid)
            except Overpaid as error:
                if isinstance(owner, int):
                    assert newest is not None  # what was there had fitted by itself
                    self.refuse(PAYMENTS, newest.line, "valor", _too_much_later(error))
                    return
                self.refuse(PAYMENTS, owner[0].line, "valor", _too_much(owner[0], error))
                continue
            state = step.state
            if isinstance(owner, int):
                assert isinstance(note, KnownNote)
                note.steps.append((step, owner))
                continue
            newest, payment = owner
            payment.step = step
            if isinstance(note, KnownNote):
                note.steps.append((step, payment))
            else:
                note.payments.append(payment)


def _too_much(line: PaymentLine, error: Overpaid) -> str:
    owed = error.owed
    note = f"a parcela {line.number} da venda {line.sale_ref}"
    if owed.total == 0:
        return f"Em {format_date(line.paid_on)} {note} já estava paga."
    charges = (
        f" (principal {format_brl(owed.principal)}, juros {format_brl(owed.interest)}, "
        f"multa {format_brl(owed.fine)})"
        if owed.charges
        else ""
    )
    return (
        f"{format_brl(line.amount)} passa do que {note} devia em {format_date(line.paid_on)}: "
        f"{format_brl(owed.total)}{charges}."
    )


def _too_much_later(error: Overpaid) -> str:
    return (
        f"Com este pagamento, o de {format_brl(error.paid.amount)} já registrado em "
        f"{format_date(error.paid.on)} passaria do que a parcela devia naquele dia: "
        f"{format_brl(error.owed.total)}."
    )
