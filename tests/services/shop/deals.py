"""What becomes of whole sales, in the shop and in its model (R13, R15, R35)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from credigestor.db.models import Renegotiation
from credigestor.rules.methods import Method
from credigestor.rules.renegotiation import Agreement
from credigestor.services import customer_moves, renegotiations, sales
from credigestor.services.renegotiations import NewRenegotiation
from tests.services.shop import figures, folds, model
from tests.services.shop.both import WHY, Both, reais, waived_by
from tests.services.shop.figures import ONE, Refused
from tests.services.shop.folds import Part, Record, Taken


class Deals(Both):
    """Sales are renegotiated, undone, cancelled and moved; amounts are cents."""

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
            waived={note: waived_by(each) for note, each in waived.items()},
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
            after = {n: folds.less(each, 0) for n, each in owed.items()}
            for fined in waived:
                after[fined] = Taken(owed[fined].interest, 0, owed[fined].principal)
            paid = folds.paid_down(after, down)
            left = {n: folds.less(each, paid.get(n, 0)) for n, each in after.items()}
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
            months = figures.months(first, terms["parts"], suggested_for=day)
            amounts = figures.split(entering, terms["parts"])
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
