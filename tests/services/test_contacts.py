"""Contacts and promises (R38): recorded once, never changed, told in the log, erased with LGPD."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.models import AuditEntry, Contact, PromiseToPay, PromiseWithdrawal
from credigestor.db.settings import LocalHoliday, current_settings
from credigestor.errors import BusinessError, Conflict, InvalidInput, InvalidInputs, NotFound
from credigestor.reports.customer_file import customer_file
from credigestor.rules import privacy
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.rules.promises import PromiseStatus
from credigestor.services import settings
from credigestor.services.contacts import MAX_DAYS
from tests.moments import NOW
from tests.portfolio import TODAY, late
from tests.services import anonymising
from tests.services.contacting import contact, new_contact, of, promise, standing, withdraw
from tests.services.moving import merge
from tests.services.paying import pay, reverse, sell
from tests.services.selling import at_once, count, new_customer
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")

HOLIDAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 16)


@pytest.fixture
def customer() -> int:
    """Owes 300,00 of a note that is 50 days late."""
    found = new_customer()
    sell(("300.00", late(50)), customer=found)
    return found


def refused(act: Callable[[], object]) -> BusinessError:
    before = count(Contact), count(PromiseToPay), count(PromiseWithdrawal), count(AuditEntry)
    with pytest.raises(BusinessError) as error:
        act()
    assert before == (
        *(count(Contact), count(PromiseToPay), count(PromiseWithdrawal), count(AuditEntry)),
    )
    return error.value


def test_a_seller_records_what_came_of_a_contact_and_the_log_tells_it_without_the_remark(
    seller: Actor, customer: int
) -> None:
    data = new_contact(customer, "no_answer", channel="whatsapp", remark="  está no hospital ")
    assert contact(seller, data) == contact(seller, data)
    [found] = of(customer)
    assert (found.outcome, found.channel, found.remark) == (
        *("no_answer", "whatsapp", "está no hospital"),
    )
    assert (found.contacted_on, found.made_by, found.promise) == (TODAY, "Vera Vendedora", None)
    with snapshot() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.entity == "contact"))
    assert entry.after == {
        "customer_id": customer,
        "on": TODAY.isoformat(),
        "channel": "whatsapp",
        "outcome": "no_answer",
    }
    sound()


def test_r38_the_worked_example_day_by_day(manager: Actor, customer: int) -> None:
    [note] = sell(("300.00", late(40)), customer=customer).notes
    made = promise(manager, customer, "200.00", HOLIDAY, on=MONDAY)
    assert made.on_time_until == date(2026, 11, 23)
    pay(manager, date(2026, 11, 15), (note, "10.00"))  # before it was made: does not count
    assert standing(customer, date(2026, 11, 23)) == ("pending", "0", "0.00")
    assert standing(customer, date(2026, 11, 24)) == ("broken", "0", "0.00")
    pay(manager, date(2026, 11, 19), (note, "120.00"))
    assert standing(customer, date(2026, 11, 23)) == ("pending", "60", "120.00")
    assert standing(customer, date(2026, 11, 24)) == ("partly", "60", "120.00")
    last = pay(manager, date(2026, 11, 23), (note, "80.00"))
    assert standing(customer, date(2026, 11, 23)) == ("pending", "100", "200.00")
    assert standing(customer, date(2026, 11, 24)) == ("kept", "100", "200.00")
    reverse(manager, last)
    assert standing(customer, date(2026, 11, 24)) == ("partly", "60", "120.00")
    sound()


def test_r38_the_holidays_of_the_day_it_is_made_count(admin: Actor, customer: int) -> None:
    made = promise(admin, customer, "10.00", date(2026, 11, 28))
    assert made.on_time_until == date(2026, 11, 30)
    with transaction() as session:
        closed = LocalHoliday(day=date(2026, 11, 30), name="Padroeira")
        changed = current_settings(session).model_copy(update={"local_holidays": (closed,)})
        settings.change(session, admin, changed)
    assert of(customer)[0].promise == made
    withdraw(admin, made.id)
    assert promise(admin, customer, "10.00", date(2026, 11, 28)).on_time_until == date(2026, 12, 1)


def test_r38_a_promise_is_withdrawn_once_before_it_is_judged_with_a_reason(
    seller: Actor, customer: int
) -> None:
    made = promise(seller, customer, "200.00", HOLIDAY, on=MONDAY)
    assert refused(lambda: withdraw(seller, made.id, why=" ")).field == "reason"
    late_ = refused(lambda: withdraw(seller, made.id, on=date(2026, 11, 24)))
    assert "já foi julgada" in late_.message
    withdraw(seller, made.id, "disse que não disse", on=TODAY)
    [found] = of(customer, date(2026, 12, 1))
    assert found.promise
    assert found.promise.status is PromiseStatus.WITHDRAWN
    assert (found.promise.withdrawn_on, found.promise.withdrawn_by) == (TODAY, "Vera Vendedora")
    assert found.promise.withdrawal_reason == "disse que não disse"
    assert "já foi retirada" in refused(lambda: withdraw(seller, made.id)).message
    assert isinstance(refused(lambda: withdraw(seller, made.id + 1)), NotFound)
    sound()


def test_one_promise_stands_at_a_time(seller: Actor, customer: int) -> None:
    made = promise(seller, customer, "100.00", TODAY)
    again = new_contact(customer, "promised", amount=D("50.00"), due_on=TODAY)
    assert "Retire-a antes" in refused(lambda: contact(seller, again)).message
    contact(seller, new_contact(customer, "spoke"))
    withdraw(seller, made.id)
    contact(seller, again)
    # The day after it was judged, another one may be made.
    promise(seller, customer, "50.00", TODAY + timedelta(days=9), on=TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"amount": None}, {"amount"}),
        ({"amount": D(0), "due_on": None}, {"amount", "due_on"}),
        ({"due_on": TODAY - timedelta(days=1)}, {"due_on"}),
        ({"due_on": TODAY + timedelta(days=MAX_DAYS + 1)}, {"due_on"}),
    ],
)
def test_a_promise_without_sense_is_refused_at_its_field(
    seller: Actor, customer: int, changes: dict[str, Any], fields: set[str]
) -> None:
    terms = {"amount": D("10.00"), "due_on": TODAY, **changes}
    error = refused(lambda: contact(seller, new_contact(customer, "promised", **terms)))
    assert isinstance(error, InvalidInputs)
    assert set(error.errors) == fields


def test_nobody_promises_more_than_is_owed_on_that_day(seller: Actor, customer: int) -> None:
    # 300,00 + 2 % + 50 days at 1 % a month = 311,00; ten days later 312,00.
    with pytest.raises(InvalidInput, match=r"R\$.311,00"):
        promise(seller, customer, "311.01", TODAY)
    promise(seller, customer, "312.00", TODAY + timedelta(days=10))


def test_only_a_promise_has_an_amount_and_its_day(seller: Actor, customer: int) -> None:
    error = refused(lambda: contact(seller, new_contact(customer, "refused", amount=D(1))))
    assert error.field == "outcome"
    with pytest.raises(InvalidInputs) as caught:
        new_contact(customer, remark="x" * 501)
    assert set(caught.value.errors) == {"remark"}


def test_two_clicks_are_one_contact_and_another_one_needs_its_own(
    seller: Actor, customer: int
) -> None:
    terms = {"amount": D("100.00"), "due_on": TODAY, "operation_id": uuid.uuid4()}
    data = new_contact(customer, "promised", **terms)
    first, second = at_once([lambda: contact(seller, data)] * 2)
    assert first == second
    assert (count(Contact), count(PromiseToPay)) == (1, 1)
    other = data.model_copy(update={"amount": D("90.00")})
    assert refused(lambda: contact(seller, other)).field == "operation"
    assert isinstance(refused(lambda: contact(seller, new_contact(999))), NotFound)


def test_a_key_that_may_only_look_records_nothing(customer: int) -> None:
    looking = Actor(None, "Programa", Role.SELLER, frozenset({Permission.COUNTER}))
    error = refused(lambda: contact(looking, new_contact(customer)))
    assert "Registrar contatos e promessas" in error.message


@pytest.mark.parametrize("table", ["contacts", "promises", "promise_withdrawals"])
def test_what_is_recorded_stays(seller: Actor, customer: int, table: str) -> None:
    withdraw(seller, promise(seller, customer, "100.00", TODAY, remark="disse que paga").id)
    changes = f"UPDATE {table} SET id = id", f"DELETE FROM {table}"
    for statement in (*changes, "UPDATE contacts SET remark = NULL"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            get_engine().begin() as connection,
        ):
            connection.execute(text(statement))


def test_lgpd_what_was_said_is_erased_with_the_customer_and_nobody_contacts_them_again(
    admin: Actor,
) -> None:
    customer = anonymising.make_customer(admin)
    sale = anonymising.sell(customer)
    contact(admin, new_contact(customer, remark="irmã do Wanderley"))
    with snapshot() as session:
        copy = customer_file(session, customer, today=TODAY, made_at=NOW).sections[-1]
    assert (copy.title, copy.rows[0][:5]) == (
        "Contatos e promessas",
        [TODAY, "Telefone", "Falou", "irmã do Wanderley", "Ada Administradora"],
    )
    contact(admin, new_contact(customer))
    pay(admin, anonymising.LONG_AGO, (sale.notes[0], "100.00"))
    assert "Wanderley" in anonymising.database()
    anonymising.anonymise(admin, customer)
    assert "Wanderley" not in anonymising.database()
    assert [each.remark for each in of(customer)] == [None, privacy.ERASED]
    error = refused(lambda: contact(admin, new_contact(customer)))
    assert isinstance(error, Conflict)
    sound()


def test_contacts_of_a_double_register_go_to_the_right_one(manager: Actor, customer: int) -> None:
    right = new_customer(name="Ana Luz")
    [note] = sell(("300.00", late(30)), customer=customer).notes
    promise(manager, customer, "200.00", HOLIDAY, on=MONDAY)
    pay(manager, TODAY, (note, "200.00"))
    merge(manager, customer, right)
    assert of(customer) == []
    assert standing(right, date(2026, 11, 24)) == ("kept", "100", "200.00")
    sound()
