"""Portfolios for tests: customers, their sales, what they pay.

    with transaction() as session:
        ana = add_customer(session, "Ana Luz", city="Fortaleza")
        sale = add_sale(session, ana, date(2026, 1, 5), [("300.00", date(2026, 2, 5))])
        pay(session, admin, sale.notes[0], "100.00", date(2026, 2, 20))

`random_portfolio` makes two years of them, the same again for the same seed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from stdnum.br import cpf

from credigestor.db.engine import transaction
from credigestor.db.models import Customer, Note, PaymentItem, Sale
from credigestor.errors import BusinessError, Conflict
from credigestor.reports.notes import open_notes
from credigestor.rules import identity
from credigestor.rules.calendar import HolidayRules, last_free_day, last_on_time_day
from credigestor.rules.due_schedule import MONTHLY, ListedNote, Schedule, ScheduleKind
from credigestor.rules.methods import Method
from credigestor.rules.money import CENT, round_cents
from credigestor.rules.permissions import Actor
from credigestor.services import payments, sales, summaries
from credigestor.services.payments import NewPayment
from credigestor.services.sales import NewSale

#: The day on which test portfolios are looked at, a Monday.
TODAY = date(2026, 11, 23)
NATIONAL = HolidayRules()
_NOTES = select(Note.id, Note.due_date, Note.amount)


@dataclass(frozen=True)
class Made:
    """A sale made for a test: its id and those of its notes, in order."""

    id: int
    notes: list[int]


def add_customer(session: Session, name: str = "Ana Luz", **columns: object) -> int:
    """Insert a customer with a CPF of their own; `columns` as in the table (city, phone …)."""
    taken = session.scalar(select(func.count()).select_from(Customer)) or 0
    columns.setdefault("tax_id", _cpf(100_000_000 + taken))
    customer = Customer(name=name, name_folded=identity.fold(name), **columns)
    session.add(customer)
    session.flush()
    return customer.id


def add_sale(
    session: Session,
    customer_id: int,
    sold_on: date,
    notes: Sequence[tuple[str, date]],
    *,
    seller_id: int | None = None,
    late_rate: str = "1",
    fine_rate: str = "2",
    grace_days: int = 0,
) -> Made:
    """Insert a sale with notes of any amounts (R$) and due dates, as R17's example needs."""
    total = sum(Decimal(amount) for amount, _ in notes)
    sale = Sale(
        operation_id=uuid.uuid4(),
        customer_id=customer_id,
        seller_id=seller_id,
        sold_on=sold_on,
        total=total,
        down_payment=Decimal(0),
        installments=len(notes),
        first_due_date=notes[0][1],
        contract_rate=Decimal(0),
        late_rate=Decimal(late_rate),
        fine_rate=Decimal(fine_rate),
        grace_days=grace_days,
    )
    session.add(sale)
    session.flush()
    rows = [
        Note(
            sale_id=sale.id,
            customer_id=customer_id,
            number=number,
            amount=Decimal(amount),
            due_date=due,
            on_time_until=last_on_time_day(due, NATIONAL),
            free_until=last_free_day(due, grace_days, NATIONAL),
            principal_balance=Decimal(amount),
            interest_from=due,
        )
        for number, (amount, due) in enumerate(notes, start=1)
    ]
    session.add_all(rows)
    session.flush()
    return Made(sale.id, [row.id for row in rows])


def add_r17(session: Session, *names: str) -> None:
    """Insert R17's customers A, B, C and D, or four of other names, with one sale each."""
    soon = TODAY + timedelta(days=3)
    notes = (
        [("100.00", late(44)), ("200.00", soon)],
        [("300.00", soon)],
        [("150.00", late(120)), ("150.00", late(90)), ("150.00", late(60))],
        [("80.00", late(10)), ("160.00", soon)],
    )
    for name, theirs in zip(names or "ABCD", notes, strict=True):
        add_sale(session, add_customer(session, name), late(200), theirs)


def late(days: int) -> date:
    """The due date of a note that is so many days late on TODAY."""
    return TODAY - timedelta(days=days)


def refresh(today: date = TODAY) -> int:
    """Bring the summaries up to the ledger and a day; how many sales were folded in."""
    with transaction() as session:
        return summaries.refresh(session, today=today)


def pay(session: Session, actor: Actor, note_id: int, amount: str | Decimal, on: date) -> int:
    """Receive R$ for one note on a date, by the service; the payment's id."""
    customer_id = session.scalars(select(Note.customer_id).where(Note.id == note_id)).one()
    return payments.receive(
        session,
        actor,
        NewPayment(
            operation_id=uuid.uuid4(),
            customer_id=customer_id,
            paid_on=on,
            method=Method.CASH,
            items=((note_id, Decimal(amount)),),
            backdate_reason="lançamento de teste",
        ),
        today=TODAY,
    )


def settle_early(
    session: Session,
    actor: Actor,
    note_id: int,
    on: date,
    discount: str | Decimal | None = None,
    *,
    reason: str | None = None,
) -> int:
    """Settle a note whole before it is due, for as much less (by right if not told); its id."""
    row = session.execute(
        select(Note.customer_id, Note.principal_balance).where(Note.id == note_id)
    ).one()
    # Most that are tried are paid: no need to reckon all that the customer owes.
    there = (
        open_notes(session, row.customer_id, on=on, today=TODAY) if row.principal_balance else []
    )
    note = next((note for note in there if note.id == note_id), None)
    if note is None:
        raise Conflict("A nota não está aberta.")
    off = note.early_discount if discount is None else Decimal(discount)
    return payments.receive(
        session,
        actor,
        NewPayment(
            operation_id=uuid.uuid4(),
            customer_id=row.customer_id,
            paid_on=on,
            method=Method.PIX,
            items=((note_id, note.owed.total - off),),
            discounts={note_id: off},
            discount_reason=reason,
            backdate_reason="lançamento de teste",
        ),
        today=TODAY,
    )


