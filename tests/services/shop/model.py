"""A shop in whole cents, by the words of the rules alone: it shares no code with the product.

Records are kept in order; whatever is asked is found from all that stand. What the shop must refuse
raises Refused, and nothing changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

from tests.services.shop.figures import Refused
from tests.services.shop.folds import Dates, Record, State, Taken, folded

#: R11: by how much later a payment may be entered without a reason, as shops are set up.
FAR_BACK = timedelta(days=7)


class Asked(Enum):
    """When a reason is asked for a date: of closed days, or also of those far back."""

    CLOSED = 1
    FAR_BACK = 2


@dataclass(eq=False)
class Note:
    """A note as it was made."""

    id: int
    sale: int
    number: int
    amount: int
    made: Dates


@dataclass(eq=False)
class Sale:
    """A sale; `deal` is the record that closed the notes whose place it takes."""

    id: int
    customer: int
    day: date
    total: int
    down: int
    rate: Decimal
    cancelled: date | None = None
    deal: Record | None = None
    waiver: Record | None = None


@dataclass(eq=False)
class Movement:
    """What moved a customer's credit (R31)."""

    customer: int
    day: date
    amount: int
    source: Record | Sale | None = None
    id: int = 0
    undone: bool = False


@dataclass(frozen=True)
class Closing:
    """Up to which day all days are closed, and its figures as they were (R37): cents, counts."""

    until: date
    figures: dict[str, int]


@dataclass(frozen=True)
class Step:
    """A record folded into a note: what it took, and the note after it."""

    record: Record
    taken: Taken
    state: State


