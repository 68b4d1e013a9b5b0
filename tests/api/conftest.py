"""The API stands on the day of the test portfolios; who calls is logged in by its own address."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from credigestor.api.backups import THREAD
from credigestor.db.models import User
from credigestor.rules.permissions import Role
from tests.api.asking import token_of
from tests.factories import add_user


@pytest.fixture(autouse=True)
def today_is_the_portfolios(db: str, portfolio_day: None) -> None:
    """What a call dates is that day's."""


@pytest.fixture(autouse=True)
def what_was_begun_has_ended() -> Iterator[None]:
    """No backup goes on into the next test."""
    yield
    for thread in threading.enumerate():
        if thread.name == THREAD:
            thread.join()


@pytest.fixture
def vera() -> User:
    """A seller."""
    return add_user(Role.SELLER, name="Vera Vendedora")


@pytest.fixture
def seller_token(vera: User) -> str:
    """Her access token."""
    return token_of(vera)


@pytest.fixture
def manager_token() -> str:
    """A manager's access token."""
    return token_of(add_user(Role.MANAGER, name="Guta Gerente"))


@pytest.fixture
def boss() -> User:
    """An administrator."""
    return add_user(Role.ADMIN, name="Dona Ada")


@pytest.fixture
def token(boss: User) -> str:
    """Her access token."""
    return token_of(boss)