def random_portfolio(
    session: Session, actor: Actor, seed: int, *, sold: int = 30, older: bool = False
) -> None:
    """Two years of sales, payments, discounts, reversals, cancellations in no order (R11–R14, R33).

    An `older` shop has no discounts, and its notes are monthly.
    """
    random = Random(seed)  # the same portfolio every time
    customers = [
        add_customer(session, f"Cliente {k}", city=random.choice(["Fortaleza", "Recife", None]))
        for k in range(8)
    ]
    made = []
    for _ in range(sold):
        day = TODAY - timedelta(days=random.randrange(720))
        made.append(_sell(session, actor, random, random.choice(customers), day, older=older))
    for _ in range(4 * sold):
        _pay_something(session, actor, random)
        if not older and random.random() < 0.5:
            _settle_something_early(session, actor, random)
    for payment in random.sample(_payments(session), k=min(5, sold)):
        _try(session, payments.reverse, actor, payment_id=payment, why="teste", today=TODAY)
    for sale in made:
        if random.random() < 0.3:
            day = TODAY - timedelta(days=random.randrange(60))
            _try(session, sales.cancel, actor, sale_id=sale, why="desistência", today=day)


def _cpf(number: int) -> str:
    return next(f"{number}{k:02}" for k in range(100) if cpf.is_valid(f"{number}{k:02}"))


def _sell(
    session: Session, actor: Actor, random: Random, customer_id: int, day: date, *, older: bool
) -> int:
    total = Decimal(random.randrange(2_000, 200_000)) / 100
    down = random.choice([Decimal(0), Decimal(5), total])
    count = random.randrange(1, 8)
    schedule = MONTHLY if older else _schedule(random, day, total - down, count)
    return sales.register(
        session,
        actor,
        NewSale(
            operation_id=uuid.uuid4(),
            customer_id=customer_id,
            sold_on=day,
            total=total,
            down_payment=down,
            installments=count,
            schedule=schedule,
            first_due_date=day + timedelta(days=random.randrange(45)),
            contract_rate=Decimal(random.choice(["0", "0", "1.5"])),
            override_reason="teste",
        ),
        today=TODAY,
    )


def _schedule(random: Random, day: date, financed: Decimal, count: int) -> Schedule:
    """Monthly half the time; else every n days, by business days, or a list (R33)."""
    kind = random.choice([*ScheduleKind, ScheduleKind.MONTHLY, ScheduleKind.MONTHLY])
    match kind:
        case ScheduleKind.DAYS:
            return Schedule(kind, random.choice([7, 15, 40]))
        case ScheduleKind.BUSINESS_DAY:
            return Schedule(kind, random.choice([1, 5, 15]))
        case ScheduleKind.LIST if financed:
            days = random.sample(range(100), count)
            return Schedule(kind, listed=tuple(_rows(random, day, days, financed)))
    return MONTHLY


def _rows(
    random: Random, sold: date, days: Sequence[int], financed: Decimal
) -> Iterator[ListedNote]:
    """Uneven amounts that come to a little more than is financed, some of them computed."""
    shares = [random.choice([1, 2, 5]) for _ in days]
    typed = random.choice([True, False])
    for day, share in zip(days, shares, strict=True):
        amount = round_cents(financed * share / sum(shares)) + CENT
        agreed = typed or (day != days[0] and random.random() < 0.3)
        yield ListedNote(sold + timedelta(days=day), amount if agreed else None)


def _pay_something(session: Session, actor: Actor, random: Random) -> None:
    note = random.choice(session.execute(_NOTES.order_by(Note.id)).all())
    day = note.due_date + timedelta(days=random.choice([-9, 0, 1, 2, 3, 20, 45, 100, 200]))
    share = random.choice([Decimal(1), Decimal("0.5"), Decimal("0.03")])
    amount = (note.amount * share).quantize(Decimal("0.01"))
    _try(session, pay, actor, note.id, amount, day)


def _settle_something_early(session: Session, actor: Actor, random: Random) -> None:
    """Mostly with the discount by right; also with less, and with what a manager grants (R14)."""
    of_rate = _NOTES.join(Sale, Sale.id == Note.sale_id).order_by(Note.id)
    if random.random() < 0.8:
        of_rate = of_rate.where(Sale.contract_rate > 0)
    notes = session.execute(of_rate).all()
    if not notes:
        return
    note = random.choice(notes)
    day = min(note.due_date - timedelta(days=random.choice([1, 9, 30, 47, 100])), TODAY)
    discount, reason = random.choice(
        [(None, None), (None, None), ("0.01", None), ("5.00", "cliente antigo")]
    )
    _try(session, settle_early, actor, note.id, day, discount, reason=reason)


def _payments(session: Session) -> list[int]:
    found = select(PaymentItem.payment_id).distinct().order_by(PaymentItem.payment_id)
    return list(session.scalars(found))


def _try(session: Session, act: object, *args: object, **kwargs: object) -> None:
    """Do it unless a rule refuses it."""
    try:
        with session.begin_nested():
            act(session, *args, **kwargs)  # type: ignore[operator]
    except BusinessError:
        session.expire_all()


def month_ends_before(day: date, count: int) -> Iterator[date]:
    """The last `count` month ends before a date, newest first."""
    for _ in range(count):
        day = day.replace(day=1) - timedelta(days=1)
        yield day
