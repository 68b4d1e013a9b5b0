"""What is done after a sale, in the shop and in its model (R11, R12, R15, R29–R35)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import select

from credigestor.db.models import Act, Renegotiation
from credigestor.rules.methods import Method
from credigestor.rules.renegotiation import Agreement
from credigestor.rules.returns import ReturnKind
from credigestor.services import (
    acts,
    customer_moves,
    new_dates,
    payment_moves,
    payments,
    renegotiations,
    returns,
    sales,
    store_credit,
    waivers,
    write_offs,
)
from credigestor.services.new_dates import NewDates
from credigestor.services.payments import NewPayment
from credigestor.services.renegotiations import NewRenegotiation
from credigestor.services.returns import NewReturn
from credigestor.services.store_credit import NewPayback
from credigestor.services.waivers import NewWaiver, Waived
from credigestor.services.write_offs import NewWriteOff
from tests.services import shop_model as model
from tests.services.shop_machine import Both, reais
from tests.services.shop_model import ONE, Movement, Part, Record, Refused, Taken

WHY = "lançamento de teste"


class Acts(Both):
    """Acts after the sale; notes are the model's, amounts cents."""

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
            waived={note: _waived(each) for note, each in waived.items()},
            waiver_reason=WHY if waived else None,
            backdate_reason=WHY,
        )

        def modelled() -> list[Record]:
            parts = {n: Part(paid=a, discount=discounts.get(n, 0)) for n, a in paid.items()}
            if by_credit and sum(paid.values()) > self.shop.credit(customer, day):
                raise Refused("no such credit")
            made = [Record("payment", customer, day, parts)]
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
        )

    def waive(self, customer: int, day: date, waived: Mapping[int, Taken]) -> None:
        """Let charges go (R29)."""
        data = NewWaiver(
            operation_id=uuid.uuid4(),
            customer_id=customer,
            waived_on=day,
            waived={note: _waived(each) for note, each in waived.items()},
            reason=WHY,
            backdate_reason=WHY,
        )
        record = Record("waiver", customer, day, {n: Part(each) for n, each in waived.items()})

        def modelled() -> Record:
            if any(each.total < 1 for each in waived.values()):
                raise Refused("nothing")
            self.shop.admit(record)
            return record

        self.do(
            modelled,
            lambda: waivers.waive(self.session, self.actor, data, today=self.today),
            _number,
        )

    def give_back(
        self,
        sale: model.Sale,
        day: date,
        value: int,
        kind: ReturnKind,
        how: Literal["cash", "credit"],
    ) -> None:
        """Goods come back (R30)."""
        data = NewReturn(
            operation_id=uuid.uuid4(),
            sale_id=sale.id,
            returned_on=day,
            kind=kind,
            value=reais(value),
            back_by=how,
            reason=WHY,
        )

        def done(record: Record, act_id: int) -> None:
            record.id = act_id
            if how == "credit" and record.back:
                moved = Movement(sale.customer, day, record.back, record)
                self.shop.movements.append(moved)

        self.do(
            lambda: self._returned(sale, day, value, everything=kind is ReturnKind.REGRET),
            lambda: returns.record(self.session, self.actor, data, today=self.today),
            done,
        )

    def _returned(self, sale: model.Sale, day: date, value: int, *, everything: bool) -> Record:
        before = [r for r in self.shop.records if r.sale == sale.id and not r.undone]
        left = sale.total - sum(each.value for each in before)
        if sale.cancelled or day < sale.day or not 0 < value <= left:
            raise Refused("no such return")
        notes = self.shop.of_sale(sale)
        paid = sum(
            each.parts[note.id].paid
            for each in self.shop.records
            for note in notes
            if each.kind == "payment" and each.day <= day and not each.undone
            if note.id in each.parts
        )
        received = max(sale.down + paid - sum(each.back for each in before), 0)
        everything, rest = everything and value == left, value
        parts = {}
        for note, state in self._newest_first(notes, day):
            if not (rest or everything):
                break
            principal, late = state.left.principal, day > state.dates.on_time
            days = 0 if late else (state.dates.due - day).days
            worth = model.worth(principal, sale.rate, days)
            if not everything and rest < worth:
                principal, worth = model.settled_by(rest, principal, sale.rate, days), rest
            owed = state.owed(day)
            if principal == state.left.principal and owed.total > owed.principal:
                raise Refused("charges are owed")
            parts[note.id] = Part(Taken(principal=principal))
            rest = max(rest - worth, 0)
        back = received if everything else min(rest, received)
        if not parts and not back:
            raise Refused("nothing falls")
        made = Record("return", sale.customer, day, parts, sale=sale.id, value=value, back=back)
        self.shop.admit(made)
        return made

    def _newest_first(
        self, notes: Sequence[model.Note], day: date
    ) -> list[tuple[model.Note, model.State]]:
        states = [(note, self.shop.state(note, day)) for note in notes]
        there = [(n, state) for n, state in states if state.left.principal and not state.closed]
        there.sort(key=lambda each: (each[1].dates.due, each[0].number), reverse=True)
        return sorted(there, key=lambda each: day > each[1].dates.on_time)

    def put_off(
        self, day: date, notes: Sequence[model.Note], days: int, rate: int, *, whole_sale: bool
    ) -> None:
        """New due dates of one note, or of all of a sale (R32); `rate` percent a month."""
        first = notes[0]
        state = self.shop.state(first, day)
        data = NewDates(
            operation_id=uuid.uuid4(),
            agreed_on=day,
            note_id=None if whole_sale else first.id,
            due_date=None if whole_sale else state.dates.due + days * ONE,
            sale_id=first.sale if whole_sale else None,
            days=days if whole_sale else None,
            rate=Decimal(rate),
            reason=WHY,
        )

        def modelled() -> Record:
            sale, parts = self.shop.sales[first.sale], {}
            for note in notes:
                at = self.shop.state(note, day)
                if not at.left.principal or at.closed or day > at.dates.on_time:
                    continue
                agreed = model.half_up(at.left.principal * rate * days, 3000)
                moved = model.dates(at.dates.due + days * ONE, self.shop.grace)
                parts[note.id] = Part(Taken(interest=-agreed), moved=moved)
            if not parts:
                raise Refused("nothing to put off")
            made = Record("new_date", sale.customer, day, parts)
            self.shop.admit(made)
            return made

        self.do(
            modelled,
            lambda: new_dates.put_off(self.session, self.actor, data, today=self.today),
            _number,
        )

    def write_off(self, customer: int, day: date, notes: Sequence[model.Note]) -> None:
        """Give notes up (R34)."""
        data = NewWriteOff(
            operation_id=uuid.uuid4(),
            note_ids=tuple(note.id for note in notes),
            written_off_on=day,
            reason=WHY,
        )

        def modelled() -> Record:
            made = Record("write_off", customer, day, {note.id: Part() for note in notes})
            self.shop.admit(made)
            return made

        self.do(
            modelled,
            lambda: write_offs.write_off(self.session, self.actor, data, today=self.today),
            lambda made, numbers: _number(made, *numbers),
        )

    def undo(self, record: Record) -> None:
        """Undo an act that is no renegotiation."""

        def modelled() -> None:
            if record.kind == "renegotiation":
                raise Refused("it is undone with its sale")
            self.shop.undo(record)

        self.do(
            modelled,
            lambda: acts.reverse(
                self.session, self.actor, act_id=record.id, why=WHY, today=self.today
            ),
            lambda *_: None,
        )

    def renegotiate(self, day: date, notes: Sequence[model.Note], **terms: int) -> None:
        """Notes of one customer for a new sale (R15): `down`, `parts`, `first` days on, `fines`."""
        customer = self.shop.sales[notes[0].sale].customer
        states = {note.id: self.shop.state(note) for note in notes}
        oldest = sorted(notes, key=lambda note: (states[note.id].dates.due, note.id))
        owed = {note.id: states[note.id].owed(day) for note in oldest}
        fines = [n for n, each in owed.items() if each.fine and terms["fines"]]
        waived = {note: Taken(fine=owed[note].fine) for note in fines}
        first = day + terms["first"] * ONE
        down = sum(each.total for each in owed.values()) * terms["down"] // 100
        data = NewRenegotiation(
            operation_id=uuid.uuid4(),
            customer_id=customer,
            agreed_on=day,
            kind=Agreement.NOVATION,
            notes=tuple(note.id for note in notes),
            reason=WHY,
            waived={note: _waived(each) for note, each in waived.items()},
            waiver_reason=WHY if waived else None,
            down_payment=reais(down),
            method=Method.PIX,
            installments=terms["parts"],
            first_due_date=first,
            backdate_reason=WHY,
        )

        def modelled() -> tuple[list[Record], int]:
            for note in notes:
                touched = any(each.day > day for each in self.shop.standing([note.id]))
                if touched or not states[note.id].left.principal or states[note.id].closed:
                    raise Refused("not open, or touched since")
            after = {n: model.less(each, 0) for n, each in owed.items()}
            for fined in waived:
                after[fined] = Taken(owed[fined].interest, 0, owed[fined].principal)
            paid = model.paid_down(after, down)
            left = {n: model.less(each, paid.get(n, 0)) for n, each in after.items()}
            entering = sum(each.total for each in left.values())
            if entering < terms["parts"]:
                raise Refused("fewer cents than notes")
            made = []
            if waived:
                parts = {n: Part(each) for n, each in waived.items()}
                made.append(Record("waiver", customer, day, parts))
            if paid:
                parts = {n: Part(paid=amount) for n, amount in paid.items()}
                made.append(Record("payment", customer, day, parts))
            closed = {n: Part(each) for n, each in left.items() if each.total}
            made.append(Record("renegotiation", customer, day, closed))
            self.shop.admit(*made)
            return made, entering

        def done(made: tuple[list[Record], int], deal_id: int) -> None:
            records, entering = made
            deal = self.session.get_one(Renegotiation, deal_id)
            numbers = {
                "waiver": deal.waiver_id,
                "payment": deal.payment_id,
                "renegotiation": deal.act_id,
            }
            for record in records:
                record.id = numbers[record.kind] or 0
            waiver = records[0] if waived else None
            sale = model.Sale(0, customer, day, entering, 0, Decimal(0), None, records[-1], waiver)
            months = model.months(first, terms["parts"], suggested_for=day)
            amounts = model.split(entering, terms["parts"])
            self.sold(sale, deal.sale_id, list(zip(amounts, months, strict=True)))

        self.do(
            modelled,
            lambda: renegotiations.make(self.session, self.actor, data, today=self.today),
            done,
        )

    def undo_deal(self, sale: model.Sale) -> None:
        """Undo a renegotiation while nothing of its sale is paid (R15)."""
        found = select(Renegotiation.id).where(Renegotiation.sale_id == sale.id)
        deal_id = self.session.scalars(found).one()

        def modelled() -> None:
            assert sale.deal is not None
            if self.shop.standing(note.id for note in self.shop.of_sale(sale)):
                raise Refused("something of it stands")
            self.shop.undo(sale.deal, *([sale.waiver] if sale.waiver else []))

        def done(*_: object) -> None:
            sale.cancelled = sale.day

        self.do(
            modelled,
            lambda: renegotiations.reverse(
                self.session, self.actor, renegotiation_id=deal_id, why=WHY, today=self.today
            ),
            done,
        )

    def cancel(self, sale: model.Sale) -> None:
        """Cancel a sale today; its down payment goes back (R13, R35)."""
        by_credit = [m for m in self.shop.movements if m.source is sale]
        refund = () if by_credit or not sale.down else ((Method.CASH, reais(sale.down)),)

        def modelled() -> None:
            of_sale = [r for r in self.shop.records if r.sale == sale.id and not r.undone]
            stands = self.shop.standing(note.id for note in self.shop.of_sale(sale))
            if sale.cancelled or sale.deal or stands or of_sale:
                raise Refused("it is not to be cancelled")

        def done(*_: object) -> None:
            sale.cancelled = self.today
            self.shop.undo_movements(by_credit)

        self.do(
            modelled,
            lambda: sales.cancel(
                self.session,
                self.actor,
                sale_id=sale.id,
                why=WHY,
                today=self.today,
                refund_methods=refund,
            ),
            done,
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
            new = Record("payment", customer, record.day, made)
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
            _number,
        )

    def move_sale(self, sale: model.Sale, customer: int) -> None:
        """A sale recorded for a namesake goes to the right customer, with all that is of it."""
        ids = {note.id for note in self.shop.of_sale(sale)}

        def modelled() -> list[Record]:
            theirs = [r for r in self.shop.records if r.sale == sale.id or ids & r.parts.keys()]
            deals = (each for each in self.shop.sales.values() if each.deal)
            if (
                sale.customer == customer
                or any(r.parts.keys() - ids for r in theirs)
                or any((deal is sale) != (deal.deal in theirs) for deal in deals)
                or any(m.source is sale or m.source in theirs for m in self.shop.movements)
            ):
                raise Refused("it is bound to another")
            return theirs

        def done(theirs: list[Record], _: object) -> None:
            sale.customer = customer
            for each in theirs:
                each.customer = customer

        self.do(
            modelled,
            lambda: customer_moves.move_sale(
                self.session,
                self.actor,
                operation_id=uuid.uuid4(),
                sale_id=sale.id,
                customer_id=customer,
                why=WHY,
                today=self.today,
            ),
            done,
        )


def _waived(taken: Taken) -> Waived:
    return Waived(interest=reais(taken.interest), fine=reais(taken.fine))


def _number(record: Record, number: int) -> None:
    record.id = number
