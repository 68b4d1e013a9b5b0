"""Sales that do not fall due month by month: kept, told, refused whole (R33)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note, Sale
from credigestor.errors import InvalidInputs
from credigestor.reports.booklet import booklet
from credigestor.reports.sale import detail
from credigestor.rules.due_schedule import Schedule, ScheduleKind
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY
from tests.services.scheduling import FORTNIGHTLY, PAYDAY, SOLD, add_schedules, listed
from tests.services.selling import (
    audited,
    count,
    new_customer,
    new_sale,
    notes_of,
    register,
    sale_row,
)
from tests.services.test_counter_statements import statements

pytestmark = pytest.mark.usefixtures("db")

IN_A_MONTH = SOLD + timedelta(days=30)


def test_r33_a_sale_keeps_how_its_due_dates_were_agreed(seller: Actor) -> None:
    sale = new_sale(new_customer(), schedule=FORTNIGHTLY, contract_rate=D(1))
    sale_id = register(seller, sale)
    kept = sale_row(sale_id)
    assert (kept.schedule, kept.schedule_step, kept.carried, kept.due_day) == (
        *("days", 15),
        *(None, None),
    )
    days = [note.due_date for note in notes_of(sale_id)]
    assert days == [date(2026, 1, 31), date(2026, 2, 15), date(2026, 3, 2)]
    [entry] = audited("create")
    assert entry.after is not None
    assert (entry.after["schedule"], entry.after["schedule_step"]) == ("days", 15)


def test_r33_business_days_go_by_the_shops_calendar_and_begin_where_they_are(
    seller: Actor,
) -> None:
    sale_id = register(seller, new_sale(new_customer(), schedule=PAYDAY))
    assert sale_row(sale_id).first_due_date == date(2026, 2, 6)
    assert [note.due_date.day for note in notes_of(sale_id)] == [6, 6, 8]


def test_r33_a_list_says_how_many_notes_and_when(seller: Actor) -> None:
    rows = ((date(2026, 3, 1), None), (date(2026, 1, 10), "600.00"))
    sale = new_sale(new_customer(), installments=9, first_due_date=None, schedule=listed(*rows))
    sale_id = register(seller, sale)
    kept = sale_row(sale_id)
    assert (kept.installments, kept.first_due_date) == (2, date(2026, 1, 10))
    assert [note.amount for note in notes_of(sale_id)] == [600, 400]


def test_r33_agreed_amounts_make_the_contract_rate_of_the_sale(seller: Actor) -> None:
    rows = ((IN_A_MONTH, "1050.00"),)
    sale = new_sale(new_customer(), sold_on=SOLD, schedule=listed(*rows), contract_rate=D(1))
    kept = sale_row(register(seller, sale, SOLD))
    assert kept.contract_rate == D("5.0000")
    assert round(kept.daily_rate, 10) == D("0.0016276620")


def test_r33_a_wrong_row_writes_nothing(seller: Actor) -> None:
    rows = ((IN_A_MONTH, None), (SOLD - timedelta(days=1), None))
    with pytest.raises(InvalidInputs) as refused:
        register(seller, new_sale(new_customer(), sold_on=SOLD, schedule=listed(*rows)), SOLD)
    assert list(refused.value.errors) == ["schedule_row2_due_date"]
    assert (count(Sale), count(Note)) == (0, 0)


def test_a_sale_that_is_paid_down_has_no_schedule(seller: Actor) -> None:
    paid = new_sale(new_customer(), down_payment=D(1000), schedule=Schedule(ScheduleKind.LIST))
    assert sale_row(register(seller, paid)).schedule == "monthly"


def test_a_list_of_12_notes_takes_no_more_statements_than_monthly_ones(seller: Actor) -> None:
    rows = [(SOLD + timedelta(days=9 * k), None) for k in range(1, 13)]
    sale = new_sale(new_customer(), sold_on=SOLD, schedule=listed(*rows), contract_rate=D(2))
    with statements() as seen:
        sale_id = register(seller, sale, SOLD)
    assert len(notes_of(sale_id)) == 12
    assert len(seen) <= 4, seen


def test_a_sales_page_and_booklet_know_its_schedule(admin: Actor) -> None:
    with transaction() as session:
        sold = add_schedules(session, admin)
    with snapshot() as session:
        found = {name: detail(session, id_, as_of=TODAY, today=TODAY) for name, id_ in sold.items()}
        told = {name: booklet(session, id_, today=TODAY).due_told for name, id_ in sold.items()}
    assert found["payday_2"].due_told == "no 5º dia útil de cada mês"
    assert told["monthly_0"] == found["monthly_0"].due_told == "mensais"
    assert told["fortnightly_2"] == "a cada 15 dias"
    assert told["partly_0"] == told["agreed"] == "em datas combinadas"
