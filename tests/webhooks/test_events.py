"""What is written when something happens: in the act's own transaction, and only where wanted."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor
from credigestor.services import sales, webhooks
from tests.imports import files, importing
from tests.moments import NOW
from tests.portfolio import TODAY
from tests.postgres.servers import wait_for
from tests.services.paying import JANUARY, note_row, pay, reverse, sell
from tests.services.selling import new_customer, new_sale, notes_of, register
from tests.webhooks.receiving import ADA, endpoint, events, kinds, stored

pytestmark = pytest.mark.usefixtures("db")

#: Before the portfolios' day, and after it.
THURSDAY = date(2026, 11, 19)
FRIDAY, SATURDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 30)


_SOMEBODY_WAITS = text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")


def new_day(today: date) -> None:
    with transaction() as session:
        webhooks.tell_overdue(session, today=today)


def test_each_act_is_told_with_ids_days_and_amounts_and_no_names(manager: Actor) -> None:
    endpoint()
    sale = register(manager, new_sale(new_customer(name="Ana Luz"), description="Sofá"))
    first, *_ = notes_of(sale)
    # R9: late since 31/01/26, a Saturday.
    payment = pay(manager, TODAY, (first.id, "100.00"))
    reverse(manager, payment)
    with transaction() as session:
        sales.cancel(session, manager, sale_id=sale, why="desistência", today=TODAY)
    created, received, undone, cancelled = events()
    assert created.data == {
        "sale_id": sale,
        "number": "000001",
        "customer_id": 1,
        "seller_id": manager.id,
        "sold_on": "2025-12-31",
        "total": "1000.00",
        "renegotiation_id": None,
        "down_payment": "0.00",
        "notes": [
            {
                "note_id": note.id,
                "number": f"000001-0{note.number}/03",
                "due_date": note.due_date.isoformat(),
                "amount": str(note.amount),
            }
            for note in notes_of(sale)
        ],
    }
    item = {"note_id": first.id, "number": "000001-01/03", "sale_id": sale, "amount": "100.00"}
    paid = {"payment_id": payment, "number": "000001", "customer_id": 1, "amount": "100.00"}
    paid["methods"] = [{"method": "cash", "amount": "100.00"}]
    split = {key: received.data["notes"][0][key] for key in ("principal", "interest", "fine")}
    assert sum(int(value.replace(".", "")) for value in split.values()) == 100_00
    assert received.data == {
        **paid,
        "paid_on": TODAY.isoformat(),
        "method": "cash",
        "notes": [{**item, **split, "discount": "0.00"}],
    }
    assert undone.data == {
        **paid,
        "paid_on": TODAY.isoformat(),
        "method": "cash",
        "reversed_on": TODAY.isoformat(),
        "notes": [item],
    }
    assert (cancelled.type, cancelled.data["cancelled_on"]) == ("sale.cancelled", str(TODAY))
    everything = json.dumps([each.data for each in events()])
    assert not any(word in everything for word in ("Ana", "Luz", "Sofá", "desist", "recibo"))
    assert {each.customer_id for each in events()} == {1}


def test_a_note_is_settled_by_the_payment_that_takes_the_rest_and_again_after_a_reversal(
    manager: Actor,
) -> None:
    endpoint(events=["payment.received", "payment.reversed", "note.settled"])
    due = TODAY + timedelta(days=30)
    note = sell(("300.00", due)).notes[0]
    pay(manager, TODAY, (note, "100.00"))
    rest = pay(manager, TODAY, (note, "200.00"))
    assert kinds() == ["payment.received", "payment.received", "note.settled"]
    settled = events()[-1].data
    assert (settled["note_id"], settled["settled_on"]) == (note, TODAY.isoformat())
    reverse(manager, rest)
    pay(manager, TODAY, (note, "200.00"))
    assert kinds()[3:] == ["payment.reversed", "payment.received", "note.settled"]


def test_a_sale_paid_down_has_no_notes(seller: Actor) -> None:
    endpoint()
    whole = {"down_payment": Decimal("1000.00"), "installments": 1, "first_due_date": None}
    register(seller, new_sale(new_customer(), **whole))
    assert events()[0].data["notes"] == []


def test_what_is_undone_was_never_told(seller: Actor) -> None:
    endpoint()
    customer = new_customer()
    with transaction() as session:
        sales.register(session, seller, new_sale(customer), today=TODAY)
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))  # as at the commit
        assert session.scalar(text("SELECT count(*) FROM webhook_events")) == 1
        session.rollback()
    assert kinds() == []


def test_only_what_an_endpoint_wants_is_written_and_only_while_it_is_on(manager: Actor) -> None:
    one, two = endpoint(events=["sale.created"]), endpoint(events=["payment.received"])
    sale = register(manager, new_sale(new_customer()))
    assert [(each.type, each.endpoint_id) for each in events()] == [("sale.created", one)]
    with transaction() as session:
        webhooks.switch_off(session, ADA, endpoint_id=two, now=NOW)
    pay(manager, TODAY, (notes_of(sale)[0].id, "10.00"))
    assert len(events()) == 1


def test_an_import_is_the_past_and_tells_nothing() -> None:
    endpoint()
    assert importing.run(files.shop()).new.payments > 0
    assert kinds() == []
    sell()
    assert kinds() == ["sale.created"]


def test_a_note_is_told_once_on_the_day_after_its_last_on_time_day() -> None:
    """R4: due on Saturday, it is on time on Monday."""
    endpoint(events=["note.overdue"])
    friday, saturday = sell(("100.00", FRIDAY), ("200.00", SATURDAY)).notes
    new_day(FRIDAY)
    assert kinds() == []
    for _ in range(2):
        new_day(SATURDAY)
    [told] = events()
    assert told.data == {
        "note_id": friday,
        "number": "000001-01/02",
        "sale_id": 1,
        "customer_id": 1,
        "due_date": "2026-11-27",
        "amount": "100.00",
        "principal": "100.00",
        "overdue_since": "2026-11-28",
    }
    new_day(MONDAY)
    assert len(events()) == 1
    new_day(MONDAY + timedelta(days=1))
    assert [each.data["note_id"] for each in events()] == [friday, saturday]


def test_days_on_which_nobody_looked_are_told_together_but_for_what_was_paid(
    manager: Actor,
) -> None:
    endpoint(events=["note.overdue"])
    paid, cancelled, open_ = (sell(("100.00", TODAY + timedelta(days=days))) for days in (1, 2, 3))
    late = MONDAY + timedelta(days=4)
    pay(manager, TODAY, (paid.notes[0], "100.00"))
    with transaction() as session:
        sales.cancel(session, manager, sale_id=cancelled.id, why="desistência", today=late)
    new_day(late)
    assert [each.data["note_id"] for each in events()] == open_.notes


def test_what_is_late_when_an_endpoint_is_made_is_not_told() -> None:
    sell(("100.00", JANUARY), ("100.00", THURSDAY))
    endpoint(events=["note.overdue"])
    new_day(TODAY)
    new_day(TODAY + timedelta(days=1))
    assert kinds() == []


@pytest.mark.parametrize("was_off", [True, False])
def test_what_became_late_while_nobody_wanted_to_know_is_not_told(was_off: bool) -> None:
    of = endpoint(events=["note.overdue" if was_off else "sale.cancelled"])
    sell(("100.00", TODAY))
    later = TODAY + timedelta(days=3)
    with transaction() as session:
        if was_off:
            webhooks.switch_off(session, ADA, endpoint_id=of, now=NOW)
            webhooks.tell_overdue(session, today=TODAY + timedelta(days=1))
            webhooks.switch_on(session, ADA, endpoint_id=of, today=later)
        else:
            webhooks.change(
                session,
                ADA,
                endpoint_id=of,
                url=stored(of).url,
                events=["note.overdue"],
                description="",
                private=True,
                today=later,
            )
    new_day(later + timedelta(days=1))
    assert kinds() == []


def test_a_note_that_a_reversal_opens_late_is_overdue_at_once_and_once(manager: Actor) -> None:
    endpoint(events=["note.overdue", "note.settled"])
    late, told_tomorrow = (sell(("100.00", day)).notes[0] for day in (THURSDAY, TODAY))
    for note in (late, told_tomorrow):
        owed = note_row(note).amount
        reverse(manager, pay(manager, note_row(note).due_date, (note, str(owed))))
    assert [each.type for each in events()] == ["note.settled", "note.overdue", "note.settled"]
    assert events()[1].data["note_id"] == late
    new_day(TODAY + timedelta(days=1))
    assert [each.data["note_id"] for each in events()][3:] == [told_tomorrow]


def test_a_note_that_is_opened_while_a_day_begins_is_told_once(manager: Actor) -> None:
    """The reversal does not see the day, nor the day the reversal: one waits for the other."""
    endpoint(events=["note.overdue"])
    note = sell(("100.00", TODAY)).notes[0]
    payment = pay(manager, TODAY, (note, "100.00"))
    tomorrow = TODAY + timedelta(days=1)
    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            webhooks.tell_overdue(session, today=tomorrow)
            session.flush()
            reversing = pool.submit(reverse, manager, payment, on=tomorrow)
            wait_for(lambda: reversing.done() or session.scalar(_SOMEBODY_WAITS))
            assert not reversing.done()
        reversing.result()
    assert [each.data["note_id"] for each in events()] == [note]
    new_day(tomorrow)
    assert len(events()) == 1


def test_a_clock_that_ran_ahead_does_not_silence_the_days_that_follow() -> None:
    wanting = endpoint(events=["note.overdue"])
    sell(("100.00", TODAY))
    new_day(TODAY + timedelta(days=400))
    new_day(TODAY)
    assert stored(wanting).overdue_told == TODAY
    new_day(TODAY + timedelta(days=1))
    assert kinds() == ["note.overdue"] * 2
    new_day(TODAY)  # a zone farther west: yesterday once more
    assert stored(wanting).overdue_told == TODAY + timedelta(days=1)
