"""The summaries follow the ledger, whatever happens to it, and equal a recount (R16–R22)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer
from credigestor.db.summaries.tables import SUMMARIES
from credigestor.errors import BusinessError
from credigestor.reports.check.report import check
from credigestor.reports.portfolio import stock
from credigestor.reports.scope import NO_SELLER, Scope
from credigestor.rules.permissions import Actor
from credigestor.services import customers, payments, sales, summaries
from tests import by_hand
from tests.acting import random_acts
from tests.by_hand import Ledger
from tests.factories import add_user
from tests.portfolio import TODAY, add_customer, add_sale, pay, random_portfolio, refresh

pytestmark = pytest.mark.usefixtures("db")

DATES = [TODAY, TODAY - timedelta(days=1), date(2026, 8, 31), date(2026, 2, 10), date(2025, 7, 4)]


def problems() -> list[str]:
    with snapshot() as session:
        return [f"{problem.entity} {problem.id}: {problem.detail}" for problem in check(session)]


def marks() -> int:
    with snapshot() as session:
        return session.scalar(text("SELECT count(*) FROM stale_sales")) or 0


def contents() -> dict[str, set[str]]:
    """Every row of the summaries that says something, as PostgreSQL writes it."""
    found = {}
    with snapshot() as session:
        for table in SUMMARIES:
            columns = [c for c in table.c if c.name != "marked_at"]
            sums = [f"{c.name} <> 0" for c in columns if c.server_default is not None]
            kept = " OR ".join(sums) or "true"
            rows = text(f"SELECT row::text FROM {table.name} AS row WHERE {kept}")
            found[table.name] = set(session.scalars(rows))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_stock_is_that_of_a_slow_count_at_any_date_and_in_any_part(
    admin: Actor, seed: int
) -> None:
    vera = add_user(name="Vera").id
    with transaction() as session:
        random_portfolio(session, admin, seed)
        session.execute(text("UPDATE sales SET seller_id = :id WHERE id % 3 = 0"), {"id": vera})
    refresh()
    with snapshot() as session:
        books = by_hand.ledger(session)
        for scope, part in parts(books, vera):
            for as_of, found in zip(DATES, stock.stocks(session, DATES, scope), strict=True):
                assert_stock(session, scope, as_of, found, part)


def parts(books: Ledger, seller: int) -> Iterator[tuple[Scope, Ledger]]:
    yield Scope(), books
    yield Scope(seller=seller), books.only(seller_id=seller)
    yield Scope(seller=NO_SELLER), books.only(seller_id=None)
    yield Scope(city="Recife"), books.only(city="Recife")
    yield Scope(value="250-500"), books.only(value="250-500")
    yield (
        Scope(seller=seller, city="Recife", value="250-500"),
        books.only(seller_id=seller, city="Recife", value="250-500"),
    )
    yield Scope(city="Lugar Nenhum"), books.only(city="Lugar Nenhum")


def assert_stock(
    session: Session, scope: Scope, as_of: date, found: stock.Stock, part: Ledger
) -> None:
    notes = by_hand.open_at(part, as_of)
    late = notes[notes["late"] > 0]
    for band in found.bands:
        members = notes[notes["band"] == band.band]
        assert (band.notes, band.principal * 100) == (len(members), int(members["open"].sum()))
    assert found.overdue * 100 == int(late["open"].sum())
    assert (found.open_notes, found.overdue_notes) == (len(notes), len(late))
    if len(late):
        assert found.days_late is not None
        assert float(found.days_late) == pytest.approx(late["late"].mean())
    contracts = stock.contracts(session, as_of, scope)
    for days, amount in ((30, contracts.over_30), (90, contracts.over_90)):
        dragged = notes[notes["late"] > days]["sale_id"]
        assert amount * 100 == int(notes[notes["sale_id"].isin(dragged)]["open"].sum())
    if scope == Scope():
        people = (notes["customer_id"].nunique(), late["customer_id"].nunique())
        assert stock.debtors(session, as_of) == people


def test_nothing_is_left_to_do_after_a_refresh(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 5, sold=12)
    assert refresh() > 0
    before = contents()
    assert refresh() == 0
    assert contents() == before
    assert problems() == []


@pytest.mark.parametrize("seed", [11, 12, 13, 14])
def test_whatever_happens_to_the_ledger_a_refresh_equals_a_rebuild(admin: Actor, seed: int) -> None:
    random = Random(seed)
    vera = add_user(name="Vera").id
    with transaction() as session:
        random_portfolio(session, admin, seed, sold=10)
    refresh(TODAY - timedelta(days=40))  # the calendar goes on later
    for _ in range(25):
        with transaction() as session:
            happen(session, admin, random, vera)
            random_acts(session, admin, random.randrange(1000), count=2)
        if random.random() < 0.4:
            refresh(TODAY - timedelta(days=random.choice([40, 3, 0])))
    refresh()
    assert problems() == []
    kept = contents()
    with transaction() as session:
        summaries.rebuild(session, today=TODAY)
    assert contents() == kept


def happen(session: Session, admin: Actor, random: Random, seller: int) -> None:
    """One thing that may happen at the counter; most of what the rules refuse is tried too."""
    sale_ids = list(session.scalars(text("SELECT id FROM sales ORDER BY id")))
    note = random.choice(
        session.execute(text("SELECT id, amount, sale_id FROM notes ORDER BY id")).all()
    )
    day = TODAY - timedelta(days=random.choice([0, 0, 3, 30, 200]))
    part = random.choice([note.amount, round(note.amount / 2, 2)])
    payment_ids = list(session.scalars(text("SELECT id FROM payments ORDER BY id")))
    people = list(session.scalars(text("SELECT id FROM customers ORDER BY id")))
    sale_id = random.choice(sale_ids)
    try:
        with session.begin_nested():
            match random.randrange(6):
                case 0 | 1:
                    pay(session, admin, note.id, part, day)
                case 2:
                    if payment_ids:
                        payments.reverse(
                            session,
                            admin,
                            payment_id=random.choice(payment_ids),
                            why="engano",
                            today=TODAY,
                        )
                case 3:
                    sales.cancel(session, admin, sale_id=sale_id, why="desistiu", today=day)
                case 4:
                    who = random.choice([seller, None])
                    sales.edit(session, admin, sale_id=sale_id, description="", seller_id=who)
                case 5:
                    person = session.get(Customer, random.choice(people))
                    assert person is not None
                    person.city = random.choice(["Recife", "Natal", None])
                    session.flush()
    except BusinessError:
        pass


def test_the_calendar_alone_moves_charges_and_rolls(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 21, sold=12)
    for day in (TODAY - timedelta(days=95), TODAY - timedelta(days=31), TODAY):
        refresh(day)
    kept = contents()
    with transaction() as session:
        summaries.rebuild(session, today=TODAY)
    assert contents() == kept


def test_a_day_to_come_has_its_charges_too(admin: Actor) -> None:
    with transaction() as session:
        sale = add_sale(
            session, add_customer(session), date(2026, 10, 1), [("300.00", date(2026, 11, 3))]
        )
        assert sale.notes
    refresh()
    with snapshot() as session:
        later = stock.charges(session, TODAY + timedelta(days=10), today=TODAY)
    assert (str(later.interest), str(later.fine)) == ("3.00", "6.00")  # 30 days of 1 % a month


def test_only_changed_sales_are_folded_in(admin: Actor) -> None:
    with transaction() as session:
        customer = add_customer(session)
        made = [
            add_sale(session, customer, date(2026, 1, 5), [("90.00", date(2026, 2, 5))])
            for _ in range(3)
        ]
    assert refresh() == 3
    with transaction() as session:
        pay(session, admin, made[1].notes[0], "90.00", date(2026, 2, 5))
    assert refresh() == 1


def test_a_customer_who_moves_takes_the_sales_along(admin: Actor) -> None:
    with transaction() as session:
        ana = add_customer(session, "Ana", city="Natal")
        add_sale(session, ana, date(2026, 1, 5), [("90.00", date(2026, 2, 5))])
    refresh()
    data = customers.CustomerInput(name="Ana", tax_id="529.982.247-25", city="Recife")
    with transaction() as session:
        customers.edit(session, admin, customer_id=ana, data=data, today=TODAY)
    refresh()
    with snapshot() as session:
        [natal] = stock.stocks(session, [TODAY], Scope(city="Natal"))
        [recife] = stock.stocks(session, [TODAY], Scope(city="Recife"))
    assert (natal.receivable, str(recife.receivable)) == (0, "90.00")


def test_what_is_rolled_back_leaves_no_mark(admin: Actor) -> None:
    with transaction() as session:
        made = add_sale(
            session, add_customer(session), date(2026, 1, 5), [("90.00", date(2026, 2, 5))]
        )
    refresh()
    with transaction() as session:
        pay(session, admin, made.notes[0], "90.00", date(2026, 2, 5))
        session.rollback()
    assert marks() == 0


def test_sellers_and_a_refresh_do_not_wait_for_each_other(admin: Actor) -> None:
    """Notes of one due date, one payment not yet committed: nothing queues behind it."""
    with transaction() as session:
        customer = add_customer(session)
        made = [
            add_sale(session, customer, date(2026, 1, 5), [("90.00", date(2026, 2, 5))])
            for _ in range(2)
        ]
    refresh()
    with transaction() as first:
        pay(first, admin, made[0].notes[0], "90.00", date(2026, 2, 5))
        with transaction() as second:
            second.execute(text("SET LOCAL lock_timeout = '2s'"))
            pay(second, admin, made[1].notes[0], "90.00", date(2026, 2, 5))
        with transaction() as reader:
            reader.execute(text("SET LOCAL lock_timeout = '2s'"))
            assert summaries.refresh(reader, today=TODAY) == 1
    assert refresh() == 1
    with snapshot() as session:
        [now] = stock.stocks(session, [TODAY])
    assert now.receivable == 0


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE aging_changes SET principal = principal + 1", "aging_changes"),
        ("DELETE FROM due_changes", "due_changes"),
        ("UPDATE cohort_changes SET over_30 = over_30 + 1", "cohort_changes"),
        ("UPDATE flows SET sold = sold + 1", "flows"),
        ("UPDATE charges SET fine = fine + 1", "charges"),
        ("UPDATE rolls SET principal = principal + 1", "rolls"),
        ("UPDATE recoveries SET by_5 = by_5 + 1", "recoveries"),
        ("UPDATE customer_spans SET overdue = overdue + 1", "customer_spans"),
        ("UPDATE debtor_changes SET late = late + 1", "debtor_changes"),
        ("UPDATE note_facts SET principal = principal + 1", "sales"),
        ("UPDATE sale_facts SET defaulted = NOT defaulted", "sales"),
    ],
)
def test_check_names_a_summary_that_is_not_the_recount(
    admin: Actor, statement: str, table: str
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 7, sold=6)
    refresh()
    with transaction() as session:
        session.execute(text(statement))
    with snapshot() as session:
        assert table in {problem.entity for problem in check(session)}


def test_a_ledger_from_before_the_summaries_is_folded_in_whole(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 8, sold=6)
    with transaction() as session:
        names = ", ".join(table.name for table in SUMMARIES)
        session.execute(text(f"TRUNCATE {names}, summary_state"))
        session.execute(text("INSERT INTO stale_sales SELECT id FROM sales"))  # as 0002 does
    assert refresh() == 6
    assert problems() == []
