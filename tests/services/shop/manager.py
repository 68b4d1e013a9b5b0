"""What a manager does at random: puts off, renegotiates, gives up, undoes, moves, closes days."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.services.shop.deals import DownBy
from tests.services.shop.steps import BACK, FEW, PICK, SHARE, Steps, with_notes, with_sales


class Manager(Steps):
    """Everything that a manager does."""

    @with_notes
    @rule(pick=PICK, back=BACK, days=st.integers(1, 40), rate=st.sampled_from([0, 1, 5]))
    def put_off_a_note(self, pick: int, back: int, days: int, rate: int) -> None:
        note = self.note(pick)
        day = self.day(back, sales=self.sales_of([note]))
        self.both.put_off(day, [note], days, rate, whole_sale=False)

    @with_sales
    @rule(pick=PICK, back=BACK, days=st.integers(1, 40), rate=st.sampled_from([0, 1, 5]))
    def put_off_a_sale(self, pick: int, back: int, days: int, rate: int) -> None:
        sale = self.sale(pick)
        if notes := self.shop.of_sale(sale):
            self.both.put_off(self.day(back, sales=[sale]), notes, days, rate, whole_sale=True)

    @with_notes
    @rule(
        picks=FEW,
        back=st.sampled_from([0, 0, 0, 2, 10]),
        down=st.sampled_from([0, 0, 20, 60]),
        parts=st.integers(1, 4),
        first=st.integers(1, 40),
        fines=st.booleans(),
        by=st.sampled_from(["pix", "pix and cash", "credit", "credit"]),
    )
    def renegotiate(
        self,
        picks: list[int],
        back: int,
        down: int,
        parts: int,
        first: int,
        fines: bool,
        by: DownBy,
    ) -> None:
        notes = self.notes(picks)
        day = self.day(back, sales=self.sales_of(notes))
        self.both.renegotiate(day, notes, by, down=down, parts=parts, first=first, fines=fines)

    @precondition(lambda self: any(each.deal for each in self.shop.sales.values()))
    @rule(pick=PICK, share=SHARE, back=BACK)
    def pay_a_deal(self, pick: int, share: int, back: int) -> None:
        deals = {each.id for each in self.shop.sales.values() if each.deal}
        notes = [note for note in self.shop.notes.values() if note.sale in deals]
        note = notes[pick % len(notes)]
        [sale] = self.sales_of([note])
        day = self.day(back, sales=[sale])
        self.both.receive(
            sale.customer, day, {note.id: max(self.payable(note, day) * share // 100, 1)}
        )

    @with_notes
    @rule(picks=FEW, back=BACK)
    def write_off(self, picks: list[int], back: int) -> None:
        notes = self.notes(picks)
        sales = self.sales_of(notes)
        self.both.write_off(sales[0].customer, self.day(back, sales=sales), notes)

    @precondition(lambda self: any(r.kind == "write_off" for r in self.shop.records))
    @rule(pick=PICK, share=SHARE, back=BACK)
    def recover(self, pick: int, share: int, back: int) -> None:
        lost = [r for r in self.shop.records if r.kind == "write_off"]
        record = lost[pick % len(lost)]
        note = self.shop.notes[min(record.parts)]
        day = max(self.day(back), record.day)
        paid = max(self.payable(note, day) * share // 100, 1)
        self.both.receive(self.sales_of([note])[0].customer, day, {note.id: paid})

    @rule(pick=PICK)
    def reverse_a_payment(self, pick: int) -> None:
        if record := self.record(pick, paid=True):
            self.both.reverse_payment(record)

    @rule(pick=PICK)
    def undo_an_act(self, pick: int) -> None:
        if record := self.record(pick, paid=False):
            self.both.undo(record)

    @precondition(lambda self: any(each.deal for each in self.shop.sales.values()))
    @rule(pick=PICK)
    def undo_a_deal(self, pick: int) -> None:
        deals = [each for each in self.shop.sales.values() if each.deal]
        untouched = [
            each
            for each in deals
            if not each.cancelled
            and not self.shop.standing(note.id for note in self.shop.of_sale(each))
        ]
        among = deals if pick % 9 == 0 else untouched
        if among:
            self.both.undo_deal(among[pick % len(among)])

    @with_sales
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        untouched = [
            each
            for each in self.shop.sales.values()
            if not each.cancelled
            and not each.deal
            and not self.shop.standing(note.id for note in self.shop.of_sale(each))
        ]
        if pick % 9 == 0:
            self.both.cancel(self.sale(pick))
        elif untouched:
            self.both.cancel(untouched[pick % len(untouched)])

    @rule(pick=PICK)
    def undo_a_payback(self, pick: int) -> None:
        if found := [each for each in self.shop.movements if each.source is None]:
            self.both.undo_payback(found[pick % len(found)])

    @rule(pick=PICK)
    def move_a_payment(self, pick: int) -> None:
        record = self.record(pick, paid=True)
        if record is None:
            return
        [other] = (each for each in self.both.customers if each != record.customer)
        left, parts = sum(part.paid for part in record.parts.values()), {}
        for note in self.shop.notes.values():
            [sale] = self.sales_of([note])
            touched = any(each.day > record.day for each in self.shop.standing([note.id]))
            if sale.customer == other and sale.day <= record.day and (pick % 7 == 0 or not touched):
                parts[note.id] = min(left, self.shop.owed(note, record.day).total)
                left -= parts[note.id]
        parts = {note: amount for note, amount in parts.items() if amount}
        if parts and not left:
            self.both.move_payment(record, other, parts)

    @with_sales
    @rule(pick=PICK)
    def move_a_sale(self, pick: int) -> None:
        sale = self.sale(pick)
        [other] = (each for each in self.both.customers if each != sale.customer)
        self.both.move_sale(sale, other)

    @rule(place=st.integers(0, 1))
    def merge_a_double_register(self, place: int) -> None:
        self.both.merge(place)

    @rule(back=st.sampled_from([1, 1, 3, 10, 40, 0]))
    def close_days(self, back: int) -> None:
        self.both.close(self.day(back))

    @rule(may=st.booleans(), says_why=st.booleans())
    def somebody_else_acts(self, may: bool, says_why: bool) -> None:
        """Who may not change closed days, or does not say why they write into them (R37)."""
        self.shop.may, self.shop.says_why = may, says_why
