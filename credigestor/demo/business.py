"""Two years of sales and payments of the demonstration shop, ending today.

What is sold, to whom and how it is paid is the same every time; only the dates follow today:
each sale has its place among the days, which the calendar of the trade stretches and shrinks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random
from uuid import UUID

from credigestor.db.settings import ShopSettings
from credigestor.demo.people import Habit, Person, people
from credigestor.imports.batch import Batch, NewCustomer, NewNote, NewPayment, NewSale, make_sale
from credigestor.rules.calendar import default_first_due
from credigestor.rules.charges import Paid, State, new_state, owed_on, settle
from credigestor.rules.due_schedule import MONTHLY, ListedNote, Schedule, ScheduleKind
from credigestor.rules.methods import Method, Part
from credigestor.rules.money import ZERO, round_cents
from credigestor.services.sales import NewSale as SaleInput

CUSTOMERS, SALES, DAYS = 300, 900, 730
#: One sale in so many is never paid on, and cancelled afterwards.
CANCEL_EVERY = 75
_MONTHS = (0.8, 0.75, 0.9, 0.95, 1.3, 1.1, 0.9, 1.05, 0.95, 1.05, 1.35, 1.9)
_WEEK = (1.0, 0.9, 0.9, 1.0, 1.3, 1.7, 0.0)  # Monday to Sunday
_GROWTH = 0.8  # how much more is sold on the last day than on the first

#: What is sold, lowest and highest price in R$, weight.
_GOODS = (
    ("Roupas femininas", 90, 420, 12),
    ("Roupas masculinas", 90, 380, 9),
    ("Roupas infantis", 60, 260, 9),
    ("Calçados", 80, 450, 11),
    ("Uniforme escolar e mochila", 90, 320, 5),
    ("Cama, mesa e banho", 70, 480, 9),
    ("Perfumaria e presentes", 60, 300, 7),
    ("Ventilador", 130, 340, 6),
    ("Liquidificador e panelas", 120, 460, 6),
    ("Celular", 750, 2200, 8),
    ("Fogão de quatro bocas", 650, 1400, 4),
    ("Geladeira", 1700, 3400, 3),
    ("Máquina de lavar", 1300, 2600, 3),
    ("Smart TV", 1200, 2900, 4),
    ("Sofá de três lugares", 900, 2400, 4),
    ("Guarda-roupa", 700, 1900, 4),
    ("Colchão de casal", 600, 1700, 4),
    ("Bicicleta aro 29", 800, 1600, 2),
)
_DOWN_METHODS = (Method.CASH, Method.PIX, Method.CASH, Method.CARD)
_METHODS = {
    Method.PIX: 42,
    Method.CASH: 34,
    Method.CARD: 15,
    Method.TRANSFER: 4,
    Method.CHEQUE: 2,
    Method.BOLETO: 3,
}


@dataclass(frozen=True)
class Business:
    """The rows to write, and those sales that are to be cancelled."""

    batch: Batch
    to_cancel: list[NewSale]


def business(
    sellers: Sequence[int],
    settings: ShopSettings,
    *,
    today: date,
    progress: Callable[[float], None],
) -> Business:
    """Make the shop's two years up to `today`, under the settings given."""
    persons = people(CUSTOMERS)
    customers = [NewCustomer(dict(person.values)) for person in persons]
    place = _calendar(today)
    made: list[NewSale] = []
    to_cancel: list[NewSale] = []
    payments: list[NewPayment] = []
    for number in range(SALES):
        if number % 50 == 0:
            progress(number / SALES)
        random = Random(f"sale {number}")  # noqa: S311 - no secret
        # Everybody bought something; the rest went to some more than to others.
        buyer = number if number < CUSTOMERS else int(CUSTOMERS * random.random() ** 1.4)
        sold_on = place(random.random())
        seller = random.choices(sellers, weights=[5, 4, 3])[0]
        sale = _sale(number, random, customers[buyer], sold_on, seller, settings, today)
        made.append(sale)
        if number % CANCEL_EVERY == CANCEL_EVERY - 1 and sale.notes:
            to_cancel.append(sale)
        else:
            payments += _payments(random, sale, persons[buyer], sellers, today)
    made.sort(key=lambda sale: sale.values["sold_on"])
    payments.sort(key=lambda payment: payment.paid_on)
    _set_limits(persons, customers, made)
    return Business(Batch(customers, made, payments), to_cancel)


def _calendar(today: date) -> Callable[[float], date]:
    """From a place between 0 and 1 to a day of the two years: December has more of them."""
    days = [today - timedelta(days=DAYS - 1 - k) for k in range(DAYS)]
    weights = [
        _MONTHS[day.month - 1] * _WEEK[day.weekday()] * (1 + _GROWTH * k / DAYS)
        for k, day in enumerate(days)
    ]
    ends = list(accumulate(weights))
    return lambda place: days[bisect_left(ends, place * ends[-1])]


