"""Behind a pooler that lends a connection for a transaction alone, all works as without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from credigestor.db import locks, waiting
from credigestor.db.engine import (
    get_direct_engine,
    get_engine,
    single_statements,
    snapshot,
    spare_connection,
    transaction,
)
from credigestor.db.migrate import migrate
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from credigestor.services import payments, summaries
from tests.backups.restoring import backed_up, hashes, restored, shop
from tests.pgbouncer import pgbouncer
from tests.portfolio import TODAY
from tests.services.paying import new_payment, sell

pytestmark = pytest.mark.usefixtures("db")

_WHERE = text(
    "SELECT current_schema(), current_setting('TimeZone'), current_setting('lock_timeout'),"
    " current_setting('work_mem')"
)


@pytest.fixture
def behind(db: str, configured: Callable[..., None]) -> Iterator[Callable[[str], None]]:
    """Called with the pooler's address, the configuration leads through it, until the end."""

    def anew() -> None:
        get_engine().dispose()
        get_engine.cache_clear()

    def move(through: str) -> None:
        anew()
        configured(DATABASE_URL=through, DATABASE_DIRECT_URL=db, DATABASE_POOLER="transaction")

    yield move
    get_direct_engine().dispose()
    anew()


@pytest.fixture(params=["a connection as it is", "PgBouncer"])
def pooled(
    request: pytest.FixtureRequest, db: str, behind: Callable[[str], None]
) -> Iterator[None]:
    """The configuration of a pooler by transaction: without one, and with the real one."""
    if request.param == "PgBouncer":
        with pgbouncer(db, connections=3) as through:
            behind(through)
            yield
            get_engine().dispose()
    else:
        behind(db)
        yield


@pytest.mark.usefixtures("pooled")
def test_each_transaction_sets_what_it_needs_and_leaves_nothing_behind() -> None:
    right = ("credigestor", "UTC", f"{waiting.LIMITS['lock_timeout'] // 1000}s", "32MB")
    for _ in range(2):
        with transaction() as session:
            assert tuple(session.execute(_WHERE).one()) == right
        with snapshot() as session:
            assert tuple(session.execute(_WHERE).one()) == right
        with single_statements() as session, spare_connection() as connection:
            assert tuple(session.execute(_WHERE).one()) == right
            assert tuple(connection.execute(_WHERE).one()) == right
    raw = get_engine().raw_connection()
    cursor = raw.cursor()
    cursor.execute("SELECT current_setting('search_path')")
    assert cursor.fetchone() != ("credigestor",)
    raw.close()


@pytest.mark.usefixtures("pooled")
def test_without_a_transaction_nothing_is_asked() -> None:
    with pytest.raises(AssertionError), get_engine().connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(_WHERE)


@pytest.mark.usefixtures("pooled")
def test_many_at_once_pay_fold_and_lock_on_few_connections(admin: Actor) -> None:
    sale = sell(("9000.00", TODAY))
    news = [new_payment(TODAY, (sale.notes[0], "1.00")) for _ in range(16)]
    together = Barrier(8)

    def work(some: int) -> None:
        together.wait()
        for new in news[some::8]:
            with transaction() as session:
                payments.receive(session, admin, new, today=TODAY)
            with transaction() as session:
                summaries.refresh(session, today=TODAY)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    with transaction() as session:
        summaries.refresh(session, today=TODAY)
    with snapshot() as session:
        assert check(session) == []
        assert session.scalar(text("SELECT sum(amount) FROM payments")) == 16
    with locks.alone("backup") as first, locks.alone("backup") as second:
        assert (first, second) == (True, False)
    with locks.alone("backup") as again:
        assert again


@pytest.mark.usefixtures("pooled")
def test_migration_backup_and_restore_go_past_it(admin: Actor, tmp_path: Path) -> None:
    shop(admin, sold=4)
    before = hashes()
    saved = backed_up(tmp_path / "loja.zip")
    migrate(get_direct_engine())
    restored(saved)
    assert hashes() == before
