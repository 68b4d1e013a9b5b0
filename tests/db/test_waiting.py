"""What is waited for in vain stops one click, with a sentence, and not the shop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore
from time import monotonic, sleep
from typing import Any

import pytest
from psycopg import errors
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from credigestor.backups import backup
from credigestor.db import waiting
from credigestor.db.engine import connection_options, get_engine, snapshot, transaction
from credigestor.db.loading import copying
from credigestor.db.migrate import migrate
from credigestor.errors import Busy
from credigestor.imports import importer
from credigestor.reports.check import report
from credigestor.rules.permissions import Actor
from credigestor.services import payments, summaries
from credigestor.ui.kit import data
from credigestor.web import routes
from tests.backups.restoring import NOW
from tests.imports.files import shop, source
from tests.imports.importing import CLI
from tests.portfolio import TODAY
from tests.services.paying import JANUARY, new_payment, note_row, pay, sell
from tests.ui.counter import receiving

pytestmark = pytest.mark.usefixtures("db")

NOTE = "Esta nota está sendo usada em outra tela. Nada foi gravado; tente de novo em instantes."
FULL = "O CrediGestor está atendendo gente demais neste momento."


@pytest.fixture
def outside(database: str) -> Engine:
    """Another program's connections, which wait without end."""
    options = connection_options("credigestor")
    return create_engine(get_engine().url, connect_args={"options": options}, poolclass=NullPool)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Sets the limits (ms), the pool, and how many may write, until the end of the test."""

    def anew() -> None:
        get_engine().dispose()
        get_engine.cache_clear()

    def limits(*, writers: int = 4, pool: dict[str, Any] | None = None, **given: int) -> None:
        monkeypatch.setattr(waiting, "LIMITS", {**waiting.LIMITS, **given})
        ours = waiting.pool(50) | (pool or {})
        monkeypatch.setattr(waiting, "pool", lambda _: ours)
        monkeypatch.setattr(waiting, "_SECONDS_FOR_A_TURN", 0.2)
        turns = BoundedSemaphore(writers)
        monkeypatch.setattr(waiting, "_turns", lambda: turns)
        anew()

    yield limits
    monkeypatch.undo()
    anew()


@contextmanager
def stuck(outside: Engine, *notes: int) -> Iterator[None]:
    """Another program holds these notes, and does not let go."""
    with outside.connect() as connection:
        locking = text("SELECT FROM notes WHERE id = ANY(:ids) FOR UPDATE")
        connection.execute(locking, {"ids": list(notes)})
        yield
        connection.rollback()


def lent() -> int:
    """How many connections of the pool somebody has."""
    return int(get_engine().pool.checkedout())  # type: ignore[attr-defined]


def health() -> int:
    """What /saude answers."""
    return asyncio.run(routes.health(None)).status_code  # type: ignore[arg-type]


def click(actor: Actor, note: int) -> str:
    """A payment as a page writes it: the sentence that refuses it, or none."""
    new = new_payment(JANUARY, (note, "1.00"))
    try:
        data.write(lambda session: payments.receive(session, actor, new, today=TODAY))
    except Busy as error:
        return error.message
    return ""


def test_a_stuck_note_stops_its_own_clicks_and_nobody_else(
    manager: Actor, outside: Engine, hurried: Callable[..., None]
) -> None:
    note, other = sell(*[("300.00", JANUARY)] * 2).notes
    hurried(lock_timeout=1_000, writers=5, pool={"pool_size": 2, "max_overflow": 5})
    with stuck(outside, note), ThreadPoolExecutor(12) as people:
        began = monotonic()
        clicks = [people.submit(click, manager, note) for _ in range(12)]
        while lent() < 5:
            sleep(0.01)
        assert note_row(other).principal_balance == 300  # somebody else's page
        assert health() == 200
        assert lent() == 5  # who clicked still waits
        said = [each.result() for each in clicks]
        assert monotonic() - began < 10
    assert said.count(NOTE) >= 5  # on a slow machine a late click finds a turn
    assert all(sentence == NOTE or sentence.startswith(FULL) for sentence in said), said
    assert lent() == 0
    assert click(manager, note) == ""


def test_the_page_says_so_and_keeps_what_was_typed(
    outside: Engine, hurried: Callable[..., None], portfolio_day: None
) -> None:
    [note] = sell().notes
    hurried(lock_timeout=200)
    app = receiving.amount(receiving.open_page(customer=1), "55,00")
    with stuck(outside, note):
        receiving.confirm(app)
    assert NOTE in receiving.told(app)
    assert "código" not in receiving.told(app)
    assert next(w for w in app.text_input if w.label.startswith("Valor")).value == "55,00"
    receiving.confirm(app)
    assert "Pagamento 000001 de R$ 55,00 registrado." in receiving.told(app)


def test_an_exhausted_pool_is_a_sentence_and_health_has_its_own_connection(
    hurried: Callable[..., None],
) -> None:
    hurried(pool={"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.1})
    with transaction() as session:
        session.execute(text("SELECT 1"))
        for road in (transaction, snapshot):
            with pytest.raises(Busy, match=FULL), road() as other:
                other.execute(text("SELECT 1"))
        assert health() == 200
    assert lent() == 0


def test_a_statement_that_takes_too_long_is_ended_with_a_sentence(
    hurried: Callable[..., None],
) -> None:
    hurried(statement_timeout=100)
    for road in (transaction, snapshot):
        with pytest.raises(Busy, match="demorou demais"), road() as session:
            session.execute(text("SELECT pg_sleep(5)"))


def test_who_freezes_amid_a_transaction_loses_it_and_what_it_held(
    manager: Actor, hurried: Callable[..., None]
) -> None:
    [note] = sell().notes
    hurried(idle_in_transaction_session_timeout=150)

    def freeze() -> None:
        with transaction() as session:
            session.execute(text("SELECT FROM notes FOR UPDATE"))
            sleep(0.4)
            pay(manager, JANUARY, (note, "1.00"))
            session.execute(text("SELECT 1"))

    with pytest.raises(Busy, match="parado no meio"):
        freeze()
    assert note_row(note).principal_balance == 299


def test_every_connection_of_the_shop_has_the_limits_and_notices_a_server_that_is_gone() -> None:
    get_engine().dispose()
    with get_engine().connect() as connection:
        for name, milliseconds in waiting.LIMITS.items():
            asked = f"SELECT setting::integer FROM pg_settings WHERE name = '{name}'"
            assert connection.scalar(text(asked)) == milliseconds
        driver: Any = connection.connection.driver_connection
        assert driver.info.get_parameters()["keepalives_idle"] == "30"


def test_long_work_lifts_the_limits_for_its_transaction_alone() -> None:
    shown = text("SELECT max(setting::integer) FROM pg_settings WHERE name = ANY(:names)")
    names = {"names": list(waiting.LIMITS)}
    with get_engine().connect() as connection:
        for road in (transaction, snapshot):
            with road() as session:
                waiting.unhurried(session)
                assert session.scalar(shown, names) == 0
        assert connection.scalar(shown, names) == max(waiting.LIMITS.values())


def _refresh(_: Path) -> None:
    with transaction() as session:
        session.execute(text("INSERT INTO stale_sales SELECT id FROM sales"))
        assert summaries.try_refresh(session, today=TODAY, patience=0)


def _import(_: Path) -> None:
    with transaction() as session:
        importer.run(session, CLI, source(shop()), today=TODAY)


def _copy(_: Path) -> None:
    with snapshot() as session:
        rows = copying.Rows()
        list(copying.copy_out(session.connection(), "SELECT 1", "FORMAT csv", rows))


def _backup(folder: Path) -> None:
    with snapshot() as session:
        backup.write(session, folder / "loja.zip", generated_at=NOW)


def _check(_: Path) -> None:
    with snapshot() as session:
        assert report.check(session, summaries=False) == []


@pytest.mark.parametrize("work", [_refresh, _import, _copy, _backup, _check])
def test_long_work_says_so(
    work: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell()
    said: list[Any] = []
    lift = waiting.unhurried

    def lifting(session: Any) -> None:
        said.append(session)
        lift(session)

    monkeypatch.setattr(waiting, "unhurried", lifting)
    work(tmp_path)
    assert said


def test_a_migration_waits_for_another_ones_end(
    outside: Engine, hurried: Callable[..., None]
) -> None:
    hurried(lock_timeout=100)
    with ThreadPoolExecutor(1) as second, outside.connect() as first:
        waiting_key = "SELECT pg_advisory_xact_lock(720311461, hashtext('credigestor'))"
        first.execute(text(waiting_key))
        started = second.submit(partial(migrate, get_engine()))
        sleep(0.4)
        assert not started.done()
        first.rollback()
        started.result()


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (errors.DeadlockDetected(), "Outra pessoa ou outro programa"),
        (errors.LockNotAvailable(), "Outra pessoa ou outro programa"),
        (errors.SerializationFailure(), "Outra pessoa ou outro programa"),
        (errors.QueryCanceled(), "demorou demais"),
        (errors.IdleInTransactionSessionTimeout(), "parado no meio"),
        (errors.OperationalError("FATAL:  sorry, too many clients already"), FULL),
        (errors.OutOfMemory("out of shared memory"), FULL),
    ],
)
def test_each_kind_of_waiting_has_its_words(cause: Exception, said: str) -> None:
    for error in (cause, OperationalError("SELECT 1", {}, cause)):
        busy = waiting.as_busy(error)
        assert busy is not None
        assert said in busy.message


def test_another_error_has_none() -> None:
    assert waiting.as_busy(errors.UndefinedTable()) is None
    assert waiting.as_busy(errors.OperationalError("connection refused")) is None
