"""Many new customers, sales, notes and payments, written at once by COPY.

Ids are reserved in bulk just before the rows are written, in the order of the batch's lists, so
that payments of one day replay in the order in which they came.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from credigestor.db.models import (
    Act,
    ActItem,
    Base,
    Customer,
    Note,
    Payment,
    PaymentItem,
    Return,
    Sale,
    SaleMoney,
)
from credigestor.db.steps import Recorded
from credigestor.imports import copying
from credigestor.imports.act_rows import act_row, return_rows
from credigestor.imports.batch import (
    Batch,
    KnownNote,
    NewAct,
    NewNote,
    NewPayment,
    NewSale,
    Owner,
    entries,
)
from credigestor.imports.endings import CANCELLED
from credigestor.imports.references import payment_ref
from credigestor.rules.acts import Acted
from credigestor.rules.charges import Step, new_state
from credigestor.rules.methods import SEVERAL, parts_of
from credigestor.rules.progress import Progress, silent
from credigestor.services import handing, ledger, sales
from credigestor.services.ledger_rows import balance_columns, note_columns, step_columns

_WRITING = 0.95  # share of the time that the new rows take
_STEP = 500  # rows between two words of progress
#: The moment of the transaction, as COPY reads it.
_NOW = "now"
_TABLES = [
    model.__tablename__
    for model in (Customer, Sale, SaleMoney, Note, Payment, PaymentItem, Act, ActItem, Return)
]


def load(session: Session, batch: Batch, progress: Progress = silent) -> None:
    """Write one batch and no more: `add` and `finish`."""
    add(session, batch, progress)
    finish(session)


def finish(session: Session) -> None:
    """Once all is written: until autovacuum comes by, the planner would think the tables empty."""
    session.execute(text(f"ANALYZE {', '.join(_TABLES)}"))


def add(session: Session, batch: Batch, progress: Progress = silent) -> None:
    """Write the batch; `progress` hears the share that is done and what is being written.

    Notes are folded anew while their payments are written, so that no step needs to be kept.
    It is the shop's past: webhooks are told nothing of it.
    Raises IntegrityError, as SQLAlchemy does, for a violated constraint.
    """
    notes = [note for sale in batch.sales for note in sale.notes]
    everything: tuple[tuple[type[Base], Sequence[Any]], ...] = (
        (Customer, batch.customers),
        (Sale, batch.sales),
        (Note, notes),
    )
    # Columns that few imports need are not sent by the others.
    cancelled = any(sale.cancelled_on for sale in batch.sales)
    done = list(batch.numbered())
    acts = [each for each in done if isinstance(each, NewAct)]
    copies: tuple[tuple[type[Base], int, Iterable[dict[str, Any]], str], ...] = (
        (Customer, len(batch.customers), _customer_rows(batch), "Gravando clientes"),
        (
            *(Sale, len(batch.sales)),
            map(_cancelled_row if cancelled else _sale_row, batch.sales),
            "Gravando vendas",
        ),
        (SaleMoney, len(batch.sales), _money_rows(batch), "Gravando vendas"),
        (Note, len(notes), _note_rows(batch, cancelled), "Gravando notas"),
        (Payment, len(batch.payments), _payment_rows(batch), "Gravando pagamentos"),
        (PaymentItem, len(batch.payments), _item_rows(batch, notes), "Gravando pagamentos"),
        (Act, len(acts), map(act_row, acts), "Gravando o que se fez com os encargos"),
        (ActItem, len(acts), _act_item_rows(batch, notes), "Gravando o que se fez com os encargos"),
        (Return, len(acts), return_rows(acts), "Gravando devoluções"),
    )
    total = sum(count for _, count, _, _ in copies) or 1
    written = 0
    session.execute(text("SELECT set_config('credigestor.untold', 'on', true)"))
    progress(0.0, "Reservando números")
    for model, new in everything:
        for row, row_id in zip(new, copying.ids(session, model, len(new)), strict=True):
            row.id = row_id
    for each, act_id in zip(done, copying.ids(session, Payment, len(done)), strict=True):
        each.id = act_id
    for model, count, rows, what in copies:
        copying.copy(session, model, _counted(rows, written, total, what, progress))
        written += count
    progress(_WRITING, "Atualizando notas que já existiam")
    _rewrite(session, batch.known_notes)


def _customer_rows(batch: Batch) -> Iterator[dict[str, Any]]:
    for new in batch.customers:
        yield {"id": new.id, **new.values}


def _sale_row(sale: NewSale) -> dict[str, Any]:
    return {
        "id": sale.id,
        "operation_id": uuid.uuid4(),
        "customer_id": sale.customer.id,
        **sale.values,
    }


def _cancelled_row(sale: NewSale) -> dict[str, Any]:
    on = sale.cancelled_on
    ended = {"cancelled_at": on and _NOW, "cancel_reason": on and CANCELLED}
    return {**_sale_row(sale), "cancelled_on": on, **ended}


def _money_rows(batch: Batch) -> Iterator[dict[str, Any]]:
    """Each sale's down payment, as received when the sale was made (R35)."""
    for sale in batch.sales:
        if sale.values["down_payment"]:
            yield {
                "sale_id": sale.id,
                "kind": "down",
                "moved_on": sale.values["sold_on"],
                "amount": sale.values["down_payment"],
                "done_by": sale.values["created_by"],
                **handing.columns(sale.paid_down),
            }
            if sale.cancelled_on:
                yield {
                    "sale_id": sale.id,
                    "kind": "refund",
                    "moved_on": sale.cancelled_on,
                    "amount": sale.values["down_payment"],
                    "done_by": None,
                    **handing.columns(()),
                }


