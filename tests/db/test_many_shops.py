"""Shops on one server, a role and a schema each: none waits for another or sees its rows.

Three here, twenty under `make faults`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from credigestor.backups import automatic
from credigestor.db.engine import get_engine, transaction
from credigestor.db.migrate import current_revision, head_revision, migrate, upgrade
from credigestor.db.models import Customer, Payment
from credigestor.services import summaries
from tests.backups.restoring import CLI, NOW, restored
from tests.db.many_shops import (
    Shop,
    close_shop,
    inside,
    neighbours_work,
    open_shop,
    problems_of,
)
from tests.imports import importing
from tests.imports.files import shop as files
from tests.portfolio import TODAY

AT_LENGTH = bool(os.environ.get("CREDIGESTOR_FAULTS"))
SHOPS = 20 if AT_LENGTH else 3
OLD = Path(__file__).parents[1] / "backups" / "of_0011" / "backup.zip"


@pytest.fixture(scope="module")
def shops(database: str) -> Iterator[list[Shop]]:
    names = [f"loja_{number:02}" for number in range(1, SHOPS + 1)]
    opened: list[Shop] = []
    try:
        for name in names:
            opened.append(open_shop(database, name, sold=3 if opened else 20))
        yield opened
    finally:
        for shop in opened:
            close_shop(database, shop)


def fold(_: Path) -> None:
    """All sales are marked, as by a migration, and folded in slices."""
    with transaction() as session:
        session.execute(
            text("INSERT INTO stale_sales (sale_id) SELECT id FROM sales ON CONFLICT DO NOTHING")
        )
    assert summaries.fold(transaction, today=TODAY, most=5) > 10


def import_(_: Path) -> None:
    assert importing.run(files()).new.sales == 2
    summaries.fold(transaction, today=TODAY)


def restore(folder: Path) -> None:
    """What a backup of just now has."""
    restored(automatic.make(folder, CLI, now=NOW).path)


def restore_an_older(_: Path) -> None:
    """With its migrations, of rows too, and its fold."""
    assert restored(OLD).revision == "0011"


def migrate_(_: Path) -> None:
    with get_engine().begin() as connection:
        name = connection.scalar(text("SELECT current_schema()"))
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {name}"))
        upgrade(connection, "0011", schema=name)
    migrate(get_engine())
    with get_engine().connect() as connection:
        assert current_revision(connection) == head_revision()


@pytest.mark.parametrize(
    "act", [fold, import_, restore, migrate_, *([restore_an_older] if AT_LENGTH else [])]
)
def test_no_shop_waits_for_what_another_one_does(
    act: Callable[[Path], None], shops: list[Shop], tmp_path: Path
) -> None:
    busy, *neighbours = shops
    with inside(busy.name, busy.url), neighbours_work(busy, neighbours) as rounds:
        act(tmp_path)
    assert rounds.made > 0
    for neighbour in neighbours:
        with Session(neighbour.engine) as session:
            received = session.scalars(
                select(Payment.id).where(
                    Payment.customer_id == neighbour.form.customer_id, Payment.amount == 1
                )
            ).all()
        assert len(received) == neighbour.paid


def test_no_shop_sees_anothers_rows_or_statements(shops: list[Shop]) -> None:
    for shop in shops:
        with psycopg.connect(shop.url, autocommit=True) as connection:
            for other in shops:
                if other is shop:
                    continue
                for forbidden in (
                    f"SELECT name FROM {other.name}.customers",
                    f"INSERT INTO {other.name}.sessions DEFAULT VALUES",
                    f"CREATE TABLE {other.name}.guest (id int)",
                    f"SET ROLE {other.name}",
                ):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        connection.execute(forbidden)
    watching, at_work = shops[:2]
    with Session(at_work.engine) as session:
        session.scalars(select(Customer.name)).all()
        with psycopg.connect(watching.url) as connection:
            seen = connection.execute(
                "SELECT query FROM pg_stat_activity WHERE usename = %s", [at_work.name]
            ).fetchall()
    assert seen
    assert set(seen) == {("<insufficient privilege>",)}


def test_the_accounts_of_every_neighbour_add_up_after_all_that(shops: list[Shop]) -> None:
    for shop in shops[1:]:
        assert problems_of(shop) == []
