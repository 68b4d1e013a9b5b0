"""R11, R12, R14, R14c: random payments at the counter against a computation that shares no code.

The rules alone are tried on many more in `tests.rules.test_payments_apart`.
"""

from __future__ import annotations

import os
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note, PaymentItem
from credigestor.errors import BusinessError
from credigestor.reports import settlement
from credigestor.reports.check.report import check
from credigestor.reports.notes import open_notes
from credigestor.reports.receiving import allocated, by_right
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor
from credigestor.services import payments, sales, summaries
from credigestor.services.payments import NewPayment
from tests.portfolio import add_customer
from tests.rules.apart import on_time_until
from tests.rules.asking import Asked, random_sales
from tests.rules.paid_apart import Move, NoteApart, SaleApart, in_cents, random_moves
from tests.services.selling import new_sale

pytestmark = pytest.mark.usefixtures("db")

CASES = 30 if os.environ.get("CI") else 6
#: A day after all that happens here.
LATEST = date(2040, 1, 2)


class Counter:
    """A sale of a customer of its own, and what the services make of the moves."""

    def __init__(self, session: Session, actor: Actor, asked: Asked) -> None:
        self.session, self.actor = session, actor
        self.customer = add_customer(session)
        data = new_sale(
            self.customer,
            sold_on=asked.sold,
            total=Decimal(asked.financed) / 100,
            contract_rate=asked.rate,
            schedule=asked.schedule,
            installments=asked.count,
            first_due_date=asked.first,
            override_reason="teste",
        )
        self.id = sales.register(session, actor, data, today=LATEST)
        rows = select(Note).where(Note.sale_id == self.id).order_by(Note.number)
        self.notes = [note.id for note in session.scalars(rows)]
        self.payments: list[int] = []

    def done(self, move: Move, shared: Sequence[tuple[int, int, int]]) -> bool:
        """As `SaleApart.done`, where a payment is to be shared so: note, money, reduction."""
        try:
            with self.session.begin_nested():
                if move.undoes is None:
                    self.payments.append(self._receive(move, shared))
                else:
                    undone = self.payments[move.undoes]
                    payments.reverse(
                        self.session, self.actor, payment_id=undone, why="engano", today=LATEST
                    )
        except BusinessError:
            self.session.expire_all()
            return False
        return True

    def taken(self) -> dict[int, list[tuple[int, ...]]]:
        """What each payment took off each note and left of it, cents, by day."""
        found = defaultdict[int, list[tuple[int, ...]]](list)
        items = (
            select(PaymentItem)
            .where(PaymentItem.note_id.in_(self.notes), PaymentItem.reversed.is_(False))
            .order_by(PaymentItem.paid_on, PaymentItem.payment_id)
            .execution_options(populate_existing=True)
        )
        for item in self.session.scalars(items):
            each = (item.amount, item.discount, item.interest, item.fine, item.principal)
            left = (item.principal_after, item.interest_after, item.fine_after)
            found[self.notes.index(item.note_id)].append(in_cents(*each, *left))
        return found

    def quoted(self, numbers: Sequence[int], on: date) -> list[tuple[int, ...]]:
        """What settles notes on a day and what that saves, cents."""
        chosen = [self.notes[number] for number in numbers]
        found = settlement.quote(self.session, self.customer, chosen, on=on, today=on)
        assert [note.id for note in found.notes] == chosen
        each = [in_cents(note.paid, note.discount) for note in found.notes]
        assert in_cents(found.total, found.saved) == tuple(map(sum, zip(*each, strict=True)))
        return each

    def _receive(self, move: Move, shared: Sequence[tuple[int, int, int]]) -> int:
        there = {
            note.id: note
            for note in open_notes(self.session, self.customer, on=move.day, today=LATEST)
        }
        paying = [there[self.notes[number]] for number in move.notes]
        parts = allocated(Decimal(move.money) / 100, paying, by_right(paying))
        assert [
            (self.notes.index(part.note.id), *in_cents(part.amount, part.discount))
            for part in parts
        ] == shared
        new = NewPayment(
            operation_id=uuid.uuid4(),
            customer_id=self.customer,
            paid_on=move.day,
            method=Method.PIX,
            items=tuple((part.note.id, part.amount) for part in parts),
            discounts={part.note.id: part.discount for part in parts if part.discount},
            previewed={part.note.id: part.split for part in parts},
            backdate_reason="lançamento de teste",
        )
        return payments.receive(self.session, self.actor, new, today=LATEST)


def told(apart: SaleApart, number: int) -> list[tuple[int, ...]]:
    """As `Counter.taken` has it."""
    by_day = sorted(apart.of_note(number), key=lambda each: each.day)
    return [
        (
            *(each.money, each.less, took.interest, took.fine, took.principal),
            *(took.left.principal, took.left.interest, took.left.fine),
        )
        for each, took in zip(by_day, apart.taken(number), strict=True)
    ]


@pytest.mark.parametrize("seed", range(2))
def test_random_payments_at_the_counter_are_those_of_a_computation_apart(
    admin: Actor, seed: int
) -> None:
    random = Random(36 + seed)
    reduced = refused = 0
    for asked, made in random_sales(random, CASES):
        if len(made.notes) > 24:
            continue
        notes = [
            NoteApart(int(note.amount * 100), note.due_date, on_time_until(note.due_date))
            for note in made.notes
        ]
        apart = SaleApart(asked.sold, notes, int(made.daily_rate * 10**18))
        with transaction() as session:
            counter = Counter(session, admin, asked)
            for move in random_moves(random, apart, tries=random.randint(2, 10)):
                shared = [(k, each.money, each.less) for k, each in apart.shared(move).items()]
                reduced += sum(less > 0 for _, _, less in shared)
                fits = apart.done(move)
                assert counter.done(move, shared) is fits, (asked, apart.payments, move)
                refused += not fits
                wanted = {k: told(apart, k) for k in range(len(notes)) if apart.of_note(k)}
                assert counter.taken() == wanted, (asked, apart.payments)
            there = apart.still_open()
            for days in (0, 40, random.randint(1, 900)):
                on = asked.sold + timedelta(days=days)
                quotes = [(apart.settles(k, on), apart.saved(k, on)) for k in there]
                assert not there or counter.quoted(there, on) == quotes, (asked, on)
    assert reduced > CASES / 2
    assert refused > 0
    with transaction() as session:
        summaries.refresh(session, today=LATEST)
    with snapshot() as session:
        assert check(session) == []
