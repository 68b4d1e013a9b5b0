"""Random lives of a shop, every service mixed, beside an independent model in whole cents."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from typing import Literal

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from credigestor.db.engine import get_engine
from credigestor.db.settings import ShopSettings
from credigestor.rules.due_schedule import ListedNote, Schedule, ScheduleKind
from credigestor.rules.permissions import Actor
from credigestor.rules.returns import ReturnKind
from credigestor.services import settings as shop_settings
from tests.services import shop_model as model
from tests.services.shop_acts import Acts
from tests.services.shop_machine import reais
from tests.services.shop_model import ONE, Note, Record, Sale, Taken

#: (steps, examples): by hand CREDIGESTOR_MACHINE=1000 makes a thousand steps in each of fifty.
if by_hand := os.environ.get("CREDIGESTOR_MACHINE"):
    STEPS, EXAMPLES = int(by_hand), 50
else:
    STEPS, EXAMPLES = (50, 80) if os.environ.get("CI") else (30, 4)

_PICK = st.integers(0, 999)
_BACK = st.sampled_from([0, 0, 0, 1, 3, 10, 30, 90])
_SHARE = st.sampled_from([1, 20, 50, 100, 100, 100, 101])
_FEW = st.lists(_PICK, min_size=1, max_size=3)
_with_notes = precondition(lambda self: bool(self.shop.notes))
_with_sales = precondition(lambda self: bool(self.shop.sales))


class ShopMachine(RuleBasedStateMachine):
    """Everything that a counter and its manager do, on two customers of nearly one name."""

    actor: Actor

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(get_engine(), expire_on_commit=False)
        self.both = Acts(self.session, self.actor)
        self.shop = self.both.shop

    @initialize(grace=st.sampled_from([0, 0, 5]))
    def terms(self, grace: int) -> None:
        self.shop.grace = grace
        shop_settings.change(self.session, self.actor, ShopSettings(grace_days=grace))
        for who in (False, True):  # late before anything else happens
            self.sell_so(who, 60, 9_000, 0, False, 3, 15, 0)
        first = min(self.shop.notes)
        self.both.receive(self.both.customers[0], self.both.today, {first: 1_000}, kept=5_000)

    def day(self, back: int, *, sales: Sequence[Sale] = ()) -> date:
        """Some days back, but not before these sales."""
        return max([self.both.today - back * ONE, *(sale.day for sale in sales)])

    def note(self, pick: int) -> Note:
        """One of the notes, open ones before all others."""
        notes = list(self.shop.notes.values())
        open_ = [n for n in notes if self.shop.owed(n, self.both.today).total]
        among = open_ if open_ and pick % 5 else notes
        return among[pick % len(among)]

    def notes(self, picks: list[int]) -> list[Note]:
        """Several of one customer."""
        first = self.note(picks[0])
        customer = self.shop.sales[first.sale].customer
        found = {first.id: first}
        for pick in picks[1:]:
            note = self.note(pick)
            if self.shop.sales[note.sale].customer == customer:
                found[note.id] = note
        return list(found.values())

    def sales_of(self, notes: list[Note]) -> list[Sale]:
        return [self.shop.sales[note.sale] for note in notes]

    def record(self, pick: int, *, paid: bool) -> Record | None:
        found = [r for r in self.shop.records if (r.kind == "payment") is paid]
        return found[-1 - pick % min(len(found), 6)] if found else None

    @rule(days=st.integers(1, 45))
    def days_pass(self, days: int) -> None:
        self.both.today += days * ONE

    @rule(
        who=st.booleans(),
        back=_BACK,
        total=st.integers(900, 90_000),
        down=st.sampled_from([0, 0, 10, 30]),
        by_credit=st.booleans(),
        count=st.integers(1, 5),
        step=st.integers(5, 45),
        dearer=st.sampled_from([0, 0, 4, 25]),
    )
    def sell(
        self,
        who: bool,
        back: int,
        total: int,
        down: int,
        by_credit: bool,
        count: int,
        step: int,
        dearer: int,
    ) -> None:
        self.sell_so(who, back, total, down, by_credit, count, step, dearer)

    def sell_so(
        self,
        who: bool,
        back: int,
        total: int,
        down: int,
        by_credit: bool,
        count: int,
        step: int,
        dearer: int,
    ) -> None:
        """Sell to one of the two, so many days back: cents, percents, days."""
        customer, day = self.both.customers[who], self.day(back)
        credit = self.shop.credit(customer, day)
        by_credit = by_credit and credit > 0
        down = min(credit, total) if by_credit else total * down // 100
        financed = total - down
        dues = [day + (k + 1) * step * ONE for k in range(count)]
        amounts = model.split(financed + financed * dearer // 100, count) if financed else []
        if dearer and financed:
            rows = tuple(ListedNote(due, reais(a)) for due, a in zip(dues, amounts, strict=True))
            given = {"schedule": Schedule(ScheduleKind.LIST, None, rows)}
        else:
            given = {"schedule": Schedule(ScheduleKind.DAYS, step)}
        self.both.sell(
            customer,
            day,
            down,
            by_credit,
            amounts=list(zip(amounts, dues, strict=False)),
            total=total,
            installments=count,
            first_due_date=dues[0],
            **given,
        )

    @_with_notes
    @rule(picks=_FEW, back=_BACK, share=_SHARE, kept=st.sampled_from([0, 0, 0, 5_000]))
    def pay(self, picks: list[int], back: int, share: int, kept: int) -> None:
        notes = self.notes(picks)
        day = self.day(back, sales=self.sales_of(notes))
        paid = {n.id: max(self.payable(n, day) * share // 100, 1) for n in notes}
        customer = self.sales_of(notes)[0].customer
        self.both.receive(customer, day, paid, kept=kept)

    def payable(self, note: Note, day: date) -> int:
        """What a note owed, or what of it was lost."""
        return self.shop.state(note, day).owed(day).total

    @_with_notes
    @precondition(lambda self: any(m.amount > 0 for m in self.shop.movements))
    @rule(pick=_PICK, back=_BACK, share=_SHARE)
    def pay_by_credit(self, pick: int, back: int, share: int) -> None:
        theirs = {m.customer for m in self.shop.movements}
        notes = [n for n in self.shop.notes.values() if self.sales_of([n])[0].customer in theirs]
        note = notes[pick % len(notes)] if notes else self.note(pick)
        [sale] = self.sales_of([note])
        day = self.day(back, sales=[sale])
        most = min(self.payable(note, day), self.shop.credit(sale.customer, day))
        self.both.receive(
            sale.customer, day, {note.id: max(most * share // 100, 1)}, by_credit=True
        )

    @_with_notes
    @rule(pick=_PICK, off=st.sampled_from([1, 5, 20]), back=_BACK)
    def settle_early(self, pick: int, off: int, back: int) -> None:
        note = self.note(pick)
        [sale] = self.sales_of([note])
        day = self.day(back, sales=[sale])
        state = self.shop.state(note, day)
        discount = state.left.principal * off // 100
        paid = state.owed(day).total - discount
        if day < state.dates.due and paid > 0 and not state.lost:
            self.both.receive(sale.customer, day, {note.id: paid}, discounts={note.id: discount})

    @_with_notes
    @rule(pick=_PICK, back=_BACK, beside=st.booleans(), part=st.sampled_from([50, 100, 100, 101]))
    def waive(self, pick: int, back: int, beside: bool, part: int) -> None:
        late = [n for n in self.shop.notes.values() if self.charges(n, self.both.today)]
        note = late[pick % len(late)] if late else self.note(pick)
        [sale] = self.sales_of([note])
        day = self.day(back, sales=[sale])
        owed = self.shop.state(note, day).owed(day)
        waived = Taken(owed.interest, owed.fine * part // 100)
        if not beside:
            self.both.waive(sale.customer, day, {note.id: waived})
        elif waived.total and (rest := owed.total - waived.total) > 0:
            self.both.receive(sale.customer, day, {note.id: rest}, waived={note.id: waived})

    @_with_sales
    @rule(
        pick=_PICK,
        back=_BACK,
        share=st.sampled_from([5, 30, 60, 100, 100]),
        kind=st.sampled_from(list(ReturnKind)),
        how=st.sampled_from(["cash", "credit", "credit"]),
    )
    def give_back(
        self, pick: int, back: int, share: int, kind: ReturnKind, how: Literal["cash", "credit"]
    ) -> None:
        sale = self.sale(pick)
        before = [r for r in self.shop.records if r.sale == sale.id and not r.undone]
        left = sale.total - sum(each.value for each in before)
        value = max(left * share // 100, 1)
        self.both.give_back(sale, self.day(back, sales=[sale]), value, kind, how)

    def charges(self, note: Note, day: date) -> int:
        """What an open note owed beside its principal."""
        owed = self.shop.owed(note, day)
        return owed.interest + owed.fine

    def sale(self, pick: int) -> Sale:
        found = list(self.shop.sales.values())
        return found[-1 - pick % min(len(found), 6)]

    @_with_notes
    @rule(pick=_PICK, back=_BACK, days=st.integers(1, 40), rate=st.sampled_from([0, 1, 5]))
    def put_off_a_note(self, pick: int, back: int, days: int, rate: int) -> None:
        note = self.note(pick)
        day = self.day(back, sales=self.sales_of([note]))
        self.both.put_off(day, [note], days, rate, whole_sale=False)

    @_with_sales
    @rule(pick=_PICK, back=_BACK, days=st.integers(1, 40), rate=st.sampled_from([0, 1, 5]))
    def put_off_a_sale(self, pick: int, back: int, days: int, rate: int) -> None:
        sale = self.sale(pick)
        if notes := self.shop.of_sale(sale):
            self.both.put_off(self.day(back, sales=[sale]), notes, days, rate, whole_sale=True)

    @_with_notes
    @rule(
        picks=_FEW,
        back=st.sampled_from([0, 0, 0, 2, 10]),
        down=st.sampled_from([0, 0, 20, 60]),
        parts=st.integers(1, 4),
        first=st.integers(1, 40),
        fines=st.booleans(),
    )
    def renegotiate(
        self, picks: list[int], back: int, down: int, parts: int, first: int, fines: bool
    ) -> None:
        notes = self.notes(picks)
        day = self.day(back, sales=self.sales_of(notes))
        self.both.renegotiate(day, notes, down=down, parts=parts, first=first, fines=fines)

    @precondition(lambda self: any(each.deal for each in self.shop.sales.values()))
    @rule(pick=_PICK, share=_SHARE, back=_BACK)
    def pay_a_deal(self, pick: int, share: int, back: int) -> None:
        deals = {each.id for each in self.shop.sales.values() if each.deal}
        notes = [note for note in self.shop.notes.values() if note.sale in deals]
        note = notes[pick % len(notes)]
        [sale] = self.sales_of([note])
        day = self.day(back, sales=[sale])
        self.both.receive(
            sale.customer, day, {note.id: max(self.payable(note, day) * share // 100, 1)}
        )

    @_with_notes
    @rule(picks=_FEW, back=_BACK)
    def write_off(self, picks: list[int], back: int) -> None:
        notes = self.notes(picks)
        sales = self.sales_of(notes)
        self.both.write_off(sales[0].customer, self.day(back, sales=sales), notes)

    @precondition(lambda self: any(r.kind == "write_off" for r in self.shop.records))
    @rule(pick=_PICK, share=_SHARE, back=_BACK)
    def recover(self, pick: int, share: int, back: int) -> None:
        lost = [r for r in self.shop.records if r.kind == "write_off"]
        record = lost[pick % len(lost)]
        note = self.shop.notes[min(record.parts)]
        day = max(self.day(back), record.day)
        paid = max(self.payable(note, day) * share // 100, 1)
        self.both.receive(self.sales_of([note])[0].customer, day, {note.id: paid})

    @rule(pick=_PICK)
    def reverse_a_payment(self, pick: int) -> None:
        if record := self.record(pick, paid=True):
            self.both.reverse_payment(record)

    @rule(pick=_PICK)
    def undo_an_act(self, pick: int) -> None:
        if record := self.record(pick, paid=False):
            self.both.undo(record)

    @precondition(lambda self: any(each.deal for each in self.shop.sales.values()))
    @rule(pick=_PICK)
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

    @_with_sales
    @rule(pick=_PICK)
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

    @rule(who=st.booleans(), back=_BACK, share=_SHARE)
    def pay_credit_back(self, who: bool, back: int, share: int) -> None:
        customer, day = self.both.customers[who], self.day(back)
        if credit := self.shop.credit(customer, day):
            self.both.pay_back(customer, day, max(credit * share // 100, 1))

    @rule(pick=_PICK)
    def undo_a_payback(self, pick: int) -> None:
        if found := [each for each in self.shop.movements if each.source is None]:
            self.both.undo_payback(found[pick % len(found)])

    @rule(pick=_PICK)
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

    @_with_sales
    @rule(pick=_PICK)
    def move_a_sale(self, pick: int) -> None:
        sale = self.sale(pick)
        [other] = (each for each in self.both.customers if each != sale.customer)
        self.both.move_sale(sale, other)

    @invariant()
    def every_note_stands_as_the_model_says(self) -> None:
        self.both.compare()

    def teardown(self) -> None:
        try:
            self.both.compare_all()
        finally:
            self.session.close()  # as if none of it had been


@pytest.mark.usefixtures("db")
def test_r11_r15_r29_to_r37_a_shop_and_its_model_stay_the_same(admin: Actor) -> None:
    ShopMachine.actor = admin
    run_state_machine_as_test(
        ShopMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        ),
    )
