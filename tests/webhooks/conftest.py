"""A receiver that takes everything, and the clock by which it is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.webhooks.receiving import Clock, Receiver, receiver


@pytest.fixture
def clock() -> Clock:
    """It stands until a test goes on."""
    return Clock()


@pytest.fixture
def there() -> Iterator[Receiver]:
    """On loopback, with an address of its own."""
    with receiver() as made:
        yield made
