"""What is let go, given back, put off and given up, in the shop and in its model (R29–R34)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from credigestor.rules.returns import ReturnKind
from credigestor.services import acts, new_dates, returns, waivers, write_offs
from credigestor.services.new_dates import NewDates
from credigestor.services.returns import NewReturn
from credigestor.services.waivers import NewWaiver
from credigestor.services.write_offs import NewWriteOff
from tests.services.shop import figures, folds, model
from tests.services.shop.both import WHY, Both, numbered, reais, waived_by
from tests.services.shop.figures import ONE, Refused
from tests.services.shop.folds import Part, Record, Taken
from tests.services.shop.model import Asked, Movement


class Acts(Both):
    """Acts on notes; notes are the model's, amounts cents."""

    def waive(self, customer: int, day: date, waived: Mapping[int, Taken]) -> None:
        """Let charges go (R29)."""
        data = NewWaiver(
            operation_id=uuid.uuid4(),
            customer_id=customer,
            waived_on=day,
            waived={note: waived_by(each) for note, each in waived.items()},
            reason=WHY,
            backdate_reason=self.why,
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
            numbered,
            dated=day,
            asked=Asked.FAR_BACK,
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
            dated=day,
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
            worth = figures.worth(principal, sale.rate, days)
            if not everything and rest < worth:
                principal, worth = figures.settled_by(rest, principal, sale.rate, days), rest
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
    ) -> list[tuple[model.Note, folds.State]]:
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
                if self.shop.in_a_deal([note.id]):
                    continue
                agreed = figures.half_up(at.left.principal * rate * days, 3000)
                moved = folds.dates(at.dates.due + days * ONE, self.shop.grace)
                parts[note.id] = Part(Taken(interest=-agreed), moved=moved)
            if not parts:
                raise Refused("nothing to put off")
            made = Record("new_date", sale.customer, day, parts)
            self.shop.admit(made)
            return made

        self.do(
            modelled,
            lambda: new_dates.put_off(self.session, self.actor, data, today=self.today),
            numbered,
            dated=day,
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
            lambda made, numbers: numbered(made, *numbers),
            dated=day,
        )

    def undo(self, record: Record) -> None:
        """Undo an act that is no renegotiation."""

        def modelled() -> None:
            if record.kind == "renegotiation":
                raise Refused("it is undone with its sale")
            if record.kind == "new_date" and self.shop.in_a_deal(record.parts):
                raise Refused("how late the note was is part of a deal")
            self.shop.undo(record)

        self.do(
            modelled,
            lambda: acts.reverse(
                self.session, self.actor, act_id=record.id, why=WHY, today=self.today
            ),
            lambda *_: None,
            dated=record.day,
        )