def _sale(
    number: int,
    random: Random,
    customer: NewCustomer,
    sold_on: date,
    seller: int,
    settings: ShopSettings,
    today: date,
) -> NewSale:
    what, low, high, _ = random.choices(_GOODS, weights=[goods[-1] for goods in _GOODS])[0]
    total = Decimal(random.randrange(low * 10, high * 10)) / 10 - Decimal("0.10")
    share = random.choices((0, 10, 20, 30, 100), weights=(62, 14, 12, 9, 3))[0]
    down = total if share == 100 else round_cents(total * share / 100 / 5) * 5
    installments = min(12, max(1, random.randrange(1, 4) + int((total - down) / 160)))
    first_due = default_first_due(sold_on)
    with_interest = installments >= 6 and random.random() < 0.4
    chosen_day = random.choice((0, 0, 5, 10, 20))  # many choose a day after their wages
    if chosen_day:
        first_due = first_due.replace(day=chosen_day)
    schedule = _schedule(number, sold_on, total - down)
    if not schedule.is_monthly:
        first_due = sold_on + timedelta(days=15)
    return make_sale(
        customer,
        SaleInput(
            operation_id=UUID(int=0),
            customer_id=0,
            seller_id=seller,
            sold_on=sold_on,
            description=what,
            total=total,
            down_payment=down,
            down_payment_methods=_paid_down(total, down),
            installments=installments,
            first_due_date=first_due,
            schedule=schedule,
            contract_rate=Decimal(1) if with_interest else ZERO,
        ),
        settings,
        today=today,
    )


def _schedule(number: int, sold_on: date, financed: Decimal) -> Schedule:
    """Monthly but for one sale in seven: by fortnight, on payday, 30/60/90, or uneven (R33)."""
    match number % 28:
        case 6:
            return Schedule(ScheduleKind.DAYS, 15)
        case 13:
            return Schedule(ScheduleKind.BUSINESS_DAY, 5)
        case 20 | 27 as place if financed:
            half, quarter = round_cents(financed / 2), round_cents(financed / 4)
            agreed = (half, quarter, financed - half - quarter)
            amounts = (None, None, None) if place == 20 else agreed
            days = (sold_on + timedelta(days=30 * k) for k in (1, 2, 3))
            rows = (ListedNote(*row) for row in zip(days, amounts, strict=True))
            return Schedule(ScheduleKind.LIST, listed=tuple(rows))
    return MONTHLY


def _paid_down(total: Decimal, down: Decimal) -> tuple[Part, ...]:
    """How a down payment was handed over, some in two methods (R35, R36)."""
    if not down:
        return ()
    if int(total) % 8 == 3 and down >= 20:
        in_cash = down // 20 * 10
        return ((Method.CASH, in_cash), (Method.PIX, down - in_cash))
    return ((_DOWN_METHODS[int(total) % len(_DOWN_METHODS)], down),)


def _payments(
    random: Random, sale: NewSale, person: Person, sellers: Sequence[int], today: date
) -> list[NewPayment]:
    """What this customer has paid on the notes so far, folded into them."""
    stops_after = int(len(sale.notes) * random.random())
    made = []
    for place, note in enumerate(sale.notes):
        stopped = person.habit is Habit.DEFAULTER and place >= stops_after
        state = new_state(note.terms)
        for delay, share in _recovered(random) if stopped else _visits(random, person.habit):
            day = max(note.planned.due_date + timedelta(days=delay), sale.values["sold_on"])
            day += timedelta(days=day.weekday() == 6)  # closed on Sundays
            method = random.choices(list(_METHODS), weights=list(_METHODS.values()))[0]
            received_by = random.choice(sellers)
            if day > today or state.principal == 0:
                continue
            owed = owed_on(note.terms, state, day).total
            amount = owed if share == 1 else round_cents(owed * share)
            note.last = settle(note.terms, state, Paid(day, amount))
            payment = NewPayment(day, amount, method.value, received_by=received_by)
            state = note.last.state
            note.payments.append(payment)
            made.append(payment)
    return made


def _visits(random: Random, habit: Habit) -> list[tuple[int, Decimal]]:
    """Days after the due date, and the share of what is owed then, of each visit."""
    whole = Decimal(1)
    if habit is Habit.PARTIAL and random.random() < 0.5:
        first = random.randrange(-2, 9)
        return [
            (first, Decimal(random.choice((30, 40, 50, 60))) / 100),
            (first + random.randrange(10, 40), whole),
        ]
    if habit is Habit.PUNCTUAL:
        late = random.random() < 0.06
        return [
            (random.randrange(1, 6) if late else random.choice((-9, -4, -2, -1, 0, 0, 0)), whole)
        ]
    return [(random.choice((-1, 0, 1, 3, 5, 8, 12, 20, 33)), whole)]


def _recovered(random: Random) -> list[tuple[int, Decimal]]:
    """Half of what was not paid in time comes in after all, between one and six months late."""
    return [(random.randrange(30, 180), Decimal(1))] if random.random() < 0.55 else []


def _set_limits(
    persons: Sequence[Person], customers: Sequence[NewCustomer], sold: Sequence[NewSale]
) -> None:
    """Limits that were never passed: what is owed now and a third more, in full hundreds."""
    owed = {id(customer): ZERO for customer in customers}
    for sale in sold:
        for note in sale.notes:
            owed[id(sale.customer)] += _state(note).principal
    for person, customer in zip(persons, customers, strict=True):
        if person.has_limit:
            hundreds = owed[id(customer)] * 4 / 3 // 100 + 5
            customer.values["credit_limit"] = hundreds * 100


def _state(note: NewNote) -> State:
    return note.last.state if note.last else new_state(note.terms)
