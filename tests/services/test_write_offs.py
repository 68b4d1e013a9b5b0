"""R34: debts given up, and what is received of them later."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Act, ActItem, AuditEntry
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotAllowed, NotFound
from credigestor.reports import written_off
from credigestor.reports.check.report import check
from credigestor.reports.customer_profile import profile
from credigestor.reports.note import detail
from credigestor.reports.portfolio.losses import by_month
from credigestor.reports.receipt import receipt
from credigestor.reports.summary import summary
from credigestor.rules.aging import Status
from credigestor.rules.permissions import Actor
from credigestor.services import acts, write_offs
from credigestor.services.inputs import parse
from credigestor.services.write_offs import NewWriteOff
from tests.portfolio import TODAY, Made, add_customer, add_sale
from tests.services.paying import new_payment, note_row, pay, receive, sell, splits
from tests.services.putting_off import put_off
from tests.services.selling import count
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")

OCTOBER, NOVEMBER = date(2025, 10, 10), date(2025, 11, 10)
GONE, BACK = date(2026, 11, 16), date(2026, 12, 16)


@pytest.fixture
def sale() -> Made:
    """R34's: two notes of 150,00."""
    with transaction() as session:
        notes = [("150.00", OCTOBER), ("150.00", NOVEMBER)]
        return add_sale(session, add_customer(session), date(2025, 9, 10), notes)


def new_write_off(*notes: int, on: date = GONE, **changes: Any) -> NewWriteOff:
    asked = {"operation_id": uuid.uuid4(), "note_ids": notes, "written_off_on": on}
    return parse(NewWriteOff, {**asked, "reason": "sumiu da cidade", **changes})


def give_up(actor: Actor, data: NewWriteOff, today: date = TODAY) -> list[int]:
    with transaction() as session:
        return write_offs.write_off(session, actor, data, today=today)


def refused(actor: Actor, data: NewWriteOff) -> BusinessError:
    tables = (Act, ActItem, AuditEntry)
    before = [count(table) for table in tables]
    with pytest.raises(BusinessError) as caught:
        give_up(actor, data)
    assert [count(table) for table in tables] == before
    return caught.value


def status(note: int, on: date) -> Status:
    with snapshot() as session:
        return detail(session, note, as_of=on, today=max(on, TODAY)).status


def test_r34_given_up_with_a_memo_and_recovered_in_part(
    sale: Made, manager: Actor, seller: Actor
) -> None:
    first, second = sale.notes
    data = new_write_off(first, second, expected=D(300))
    with snapshot() as session:
        seen = write_offs.preview(session, manager, data, today=TODAY)
    assert [(str(x.lost.interest), str(x.lost.fine), str(x.lost.principal)) for x in seen] == [
        ("20.10", "3.00", "150.00"),
        ("18.55", "3.00", "150.00"),
    ]
    [act_id] = give_up(manager, data)
    assert give_up(manager, data) == [act_id], "the same form again"
    assert status(first, GONE) is Status.WRITTEN_OFF
    assert status(first, GONE - timedelta(days=1)) is Status.OVERDUE
    customer = note_row(first).customer_id
    with snapshot() as session:
        [lost, _] = written_off.of_customer(session, customer, on=BACK)
        assert written_off.of_customer(session, customer, on=GONE - timedelta(days=1)) == []
    assert (lost.lost, lost.written_off_on, str(lost.note.owed.total)) == (D(150), GONE, "174.60")
    payment = receive(seller, new_payment(BACK, (first, "100.00")), today=BACK)
    assert splits(first) == [("21.60", "3.00", "75.40")]
    with snapshot() as session:
        assert receipt(session, payment).recovers
        [lost, _] = written_off.of_customer(session, customer, on=BACK)
    assert str(lost.note.owed.total) == "74.60"
    sound(BACK)
    with snapshot() as session:
        *_, november, december = by_month(session, BACK, 3)
        shown = summary(session, BACK, today=BACK)
    assert (november.written_off, november.recovered, november.net) == (D(300), 0, D(300))
    assert (december.written_off, december.recovered, december.net) == (0, D(100), D("-75.40"))
    assert november.net + december.net == D("224.60")
    assert shown.received_principal + shown.received_interest + shown.received_fine == 0
    with transaction() as session:
        acts.reverse(session, manager, act_id=act_id, why="apareceu", today=BACK)
    assert note_row(first).principal_balance == D("74.60")
    with snapshot() as session:
        assert check(session, summaries=False) == []
        assert not receipt(session, payment).recovers


