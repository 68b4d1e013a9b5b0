"""Which notes, sales, records and days a random step is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition
from sqlalchemy.orm import Session

from credigestor.db.engine import get_engine
from credigestor.rules.permissions import Actor
from tests.services.shop.acts import Acts
from tests.services.shop.closings import Closings
from tests.services.shop.deals import Deals
from tests.services.shop.figures import ONE
from tests.services.shop.folds import Record
from tests.services.shop.model import Note, Sale
from tests.services.shop.payments import Payments

PICK = st.integers(0, 999)
BACK = st.sampled_from([0, 0, 0, 1, 3, 10, 30, 90])
SHARE = st.sampled_from([1, 20, 50, 100, 100, 100, 101])
FEW = st.lists(PICK, min_size=1, max_size=3)
with_notes = precondition(lambda self: bool(self.shop.notes))
with_sales = precondition(lambda self: bool(self.shop.sales))


class Services(Payments, Acts, Deals, Closings):
    """Whatever is done, in the shop and in its model."""


class Steps(RuleBasedStateMachine):
    """A shop of two customers of nearly one name, and its model."""

    actor: Actor

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(get_engine(), expire_on_commit=False)
        self.both = Services(self.session, self.actor)
        self.shop = self.both.shop

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

    def payable(self, note: Note, day: date) -> int:
        """What a note owed, or what of it was lost."""
        return self.shop.state(note, day).owed(day).total

    def charges(self, note: Note, day: date) -> int:
        """What an open note owed beside its principal."""
        owed = self.shop.owed(note, day)
        return owed.interest + owed.fine

    def sale(self, pick: int) -> Sale:
        found = list(self.shop.sales.values())
        return found[-1 - pick % min(len(found), 6)]
