"""What becomes of whole sales, in the shop and in its model (R13, R15, R35)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

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
from tests.services.shop.model import Asked, Movement

DownBy = Literal["pix", "pix and cash", "credit"]


class Deals(Both):
    """Sales are renegotiated, undone, cancelled and moved; amounts are cents."""

    def renegotiate(self, day: date, notes: Sequence[model.Note], by: DownBy, **terms: int) -> None:
        """Notes of one customer for a new sale (R15): `down`, `parts`, `first` days on, `fines`."""
        customer = self.shop.sales[notes[0].sale].customer
        states = {note.id: self.shop.state(note) for note in notes}
        oldest = sorted(notes, key=lambda note: (states[note.id].dates.due, note.id))
        owed = {note.id: states[note.id].owed(day) for note in oldest}
        fines = [n for n, each in owed.items() if each.fine and terms["fines"]]
        waived = {note: Taken(fine=owed[note].fine) for note in fines}
        first = day + terms["first"] * ONE
        down = sum(each.total for each in owed.values()) * terms["down"] // 100
        if by == "credit":
            down = min(down, self.shop.credit(customer, day))
        by_credit = by == "credit" and down > 0
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
            **_handed(down, by),
            installments=terms["parts"],
            first_due_date=first,
            backdate_reason=self.why,
        )

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
                if record.by_credit:
                    self.shop.movements.append(Movement(customer, day, -down, record))
            waiver = records[0] if waived else None
            sale = model.Sale(0, customer, day, entering, 0, Decimal(0), None, records[-1], waiver)
            months = figures.months(first, terms["parts"], suggested_for=day)
            amounts = figures.split(entering, terms["parts"])
            self.sold(sale, deal.sale_id, list(zip(amounts, months, strict=True)))

        self.do(
            lambda: self._agreed(day, owed, waived, (down, by_credit), terms["parts"]),
            lambda: renegotiations.make(self.session, self.actor, data, today=self.today),
            done,
            dated=day,
            asked=Asked.FAR_BACK,
        )

    def _agreed(
        self,
        day: date,
        owed: Mapping[int, Taken],
        waived: Mapping[int, Taken],
        down: tuple[int, bool],
        count: int,
    ) -> tuple[list[Record], int]:
        """What a deal puts on record, and what enters the new sale; `down` says if by credit."""
        cents, by_credit = down
        for note in owed:
            state = self.shop.state(self.shop.notes[note])
            touched = any(each.day > day for each in self.shop.standing([note]))
            if touched or not state.left.principal or state.closed:
                raise Refused("not open, or touched since")
        after = {n: folds.less(each, 0) for n, each in owed.items()}
        for fined in waived:
            after[fined] = Taken(owed[fined].interest, 0, owed[fined].principal)
        paid = folds.paid_down(after, cents)
        left = {n: folds.less(each, paid.get(n, 0)) for n, each in after.items()}
        entering = sum(each.total for each in left.values())
        if entering < count:
            raise Refused("fewer cents than notes")
        customer = self.shop.sales[self.shop.notes[min(owed)].sale].customer
        if by_credit and cents > self.shop.credit(customer, day):
            raise Refused("no such credit")
        made = []
        if waived:
            parts = {n: Part(each) for n, each in waived.items()}
            made.append(Record("waiver", customer, day, parts))
        if paid:
            parts = {n: Part(paid=amount) for n, amount in paid.items()}
            made.append(Record("payment", customer, day, parts, by_credit=by_credit))
        closed = {n: Part(each) for n, each in left.items() if each.total}
        made.append(Record("renegotiation", customer, day, closed))
        self.shop.admit(*made)
        return made, entering

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
            dated=sale.day,
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
            dated=sale.day,
        )

    def move_sale(self, sale: model.Sale, customer: int) -> None:
        """A sale recorded for a namesake goes to the right customer, with all that is of it.

        Credit goes along with the last sale of a customer alone (R31).
        """
        ids = {note.id for note in self.shop.of_sale(sale)}

        def modelled() -> tuple[list[Record], list[Movement]]:
            theirs = [r for r in self.shop.records if r.sale == sale.id or ids & r.parts.keys()]
            deals = (each for each in self.shop.sales.values() if each.deal)
            if (
                sale.customer == customer
                or any(r.parts.keys() - ids for r in theirs)
                or any((deal is sale) != (deal.deal in theirs) for deal in deals)
            ):
                raise Refused("it is bound to another")
            if any(s.customer == sale.customer and s is not sale for s in self.shop.sales.values()):
                if any(m.source is sale or m.source in theirs for m in self.shop.movements):
                    raise Refused("its credit is one with that of the others")
                return theirs, []
            return theirs, [m for m in self.shop.movements if m.customer == sale.customer]

        def done(made: tuple[list[Record], list[Movement]], _: object) -> None:
            records, movements = made
            sale.customer = customer
            for record in records:
                record.customer = customer
            for movement in movements:
                movement.customer = customer

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


def _handed(down: int, by: DownBy) -> dict[str, Any]:
    """How a down payment comes (R31, R35, R36)."""
    if by == "credit":
        return {"by_credit": down > 0}
    if by == "pix" or down < 2:
        return {"method": Method.PIX}
    return {"methods": ((Method.PIX, reais(1)), (Method.CASH, reais(down - 1)))}
