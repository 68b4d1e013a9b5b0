"""R20, R21: what was returned or given up was not paid, in rolls, collection and forecast."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.check.recount import RECOUNTED, rows_that_differ
from credigestor.reports.portfolio.collections import collection
from credigestor.reports.portfolio.forecast import forecast
from credigestor.reports.portfolio.rolls import Origin, rolls
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.aging import BANDS
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from tests.acting import act
from tests.portfolio import TODAY, add_customer, pay, refresh
from tests.services.paying import sell

pytestmark = pytest.mark.usefixtures("db")

OCTOBER = date(2026, 10, 31)
DAY = date(2026, 10, 20)
SCOPES = (EVERYTHING, Scope(city="Recife"))


@pytest.fixture
def notes(admin: Actor) -> list[int]:
    """Four of 100,00 due on 10/09: one paid, one given up, 60,00 of one returned, one left."""
    with transaction() as session:
        customer = add_customer(session, city="Recife")
    made = sell(
        *[("100.00", date(2026, 9, 10))] * 4, customer=customer, late_rate="0", fine_rate="0"
    ).notes
    lost = Acted(ActKind.WRITE_OFF, DAY)
    back = Acted(ActKind.RETURN, DAY, principal=D("60.00"))
    with transaction() as session:
        pay(session, admin, made[0], "100.00", DAY)
        act(session, admin, ActKind.WRITE_OFF, DAY, {made[1]: lost})
        act(session, admin, ActKind.RETURN, DAY, {made[2]: back})
    return made


@pytest.mark.usefixtures("notes")
@pytest.mark.parametrize("scope", SCOPES)
def test_r20_what_was_returned_or_given_up_is_not_cured(scope: Scope) -> None:
    refresh()
    with snapshot() as session:
        [roll] = rolls(session, OCTOBER, 1, scope, today=TODAY)
    late = roll.origins[BANDS.index("1-30")]
    assert late == Origin(
        "1-30", D("400.00"), {"31-60": D("140.00")}, returned=D("60.00"), lost=D("100.00")
    )
    assert (late.cured, roll.cured) == (D("100.00"), 25)


@pytest.mark.usefixtures("notes")
def test_the_calendar_alone_counts_no_end_again() -> None:
    """Folded on the day of the acts, then carried on day by day: as if folded today."""
    with transaction() as session:
        summaries.refresh(session, today=DAY)
    refresh()
    with snapshot() as session:
        [roll] = rolls(session, OCTOBER, 1, today=TODAY)
        assert [rows_that_differ(session, name) for name in RECOUNTED] == [0] * len(RECOUNTED)
    assert (roll.origins[1].returned, roll.origins[1].lost) == (D("60.00"), D("100.00"))


@pytest.mark.usefixtures("notes")
@pytest.mark.parametrize("scope", SCOPES)
def test_r21_what_was_given_up_lowers_the_share_that_is_paid(scope: Scope) -> None:
    """Of the band of 31–60 days: 100,00 paid, 100,00 given up, and nothing gone deeper."""
    refresh()
    with snapshot() as session:
        found = forecast(session, OCTOBER, scope)
    shares = {each.band: each.history.share for each in found.bands}
    assert (shares["31-60"], found.bands[BANDS.index("31-60")].coming.expected) == (50, D("70.00"))


@pytest.mark.usefixtures("notes")
@pytest.mark.parametrize("scope", SCOPES)
def test_r34_what_was_given_up_is_expected_and_was_not_collected(scope: Scope) -> None:
    refresh()
    with snapshot() as session:
        found = collection(session, date(2026, 9, 1), OCTOBER, scope)
    assert (found.late, found.overdue, found.lost) == (D("100.00"), D("140.00"), D("100.00"))
    assert found.expected == D("340.00")
    assert found.efficiency == 100 * D("100.00") / D("340.00")
