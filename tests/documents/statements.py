"""Statements and quotes for tests, without a database: plain ones, and of the longest texts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from credigestor.db.settings import ShopSettings
from credigestor.reports.customer_movements import Kind, Movement, Part
from credigestor.reports.customer_statement import CustomerStatement
from credigestor.reports.named_customer import NamedCustomer
from credigestor.reports.notes import OpenNote
from credigestor.reports.settlement import Quote, QuotedNote, QuotedSale
from credigestor.rules.calendar import HolidayRules, due_dates, last_on_time_day
from credigestor.rules.charges import Owed, Terms
from credigestor.rules.numbering import note_number
from credigestor.rules.settlement import settlement
from credigestor.rules.true_rate import of_month
from tests.documents.booklets import CUSTOMER, SHOP

AT = datetime(2026, 11, 24)  # noqa: DTZ001 - midnight of the shop's day
TODAY = AT.date()
WIDEST = NamedCustomer(7, "W" * 120, "12ABC34501DE35", "W" * 200)
LARGEST = Decimal("9999999999.99")
D = Decimal


def quote(
    *notes: tuple[str, int],
    shop: ShopSettings = SHOP,
    customer: NamedCustomer = CUSTOMER,
    contract_rate: str = "1",
    txid: str = "C7",
    paid: str | None = None,
) -> Quote:
    """A quote of today for notes of (R$, days until due); R14's three where none is given.

    `paid` is what the first gets, R$, and the others nothing: they are settled where it is None.
    """
    told = notes or (("88.85", 30), ("88.85", 60), ("88.85", 90))
    quoted = []
    for number, (amount, days) in enumerate(told, 1):
        due = TODAY + timedelta(days=days)
        on_time = last_on_time_day(due, HolidayRules())
        found = settlement(
            Terms(D(amount), due, on_time, D(1), D(2)),
            [],
            TODAY,
            on_time_until=on_time,
            daily_rate=of_month(D(contract_rate)),
        )
        late = -days if on_time < TODAY else 0
        quoted.append(
            QuotedNote(
                id=number,
                number=note_number(123, number, len(told)),
                due_date=due,
                days_late=late,
                days_early=found.days_early,
                owed=found.owed,
                paid=found.total if paid is None else D(paid) * (number == 1),
                discount=found.discount if paid is None else D("0.79") * (number == 1),
                steps=found.steps,
            )
        )
    sale = QuotedSale(123, D(contract_rate), of_month(D(contract_rate)))
    return Quote(shop, customer, TODAY, tuple(quoted), (sale,), txid)


def statement(
    *, shop: ShopSettings = SHOP, customer: NamedCustomer = CUSTOMER, movements: bool = True
) -> CustomerStatement:
    """A sale of three notes, one paid early, one late in two payments; another sale cancelled."""
    dues = due_dates(date(2026, 8, 10), 3)
    notes = [
        Part(note_number(123, n, 3), due, D("88.85"), principal=D("88.85"))
        for n, due in enumerate(dues, 1)
    ]
    other = Part("000124-01/01", date(2026, 12, 1), D("50.00"), principal=D("50.00"))
    gone = Part("000124-01/01", date(2026, 12, 1), D("50.00"), principal=D("-50.00"))
    early = Part(notes[0].number, dues[0], D("88.00"), discount=D("0.85"), principal=D("-88.85"))
    late = Part(notes[1].number, dues[1], D("92.11"), D("1.48"), D("1.78"), principal=D("-88.85"))
    rest = Part(notes[2].number, dues[2], D("8.85"), principal=D("-8.85"))
    wrong = Part(notes[2].number, dues[2], D("80.00"))
    told = [
        Movement(
            date(2026, 7, 10), Kind.SALE, "000123", "Fogão de 4 bocas", notes, D("300"), D("40")
        ),
        Movement(date(2026, 7, 12), Kind.PAYMENT, "000045", "Pix", [early]),
        Movement(
            date(2026, 10, 1), Kind.REVERSED, "000046", "Cartão", [wrong], undone=date(2026, 10, 2)
        ),
        Movement(date(2026, 10, 30), Kind.PAYMENT, "000047", "Dinheiro", [late, rest]),
        Movement(date(2026, 11, 1), Kind.SALE, "000124", "Batedeira", [other], D("50")),
        Movement(date(2026, 11, 3), Kind.CANCELLATION, "000124", "desistiu da compra", [gone]),
    ]
    balances = ["366.55", "277.70", "277.70", "180.00", "230.00", "180.00"]
    owed = [
        OpenNote(1, "000099-01/01", date(2026, 5, 10), 198, Owed(D("100"), D("6.60"), D("2.00"))),
        OpenNote(2, notes[2].number, dues[2], 45, Owed(D("80.00"), D("0.67"), D("0"))),
        OpenNote(3, "000130-01/01", date(2026, 12, 1), 0, Owed(D("50.00"), D("0"), D("0"))),
    ]
    return CustomerStatement(
        shop=shop,
        customer=customer,
        since=date(2026, 7, 1),
        until=TODAY,
        today=TODAY,
        opening=D("100.00"),
        movements=[
            Movement(**{**vars(each), "balance": D(balance)})
            for each, balance in zip(told, balances, strict=True)
        ]
        if movements
        else [],
        owed=owed if movements else [],
    )


def largest_statement(shop: ShopSettings) -> CustomerStatement:
    """The longest texts and amounts: sales and payments of 120 notes each, a long reason."""
    parts = [
        Part(
            note_number(999_999, n, 120),
            due,
            LARGEST,
            LARGEST,
            LARGEST,
            LARGEST,
            principal=-LARGEST,
        )
        for n, due in enumerate(due_dates(date(2026, 1, 31), 120), 1)
    ]
    day, owed = date(2026, 1, 31), Owed(LARGEST, LARGEST, LARGEST)
    return CustomerStatement(
        shop=shop,
        customer=WIDEST,
        since=day,
        until=TODAY,
        today=TODAY,
        opening=-LARGEST,
        movements=[
            Movement(
                day,
                Kind.SALE,
                "999999",
                "🌻 " + "W" * 498,
                parts,
                LARGEST,
                LARGEST,
                balance=LARGEST,
            ),
            Movement(day, Kind.PAYMENT, "999999", "Transferência", parts, balance=LARGEST),
            Movement(day, Kind.REVERSED, "999998", "Transferência", parts, undone=day),
            Movement(day, Kind.CANCELLATION, "999997", "مرحبا " + "W" * 494, parts),
        ],
        owed=[OpenNote(1, part.number, part.due_date, 36_500, owed) for part in parts],
    )
