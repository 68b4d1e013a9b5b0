"""The shop's own disk is full: each act says so, nothing is half-written, and it goes on with room.

Twice: where a table cannot grow, and where the server cannot write its journal, and ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.backups import automatic, restore
from credigestor.db import outages
from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.loading import incoming_schema
from credigestor.db.models import Payment
from credigestor.errors import BusinessError, Conflict, DatabaseAway, DiskFull
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor, Role
from credigestor.services.payments import NewPayment
from tests.factories import actor_of, add_user
from tests.full_disk import fill, small_disk
from tests.killing import embedded_shop
from tests.moments import NOW
from tests.portfolio import TODAY, add_customer
from tests.postgres.servers import wait_for
from tests.services.paying import JANUARY, new_payment, receive, sell
from tests.services.selling import count
from tests.superuser import as_superuser
from tests.ui.counter.receiving import PAGE, amount, confirm, told
from tests.ui.support import open_app

pytestmark = pytest.mark.usefixtures("portfolio_day")


@pytest.fixture
def disk() -> Iterator[Path]:
    with small_disk("200m") as folder, embedded_shop(fsync=True, within=folder):
        with transaction() as session:
            for number in range(200):
                add_customer(session, f"Cliente {number}", remarks=os.urandom(2_000).hex())
        yield folder


def grow() -> None:
    """Write rows until no table can take one more."""
    remarks = os.urandom(2_000).hex()
    with transaction() as session:
        for number in range(5_000):
            add_customer(session, f"Mais {number}", remarks=remarks)


def assert_all_is_well() -> None:
    with snapshot() as session:
        assert list(check(session)) == []
        schemas = session.scalars(text("SELECT nspname FROM pg_namespace")).all()
    assert [name for name in schemas if "incoming" in name] == []


def test_a_table_that_cannot_grow(disk: Path) -> None:
    admin = actor_of(add_user(Role.ADMIN))
    note = sell(("200.00", JANUARY)).notes[0]
    saved = automatic.make(disk / "backups", admin, now=NOW).path
    app = amount(open_app(role="manager", page=PAGE, note=note), "50")
    filler = fill(disk)
    with pytest.raises(DiskFull, match="O disco do banco de dados está cheio"):
        grow()
    # The first payment of all needs a new page of its table.
    assert "O disco do banco de dados está cheio e nada foi gravado" in told(confirm(app))
    assert next(w for w in app.text_input if w.label.startswith("Valor")).value == "50"
    with pytest.raises(Conflict, match="backups: o disco está cheio"):
        automatic.make(disk / "backups", admin, now=NOW)
    with pytest.raises(DiskFull):
        restore.restore(saved, admin, today=TODAY)
    assert list((disk / "backups").iterdir()) == [saved]
    assert count(Payment) == 0
    filler.unlink()
    assert "Recibo" in confirm(app).title[0].value
    incoming_schema.drop_leftovers()
    assert_all_is_well()
    assert automatic.make(disk / "backups", admin, now=NOW).path.exists()


def test_a_journal_that_cannot_grow(disk: Path) -> None:
    manager = actor_of(add_user(Role.MANAGER))
    note = sell(("200.00", JANUARY)).notes[0]
    paid = [receive(manager, new_payment(JANUARY, (note, "1.00")))]
    filler = fill(disk, leaving=1_500_000)
    form = new_payment(JANUARY, (note, "1.00"))
    with pytest.raises(DatabaseAway):
        end_the_journal()
    wait_for(lambda: "disco está cheio" in refusal(manager, form))
    assert outages.coming_back().startswith("O disco está cheio e o banco de dados parou.")
    filler.unlink()
    wait_for(lambda: not refusal(manager, form))
    with snapshot() as session:
        assert set(paid) < set(ids(session))
        assert len(ids(session)) == len(paid) + 1
    assert_all_is_well()


def end_the_journal() -> None:
    """Go on in new files of the journal until there is no room for one."""
    attempt = "INSERT INTO login_attempts (login, address, succeeded) VALUES ('x', 'x', true)"
    for _ in range(20):
        with suppress(DiskFull, psycopg.Error):
            with transaction() as session:
                session.execute(text(attempt))
            with as_superuser(get_engine().url.render_as_string(hide_password=False)) as server:
                server.execute("SELECT pg_switch_wal()")


def refusal(manager: Actor, form: NewPayment) -> str:
    try:
        receive(manager, form)
    except BusinessError as error:
        return error.message
    return ""


def ids(session: Session) -> list[int]:
    return list(session.scalars(text("SELECT id FROM payments")))
