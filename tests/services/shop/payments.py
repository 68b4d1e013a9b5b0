"""Payments and customers' credit, in the shop and in its model (R11, R12, R29, R31)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from credigestor.db.models import Act
from credigestor.rules.methods import Method
from credigestor.services import payment_moves, payments, store_credit
from credigestor.services.payments import NewPayment
from credigestor.services.store_credit import NewPayback
from tests.services.shop.both import WHY, Both, numbered, reais, waived_by
from tests.services.shop.figures import Refused
from tests.services.shop.folds import Part, Record, Taken
from tests.services.shop.model import Asked, Movement


class Payments(Both):
    """What is received, undone, moved, or paid back; notes are ids of the model, amounts cents."""

    def receive(
        self,
        customer: int,
        day: date,
        paid: Mapping[int, int],
        *,
        discounts: Mapping[int, int] = {},
        waived: Mapping[int, Taken] = {},
        kept: int = 0,
        by_credit: bool = False,
    ) -> None:
        """A payment of several notes (by id): with discounts, charges let go, credit (R29, R31)."""
        data = NewPayment(
            operation_id=uuid.uuid4(),
            customer_id=customer,
            paid_on=day,
            method=None if by_credit else Method.PIX,
            by_credit=by_credit,
            kept=reais(kept),
            items=tuple((note, reais(amount)) for note, amount in paid.items()),
            discounts={note: reais(off) for note, off in discounts.items()},
            discount_reason=WHY,
            waived={note: waived_by(each) for note, each in waived.items()},
            waiver_reason=WHY if waived else None,
            backdate_reason=self.why,
        )

        def modelled() -> list[Record]:
            parts = {n: Part(paid=a, discount=discounts.get(n, 0)) for n, a in paid.items()}
            if by_credit and sum(paid.values()) > self.shop.credit(customer, day):
                raise Refused("no such credit")
            made = [Record("payment", customer, day, parts, by_credit=by_credit)]
            if waived:
                asked = {note: Part(each) for note, each in waived.items()}
                made.insert(0, Record("waiver", customer, day, asked, beside=made[0]))
            self.shop.admit(*made)
            return made

        def done(made: list[Record], payment_id: int) -> None:
            made[-1].id = payment_id
            if waived:
                made[0].id = self._act_of(data.operation_id)
            if by_credit:
                spent = Movement(customer, day, -sum(paid.values()), made[-1])
                self.shop.movements.append(spent)
            if kept:
                self.shop.movements.append(Movement(customer, day, kept, made[-1]))

        self.do(
            modelled,
            lambda: payments.receive(self.session, self.actor, data, today=self.today),
            done,
            dated=day,
            asked=Asked.FAR_BACK,
        )

    def _act_of(self, operation: uuid.UUID) -> int:
        found = select(Act.id).where(Act.operation_id == operation)
        return self.session.scalars(found).one()

    def reverse_payment(self, record: Record) -> None:
        """Undo a payment, and what was let go for it (R12)."""
        beside = [each for each in self.shop.records if each.beside is record]
        self.do(
            lambda: self.shop.undo(record, *beside),
            lambda: payments.reverse(
                self.session, self.actor, payment_id=record.id, why=WHY, today=self.today
            ),
            lambda *_: None,
            dated=record.day,
        )

    def pay_back(self, customer: int, day: date, amount: int) -> None:
        """Pay credit back (R31)."""
        data = NewPayback(
            operation_id=uuid.uuid4(),
            customer_id=customer,
            paid_on=day,
            amount=reais(amount),
            method=Method.CASH,
            reason=WHY,
        )

        def modelled() -> Movement:
            if not 0 < amount <= self.shop.credit(customer, day):
                raise Refused("no such credit")
            return Movement(customer, day, -amount)

        def done(movement: Movement, number: int) -> None:
            movement.id = number
            self.shop.movements.append(movement)

        self.do(
            modelled,
            lambda: store_credit.pay_back(self.session, self.actor, data, today=self.today),
            done,
            dated=day,
        )

    def undo_payback(self, movement: Movement) -> None:
        """The money came back."""

        def modelled() -> None:
            if movement.undone:
                raise Refused("undone before")
            self.shop.undo_movements([movement])

        self.do(
            modelled,
            lambda: store_credit.undo_payback(
                self.session, self.actor, movement_id=movement.id, why=WHY, today=self.today
            ),
            lambda *_: None,
            dated=movement.day,
        )

    def move_payment(self, record: Record, customer: int, parts: Mapping[int, int]) -> None:
        """A payment recorded for a namesake goes to the right customer."""
        data = payment_moves.PaymentToMove(
            operation_id=uuid.uuid4(),
            payment_id=record.id,
            customer_id=customer,
            items=tuple((note, reais(amount)) for note, amount in parts.items()),
            reason=WHY,
        )
        beside = [each for each in self.shop.records if each.beside is record]

        def modelled() -> Record:
            if record.customer == customer or any(
                each.source is record for each in self.shop.movements
            ):
                raise Refused("theirs, or of their credit")
            made = {note: Part(paid=amount) for note, amount in parts.items()}
            new = Record("payment", customer, record.day, made, moved=record)
            self.shop.admit(new)
            try:
                self.shop.undo(record, *beside)
            except Refused:
                self.shop.take_out([new])
                raise
            return new

        self.do(
            modelled,
            lambda: payment_moves.move(self.session, self.actor, data, today=self.today),
            numbered,
            dated=record.day,
        )
