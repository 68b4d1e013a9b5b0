"""What happens after a sale, in the demonstration shop: some of each act on notes (R29–R34, R37).

Over the past months, not on one day; then what credit does (`credit`), a sale that was a
namesake's, and closed days.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Customer, Note, Sale
from credigestor.demo.credit import credit
from credigestor.demo.open_notes import LATER, pay, untouched
from credigestor.reports.summary import as_json, summary
from credigestor.rules.charges import owed_on
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor
from credigestor.rules.renegotiation import Agreement
from credigestor.rules.returns import ReturnKind
from credigestor.services import (
    closings,
    customer_moves,
    new_dates,
    renegotiations,
    returns,
    write_offs,
)
from credigestor.services.ledger import notes_named
from credigestor.services.new_dates import NewDates
from credigestor.services.renegotiations import NewRenegotiation
from credigestor.services.returns import NewReturn
from credigestor.services.waivers import Waived
from credigestor.services.write_offs import NewWriteOff

_WAIVED, _RETURNED, _PUT_OFF = 12, 5, 8
#: How many days ago debts were renegotiated; the oldest is broken, of the second a note is paid.
_RENEGOTIATED = (75, 45, 20, 0)
#: Days late from which the shop gives a note up, and how many days ago it went through them.
_LOST_AFTER, _GIVEN_UP = 400, (120, 60, 0)


def after_sale(session: Session, manager: Actor, *, today: date) -> None:
    """Let charges go, take goods back, put notes off, start debts anew and give some up."""
    random = Random("after the sale")  # noqa: S311 - no secret
    _to_the_right_person(session, manager, today)
    _let_go(session, manager, random, today)
    _take_back(session, manager, random, today)
    _put_off(session, manager, random, today)
    _give_up(session, manager, today)
    _start_anew(session, manager, random, today)
    credit(session, manager, today=today)
    last_month = today.replace(day=1) - timedelta(days=1)
    until = last_month.replace(day=1) - timedelta(days=1)
    closings.close(
        session,
        manager,
        operation_id=uuid.uuid4(),
        until=until,
        figures=lambda: as_json(summary(session, until, today=today)),
        today=today,
    )


def _let_go(session: Session, manager: Actor, random: Random, today: date) -> None:
    """Some pay the face value of a note some days late, and the rest is let go (R29)."""
    late = untouched(
        session, Note.due_date.between(today - timedelta(days=200), today - timedelta(4))
    )
    for note in _some(random, late, _WAIVED):
        on = min(note.due_date + timedelta(days=random.randrange(4, 40)), today)
        [locked] = notes_named(session, [note.id])
        owed = owed_on(locked.terms, locked.state, on)
        if owed.charges:
            pay(
                *(session, manager, note, owed.principal, on, today),
                method=Method.CASH,
                waived={note.id: Waived(interest=owed.interest, fine=owed.fine)},
                waiver_reason="Pagou o valor da nota",
            )


def _take_back(session: Session, manager: Actor, random: Random, today: date) -> None:
    """Part of what was bought comes back: half of what the last note is for (R30)."""
    sold = untouched(session, Sale.sold_on >= today - timedelta(days=150), Note.due_date > today)
    last = [note for note in sold if note.number == note.installments]
    for note in _some(random, last, _RETURNED):
        returns.record(
            session,
            manager,
            NewReturn(
                operation_id=uuid.uuid4(),
                sale_id=note.sale_id,
                returned_on=min(note.sold_on + timedelta(days=random.randrange(2, 40)), today),
                kind=random.choice(list(ReturnKind)),
                value=(note.amount / 2).quantize(Decimal("1.00")),
                back_by="cash",
                reason="Devolveu parte da compra.",
            ),
            today=today,
        )


def _put_off(session: Session, manager: Actor, random: Random, today: date) -> None:
    """Some asked for more days before a note was due, one in three for interest (R32)."""
    soon = untouched(session, Note.due_date.between(today - timedelta(60), today + timedelta(20)))
    for place, note in enumerate(_some(random, soon, _PUT_OFF)):
        asked_on = min(note.due_date - timedelta(days=random.randrange(2, 10)), today)
        new_dates.put_off(
            session,
            manager,
            NewDates(
                operation_id=uuid.uuid4(),
                agreed_on=max(asked_on, note.sold_on),
                note_id=note.id,
                due_date=note.due_date + timedelta(days=random.choice((7, 10, 15))),
                rate=Decimal(place % 3 == 0),
                reason=random.choice(("Recebe no fim do mês.", "Pediu mais prazo, bom cliente.")),
            ),
            today=today,
        )


def _give_up(session: Session, manager: Actor, today: date) -> None:
    """What is long late is written off; of the first that was, something came back (R34)."""
    first = None
    for days in _GIVEN_UP:
        on = today - timedelta(days=days)
        lost = untouched(session, Note.due_date < on - timedelta(days=_LOST_AFTER))
        if lost:
            write_offs.write_off(
                session,
                manager,
                NewWriteOff(
                    operation_id=uuid.uuid4(),
                    note_ids=tuple(note.id for note in lost),
                    written_off_on=on,
                    reason="Cliente não foi mais encontrado.",
                ),
                today=today,
            )
            first = first or lost[0]
    if first is not None:
        half = (first.amount / 2).quantize(Decimal("0.01"))
        day = today - timedelta(days=5)
        pay(session, manager, first, half, day, today, method=Method.PIX)


def _start_anew(session: Session, manager: Actor, random: Random, today: date) -> None:
    """Customers with several late notes agree on new ones; some keep to it (R15)."""
    for place, days in enumerate(_RENEGOTIATED):
        on = today - timedelta(days=days)
        late = untouched(session, Note.due_date.between(on - timedelta(300), on - timedelta(20)))
        of_each: dict[int, list[int]] = {}
        for note in late:
            of_each.setdefault(note.customer_id, []).append(note.id)
        several = sorted(customer for customer, notes in of_each.items() if len(notes) > 1)
        if not several:
            continue
        customer = random.choice(several)
        before = session.scalars(select(Sale.id).order_by(Sale.id.desc()).limit(1)).one()
        renegotiations.make(
            session,
            manager,
            NewRenegotiation(
                operation_id=uuid.uuid4(),
                customer_id=customer,
                agreed_on=on,
                kind=list(Agreement)[place % 2],
                notes=tuple(of_each[customer]),
                reason="Voltou a trabalhar e quer pôr em dia.",
                installments=random.choice((3, 4, 6)),
                first_due_date=on + timedelta(days=30),
                backdate_reason=LATER,
            ),
            today=today,
        )
        if place == 1:
            [note, *_] = untouched(session, Sale.id > before)
            pay(session, manager, note, note.amount, note.due_date, today, method=Method.PIX)


def _to_the_right_person(session: Session, manager: Actor, today: date) -> None:
    """A sale of these days was a namesake's (R12)."""
    newest = untouched(session, Sale.sold_on >= today - timedelta(days=30), Note.number == 1)
    wrong = newest[-1]
    right = session.scalars(
        select(Customer.id)
        .where(Customer.id != wrong.customer_id, Customer.credit_limit.is_(None))
        .order_by(Customer.id)
        .limit(1)
    ).one()
    customer_moves.move_sale(
        session,
        manager,
        operation_id=uuid.uuid4(),
        sale_id=wrong.sale_id,
        customer_id=right,
        why="Era de outra pessoa com o mesmo nome.",
        today=today,
    )


def _some(random: Random, notes: Sequence[Any], count: int) -> list[Any]:
    """So many of the notes, of a sale one at most."""
    of_each = {note.sale_id: note for note in notes}
    chosen = random.sample(sorted(of_each), k=min(count, len(of_each)))
    return [of_each[sale_id] for sale_id in chosen]
