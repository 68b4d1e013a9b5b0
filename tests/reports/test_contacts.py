"""How promises stand (R38): the report and the file beside the rule, on random payments."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.exports.catalogue import Order
from credigestor.reports import contacts as reports
from credigestor.rules.permissions import Actor
from credigestor.rules.promises import PROMISE_NAMES
from tests.exports.exporting import rows_of
from tests.portfolio import TODAY, late
from tests.services.contacting import contact, new_contact, of, promise, withdraw
from tests.services.paying import pay, reverse, sell
from tests.services.selling import new_customer

pytestmark = pytest.mark.usefixtures("db")


def test_r38_random_promises_are_judged_alike_by_hand_the_report_and_the_file(
    manager: Actor,
) -> None:
    luck = random.Random(1)
    withdrawn, paid = set(), defaultdict(list)
    for _ in range(16):
        customer = new_customer()
        [note] = sell(("900.00", late(90)), customer=customer).notes
        made_on = TODAY - timedelta(days=luck.randrange(1, 20))
        made = promise(
            manager, customer, "200.00", made_on + timedelta(days=luck.randrange(12)), on=made_on
        )
        if luck.random() < 0.2:
            withdraw(manager, made.id, on=made_on)
            withdrawn.add(customer)
        for _ in range(3):
            on = made_on + timedelta(days=luck.randrange(-3, 16))
            amount = luck.choice(["60.00", "120.00", "200.00"])
            if on <= TODAY:
                payment = pay(manager, on, (note, amount))
                if luck.random() < 0.3:
                    reverse(manager, payment)
                else:
                    paid[customer].append((on, D(amount)))
    by_hand = {}
    for each in of(None):
        assert each.promise
        came = sum(
            amount
            for on, amount in paid[each.customer_id]
            if each.contacted_on <= on <= each.promise.on_time_until
        )
        word = "broken" if not came else "partly" if came < 200 else "kept"
        if each.promise.on_time_until >= TODAY:
            word = "pending"
        word = "withdrawn" if each.customer_id in withdrawn else word
        by_hand[each.promise.id] = (word, came, min(int(came / 2), 100))
    assert len({word for word, *_ in by_hand.values()}) == 5
    told = {p.id: (p.status, p.paid, p.share) for p in (each.promise for each in of(None)) if p}
    assert told == by_hand
    words = {str(status): name for status, name in PROMISE_NAMES.items()}
    in_file = {
        int(row["Promessa"]): (row["Situação"], row["Pago no prazo"], int(row["Parte paga (%)"]))
        for row in rows_of(Order(kind="promises"))
    }
    assert in_file == {
        id_: (words[word], f"{came:.2f}".replace(".", ","), share)
        for id_, (word, came, share) in by_hand.items()
    }


def test_contacts_are_a_file_whose_remarks_are_no_formulas(manager: Actor) -> None:
    customer = new_customer(name="Ana Luz")
    contact(manager, new_contact(customer, "wrong_number", channel="whatsapp", remark="=1+1"))
    [row] = rows_of(Order(kind="contacts"))
    assert (row["Cliente"], row["Por"], row["Resultado"]) == (
        *("Ana Luz", "WhatsApp", "Número errado"),
    )
    assert (row["Data"], row["Observação"]) == ("23/11/2026", "'=1+1")
    assert row["Registrado por"] == "Guta Gerente"


def test_the_newest_contact_and_the_newest_live_promise_of_each(manager: Actor) -> None:
    ana, bia, caio = (new_customer() for _ in range(3))
    for customer in (ana, bia):
        sell(("900.00", late(90)), customer=customer)
    old = promise(manager, ana, "10.00", date(2026, 11, 3), on=date(2026, 11, 2))
    gone = promise(manager, ana, "20.00", TODAY, on=date(2026, 11, 10))
    withdraw(manager, gone.id)
    promise(manager, bia, "30.00", TODAY)
    last = contact(manager, new_contact(bia, "refused"))
    with snapshot() as session:
        newest = reports.newest_contacts(session, [ana, bia, caio], today=TODAY)
        promises = reports.newest_promises(session, [ana, bia, caio], today=TODAY)
    assert newest.keys() == promises.keys() == {ana, bia}
    assert (newest[bia].id, promises[ana].id, promises[bia].amount) == (last, old.id, D("30.00"))
    assert promises[ana].status == "broken"


def test_lists_go_on_after_a_row(manager: Actor) -> None:
    customer = new_customer()
    made = [contact(manager, new_contact(customer)) for _ in range(3)]
    with transaction() as session:
        rest = reports.contacts(
            session, reports.ContactFilters(), today=TODAY, after=made[2], limit=1
        )
    assert [each.id for each in rest] == [made[1]]
