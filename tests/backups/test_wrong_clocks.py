"""A server's clock ran ahead and was put right: what was dated then must not count for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from credigestor import clock
from credigestor.backups import automatic
from credigestor.db.engine import snapshot, transaction
from credigestor.reports import backups
from credigestor.rules.permissions import Actor
from credigestor.services import auth
from tests.backups.restoring import backed_up, restored

pytestmark = pytest.mark.usefixtures("db")


def test_the_tests_and_their_postgresql_have_one_clock() -> None:
    """Also where `make test-days` has set it."""
    with snapshot() as session:
        theirs = session.scalars(select(func.clock_timestamp())).one()
    assert abs(theirs - clock.now()) < timedelta(hours=1)


def date_all_runs_a_year_ahead() -> None:
    with transaction() as session:
        session.execute(text("UPDATE backup_runs SET started_at = now() + interval '1 year'"))


def test_backups_go_on_and_the_one_made_last_is_the_newest(tmp_path: Path, admin: Actor) -> None:
    automatic.make(tmp_path, admin, now=clock.now())
    date_all_runs_a_year_ahead()
    made = [automatic.run_due(tmp_path, passphrase=None, now=clock.now) for _ in range(2)]
    assert made[0] is not None
    assert made[1] is None
    with snapshot() as session:
        newest = backups.last_good(session)
        verified = backups.last_good(session, "verify")
    assert newest
    assert newest.started_at <= clock.now()
    assert verified


def test_a_restore_keeps_nobody_out(tmp_path: Path, admin: Actor) -> None:
    assert admin.id
    restored(backed_up(tmp_path / "loja.zip"))
    date_all_runs_a_year_ahead()
    now = clock.now()
    with transaction() as session:
        ticket = auth.issue_ticket(
            session, user_id=admin.id, address="::1", visitor_token="v", user_agent="", now=now
        )
        token = auth.redeem_ticket(session, ticket=ticket, visitor_token="v", now=now)
        assert auth.authenticate(session, token=token, now=now, touch=False)
