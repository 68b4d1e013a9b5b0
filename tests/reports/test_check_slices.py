"""A check in slices finds what one at once finds, holds no snapshot long, and keeps to its time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.check import report, slices
from credigestor.reports.check.problem import Problem
from credigestor.reports.check.slices import OutOfTime
from credigestor.rules.permissions import Actor
from tests.portfolio import random_portfolio, refresh

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def shop(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 41, sold=9)
    refresh()


@pytest.fixture
def of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "SALES", 2)


@pytest.mark.parametrize("size", [1, 2, 4, 8, 9, 100])
@pytest.mark.usefixtures("shop")
def test_slices_hold_every_sale_once(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "SALES", size)
    with transaction() as session:
        found = slices.slices(session)
        ids = session.scalars(text("SELECT id FROM sales")).all()
    assert all(sum(first <= each <= last for first, last in found) == 1 for each in ids)
    assert found[0][0] == slices.EVERY_SALE[0]
    assert found[-1][1] == slices.EVERY_SALE[1]
    assert all(sum(first <= each <= last for each in ids) <= size for first, last in found)


@pytest.mark.usefixtures("shop", "of_two")
def test_nothing_is_found_in_a_sound_shop_and_no_snapshot_sees_more_than_its_part() -> None:
    looks = 0

    @contextmanager
    def look() -> Iterator[Session]:
        nonlocal looks
        looks += 1
        with snapshot() as session:
            yield session

    assert report.check_in_slices(look) == []
    assert looks > 30


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE notes SET interest_from = interest_from + 1 WHERE sale_id IN (2, 7)",
        "UPDATE notes SET due_date = due_date + 1 WHERE sale_id = 9 AND number = 1",
        "UPDATE note_facts SET principal = principal + 1 WHERE sale_id IN (2, 9)",
        "UPDATE sale_facts SET total = total + 1 WHERE sale_id = 5",
        "DELETE FROM note_facts WHERE sale_id = 4",
        "UPDATE due_changes SET notes = notes + 1",
        "UPDATE sales SET grace_days = grace_days + 1 WHERE id = 3",
    ],
)
def test_it_finds_the_same_as_a_check_at_once(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(broken))
    with snapshot() as session:
        whole = report.check(session)
    assert whole
    monkeypatch.setattr(slices, "SALES", 2)
    found = report.check_in_slices(snapshot)
    assert sorted(map(str, found)) == sorted(map(str, whole))


@pytest.mark.usefixtures("shop", "of_two")
def test_at_its_limit_it_ends_and_names_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([1.0] * 8)
    monkeypatch.setattr(report, "monotonic", lambda: next(moments, 11.0))
    with pytest.raises(OutOfTime) as ended:
        report.check_in_slices(snapshot, until=10.0)
    assert ended.value.left[:2] == ("vendas e notas", "vendas nos resumos")
    assert "pagamentos" not in ended.value.left


@pytest.mark.usefixtures("shop")
def test_a_statement_that_goes_on_past_the_limit_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(session: Session) -> Iterator[Problem]:
        session.execute(text("SELECT pg_sleep(30)"))
        yield from ()

    monkeypatch.setattr(report, "_payments", slow)
    started = monotonic()
    with pytest.raises(OutOfTime) as ended:
        report.check_in_slices(snapshot, until=started + 1)
    assert monotonic() - started < 10
    assert ended.value.left[0] in ("pagamentos", "linhas órfãs")
