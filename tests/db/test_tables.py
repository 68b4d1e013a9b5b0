"""Whatever a test leaves, the next one finds nothing; a shop filled again is the same shop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.rules.permissions import Actor, Role
from tests import tables
from tests.backups.restoring import hashes, shop
from tests.factories import actor_of, add_user
from tests.portfolio import add_customer, random_portfolio

pytestmark = pytest.mark.usefixtures("db")

_COUNTED_ON = (
    "SELECT count(*) FROM pg_sequences WHERE schemaname = current_schema() "
    "AND last_value IS NOT NULL"
)


@pytest.fixture
def filled_shop(admin: Actor) -> Iterator[None]:
    """A shop, and a table that no model knows, so full that it is worth giving its room back."""
    shop(admin)
    with transaction() as session:
        session.execute(text("CREATE TABLE leftover (customer_id int REFERENCES customers)"))
        session.execute(text("INSERT INTO leftover SELECT NULL FROM generate_series(1, 50000)"))
    yield
    with transaction() as session:
        session.execute(text("DROP TABLE leftover"))


@pytest.mark.usefixtures("filled_shop")
def test_nothing_is_left_of_a_shop_its_ledger_and_its_summaries() -> None:
    with snapshot() as session:
        assert len(tables.filled(session)) >= 20
        assert "leftover" in tables.filled(session)
    with transaction() as session:
        tables.empty(session)
    with snapshot() as session:
        assert tables.filled(session) == []
        assert session.scalars(text(_COUNTED_ON)).one() == 0
    assert add_user().id == 1


def test_a_shop_is_made_once_and_is_the_same_when_filled_again() -> None:
    made = 0

    def make(session: Session) -> None:
        nonlocal made
        made += 1
        random_portfolio(session, admin, 5, sold=4)

    seen = []
    for _ in range(2):
        with transaction() as session:
            tables.empty(session)
        admin = actor_of(add_user(Role.ADMIN, login="adm"))
        tables.once("a shop made once", make)
        rows = hashes()
        with transaction() as session:
            seen.append((rows, add_customer(session, "Chegou Depois")))
    assert seen[0] == seen[1]
    assert made == 1


def test_a_shop_is_made_anew_for_other_people() -> None:
    def make(session: Session) -> None:
        add_customer(session, str(session.scalar(text("SELECT count(*) FROM users"))))

    names = []
    for people in (1, 2):
        with transaction() as session:
            tables.empty(session)
        for _ in range(people):
            add_user()
        tables.once("a customer named by the people", make)
        with snapshot() as session:
            names.append(session.scalars(text("SELECT name FROM customers")).one())
    assert names == ["1", "2"]


def test_what_stands_in_the_shop_is_not_overwritten_by_one_made_before() -> None:
    with transaction() as session:
        add_customer(session)
    with pytest.raises(AssertionError, match="would be lost"):
        tables.once("nothing", lambda session: None)
