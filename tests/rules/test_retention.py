"""Grandfather, father, son: properties that hold for any history of backups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from credigestor.rules.retention import YOUNG, Keep, kept

ZONE = ZoneInfo("America/Sao_Paulo")
NOW = datetime(2026, 11, 23, 15, 45, tzinfo=UTC)

moments = st.lists(
    st.integers(0, 800 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes)), max_size=60
)
keeps = st.builds(Keep, st.integers(1, 20), st.integers(0, 10), st.integers(0, 24))


def periods(made: list[datetime], form: str) -> dict[str, datetime]:
    """The last backup of each period, newest period first; ISO weeks and months sort as text."""
    last: dict[str, datetime] = {}
    for moment in sorted(made):
        last[moment.astimezone(ZONE).strftime(form)] = moment
    return dict(sorted(last.items(), reverse=True))


@given(moments, keeps)
def test_the_last_of_each_day_week_and_month_is_kept_and_what_is_young_and_nothing_else(
    made: list[datetime], keep: Keep
) -> None:
    expected = {moment for moment in made if NOW - moment < YOUNG}
    for number, form in ((keep.daily, "%F"), (keep.weekly, "%G-%V"), (keep.monthly, "%Y-%m")):
        expected |= set(list(periods(made, form).values())[:number])
    assert kept(made, keep, now=NOW, zone=ZONE) == expected


@given(moments, keeps)
def test_the_newest_is_always_kept(made: list[datetime], keep: Keep) -> None:
    keeping = kept(made, keep, now=NOW + timedelta(days=3_000), zone=ZONE)
    assert not made or max(made) in keeping


@given(moments, keeps)
def test_pruning_again_removes_nothing_more(made: list[datetime], keep: Keep) -> None:
    once = kept(made, keep, now=NOW, zone=ZONE)
    assert kept(once, keep, now=NOW, zone=ZONE) == once


@given(moments, keeps, st.integers(1, 5), st.integers(0, 5), st.integers(0, 5))
def test_keeping_more_never_removes_what_was_kept(
    made: list[datetime], keep: Keep, daily: int, weekly: int, monthly: int
) -> None:
    more = Keep(keep.daily + daily, keep.weekly + weekly, keep.monthly + monthly)
    assert kept(made, keep, now=NOW, zone=ZONE) <= kept(made, more, now=NOW, zone=ZONE)


@given(moments, keeps)
def test_never_more_is_kept_than_asked_for_but_for_the_last_day(
    made: list[datetime], keep: Keep
) -> None:
    keeping = kept(made, keep, now=NOW, zone=ZONE)
    old = [moment for moment in keeping if NOW - moment >= YOUNG]
    assert len(old) <= keep.daily + keep.weekly + keep.monthly


def test_pruned_every_day_for_two_years_the_same_are_left_as_pruned_once() -> None:
    """A month's last is kept by its week before it is the month's: nothing falls between."""
    keep = Keep(daily=7, weekly=5, monthly=12)
    made = [NOW - timedelta(days=days) for days in reversed(range(730))]
    left: set[datetime] = set()
    for moment in made:
        left = set(kept(left | {moment}, keep, now=moment, zone=ZONE))
    assert left == kept(made, keep, now=NOW, zone=ZONE)
    local = sorted((moment.astimezone(ZONE).date() for moment in left), reverse=True)
    assert [(local[0] - day).days for day in local[:7]] == list(range(7))
    assert len({(day.year, day.month) for day in local}) == 12
    assert len(left) == 21


def test_a_day_ends_at_midnight_in_the_shop_not_in_greenwich() -> None:
    before, after = (datetime(2026, 11, 10, hour, tzinfo=UTC) for hour in (2, 4))
    assert kept([before, after], Keep(1, 0, 0), now=NOW, zone=ZONE) == {after}
    assert kept([before, after], Keep(2, 0, 0), now=NOW, zone=ZONE) == {before, after}
    assert kept([before, after], Keep(2, 0, 0), now=NOW, zone=ZoneInfo("UTC")) == {after}


def test_days_without_a_backup_do_not_count() -> None:
    """A shop that was shut for a month still has as many as before."""
    made = [NOW - timedelta(days=days) for days in (40, 41, 42, 43)]
    assert kept(made, Keep(3, 0, 0), now=NOW, zone=ZONE) == set(made[:3])
