"""Put off, late, renegotiated, broken, written off, recovered: a debt's whole way down and back.

An oven for 300,00, one note due on 10/03/26; the customer asks for ten days (R32), does not pay,
agrees on two notes (R15), pays none, is given up (R34), and comes back with 100,00.
"""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.reports import deals
from credigestor.reports.customer_statement import statement
from credigestor.reports.note import detail
from credigestor.reports.portfolio import losses, stock, vintages
from credigestor.rules.aging import Status
from credigestor.rules.permissions import Actor
from credigestor.services import new_dates, write_offs
from credigestor.services.new_dates import NewDates
from credigestor.services.write_offs import NewWriteOff
from tests.portfolio import add_customer, add_sale, refresh
from tests.services.paying import new_payment, note_row, receive
from tests.services.renegotiating import deal, make, new_notes
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")

SOLD, DUE, LATER = date(2026, 2, 10), date(2026, 3, 10), date(2026, 3, 20)
AGREED, FIRST, LOST, BACK = (
    *(date(2026, 4, 19), date(2026, 5, 19)),
    *(date(2027, 7, 1), date(2027, 7, 31)),
)


def status(note: int, on: date) -> tuple[Status, str]:
    with snapshot() as session:
        found = detail(session, note, as_of=on, today=BACK)
        return found.status, str(found.owed.total)


def test_a_debt_is_put_off_renegotiated_broken_lost_and_recovered(
    seller: Actor, manager: Actor
) -> None:
    with transaction() as session:
        customer = add_customer(session, "Ana Luz")
        [note] = add_sale(session, customer, SOLD, [("300.00", DUE)]).notes
        data = NewDates(
            operation_id=uuid.uuid4(),
            agreed_on=date(2026, 3, 9),
            note_id=note,
            due_date=LATER,
            rate=D(1),
            reason="recebe dia 20",
        )
        new_dates.put_off(session, manager, data, today=date(2026, 3, 9))
    assert status(note, LATER) == (Status.PENDING, "301.00")
    # Late by the new date: 30 days at 1 % and 2 % of 300,00 beside the 1,00 agreed (R32).
    assert status(note, AGREED) == (Status.OVERDUE, "310.00")
    made = make(
        manager,
        deal(
            [note],
            customer_id=customer,
            agreed_on=AGREED,
            installments=2,
            first_due_date=FIRST,
        ),
        today=AGREED,
    )
    assert status(note, AGREED) == (Status.RENEGOTIATED, "0.00")
    first, second = new_notes(made)
    assert (str(first.amount), str(second.amount)) == ("155.00", "155.00")
    assert (made.days_late, str(made.old_interest), str(made.old_fine)) == (30, "4.00", "6.00")
    sound()

    third, fourth = date(2026, 6, 3), date(2026, 6, 4)
    with snapshot() as session:
        assert not deals.is_broken(session, made.sale_id, as_of=third, today=third)
        assert deals.is_broken(session, made.sale_id, as_of=fourth, today=fourth), "16 days late"
    with transaction() as session:
        gone = NewWriteOff(
            operation_id=uuid.uuid4(),
            note_ids=(first.id, second.id),
            written_off_on=LOST,
            reason="não foi encontrada",
            expected=D("310.00"),
        )
        write_offs.write_off(session, manager, gone, today=LOST)
    assert [status(each.id, LOST)[0] for each in (first, second)] == [Status.WRITTEN_OFF] * 2
    # 438 days at 1 % a month of 155,00 are 22,63; the fine is 3,10: what is left is principal.
    receive(seller, new_payment(BACK, (first.id, "100.00")), today=BACK)
    assert (str(note_row(first.id).written_off), str(note_row(second.id).written_off)) == (
        *("80.73", "155.00"),
    )
    sound()
    refresh(BACK)
    with snapshot() as session:
        [july] = losses.by_month(session, BACK, 1)
        assert [str(x) for x in (july.written_off, july.recovered, july.charges, july.net)] == [
            *("310.00", "100.00", "25.73", "235.73")
        ]
        months = [date(2026, 3, 31), date(2026, 5, 31), date(2027, 6, 30), BACK]
        told = [str(each.receivable) for each in stock.stocks(session, months)]
        assert told == ["300.00", "310.00", "310.00", "0.00"]
        # The first sale's month keeps what is late; 30 days inherited are not more than 30 (R19).
        february = {
            each.as_of: str(each.over_30)
            for each in vintages.vintages(session, BACK, count=24)
            if each.cohort == SOLD.replace(day=1)
        }
        assert [february[day] for day in months[:3]] == ["0.00", "0.00", "310.00"]
        closing = statement(session, customer, since=SOLD, until=BACK, today=BACK).closing
    assert closing == 0, "nothing is receivable: what may be recovered is a memo"
