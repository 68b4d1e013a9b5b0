"""A restore while people work: their connections go on, and no payment is torn or lost unseen."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.loading import incoming_schema
from credigestor.db.models import Customer, Note, Payment
from credigestor.errors import BusinessError, Conflict
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from tests.backups.restoring import backed_up, hashes, restored
from tests.portfolio import TODAY, add_customer
from tests.services.paying import JANUARY, new_payment, receive, sell

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def note(admin: Actor) -> int:
    """A note of R$ 300,00 with its summaries."""
    [made] = sell().notes
    with transaction() as session:
        summaries.refresh(session, today=TODAY)
    return made


@pytest.fixture
def saved(note: int, tmp_path: Path) -> Path:
    """A backup from before the payments."""
    return backed_up(tmp_path / "loja.zip")


def test_connections_and_prepared_statements_go_on_with_the_restored_data(
    saved: Path, note: int, admin: Actor
) -> None:
    names = select(Customer.name).order_by(Customer.id)
    balance = text("SELECT principal_balance FROM notes WHERE id = :id")
    with get_engine().connect() as reader, get_engine().connect() as writer:
        pids = [c.scalar(text("SELECT pg_backend_pid()")) for c in (reader, writer)]
        for _ in range(12):  # prepared by the driver after five times, planned once after ten
            assert reader.scalars(names).all() == ["Ana Luz"]
            reader.scalar(balance, {"id": note})
            writer.execute(text("UPDATE customers SET phone = '+558532101234' WHERE id = 1"))
        reader.commit()
        writer.commit()
        with transaction() as session:
            add_customer(session, "Chegou Depois")
        assert reader.scalars(names).all() == ["Ana Luz", "Chegou Depois"]
        reader.commit()
        restored(saved)
        for connection in (reader, writer):
            assert connection.scalars(names).all() == ["Ana Luz"]
            assert connection.scalar(balance, {"id": note}) == 300
        changed = writer.execute(text("UPDATE customers SET phone = '+558532101234' WHERE id = 1"))
        assert changed.rowcount == 1
        writer.commit()
        assert [c.scalar(text("SELECT pg_backend_pid()")) for c in (reader, writer)] == pids
    with snapshot() as session:
        assert session.scalar(select(Customer.phone)) == "+558532101234"
    receive(admin, new_payment(date(2026, 1, 25), (note, "100.00")))
    with transaction() as session:
        assert summaries.refresh(session, today=TODAY) == 1
    with snapshot() as session:
        assert check(session) == []


@contextmanager
def at_the_exchange(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Any]]:
    """Two events: the restore has loaded and wants to exchange; it may."""
    reached, go_on = threading.Event(), threading.Event()
    exchange = incoming_schema.Incoming.exchange

    def wait(self: incoming_schema.Incoming, *args: Any) -> None:
        reached.set()
        assert go_on.wait(20)
        exchange(self, *args)

    monkeypatch.setattr(incoming_schema.Incoming, "exchange", wait)
    yield reached, go_on


def test_a_payment_under_way_ends_in_the_old_data_before_the_exchange(
    saved: Path, note: int, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor(1) as pool, at_the_exchange(monkeypatch) as (reached, go_on):
        restoring = pool.submit(restored, saved)
        assert reached.wait(20)
        with transaction() as session:
            session.execute(select(Note).where(Note.id == note).with_for_update())
            go_on.set()
            time.sleep(1.5)  # it tries, and lets go again and again
            assert not restoring.done()
            # The payment goes on with tables that it did not have yet, and is not shot down.
            session.execute(text("UPDATE customers SET phone = '2'"))
            session.execute(
                text(
                    "INSERT INTO login_attempts (login, address, succeeded) "
                    "VALUES ('a', 'b', false)"
                )
            )
        restoring.result(20)
    with snapshot() as session:  # wholly in the old data, which is gone
        assert session.scalar(select(Customer.phone)) is None
        assert session.scalar(text("SELECT count(*) FROM login_attempts")) == 0


def test_a_payment_that_comes_during_the_exchange_is_made_whole_in_the_new_data_or_refused(
    saved: Path, note: int, admin: Actor, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(admin, new_payment(JANUARY, (note, "300.00")))  # the backup knows nothing of it
    ours, theirs = (new_payment(date(2026, 1, 25), (note, "100.00")) for _ in range(2))
    exchanged, go_on = threading.Event(), threading.Event()
    exchange = incoming_schema.Incoming._exchange

    def slowly(self: incoming_schema.Incoming, connection: Any) -> None:
        exchange(self, connection)
        exchanged.set()
        assert go_on.wait(20)

    monkeypatch.setattr(incoming_schema.Incoming, "_exchange", slowly)
    with ThreadPoolExecutor(3) as pool:
        restoring = pool.submit(restored, saved)
        assert exchanged.wait(20)
        # The manager came after the backup: nobody of that number is in the new data.
        unknown = pool.submit(receive, manager, theirs)
        paying = pool.submit(receive, admin, ours)
        time.sleep(0.5)
        assert not (paying.done())
        assert not (unknown.done())
        go_on.set()
        restoring.result(20)
        paid = paying.result(20)
        with pytest.raises(BusinessError):
            unknown.result(20)
    with snapshot() as session:
        [payment] = session.scalars(select(Payment)).all()
        assert (payment.id, payment.operation_id) == (paid, ours.operation_id)
        assert check(session) == []


def test_payments_without_a_pause_during_a_restore_are_whole_or_refused(
    saved: Path, note: int, admin: Actor
) -> None:
    """Each one that was told "done" after the exchange is there, and all accounts close."""
    stop = threading.Event()
    done: list[tuple[float, int]] = []

    def pay() -> None:
        while not stop.is_set():
            try:
                began = time.monotonic()
                done.append((began, receive(admin, new_payment(date(2026, 1, 25), (note, "0.01")))))
            except BusinessError:
                pass

    with ThreadPoolExecutor(4) as pool:
        payers = [pool.submit(pay) for _ in range(4)]
        try:
            time.sleep(0.3)
            restored(saved)
            after = time.monotonic()
            time.sleep(0.3)
        finally:
            stop.set()
        for payer in payers:
            payer.result(20)
    with snapshot() as session:
        assert check(session) == []
        present = set(session.scalars(select(Payment.id)))
        newest = session.scalar(select(func.max(Payment.id)))
    assert {payment for began, payment in done if began > after} <= present
    assert newest == len(present)  # numbered from the backup on, none missing in between


def test_payments_that_leave_no_gap_do_not_keep_the_exchange_waiting(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is always one that has looked at its notes and not yet written to the log."""
    monkeypatch.setattr(incoming_schema, "PATIENCE", 6.0)
    stop = threading.Event()

    def pay() -> None:
        while not stop.is_set():
            with transaction() as session:
                session.execute(text("SELECT FROM notes"))
                time.sleep(0.2)
                session.execute(text("SELECT FROM audit_log"))

    with ThreadPoolExecutor(3) as pool:
        payers = []
        try:
            for _ in range(3):
                payers.append(pool.submit(pay))
                time.sleep(0.07)
            restored(saved)
        finally:
            stop.set()
        for payer in payers:
            payer.result(20)


def test_who_reads_without_end_is_not_cut_off_and_the_restore_says_so(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hashes()
    monkeypatch.setattr(incoming_schema, "PATIENCE", 1.0)
    with snapshot() as session:
        session.scalar(select(func.count()).select_from(Note))
        with pytest.raises(Conflict, match="usando os dados"):
            restored(saved)
        assert session.scalar(select(func.count()).select_from(Note)) == 1
    assert hashes() == before
