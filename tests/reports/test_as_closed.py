"""R37: a closed day's figures as it was closed, whatever was recorded or undone since."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.as_closed import as_closed, figures
from credigestor.reports.check.report import check
from credigestor.reports.summary import Summary, as_json, summary
from credigestor.rules.permissions import Actor
from credigestor.services import payments
from tests.acting import random_acts
from tests.portfolio import TODAY, late, random_portfolio
from tests.services.closing import close
from tests.services.paying import JANUARY_15, JANUARY_25, new_payment, receive, sell
from tests.services.renegotiating import deal, make, three_late

pytestmark = pytest.mark.usefixtures("db")


def now_and_then(day: date) -> tuple[Summary, Summary | None]:
    with snapshot() as session:
        now = summary(session, day, today=TODAY)
        closed = as_closed(session, day, now=now)
        return now, closed.figures if closed else None


def test_r37_a_summary_of_a_closed_day_shows_both_figures(manager: Actor) -> None:
    """R11's: 100,00 on 25/01 are 1,50 + 6,00 + 92,50; with 50,00 on 15/01 the note is replayed."""
    [note] = sell(("300.00", date(2026, 1, 10))).notes
    paid = receive(manager, new_payment(JANUARY_25, (note, "100.00")))
    assert now_and_then(JANUARY_25)[1] is None
    close(manager, JANUARY_25)
    receive(manager, new_payment(JANUARY_15, (note, "50.00")))
    now, then = now_and_then(JANUARY_25)
    assert then is not None
    assert (then.receivable_principal, then.payments) == (D("207.50"), 1)
    assert (then.received_interest, then.received_fine) == (D("1.50"), D("6.00"))
    assert (now.receivable_principal, now.payments) == (D("157.36"), 2)
    # A day before it, which was closed with it.
    before = now_and_then(JANUARY_15)
    assert before[1] is not None
    assert (before[0].receivable_principal, before[1].receivable_principal) == (
        D("256.50"),
        D("300.00"),
    )
    with transaction() as session:
        payments.reverse(session, manager, payment_id=paid, why="engano", today=TODAY)
    assert now_and_then(JANUARY_25)[1] == then
    with snapshot() as session:
        assert check(session) == []
    assert now_and_then(JANUARY_25 + timedelta(days=1))[1] is None


def test_a_day_was_closed_when_it_was_closed_last(manager: Actor) -> None:
    [note] = sell(("300.00", date(2026, 1, 10))).notes
    close(manager, JANUARY_25)
    receive(manager, new_payment(JANUARY_25, (note, "10.00")))
    close(manager, JANUARY_15, "engano")
    close(manager, JANUARY_25)
    receive(manager, new_payment(JANUARY_25, (note, "10.00")))
    close(manager, TODAY - timedelta(days=1))
    for day, counted in ((JANUARY_15, 0), (JANUARY_25, 1)):
        _, then = now_and_then(day)
        assert then is not None
        assert then.payments == counted


@pytest.mark.parametrize("seed", [3, 8])
def test_what_was_kept_is_found_again_after_any_acts(manager: Actor, seed: int) -> None:
    """Everything is recorded in two halves, dated anywhere: the first is what there was then."""
    days = [TODAY - timedelta(days=late) for late in (40, 70, 240)]
    with transaction() as session:
        random_portfolio(session, manager, seed, sold=12)
        random_acts(session, manager, seed, count=20)
    with transaction() as session:
        moment = session.scalar(text("SELECT clock_timestamp()"))
        kept = [summary(session, day, today=TODAY) for day in days]
    with transaction() as session:
        random_portfolio(session, manager, seed + 1, sold=8)
        random_acts(session, manager, seed + 1, count=60)
    with snapshot() as session:
        now = {day: summary(session, day, today=TODAY) for day in days}
        assert [figures(session, day, moment, now=now[day]) for day in days] == kept
        assert all(now[day] != then for day, then in zip(days, kept, strict=True))


def test_check_names_figures_that_are_not_those_of_the_moment(manager: Actor) -> None:
    sell(("300.00", date(2026, 1, 10)))
    close(manager, JANUARY_25)
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE closings SET figures = jsonb_set(figures, '{sales}', '7')"))
        problems = {(p.what, p.entity) for p in check(session, summaries=False)}
        session.rollback()
    assert {("closing", "closings"), ("trail_differs", "closings")} <= problems


def test_r15_a_closing_of_before_renegotiations_were_told_apart_is_sound(manager: Actor) -> None:
    """Such a one has them among its sales, and their notes in the bands by their own dates."""
    make(manager, deal(three_late().notes, agreed_on=late(2), backdate_reason="acerto"))
    close(manager, late(1))
    kept = (
        "UPDATE closings SET figures = figures - 'renegotiations' - 'renegotiated' ||"
        """ '{"sales": 2, "financed": "915.75", "aging": {"current": "465.75"}}'"""
    )
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(kept))
        assert not [p for p in check(session, summaries=False) if p.what == "closing"]
        session.rollback()


def test_figures_are_kept_as_json_of_their_own_types(manager: Actor) -> None:
    sell(("300.00", date(2026, 1, 10)))
    close(manager, JANUARY_25)
    with snapshot() as session:
        kept = session.scalar(text("SELECT figures FROM closings"))
        assert kept == as_json(summary(session, JANUARY_25, today=TODAY))
