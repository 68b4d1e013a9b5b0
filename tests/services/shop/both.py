"""A shop and its model side by side: whatever is done, both do it, or both refuse it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.models import ActItem, CreditMovement, Note, Payment, PaymentItem
from credigestor.db.summaries.tables import aging_changes, segments
from credigestor.errors import BusinessError
from credigestor.reports.check.report import check
from credigestor.reports.portfolio import flows
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import sales, summaries
from credigestor.services.sales import NewSale
from credigestor.services.waivers import Waived
from tests.portfolio import add_customer
from tests.reports.test_balance_equation import changes
from tests.services.shop import closed, figures, folds, model
from tests.services.shop.figures import ONE, Refused
from tests.services.shop.folds import Record, Taken
from tests.services.shop.model import Asked, Shop

WHY = "lançamento de teste"
FIRST_DAY = date(2026, 1, 7)
_NOTES = select(
    *(Note.id, Note.principal_balance, Note.interest_carried, Note.fine_carried),
    *(Note.written_off, Note.closed, Note.due_date, Note.on_time_until, Note.free_until),
    Note.customer_id,
).order_by(Note.id)
_CLOSED = {
    "write_off": "written_off",
    "return": "returned",
    "renegotiation": "renegotiated",
    None: None,
}


def reais(cents: int) -> Decimal:
    """Cents as the product has money."""
    return Decimal(cents) / 100


def cents(amount: Decimal) -> int:
    """Money as the model has it."""
    return int(amount * 100)


class Both:
    """Two customers of a shop in one transaction, and their model."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session, self._manager = session, actor
        self.shop = Shop()
        self.today = FIRST_DAY
        self.customers = [add_customer(session, name) for name in ("Ana Luz", "Ana Luz Sá")]
        self.former: list[int] = []  # doubles that were merged

    @property
    def actor(self) -> Actor:
        """Who acts now: a manager, or a program of theirs that may not change closed days (R37)."""
        manager = self._manager
        may = None if self.shop.may else frozenset(Permission) - {Permission.CLOSE_DAYS}
        return Actor(manager.id, manager.name, manager.role, may)

    @property
    def why(self) -> str | None:
        """The reason that they give for a date, if any."""
        return WHY if self.shop.says_why else None

    def do(
        self,
        modelled: Callable[[], Any],
        service: Callable[[], Any],
        done: Callable[..., Any],
        *,
        dated: date | None = None,
        asked: Asked | None = None,
    ) -> None:
        """Do what a service does in both; `done` is given what each made of it.

        `dated`: of which day it is, or is what it undoes; `asked`: when that takes a reason.
        """
        before, until = set(closed.happened(self.shop)), self.shop.closed
        try:
            if dated is not None:
                self.shop.check_day(dated, self.today, asked)
            made, refused = modelled(), None
        except Refused as why:
            made, refused = None, why
        nested = self.session.begin_nested()
        result = None
        try:
            result = service()
            self.session.flush()
            self.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            self.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
            nested.commit()
        except BusinessError as error:
            nested.rollback()
            said: BusinessError | None = error
        else:
            said = None
        assert (refused is None) == (said is None), (refused, said)
        if said is None:
            done(made, result)
            new = (each for each in closed.happened(self.shop) if each not in before)
            self.shop.late += [each for each in new if until and each[1].day <= until]
        self.session.expire_all()

    def sold(self, sale: model.Sale, sale_id: int, amounts: list[tuple[int, date]]) -> None:
        """Put a sale that was made into the model: its notes are those that the model expects."""
        sale.id = sale_id
        self.shop.sales[sale_id] = sale
        found = select(Note).where(Note.sale_id == sale_id).order_by(Note.number)
        notes = self.session.scalars(found).all()
        assert [(cents(note.amount), note.due_date) for note in notes] == amounts
        for number, (note, (amount, due)) in enumerate(zip(notes, amounts, strict=True), start=1):
            made = folds.dates(due, self.shop.grace)
            self.shop.notes[note.id] = model.Note(note.id, sale_id, number, amount, made)

    def sell(self, customer: int, day: date, down: int, by_credit: bool, **given: Any) -> None:
        """Register a sale; `amounts` are the notes' cents and days, the rest of `NewSale`."""
        amounts: list[tuple[int, date]] = given.pop("amounts")
        total: int = given.pop("total")
        data = NewSale(
            operation_id=uuid.uuid4(),
            customer_id=customer,
            sold_on=day,
            total=reais(total),
            down_payment=reais(down),
            down_payment_by_credit=by_credit and down > 0,
            override_reason="cliente antigo",
            backdate_reason=self.why,
            **given,
        )

        def modelled() -> model.Sale:
            if by_credit and down > self.shop.credit(customer, day):
                raise Refused("no such credit")
            apart = [((due - day).days, amount) for amount, due in amounts]
            rate = figures.rate_of(total - down, apart)
            if (1 + rate) ** 30 > 2:
                raise Refused("more than 100 % a month")
            return model.Sale(0, customer, day, total, down, rate)

        def done(sale: model.Sale, sale_id: int) -> None:
            self.sold(sale, sale_id, amounts)
            if by_credit and down:
                self.shop.movements.append(model.Movement(customer, day, -down, sale))

        self.do(
            modelled,
            lambda: sales.register(self.session, self.actor, data, today=self.today),
            done,
            dated=day,
            asked=Asked.CLOSED,
        )

    def compare(self) -> None:
        """Every note stands, and every customer has credit, as the model says."""
        rows = self.session.execute(_NOTES).all()
        assert [row.id for row in rows] == sorted(self.shop.notes)
        for row in rows:
            note = self.shop.notes[row.id]
            state = self.shop.state(note)
            taken = (row.principal_balance, row.interest_carried, row.fine_carried, row.written_off)
            left = (state.left.principal, state.left.interest, state.left.fine, state.lost)
            assert tuple(map(cents, taken)) == left, row
            assert row.closed == _CLOSED[state.closed], row
            dates = folds.Dates(row.due_date, row.on_time_until, row.free_until)
            assert dates == state.dates, row
            assert row.customer_id == self.shop.whose(note)
        moved = select(CreditMovement.customer_id, func.sum(CreditMovement.amount))
        credit = dict(self.session.execute(moved.group_by(CreditMovement.customer_id)).all())
        for customer in (*self.customers, *self.former):
            there = [m for m in self.shop.movements if m.customer == customer and not m.undone]
            assert cents(credit.get(customer) or Decimal(0)) == sum(m.amount for m in there)

    def compare_all(self) -> None:
        """What each record took, every day's balance, what was owed on some; and the check."""
        self._compare_taken()
        summaries.refresh(self.session, today=self.today)
        self._compare_days()
        self._compare_received()
        for days in (0, 1, 20, 45, 90, 200):
            self._compare_owed(self.today - days * ONE)
        differences = check(self.session)
        assert differences == [], differences

    def _compare_taken(self) -> None:
        taken = {}
        for note in self.shop.notes.values():
            for step in self.shop.steps(note):
                kind = step.record.kind
                taken[kind == "payment", step.record.id, note.id] = step.taken
        found = {}
        for paid, item in ((True, PaymentItem), (False, ActItem)):
            columns = item.__table__.c
            number = columns["payment_id" if paid else "act_id"]
            asked = (number, columns.note_id, columns.interest, columns.fine, columns.principal)
            for id_, note, *parts in self.session.execute(select(*asked).where(~columns.reversed)):
                found[paid, id_, note] = folds.Taken(*map(cents, parts))
        assert found == taken

    def _compare_days(self) -> None:
        """The equation of the rules at every day: in the model, the records and the summaries."""
        expected: dict[tuple[date, str], int] = defaultdict(int)
        for day, why, amount in self.shop.flows():
            expected[day, why] += amount
        recorded: dict[tuple[date, str], int] = defaultdict(int)
        for day, why, change in changes(self.session):
            recorded[day, why] += cents(change)
        assert {k: v for k, v in recorded.items() if v} == {k: v for k, v in expected.items() if v}
        of_all = select(segments.c.id).where(segments.c.kind == "all").scalar_subquery()
        told = select(aging_changes.c.day, func.sum(aging_changes.c.principal)).where(
            aging_changes.c.segment_id == of_all, aging_changes.c.grain == "d"
        )
        cube = dict(iter(self.session.execute(told.group_by(aging_changes.c.day))))
        receivable = summed = 0
        day = min((day for day, _ in expected), default=self.today)
        while day <= self.today:
            receivable += sum(amount for (on, _), amount in expected.items() if on == day)
            summed += cents(cube.get(day) or Decimal(0))
            assert summed == receivable, day
            day += ONE
        owed = sum(self.shop.owed(note, self.today).principal for note in self.shop.notes.values())
        assert owed == receivable

    def _compare_received(self) -> None:
        found = select(Payment.id, Payment.number)
        paid = [each for each in self.shop.records if each.kind == "payment"]
        numbers = dict(iter(self.session.execute(found)))
        assert numbers == {each.id: each.receipt for each in paid}
        first = min((sale.day for sale in self.shop.sales.values()), default=self.today)
        told = flows.flow(self.session, Period(first, self.today), as_of=self.today)
        assert cents(told.principal + told.interest + told.fine) == self.shop.received(self.today)

    def _compare_owed(self, day: date) -> None:
        rows = self.session.execute(note_balances(day, today=self.today))
        found = {
            row.note_id: folds.Taken(cents(row.interest), cents(row.fine), cents(row.principal))
            for row in rows
        }
        notes = self.shop.notes.values()
        there = [note for note in notes if self.shop.sales[note.sale].day <= day]
        assert found == {note.id: self.shop.owed(note, day) for note in there}, day


def waived_by(taken: Taken) -> Waived:
    return Waived(interest=reais(taken.interest), fine=reais(taken.fine))


def numbered(record: Record, number: int) -> None:
    record.id = number