def _note_rows(batch: Batch, cancelled: bool) -> Iterator[dict[str, Any]]:
    for sale in batch.sales:
        for note in sale.notes:
            yield {
                "id": note.id,
                **sales.note_row(note.planned, sale.id, sale.customer.id),
                **_balance(note),
                **({"cancelled_on": sale.cancelled_on} if cancelled else {}),
                "ref": note.ref,
            }


def _balance(note: NewNote) -> dict[str, Any]:
    """What is left of a note; of its steps the last says it, where each is a payment."""
    if note.last is None:
        return balance_columns(new_state(note.terms), ())
    steps = [step for step, _ in note.steps] if note.shares or note.after else [note.last]
    return balance_columns(note.last.state, steps)


def _act_item_rows(batch: Batch, notes: Iterable[NewNote]) -> Iterator[dict[str, Any]]:
    for note in chain[NewNote | KnownNote](notes, batch.known_notes):
        if not (note.shares or note.after):
            continue
        for step, owner in _steps(note):
            if isinstance(owner, NewAct) and isinstance(step.act, Acted):
                asked = step.act
                yield {
                    "act_id": owner.id,
                    "note_id": note.id,
                    "kind": asked.kind.value,
                    "acted_on": asked.on,
                    "asked_interest": asked.interest,
                    "asked_fine": asked.fine,
                    "asked_principal": asked.principal,
                    **step_columns(step),
                }


def _payment_rows(batch: Batch) -> Iterator[dict[str, Any]]:
    marked = any(p.backdate_reason or p.discount_reason for p in batch.payments)
    shared = any(p.method == SEVERAL for p in batch.payments)
    for payment, row in _plain_payment_rows(batch):
        if shared:
            row |= handing.columns(parts_of(payment.way, payment.amount))
        if marked:
            row["backdate_reason"] = payment.backdate_reason
            row["discount_reason"] = payment.discount_reason
        yield row


def _plain_payment_rows(batch: Batch) -> Iterator[tuple[NewPayment, dict[str, Any]]]:
    for sale in batch.sales:
        ref = sale.values["ref"]
        for note in sale.notes:
            for payment in _whole(note):
                yield payment, _payment_row(payment, sale.customer.id, ref)
    for known in batch.known_notes:
        for payment in _whole(known):
            yield payment, _payment_row(payment, known.customer.id, known.sale_ref)


def _whole(note: NewNote | KnownNote) -> Iterable[NewPayment]:
    """The payments whose first part is this note's."""
    shares = note.shares
    if not shares:
        return note.payments
    return [p for p in note.payments if (share := shares.get(p)) is None or not share.again]


def _payment_row(payment: NewPayment, customer_id: int, sale_ref: str | None) -> dict[str, Any]:
    operation = uuid.uuid4()
    if payment.act is not None:  # which is undone with it
        payment.act.operation = operation
    return {
        "id": payment.id,
        "ref": None if sale_ref is None else payment_ref(sale_ref, payment.number, payment),
        "operation_id": operation,
        "customer_id": customer_id,
        "paid_on": payment.paid_on,
        "amount": payment.amount,
        "received_by": payment.received_by,
        "method": payment.method,
    }


def _steps(note: NewNote | KnownNote) -> Sequence[tuple[Step, Owner]]:
    if isinstance(note, NewNote):
        if note.steps or not note.payments:
            return note.steps
        if note.last is not None and len(note.payments) == 1:
            return [(note.last, note.payments[0])]
    state = new_state(note.terms)
    steps: list[tuple[Step, Owner]] = []
    for act, owner in entries(note):
        step = act.folded(note.terms, state)
        state = step.state
        steps.append((step, owner))
    return steps


def _item_rows(batch: Batch, notes: Sequence[NewNote]) -> Iterator[dict[str, Any]]:
    shared = any(note.shares for note in chain[NewNote | KnownNote](notes, batch.known_notes))
    for note in chain[NewNote | KnownNote](notes, batch.known_notes):
        for step, owner in _steps(note):
            if isinstance(owner, NewPayment):
                yield {
                    "payment_id": owner.id,
                    "note_id": note.id,
                    "paid_on": owner.paid_on,
                    "amount": step.act.amount,
                    **({"discount": step.act.discount} if shared else {}),
                    **step_columns(step),
                }


def _rewrite(session: Session, notes: Sequence[KnownNote]) -> None:
    for note in notes:
        steps = _steps(note)
        there = [(owner, step) for step, owner in steps if isinstance(owner, Recorded)]
        ledger.rewrite_items(session, there)
        folded = note_columns(note.terms, note.made, [step for step, _ in steps])
        session.execute(update(Note).where(Note.id == note.id).values(**folded))


def _counted(
    rows: Iterable[dict[str, Any]], before: int, total: int, what: str, progress: Progress
) -> Iterator[dict[str, Any]]:
    for count, row in enumerate(rows):
        if count % _STEP == 0:
            progress(_WRITING * (before + count) / total, what)
        yield row
