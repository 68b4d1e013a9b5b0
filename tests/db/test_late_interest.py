"""The schema's function `late_interest` is the rule's, and costs a query nothing (R7)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.models import Note
from credigestor.db.summaries import changes, facts, tables
from credigestor.rules.charges import State, Terms, owed_on
from credigestor.rules.money import MAX_MONEY
from credigestor.rules.permissions import Actor
from tests.backups.restoring import backed_up, restored, shop
from tests.portfolio import TODAY

SINCE = date(2026, 1, 10)
CALL = text("SELECT late_interest(:principal, :rate, :since, :until)")
#: Every function of that name, in whatever schema.
WHERE = text("SELECT oid FROM pg_proc WHERE proname = 'late_interest'")


def by_rule(principal: Decimal, rate: Decimal, days: int) -> Decimal:
    until = SINCE + timedelta(days=days)
    terms = Terms(principal, SINCE, until - timedelta(days=1), rate, Decimal(0))
    return owed_on(terms, State(principal, Decimal(0), Decimal(0), False, SINCE), until).interest


@pytest.mark.usefixtures("database")
@given(
    st.decimals(0, MAX_MONEY, places=2),
    st.decimals(0, Decimal("999.9999"), places=4),
    st.integers(-400, 40_000),
)
@example(Decimal("123.45"), Decimal(1), 17)  # 0,70
@example(Decimal("208.50"), Decimal(1), 30)  # half up: 2,09
@example(Decimal("9999984828.03"), Decimal("0.0333"), 1015)  # …,064999995: not to be rounded twice
@example(Decimal("300.00"), Decimal(1), -1)
def test_r7_the_function_gives_what_the_rule_gives_to_the_cent(
    principal: Decimal, rate: Decimal, days: int
) -> None:
    values = {
        "principal": principal,
        "rate": rate,
        "since": SINCE,
        "until": SINCE + timedelta(days=days),
    }
    with get_engine().connect() as connection:
        assert connection.scalar(CALL, values) == by_rule(principal, rate, days)


def plan(session: Session, statement: str, **values: Any) -> str:
    explained = session.execute(text(f"EXPLAIN (VERBOSE, COSTS OFF) {statement}"), values)
    return "\n".join(explained.scalars())


def assert_inlined(planned: str) -> None:
    assert "/ 3000.0" in planned
    assert "late_interest" not in planned


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("as_of", [TODAY, TODAY - timedelta(days=40)])
def test_the_planner_puts_the_arithmetic_in_the_place_of_the_call_in_balances(as_of: date) -> None:
    compiled = note_balances(as_of, today=TODAY).compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    )
    with snapshot() as session:
        assert_inlined(plan(session, str(compiled)))


@pytest.mark.usefixtures("db")
def test_the_planner_puts_the_arithmetic_in_the_place_of_the_call_in_summaries() -> None:
    [charges] = (cube for cube in changes.CALENDAR if cube.table is tables.charges)
    days = {"first": TODAY, "last": TODAY}
    with transaction() as session:
        for statement in facts.workbench():
            session.execute(text(statement))
        for written in (charges.upsert, f"WITH {changes.ALL_OPEN} {charges.upsert}"):
            assert_inlined(plan(session, written, **days))


@pytest.mark.usefixtures("db")
def test_what_was_prepared_before_a_restore_calls_the_restored_function(
    admin: Actor, tmp_path: Path
) -> None:
    shop(admin)
    path = backed_up(tmp_path / "loja.zip")
    asked = note_balances(TODAY, today=TODAY).order_by(Note.id)
    with get_engine().connect() as connection:
        connection.connection.driver_connection.prepare_threshold = 0  # type: ignore[union-attr]
        before = connection.execute(asked).all()
        connection.commit()
        [old] = connection.scalars(WHERE).all()
        connection.commit()
        restored(path)
        assert connection.execute(asked).all() == before
        [new] = connection.scalars(WHERE).all()
    assert any(row.interest for row in before)
    assert new != old
