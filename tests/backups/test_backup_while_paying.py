"""A backup taken while the counter is busy is as sound as one taken at night."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from credigestor.backups import archive, automatic
from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from tests.moments import NOW
from tests.portfolio import TODAY, add_customer, add_sale, pay

CLIENTS = 8
NOTES = 40


@contextmanager
def clients_pay(actor: Actor, notes: list[list[int]]) -> Iterator[list[int]]:
    """Eight clients pay note after note, each in two parts; gives who paid how often."""
    paid = [0] * len(notes)
    stop = threading.Event()

    def work(client: int) -> None:
        for note in notes[client]:
            for amount in ("40.00", "60.00"):
                if stop.is_set():
                    return
                with transaction() as session:
                    pay(session, actor, note, amount, date(2026, 2, 2))
                paid[client] += 1

    threads = [threading.Thread(target=work, args=(client,)) for client in range(len(notes))]
    for thread in threads:
        thread.start()
    try:
        yield paid
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.usefixtures("db")
def test_a_backup_taken_while_eight_clients_pay_is_sound(tmp_path: Path, admin: Actor) -> None:
    with transaction() as session:
        ana = add_customer(session)
        sold, due = date(2026, 1, 2), [("100.00", date(2026, 2, 2))]
        notes = [
            [add_sale(session, ana, sold, due).notes[0] for _ in range(NOTES)]
            for _ in range(CLIENTS)
        ]
        summaries.refresh(session, today=TODAY)
    with clients_pay(admin, notes) as paid:
        while sum(paid) < CLIENTS:
            threading.Event().wait(0.01)
        before = sum(paid)
        made = automatic.make(tmp_path, admin, now=NOW)
        after = sum(paid)
    assert after > before
    with archive.opened(made.path) as opened:
        rows = {table.name: table.rows for table in opened.manifest.tables}
    assert before <= rows["payments"] == rows["payment_items"] <= after + CLIENTS
    automatic.verify(made.path, admin, now=NOW)  # raises where an account does not close