def test_a_list_is_written_off_one_act_a_customer_each_undone_by_itself(manager: Actor) -> None:
    with transaction() as session:
        sales = [
            add_sale(session, add_customer(session, name), date(2025, 9, 10), [(amount, OCTOBER)])
            for name, amount in (("Ana", "80.00"), ("Bia", "90.00"), ("Caio", "500.00"))
        ]
    on: dict[str, Any] = {"as_of": TODAY, "today": TODAY}
    with snapshot() as session:
        found = written_off.candidates(session, over_days=360, up_to=D(100), **on)
        assert written_off.candidates(session, over_days=9999, up_to=None, **on) == []
        every = written_off.candidates(session, over_days=360, up_to=None, **on)
    assert [each.customer for each in found] == ["Ana", "Bia"]
    assert [each.customer for each in every] == ["Ana", "Bia", "Caio"]
    notes = [each.note_id for each in found]
    made = give_up(manager, new_write_off(*notes, on=TODAY, expected=D(170)))
    assert len(made) == 2
    with transaction() as session:
        acts.reverse(session, manager, act_id=made[0], why="apareceu", today=TODAY)
    assert [status(note, TODAY) for note in notes] == [Status.OVERDUE, Status.WRITTEN_OFF]
    assert status(sales[2].notes[0], TODAY) is Status.OVERDUE
    sound()


def test_only_a_manager_writes_off_and_what_makes_no_sense_is_refused(
    sale: Made, manager: Actor, seller: Actor
) -> None:
    first, second = sale.notes
    assert isinstance(refused(seller, new_write_off(first)), NotAllowed)
    for field, data in (
        ("note_ids", new_write_off()),
        ("note_ids", new_write_off(first, first)),
        ("note_ids", new_write_off(*range(1, 502))),
        ("reason", new_write_off(first, reason=" ")),
        ("written_off_on", new_write_off(first, on=TODAY + timedelta(days=1))),
    ):
        error = refused(manager, data)
        assert isinstance(error, InvalidInput)
        assert error.field == field
    assert isinstance(refused(manager, new_write_off(first, 999)), NotFound)
    pay(manager, GONE, (second, "171.55"))
    assert isinstance(refused(manager, new_write_off(first, second)), Conflict)
    assert isinstance(refused(manager, new_write_off(first, expected=D("149.99"))), Conflict)


def test_more_than_may_be_recovered_is_refused_with_what_it_is(sale: Made, manager: Actor) -> None:
    give_up(manager, new_write_off(*sale.notes))
    with pytest.raises(InvalidInput, match=r"174,60"):
        receive(manager, new_payment(BACK, (sale.notes[0], "174.61")), today=BACK)
    receive(manager, new_payment(BACK, (sale.notes[0], "174.60")), today=BACK)
    with snapshot() as session:
        left = written_off.of_customer(session, note_row(sale.notes[0]).customer_id, on=BACK)
    assert [each.note.id for each in left] == [sale.notes[1]]
    assert status(sale.notes[0], BACK) is Status.WRITTEN_OFF
    sound(BACK)


def test_a_story_late_and_put_off_late_again_written_off_recovered(
    manager: Actor, seller: Actor
) -> None:
    due = date(2026, 1, 12)
    [note] = sell(("300.00", due)).notes
    put_off(manager, due, note_id=note, due_date=date(2026, 2, 11), rate=D(1))
    assert status(note, date(2026, 2, 11)) is Status.PENDING
    pay(manager, date(2026, 2, 21), (note, "58.00"))  # 3,00 agreed + 1,00 late + 6,00 + 48,00
    assert splits(note) == [("4.00", "6.00", "48.00")]
    assert status(note, date(2026, 6, 1)) is Status.OVERDUE
    [act_id] = give_up(manager, new_write_off(note))
    with snapshot() as session:
        [item] = session.scalars(select(ActItem).where(ActItem.act_id == act_id))
    assert (item.principal, item.interest) == (D(252), D("22.51")), "268 days on 252,00"
    pay(seller, TODAY, (note, "275.10"))
    assert splits(note)[-1] == ("23.10", "0.00", "252.00")
    assert note_row(note).written_off == 0
    sound()
    with snapshot() as session:
        [month] = by_month(session, TODAY, 1)
        texts = [line.text for line in detail(session, note, as_of=TODAY, today=TODAY).lines]
    assert (month.written_off, month.recovered, month.net) == (D(252), D("275.10"), 0)
    assert any("Prorrogação: vence em 11/02/2026" in text for text in texts)
    assert any("Baixada por perda: principal 252,00" in text for text in texts)


def test_what_was_given_up_is_not_counted_among_what_a_customer_paid(
    sale: Made, manager: Actor
) -> None:
    give_up(manager, new_write_off(sale.notes[0]))
    pay(manager, TODAY, (sale.notes[1], "171.90"))
    with snapshot() as session:
        customer = note_row(sale.notes[0]).customer_id
        found = profile(session, customer, as_of=TODAY, today=TODAY)
    assert found.punctuality.settled == 1


def test_of_those_who_give_up_and_receive_at_once_one_comes_first(
    sale: Made, manager: Actor
) -> None:
    note = sale.notes[0]

    def one(number: int) -> bool:
        try:
            if number % 2:
                give_up(manager, new_write_off(note, on=TODAY))
            else:
                pay(manager, TODAY, (note, "20.00"))
        except BusinessError:
            return False
        return True

    with ThreadPoolExecutor(6) as people:
        done = list(people.map(one, range(6)))
    assert sum(done[1::2]) == 1, "given up once"
    assert all(done[::2]), "received, or recovered"
    row = note_row(note)
    assert row.principal_balance == 0
    assert row.written_off < D(150)
    sound()
