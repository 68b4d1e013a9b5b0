"""R13 and R16: status and aging band at a date."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from credigestor.rules.aging import (
    BAND_NAMES,
    BANDS,
    LIMITS,
    STATUS_NAMES,
    Status,
    band,
    bands_over,
    status,
)
from credigestor.rules.charges import Closing
from credigestor.rules.permissions import TABLE, Permission, Role


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "current"),
        (1, "1-30"),
        (30, "1-30"),
        (31, "31-60"),
        (60, "31-60"),
        (61, "61-90"),
        (90, "61-90"),
        (91, "91-180"),
        (180, "91-180"),
        (181, "181-360"),
        (360, "181-360"),
        (361, ">360"),
        (4000, ">360"),
    ],
)
def test_r16_the_band_of_a_note_by_its_days_late(days: int, expected: str) -> None:
    assert band(days) == expected


@pytest.mark.parametrize("days", LIMITS)
def test_r17_more_days_late_than_a_limit_are_the_bands_after_it(days: int) -> None:
    assert set(bands_over(days)) == {band(late) for late in range(days + 1, 1000)}


@pytest.mark.parametrize(
    ("flags", "on", "expected"),
    [
        ({"cancelled": True, "settled": True}, date(2027, 1, 1), Status.CANCELLED),
        ({"closed": Closing.RENEGOTIATED}, date(2027, 1, 1), Status.RENEGOTIATED),
        ({"closed": Closing.RETURNED, "settled": True}, date(2027, 1, 1), Status.RETURNED),
        ({"closed": Closing.WRITTEN_OFF, "settled": True}, date(2027, 1, 1), Status.WRITTEN_OFF),
        ({"cancelled": True, "closed": Closing.WRITTEN_OFF}, date(2027, 1, 1), Status.CANCELLED),
        ({"settled": True, "touched": True}, date(2027, 1, 1), Status.PAID),
        ({"touched": True}, date(2026, 11, 24), Status.OVERDUE),
        ({}, date(2026, 11, 24), Status.OVERDUE),
        ({"touched": True}, date(2026, 11, 23), Status.PARTIAL),
        ({}, date(2026, 11, 23), Status.PENDING),
    ],
)
def test_r13_the_first_status_that_applies_wins(
    flags: dict[str, Any], on: date, expected: Status
) -> None:
    every = {"cancelled": False, "closed": None, "settled": False, "touched": False}
    assert status(**{**every, **flags}, on_time_until=date(2026, 11, 23), on=on) == expected


def test_every_status_and_band_has_a_portuguese_name() -> None:
    assert set(STATUS_NAMES) == set(Status)
    assert tuple(BAND_NAMES) == BANDS


def test_each_role_may_do_all_that_the_one_before_it_may() -> None:
    assert TABLE[Role.SELLER] < TABLE[Role.MANAGER] < TABLE[Role.ADMIN] == frozenset(Permission)
