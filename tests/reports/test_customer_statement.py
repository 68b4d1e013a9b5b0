"""A customer's statement: movements between two dates, a balance that is the ledger's own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, PaymentItem
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.reports.customer_movements import Kind
from credigestor.reports.customer_statement import CustomerStatement, statement
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.acting import random_acts
from tests.balances import balances_by_hand
from tests.portfolio import TODAY, add_customer, random_portfolio, settle_early
from tests.services.paying import pay, reverse, sell

pytestmark = pytest.mark.usefixtures("db")

JANUARY = date(2026, 1, 10)
YEAR = date(2025, 12, 1), TODAY


def read(customer_id: int, since: date, until: date, today: date = TODAY) -> CustomerStatement:
    with snapshot() as session:
        return statement(session, customer_id, since=since, until=until, today=today)


def new_customer() -> int:
    with transaction() as session:
        return add_customer(session)


def told(found: CustomerStatement) -> list[tuple[date, str, str]]:
    return [(each.on, each.kind.value, str(each.balance)) for each in found.movements]


def test_r9_the_balance_is_of_principal_and_charges_stand_apart(admin: Actor) -> None:
    made = sell()
    pay(admin, date(2026, 1, 25), (made.notes[0], "100.00"))
    found = read(1, *YEAR)
    assert told(found) == [
        (date(2025, 12, 1), "sale", "300.00"),
        (date(2026, 1, 25), "payment", "207.50"),
    ]
    [part] = found.movements[1].parts
    assert (str(part.interest), str(part.fine), str(part.principal)) == ("1.50", "6.00", "-92.50")
    assert found.sum(Kind.PAYMENT, "amount") == Decimal("100.00")
    [note] = found.owed
    assert note.days_late == (TODAY - JANUARY).days
    assert note.owed.principal == found.closing == Decimal("207.50")
    assert note.owed.interest > 0


def test_a_payment_of_several_notes_is_told_note_by_note(admin: Actor) -> None:
    made = sell(("100.00", JANUARY), ("50.00", date(2026, 2, 10)))
    pay(admin, date(2026, 1, 9), (made.notes[0], "100.00"), (made.notes[1], "20.00"))
    [sale, paid] = read(1, *YEAR).movements
    assert [part.amount for part in sale.parts] == [Decimal("100.00"), Decimal("50.00")]
    assert [(part.number, part.amount) for part in paid.parts] == [
        ("000001-01/02", Decimal("100.00")),
        ("000001-02/02", Decimal("20.00")),
    ]
    assert paid.balance == Decimal("30.00")


def test_a_reversed_payment_is_told_without_effect(admin: Actor) -> None:
    made = sell()
    payment = pay(admin, date(2026, 1, 9), (made.notes[0], "300.00"))
    reverse(admin, payment)
    [_, undone] = read(1, *YEAR).movements
    assert (undone.kind, undone.undone, undone.balance) == (Kind.REVERSED, TODAY, Decimal("300.00"))
    assert undone.sum("amount") == Decimal("300.00")
    assert undone.sum("principal") == 0


def test_a_cancellation_takes_the_whole_sale_off(admin: Actor) -> None:
    made = sell(("100.00", JANUARY), ("50.00", date(2026, 2, 10)))
    with transaction() as session:
        sales.cancel(session, admin, sale_id=made.id, why="desistiu", today=JANUARY)
    found = read(1, *YEAR)
    assert told(found) == [
        (date(2025, 12, 1), "sale", "150.00"),
        (JANUARY, "cancellation", "0.00"),
    ]
    assert found.movements[1].detail == "desistiu"
    assert found.owed == []


def test_r14_a_discount_comes_off_the_principal_beside_the_money(admin: Actor) -> None:
    made = sell(("100.00", JANUARY))
    with transaction() as session:
        day = date(2026, 1, 2)
        settle_early(session, admin, made.notes[0], day, "3.00", reason="cliente antigo")
    paid = read(1, *YEAR).movements[-1]
    assert [str(paid.sum(name)) for name in ("amount", "discount", "principal")] == [
        "97.00",
        "3.00",
        "-100.00",
    ]
    assert paid.balance == 0


def test_what_lies_before_the_period_is_its_opening_balance(admin: Actor) -> None:
    made = sell()
    pay(admin, date(2026, 1, 9), (made.notes[0], "120.00"))
    pay(admin, date(2026, 1, 10), (made.notes[0], "30.00"))
    found = read(1, date(2026, 1, 10), date(2026, 1, 10))
    assert str(found.opening) == "180.00"
    assert told(found) == [(date(2026, 1, 10), "payment", "150.00")]
    empty = read(1, date(2026, 1, 11), date(2026, 1, 12))
    assert (empty.opening, empty.closing, empty.movements) == (Decimal(150), Decimal(150), [])


def test_the_closing_balance_is_what_the_replayed_notes_owe_in_any_period(admin: Actor) -> None:
    with transaction() as session:
        for seed in (1, 2, 3):
            random_portfolio(session, admin, seed, sold=20)
            random_acts(session, admin, seed)
    random = Random(1)
    kinds: set[Kind] = set()
    discounted = False
    for days in (759, *(random.randrange(1, 759) for _ in range(6))):
        since = TODAY - timedelta(days=days)
        until = TODAY - timedelta(days=random.randrange(days + 1) if kinds else 0)
        with snapshot() as session:
            before = balances_by_hand(session, since - timedelta(days=1))
            after = balances_by_hand(session, until)
            for customer in session.scalars(select(Customer.id)):
                found = statement(session, customer, since=since, until=until, today=TODAY)
                for balance, notes in ((found.opening, before), (found.closing, after)):
                    theirs = [each for each in notes if each.note.customer_id == customer]
                    assert balance == sum(each.owed.principal for each in theirs)
                kinds |= {each.kind for each in found.movements}
                discounted |= bool(found.sum(Kind.PAYMENT, "discount"))
                assert all(since <= each.on <= until for each in found.movements)
    assert kinds == set(Kind) - {Kind.MOVED}  # such a portfolio has none
    assert discounted


def test_what_is_owed_today_is_the_ledgers_and_every_live_payment_is_told_once(
    admin: Actor,
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 5)
    with snapshot() as session:
        notes = balances_by_hand(session, TODAY)
        received = Decimal(0)
        for customer in session.scalars(select(Customer.id)):
            found = statement(session, customer, since=date(1990, 1, 1), until=TODAY, today=TODAY)
            theirs = [each for each in notes if each.note.customer_id == customer and each.is_open]
            assert sorted(each.owed.total for each in found.owed) == sorted(
                each.owed.total for each in theirs
            )
            assert found.closing == sum(each.owed.principal for each in found.owed)
            received += found.sum(Kind.PAYMENT, "amount")
        live = select(PaymentItem.amount).where(PaymentItem.reversed.is_(False))
        assert received == sum(session.scalars(live))


def test_a_period_that_makes_no_sense_is_refused_at_its_field() -> None:
    customer = new_customer()
    tomorrow = TODAY + timedelta(days=1)
    for since, until, field in (
        (TODAY, tomorrow, "until"),
        (TODAY, TODAY - timedelta(days=1), "since"),
        (date.min, TODAY, "since"),
    ):
        with pytest.raises(InvalidInput) as refused:
            read(customer, since, until)
        assert refused.value.field == field


def test_an_unknown_and_an_anonymised_customer_have_no_statement() -> None:
    with pytest.raises(NotFound):
        read(99, *YEAR)
    with transaction() as session:
        gone = add_customer(session, anonymised_at=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(Conflict, match="anonimizados"):
        read(gone, *YEAR)
