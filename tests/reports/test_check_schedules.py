"""What `check` proves of a sale that does not fall due month by month (R33)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.engine import get_engine, transaction
from credigestor.reports.check.invariants import broken_sales
from credigestor.reports.check.replay import replay
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from tests.portfolio import TODAY
from tests.services.scheduling import add_schedules


@pytest.fixture
def sold(db: None, admin: Actor) -> dict[str, int]:
    with transaction() as session:
        return add_schedules(session, admin)


@pytest.fixture
def tampering(sold: dict[str, int]) -> Iterator[Session]:
    """A session that may change anything, and is never committed."""
    with Session(get_engine()) as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        yield session


def test_sales_of_every_schedule_are_sound(sold: dict[str, int]) -> None:
    with transaction() as session:
        summaries.refresh(session, today=TODAY)
        assert list(check(session)) == []


#: What is changed, of which sale, and what then is wrong with it.
_WRONG = {
    "fortnightly_2 schedule_step = 14": "sale_due_dates",
    "fortnightly_0 schedule_step = 14": "sale_due_dates",
    "fortnightly_2 schedule = 'business_day'": "sale_due_dates",
    "fortnightly_2 schedule = 'monthly', schedule_step = NULL": "sale_amounts",
    "fortnightly_2 contract_rate = 2.1": "sale_amounts",
    "fortnightly_2 contract_rate = 0": "sale_amounts",
    "payday_2 schedule_step = 20": "sale_due_dates",
    "payday_0 schedule = 'monthly', schedule_step = NULL": "sale_due_dates",
    "payday_2 sold_on = sold_on - 1": "sale_amounts",
    "computed_2 daily_rate = daily_rate * 1.001": "sale_daily_rate",
    "partly_2 schedule = 'monthly'": "sale_due_dates",
    "agreed contract_rate = 0": "sale_amounts",
    "agreed total = total + 100": "sale_amounts",
    "computed_0 total = total - 1": "sale_amounts",
}
_WRONG_NOTES = {
    "fortnightly_2 amount = amount + 0.01": "sale_amounts",
    "payday_0 amount = amount + 0.01": "sale_amounts",
    "payday_2 due_date = due_date - 7": "sale_due_dates",
    "payday_2 due_date = due_date + 31, on_time_until = on_time_until + 31, "
    "free_until = free_until + 31": "sale_due_dates",
    "computed_2 due_date = due_date - 200": "sale_due_dates",
    "partly_2 amount = amount + 1": "sale_daily_rate",
    "agreed amount = amount - 0.01, principal_balance = amount - 0.01": "sale_daily_rate",
    "computed_0 amount = amount - 0.01, principal_balance = amount - 0.01": "sale_amounts",
}


def test_a_sale_that_is_not_what_its_schedule_makes_is_named(
    sold: dict[str, int], tampering: Session
) -> None:
    """By SQL, which looks at all, and by the replay that says what is wrong."""
    statements = [
        ("UPDATE sales SET {} WHERE id = {}", _WRONG),
        ("UPDATE notes SET {} WHERE sale_id = {} AND number = 2", _WRONG_NOTES),
    ]
    for statement, all_wrong in statements:
        for told, expected in all_wrong.items():
            name, _, change = told.partition(" ")
            with tampering.begin_nested() as attempt:
                tampering.execute(text(statement.format(change, sold[name])))
                assert broken_sales(tampering) == [sold[name]], told
                found = {problem.what for problem in replay(tampering, [sold[name]])}
                assert expected in found, told
                attempt.rollback()
