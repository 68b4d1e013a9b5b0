"""Tests of random portfolios: several in CI, one at a desk."""

from __future__ import annotations

import os
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

_SETTINGS = settings(
    max_examples=3 if os.environ.get("CI") else 1,
    deadline=None,
    phases=[Phase.generate],  # a smaller seed is no smaller portfolio
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def any_seed(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test with the `seed` of one random portfolio after the other."""
    return _SETTINGS(given(seed=st.integers(0, 10_000))(test))