@dataclass
class Shop:
    """All that was recorded, in order."""

    grace: int = 0
    sales: dict[int, Sale] = field(default_factory=dict)
    notes: dict[int, Note] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    #: What happened in days that were closed by then: a name, to what, and whether it is undone.
    late: list[tuple[str, Record | Sale | Movement, bool]] = field(default_factory=list)
    #: Whether who acts now may change closed days, and says why they write into the past.
    may: bool = True
    says_why: bool = True
    #: The records of each note, as they were made.
    of_note: dict[int, list[Record]] = field(default_factory=lambda: defaultdict(list))

    @property
    def closed(self) -> date | None:
        """The last closed day."""
        return self.closings[-1].until if self.closings else None

    def check_day(self, day: date, today: date, asked: Asked | None) -> None:
        """R11, R37: into closed days writes who may, and says why, as for days far back."""
        closed = self.closed is not None and day <= self.closed
        far = asked is Asked.FAR_BACK and day < today - FAR_BACK
        if (closed and not self.may) or (asked and (closed or far) and not self.says_why):
            raise Refused("closed days, or far back")

    def steps(self, note: Note, until: date | None = None) -> list[Step]:
        """R11: a note is the fold of all that stands, by day and then by record."""
        state = State(Taken(principal=note.amount), note.made, note.made.due)
        found = []
        for record in sorted(self.of_note[note.id], key=lambda each: each.day):
            if record.undone or (until and record.day > until):
                continue
            taken, state = folded(record.kind, record.day, record.parts[note.id], state)
            found.append(Step(record, taken, state))
        return found

    def state(self, note: Note, until: date | None = None) -> State:
        """How a note stands, or stood at the end of a day."""
        found = self.steps(note, until)
        new = State(Taken(principal=note.amount), note.made, note.made.due)
        return found[-1].state if found else new

    def owed(self, note: Note, day: date) -> Taken:
        """What a note owed at the end of a day; nothing once it was cancelled or is closed."""
        sale, state = self.sales[note.sale], self.state(note, day)
        if (sale.cancelled and sale.cancelled <= day) or state.closed:
            return Taken()
        return state.owed(day)

    def whose(self, note: Note) -> int:
        """The customer of a note."""
        return self.sales[note.sale].customer

    def of_sale(self, sale: Sale) -> list[Note]:
        """The notes of a sale."""
        return [note for note in self.notes.values() if note.sale == sale.id]

    def standing(self, notes: Iterable[int]) -> list[Record]:
        """What stands of all that was done to these notes."""
        return [each for note in notes for each in self.of_note[note] if not each.undone]

    def in_a_deal(self, notes: Iterable[int]) -> bool:
        """Whether a debt was started anew on any of these: how late it was then is told (R15)."""
        return any(each.kind == "renegotiation" for each in self.standing(notes))

    def admit(self, *records: Record, whole: bool = True) -> None:
        """Put records that fit on record; all or none. A new waiver takes all that it asks."""
        for record in records:
            for note_id in record.parts:
                sale = self.sales[self.notes[note_id].sale]
                wrong = sale.customer != record.customer or sale.cancelled is not None
                if wrong or record.day < sale.day:
                    raise Refused(record.kind)
        self._put(records)
        try:
            self.check_folds({note for record in records for note in record.parts})
            for record in records:
                self._check_whole(record)
        except Refused:
            self.take_out(records)
            raise

    def _put(self, records: Iterable[Record]) -> None:
        for record in records:
            self.records.append(record)
            for note_id in record.parts:
                self.of_note[note_id].append(record)

    def take_out(self, records: Iterable[Record]) -> None:
        """Forget records, as if nobody had tried."""
        for record in records:
            self.records.remove(record)
            for note_id in record.parts:
                self.of_note[note_id].remove(record)

    def _check_whole(self, record: Record) -> None:
        for note_id, part in record.parts.items() if record.kind == "waiver" else ():
            [step] = [s for s in self.steps(self.notes[note_id]) if s.record is record]
            if step.taken != part.asked:
                raise Refused("more is waived than is owed")

    def check_folds(self, notes: Iterable[int]) -> None:
        """Refuse what no longer fits."""
        for note_id in notes:
            self.steps(self.notes[note_id])

    def undo(self, *records: Record) -> None:
        """R12: the notes of records that no longer count are replayed; all or none."""
        if not records or records[0].undone:
            raise Refused("undone before")
        gone = [each for each in records if not each.undone]
        moved = [m for m in self.movements if m.source in gone and not m.undone]
        for each in gone:
            each.undone = True
        try:
            self.check_folds({note for record in gone for note in record.parts})
            self.undo_movements(moved)
        except Refused:
            for each in gone:
                each.undone = False
            raise

    def credit(self, customer: int, day: date) -> int:
        """R31: what may be spent on a day: no more than is there on any later day."""
        theirs = [m for m in self.movements if m.customer == customer and not m.undone]
        days = {day, *(m.day for m in theirs if m.day > day)}
        return min(sum(m.amount for m in theirs if m.day <= each) for each in days)

    def undo_movements(self, movements: Sequence[Movement]) -> None:
        """R31: what made credit is not undone while that is spent."""
        for done, each in enumerate(movements):
            if each.amount > self.credit(each.customer, each.day):
                for before in movements[:done]:
                    before.undone = False
                raise Refused("its credit is spent")
            each.undone = True

    def merge(self, double: int, right: int) -> None:
        """All that is one customer's is another's."""
        everything: list[Sale | Record | Movement] = [*self.sales.values(), *self.records]
        for each in [*everything, *self.movements]:
            if each.customer == double:
                each.customer = right

    def settling(self, until: date) -> list[Step]:
        """What was paid of notes that were not lost (R22, R34)."""
        return [
            step
            for note in self.notes.values()
            for step in self.steps(note, until)
            if step.record.kind == "payment" and not step.state.lost and not step.state.closed
        ]

    def received(self, until: date) -> int:
        """R22, R31: credit was received when it came."""
        return sum(step.taken.total for step in self.settling(until) if not step.record.by_credit)

    def flows(self) -> Iterator[tuple[date, str, int]]:
        """What changed the receivable: the day, why, and cents."""
        for note in self.notes.values():
            sale = self.sales[note.sale]
            if sale.deal and sale.cancelled:
                continue  # as if it had never been
            yield sale.day, "renegotiated_in" if sale.deal else "sold", note.amount
            for step in self.steps(note):
                record, taken = step.record, step.taken.principal
                if record.kind == "payment" and not step.state.lost and not step.state.closed:
                    yield record.day, "paid", -taken
                    yield record.day, "discount", -record.parts[note.id].discount
                elif record.kind in ("return", "renegotiation", "write_off"):
                    yield record.day, record.kind, -taken
            if sale.cancelled:
                yield sale.cancelled, "cancelled", -self.state(note).left.principal
