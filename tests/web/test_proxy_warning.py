"""A proxy in front that nobody told us of is told of, once."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from tests.web.fetching import APP, fetch

pytestmark = pytest.mark.usefixtures("db")

FORWARDED = {"x-forwarded-for": "203.0.113.9"}


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [text for text in caplog.messages if "CREDIGESTOR_BEHIND_PROXY" in text]


def test_the_first_forwarded_request_is_told_of_and_the_others_are_not(
    caplog: pytest.LogCaptureFixture, configured: Callable[..., None]
) -> None:
    APP.middleware_stack = APP.build_middleware_stack()  # doors that have said nothing yet
    caplog.set_level(logging.WARNING, "credigestor")
    fetch("/saude", None)
    configured(CREDIGESTOR_BEHIND_PROXY="true")
    fetch("/saude", None, headers=FORWARDED)
    assert warnings(caplog) == []
    configured(CREDIGESTOR_BEHIND_PROXY="false")
    for _ in range(3):
        fetch("/saude", None, headers=FORWARDED)
    [told] = warnings(caplog)
    assert "(x-forwarded-for)" in told
