"""What happens after a sale, in the demonstration shop: some of each act on notes (R29–R34)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Sale
from credigestor.rules.charges import owed_on
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor
from credigestor.rules.renegotiation import Agreement
from credigestor.rules.returns import ReturnKind
from credigestor.services import new_dates, payments, renegotiations, returns, write_offs
from credigestor.services.ledger import notes_named
from credigestor.services.new_dates import NewDates
from credigestor.services.payments import NewPayment
from credigestor.services.renegotiations import NewRenegotiation
from credigestor.services.returns import NewReturn
from credigestor.services.waivers import Waived
from credigestor.services.write_offs import NewWriteOff

_WAIVED, _RETURNED, _PUT_OFF, _RENEGOTIATED = 12, 5, 8, 4
#: Days late from which the shop gives a note up.
_LOST_AFTER = 400


def after_sale(session: Session, manager: Actor, *, today: date) -> None:
    """Let charges go, take goods back, put notes off, start debts anew and give some up."""
    random = Random("after the sale")  # noqa: S311 - no secret
    late = _open(session, Note.due_date.between(today - timedelta(days=45), today - timedelta(4)))
    for note in _some(random, late, _WAIVED):
        _paid_at_face_value(session, manager, note.id, today)
    sold = _open(session, Sale.sold_on >= today - timedelta(days=60), Note.due_date > today)
    sales = sorted({note.sale_id for note in sold if note.number == note.installments})
    for sale_id in random.sample(sales, k=min(_RETURNED, len(sales))):
        _goods_back(session, manager, sale_id, random, today)
    soon = _open(session, Note.due_date.between(today + timedelta(2), today + timedelta(20)))
    for note in _some(random, soon, _PUT_OFF):
        new_dates.put_off(
            session,
            manager,
            NewDates(
                operation_id=uuid.uuid4(),
                agreed_on=today,
                note_id=note.id,
                due_date=note.due_date + timedelta(days=random.choice((7, 10, 15))),
                reason=random.choice(("Recebe no fim do mês.", "Pediu mais prazo, bom cliente.")),
            ),
            today=today,
        )
    lost = _open(session, Note.due_date < today - timedelta(days=_LOST_AFTER))
    if lost:
        write_offs.write_off(
            session,
            manager,
            NewWriteOff(
                operation_id=uuid.uuid4(),
                note_ids=tuple(note.id for note in lost),
                written_off_on=today,
                reason="Cliente não foi mais encontrado.",
            ),
            today=today,
        )
    late = _open(session, Note.due_date.between(today - timedelta(300), today - timedelta(40)))
    of_each: dict[int, list[int]] = {}
    for note in late:
        of_each.setdefault(note.customer_id, []).append(note.id)
    several = sorted(customer for customer, notes in of_each.items() if len(notes) > 1)
    for customer in random.sample(several, k=min(_RENEGOTIATED, len(several))):
        renegotiations.make(
            session,
            manager,
            NewRenegotiation(
                operation_id=uuid.uuid4(),
                customer_id=customer,
                agreed_on=today,
                kind=random.choice(list(Agreement)),
                notes=tuple(of_each[customer]),
                reason="Voltou a trabalhar e quer pôr em dia.",
                installments=random.choice((3, 4, 6)),
                first_due_date=today + timedelta(days=30),
            ),
            today=today,
        )


def _open(session: Session, *where: ColumnElement[bool]) -> Sequence[Any]:
    """Notes on which nothing was paid, in the order of their numbers."""
    return session.execute(
        select(Note.id, Note.sale_id, Note.customer_id, Note.number, Note.due_date)
        .add_columns(Sale.installments)
        .join(Sale, Sale.id == Note.sale_id)
        .where(
            Note.last_paid_on.is_(None),
            Note.last_act_on.is_(None),
            Note.cancelled_on.is_(None),
            *where,
        )
        .order_by(Note.sale_id, Note.number)
    ).all()


def _some(random: Random, notes: Sequence[Any], count: int) -> list[Any]:
    """So many of the notes, of a sale one at most."""
    of_each = {note.sale_id: note for note in notes}
    chosen = random.sample(sorted(of_each), k=min(count, len(of_each)))
    return [of_each[sale_id] for sale_id in chosen]


def _paid_at_face_value(session: Session, manager: Actor, note_id: int, today: date) -> None:
    [note] = notes_named(session, [note_id])
    owed = owed_on(note.terms, note.state, today)
    if not owed.charges:
        return
    payments.receive(
        session,
        manager,
        NewPayment(
            operation_id=uuid.uuid4(),
            customer_id=note.customer_id,
            paid_on=today,
            method=Method.CASH,
            items=((note.id, owed.principal),),
            waived={note.id: Waived(interest=owed.interest, fine=owed.fine)},
            waiver_reason="Pagou o valor da nota",
        ),
        today=today,
    )


def _goods_back(
    session: Session, manager: Actor, sale_id: int, random: Random, today: date
) -> None:
    total = session.scalar(select(func.max(Sale.total)).where(Sale.id == sale_id)) or Decimal(0)
    returns.record(
        session,
        manager,
        NewReturn(
            operation_id=uuid.uuid4(),
            sale_id=sale_id,
            returned_on=today,
            kind=random.choice(list(ReturnKind)),
            value=(total / random.choice((3, 4))).quantize(Decimal("1.00")),
            back_by="cash",
            reason="Devolveu parte da compra.",
        ),
        today=today,
    )
