"""R31: what is paid by credit was received before; one meaning in every figure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import DayClosing
from credigestor.reports.as_closed import as_closed
from credigestor.reports.check.closings import problems
from credigestor.reports.check.report import check
from credigestor.reports.portfolio import breakdown, flows
from credigestor.reports.portfolio.late_charges import late_charges
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.reports.summary import Summary, summary
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY, add_customer, late, refresh
from tests.services.closing import close
from tests.services.crediting import by_credit
from tests.services.paying import pay, reverse, sell

pytestmark = pytest.mark.usefixtures("db")

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
DAY, YESTERDAY = TODAY - timedelta(days=3), TODAY - timedelta(days=1)


@pytest.fixture
def paid(manager: Actor) -> int:
    """150,00 that are ten days late settled with 153,50 of credit, kept beside 40,00 in cash."""
    with transaction() as session:
        customer = add_customer(session, city="Recife")
    [early] = sell(("100.00", TODAY + timedelta(days=30)), customer=customer).notes
    [owed] = sell(("150.00", late(13)), customer=customer).notes
    pay(manager, DAY, (early, "40.00"), kept=D("160.00"))
    payment = by_credit(manager, owed, "153.50", DAY)
    refresh()
    return payment


def money(figures: Summary) -> tuple[str, ...]:
    names = ("received_principal", "received_interest", "received_fine", "paid_by_credit")
    return tuple(str(getattr(figures, name)) for name in names)


@pytest.mark.usefixtures("paid")
def test_r31_the_summary_has_it_apart_from_what_was_received() -> None:
    with snapshot() as session:
        assert money(summary(session, TODAY, today=TODAY)) == ("40.00", "0.00", "0.00", "153.50")


def test_r31_r37_so_has_the_summary_of_a_day_as_it_was_closed(manager: Actor, paid: int) -> None:
    close(manager, YESTERDAY)
    reverse(manager, paid)
    with snapshot() as session:
        now = summary(session, YESTERDAY, today=TODAY)
        then = as_closed(session, YESTERDAY, now=now)
        assert then is not None
        assert money(then.figures) == ("40.00", "0.00", "0.00", "153.50")
        assert money(now)[3] == "0.00"
        assert check(session) == []


def test_a_closing_of_before_it_was_told_apart_still_stands(manager: Actor, paid: int) -> None:
    assert paid
    closing = close(manager, YESTERDAY)
    with transaction() as session:
        session.execute(text("ALTER TABLE closings DISABLE TRIGGER USER"))
        row = session.get_one(DayClosing, closing)
        kept = {name: value for name, value in row.figures.items() if name != "paid_by_credit"}
        row.figures = kept | {"received_principal": "190.00", "received_fine": "3.00"}
        session.flush()
        session.execute(text("ALTER TABLE closings ENABLE TRIGGER USER"))
    with snapshot() as session:
        assert list(problems(session)) == []


@pytest.mark.usefixtures("paid")
def test_r31_what_each_part_received_is_the_same_with_a_filter_and_without() -> None:
    with snapshot() as session:
        assert str(flows.flow(session, NOVEMBER, as_of=TODAY).received) == "40.00"
        for scope in (EVERYTHING, Scope(city="Recife")):
            [part] = breakdown.parts(session, "city", TODAY, NOVEMBER, scope)
            assert str(part.received) == "40.00", scope


@pytest.mark.usefixtures("paid")
def test_r31_charges_that_credit_paid_were_charged() -> None:
    with snapshot() as session:
        [row] = late_charges(session, [NOVEMBER], TODAY, today=TODAY)
    assert (row.before, row.outstanding, row.received, row.waived) == (0, 0, 0, 0)
    assert (str(row.by_credit), str(row.charged)) == ("3.50", "3.50")
