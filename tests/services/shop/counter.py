"""What a counter does at random: it sells, receives, lets go and takes back."""

from __future__ import annotations

from typing import Literal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from credigestor.db.settings import ShopSettings
from credigestor.rules.due_schedule import ListedNote, Schedule, ScheduleKind
from credigestor.rules.returns import ReturnKind
from credigestor.services import settings as shop_settings
from tests.services.shop import figures
from tests.services.shop.both import reais
from tests.services.shop.figures import ONE
from tests.services.shop.folds import Taken
from tests.services.shop.steps import BACK, FEW, PICK, SHARE, Steps, with_notes, with_sales


class Counter(Steps):
    """Everything that a counter does."""

    @initialize(grace=st.sampled_from([0, 0, 5]), closed=st.sampled_from([1, 20, None]))
    def terms(self, grace: int, closed: int | None) -> None:
        self.shop.grace = grace
        shop_settings.change(self.session, self.actor, ShopSettings(grace_days=grace))
        for who in (False, True):  # late before anything else happens
            self.sell_so(who, 60, 9_000, 0, False, 3, 15, 0)
        first = min(self.shop.notes)
        self.both.receive(self.both.customers[0], self.both.today, {first: 1_000}, kept=5_000)
        if closed:
            self.both.close(self.day(closed))

    @rule(days=st.integers(1, 45))
    def days_pass(self, days: int) -> None:
        self.both.today += days * ONE

    @rule(
        who=st.booleans(),
        back=BACK,
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
        amounts = figures.split(financed + financed * dearer // 100, count) if financed else []
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

    @with_notes
    @rule(picks=FEW, back=BACK, share=SHARE, kept=st.sampled_from([0, 0, 0, 5_000]))
    def pay(self, picks: list[int], back: int, share: int, kept: int) -> None:
        notes = self.notes(picks)
        day = self.day(back, sales=self.sales_of(notes))
        paid = {n.id: max(self.payable(n, day) * share // 100, 1) for n in notes}
        customer = self.sales_of(notes)[0].customer
        self.both.receive(customer, day, paid, kept=kept)

    @with_notes
    @precondition(lambda self: any(m.amount > 0 for m in self.shop.movements))
    @rule(pick=PICK, back=BACK, share=SHARE)
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

    @with_notes
    @rule(pick=PICK, off=st.sampled_from([1, 5, 20]), back=BACK)
    def settle_early(self, pick: int, off: int, back: int) -> None:
        note = self.note(pick)
        [sale] = self.sales_of([note])
        day = self.day(back, sales=[sale])
        state = self.shop.state(note, day)
        discount = state.left.principal * off // 100
        paid = state.owed(day).total - discount
        if day < state.dates.due and paid > 0 and not state.lost:
            self.both.receive(sale.customer, day, {note.id: paid}, discounts={note.id: discount})

    @with_notes
    @rule(pick=PICK, back=BACK, beside=st.booleans(), part=st.sampled_from([50, 100, 100, 101]))
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

    @with_sales
    @rule(
        pick=PICK,
        back=BACK,
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

    @rule(who=st.booleans(), back=BACK, share=SHARE)
    def pay_credit_back(self, who: bool, back: int, share: int) -> None:
        customer, day = self.both.customers[who], self.day(back)
        if credit := self.shop.credit(customer, day):
            self.both.pay_back(customer, day, max(credit * share // 100, 1))
