"""A shop in whole cents, by the words of the rules alone: it shares no code with the product.

Records are kept in order; whatever is asked is found from all that stand. What the shop must refuse
raises Refused, and nothing changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

ONE = timedelta(days=1)
_FIXED = {(1, 1), (21, 4), (1, 5), (7, 9), (12, 10), (2, 11), (15, 11), (20, 11), (25, 12)}
_GOOD_FRIDAYS = {date(2025, 4, 18), date(2026, 4, 3), date(2027, 3, 26), date(2028, 4, 14)}


class Refused(Exception):
    """What the rules do not allow."""


def half_up(top: int, bottom: int) -> int:
    """A quotient to the whole cent."""
    return (2 * top + bottom) // (2 * bottom)


def on_time_until(due: date) -> date:
    """R4: the next business day, of a day without business."""
    while due.weekday() > 4 or (due.day, due.month) in _FIXED or due in _GOOD_FRIDAYS:
        due += ONE
    return due


def split(cents: int, parts: int) -> list[int]:
    """R1."""
    share, more = divmod(cents, parts)
    return [share + 1] * more + [share] * (parts - more)


def rate_of(financed: int, notes: Sequence[tuple[int, int]]) -> Decimal:
    """R2b: the rate a day, by halving; notes are days from the sale and cents."""
    if sum(cents for _, cents in notes) <= financed:
        return Decimal(0)
    with localcontext() as context:
        context.prec = 50
        low, high = Decimal(0), Decimal(1)
        while high - low > Decimal("1e-24"):
            middle = (low + high) / 2
            worth = sum(cents / (1 + middle) ** days for days, cents in notes)
            low, high = (middle, high) if worth > financed else (low, middle)
        return round(low, 18)


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def worth(cents: int, rate: Decimal, days: int) -> int:
    """R14: what settles so many cents so many days early."""
    if days <= 0 or not rate:
        return cents
    with localcontext() as context:
        context.prec = 50
        return max(_whole(cents / (1 + rate) ** days), min(cents, 1))


def settled_by(paid: int, cents: int, rate: Decimal, days: int) -> int:
    """R14c: what of so many cents is settled by money so many days early."""
    if paid >= worth(cents, rate, days):
        return cents
    if days <= 0 or not rate:
        return paid
    with localcontext() as context:
        context.prec = 50
        return min(_whole(paid * (1 + rate) ** days), cents - 1)


@dataclass(frozen=True)
class Dates:
    """When a note is due, and its last days on time and free of charges."""

    due: date
    on_time: date
    free: date


def dates(due: date, grace: int) -> Dates:
    """R4, R8."""
    on_time = on_time_until(due)
    return Dates(due, on_time, on_time + grace * ONE)


@dataclass(frozen=True)
class Taken:
    """Cents of interest, fine and principal."""

    interest: int = 0
    fine: int = 0
    principal: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.interest + self.fine + self.principal


@dataclass(frozen=True)
class Part:
    """What a record asks of one note, in cents."""

    asked: Taken = Taken()
    paid: int = 0
    discount: int = 0
    moved: Dates | None = None


@dataclass(eq=False)
class Record:
    """A payment, or an act: what it asks of which notes (by id)."""

    kind: str
    customer: int
    day: date
    parts: dict[int, Part]
    id: int = 0
    undone: bool = False
    #: The payment beside which it was done; the sale whose goods came back, their value, the money.
    beside: Record | None = None
    sale: int = 0
    value: int = 0
    back: int = 0


@dataclass(frozen=True)
class State:
    """What is left of a note."""

    left: Taken
    dates: Dates
    since: date
    fined: bool = False
    closed: str | None = None
    lost: int = 0

    def owed(self, day: date) -> Taken:
        """R6, R7, R8; of a note that is lost, what may be recovered (R34)."""
        principal = self.left.principal + self.lost
        if day <= self.dates.free or not principal:
            return replace(self.left, principal=principal)
        interest = half_up(principal * max((day - self.since).days, 0), 3000)
        fine = 0 if self.fined else half_up(principal * 2, 100)
        return Taken(self.left.interest + interest, self.left.fine + fine, principal)

    def after(self, day: date, taken: Taken) -> State:
        """R9: what was owed less what is taken; interest then runs anew, once it is late."""
        owed, late = self.owed(day), day > self.dates.free
        rest = owed.principal - taken.principal
        left = Taken(
            owed.interest - taken.interest, owed.fine - taken.fine, 0 if self.lost else rest
        )
        return replace(
            self,
            left=left,
            lost=rest if self.lost else 0,
            fined=self.fined or late,
            since=day if late else self.since,
        )


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
    #: The records of each note, as they were made.
    of_note: dict[int, list[Record]] = field(default_factory=lambda: defaultdict(list))

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

    def of_sale(self, sale: Sale) -> list[Note]:
        """The notes of a sale."""
        return [note for note in self.notes.values() if note.sale == sale.id]

    def standing(self, notes: Iterable[int]) -> list[Record]:
        """What stands of all that was done to these notes."""
        return [each for note in notes for each in self.of_note[note] if not each.undone]

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


def folded(kind: str, day: date, part: Part, state: State) -> tuple[Taken, State]:
    """What a record takes off a note that stands so, and the note after it."""
    owed, asked = state.owed(day), part.asked
    if kind == "payment":
        return _paid(day, part, state)
    if kind == "waiver":
        asked = Taken(min(asked.interest, owed.interest), min(asked.fine, owed.fine))
        if not asked.total:
            return asked, state
    if not state.left.principal or state.closed:
        raise Refused("nothing open")
    if kind == "write_off":
        lost = state.left.principal
        gone = replace(state.left, principal=0)
        return owed, replace(state, left=gone, lost=lost, closed=kind)
    closes = kind == "renegotiation" or asked.principal == owed.principal
    if (closes and asked != owed) or asked.principal > owed.principal:
        raise Refused("not what is owed")
    after = state.after(day, asked)
    if part.moved:
        if day > state.dates.free or part.moved.due <= state.dates.due:
            raise Refused("late, or no later date")
        after = replace(after, dates=part.moved, since=part.moved.due)
    return asked, replace(after, closed=kind) if closes else after


def _paid(day: date, part: Part, state: State) -> tuple[Taken, State]:
    owed = state.owed(day)
    charges = owed.interest + owed.fine
    if part.paid + part.discount > owed.total or (part.discount and part.paid < charges):
        raise Refused("more than is owed")
    interest = min(part.paid, owed.interest)
    fine = min(part.paid - interest, owed.fine)
    taken = Taken(interest, fine, part.paid - interest - fine)
    off = replace(taken, principal=taken.principal + part.discount)
    return taken, state.after(day, off)


def paid_down(owed: Mapping[int, Taken], down: int) -> dict[int, int]:
    """R15: all interest, then all fines, then principal, the oldest note first."""
    if down >= sum(each.total for each in owed.values()):
        raise Refused("nothing would be left")
    paid: dict[int, int] = {}
    for part in ("interest", "fine", "principal"):
        for note_id, each in owed.items():
            taken = min(down, getattr(each, part))
            if taken:
                paid[note_id] = paid.get(note_id, 0) + taken
            down -= taken
    return paid


def less(owed: Taken, paid: int) -> Taken:
    """R9: what is owed after so many cents."""
    interest = min(paid, owed.interest)
    fine = min(paid - interest, owed.fine)
    return Taken(
        owed.interest - interest, owed.fine - fine, owed.principal - paid + interest + fine
    )


def months(first: date, count: int, *, suggested_for: date) -> list[date]:
    """R3: a month apart, on the first one's day, or the sale's where its suggestion was taken."""
    day = (
        suggested_for.day if first == _month_on(suggested_for, 1, suggested_for.day) else first.day
    )
    return [_month_on(first, k, day) for k in range(count)]


def _month_on(start: date, k: int, day: int) -> date:
    year, month = divmod(start.month - 1 + k, 12)
    while True:
        try:
            return date(start.year + year, month + 1, day)
        except ValueError:
            day -= 1
