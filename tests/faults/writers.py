"""People who receive payments while the server is killed under them, and a ledger of their own."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from uuid import UUID, uuid4

from sqlalchemy import select

from credigestor.db.engine import snapshot
from credigestor.db.models import Payment
from credigestor.errors import Unavailable
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Role
from credigestor.services.payments import NewPayment
from credigestor.ui.kit import waiting
from tests.factories import actor_of, add_user
from tests.killing import kill_server
from tests.portfolio import TODAY
from tests.services.paying import new_payment, receive, sell

WRITERS = 4


@dataclass
class Ledger:
    """What was acknowledged: the payment's id by its operation, in order."""

    acknowledged: dict[UUID, int] = field(default_factory=dict)

    def wait_for_more(self, patience: float = 60) -> float:
        """Wait until one more payment is acknowledged; the seconds that took."""
        before, begun = len(self.acknowledged), time.monotonic()
        while len(self.acknowledged) == before:
            assert time.monotonic() - begun < patience, "nobody can pay any more"
            time.sleep(0.02)
        return time.monotonic() - begun


def pay_under_kills(
    shop: Path, kills: int, *, pause: float, kill: Callable[[Path], None] = kill_server
) -> tuple[Ledger, list[float]]:
    """Receive payments while the server is killed so many times; how long each return took.

    Who is told that the database is away, or takes no writes yet, confirms the same form again, as
    a person does.
    """
    ledger, stop = Ledger(), Event()
    manager = actor_of(add_user(Role.MANAGER))
    forms = [
        new_payment(TODAY, (sell(("9000.00", TODAY)).notes[0], "1.00")) for _ in range(WRITERS)
    ]

    def write(first: NewPayment) -> None:
        while not stop.is_set():
            form = first.model_copy(update={"operation_id": uuid4()})
            while form.operation_id not in ledger.acknowledged:
                try:
                    paid = waiting.again_if_away(partial(receive, manager, form))
                except Unavailable:
                    time.sleep(0.1)
                else:
                    ledger.acknowledged[form.operation_id] = paid

    returns = []
    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write, form) for form in forms]
        try:
            for _ in range(kills):
                ledger.wait_for_more()
                time.sleep(pause)
                kill(shop)
                returns.append(ledger.wait_for_more())
        finally:
            stop.set()
        for writer in writing:
            writer.result()
    return ledger, returns


def assert_all_is_there(ledger: Ledger) -> None:
    """Each acknowledged payment is there once, no other is, and the accounts add up."""
    with snapshot() as session:
        stored = session.execute(select(Payment.operation_id, Payment.id)).all()
        assert sorted(stored) == sorted(ledger.acknowledged.items())
        assert list(check(session)) == []
