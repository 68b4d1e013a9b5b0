"""A backup comes back as it was, and one that is not right changes nothing."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from credigestor.backups import restore
from credigestor.backups.archive import BadArchive
from credigestor.backups.restore import RestoreFailed
from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.loading import incoming_schema
from credigestor.db.migrate import head_revision
from credigestor.db.models import BackupRun, Customer, Download
from credigestor.errors import Conflict, NotAllowed
from credigestor.reports import backups
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from credigestor.services import auth
from tests.backups.restoring import (
    NOW,
    anatomy,
    backed_up,
    hashes,
    restored,
    schemas,
    shop,
    tampered,
)
from tests.portfolio import TODAY, add_customer

pytestmark = pytest.mark.usefixtures("db")


def test_what_is_restored_equals_what_was_saved_in_every_table(
    admin: Actor, tmp_path: Path
) -> None:
    shop(admin)
    before = hashes()
    path = backed_up(tmp_path / "loja.zip")
    with get_engine().connect() as connection:
        anatomy_before = anatomy(connection)
    with transaction() as session:
        session.execute(text("DELETE FROM customer_spans"))
        owing = "SET principal_balance = amount, settled_on = NULL WHERE closed IS NULL"
        session.execute(text(f"UPDATE notes {owing}"))
        add_customer(session, "Chegou Depois")
    assert hashes() != before
    told: list[float] = []
    result = restored(path, progress=lambda share, what: told.append(share))
    assert hashes() == before
    with get_engine().connect() as connection:
        assert anatomy(connection) == anatomy_before
        assert result.rows == sum(
            connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0
            for name in before
            if name != "alembic_version"
        )
    assert (result.tables, result.revision) == (len(before) - 1, head_revision())
    with snapshot() as session:
        assert check(session) == []
    assert told == sorted(told)
    assert not any("incoming" in name for name in schemas())
    again = backed_up(tmp_path / "outra.zip")
    with zipfile.ZipFile(path) as one, zipfile.ZipFile(again) as two:
        for name in one.namelist():
            assert one.read(name) == two.read(name), name


def test_an_encrypted_backup_comes_back_with_its_passphrase(admin: Actor, tmp_path: Path) -> None:
    shop(admin, sold=3)
    before = hashes()
    path = backed_up(tmp_path / "loja.zip", passphrase="pão de queijo")
    with pytest.raises(BadArchive, match="senha do backup"):
        restored(path)
    with pytest.raises(BadArchive, match="não confere"):
        restored(path, passphrase="pão de mel")
    restored(path, passphrase="pão de queijo")
    assert hashes() == before


def test_numbers_go_on_after_the_restored_ones(saved: Path) -> None:
    with snapshot() as session:
        last = session.scalar(text("SELECT max(id) FROM customers"))
    restored(saved)
    with transaction() as session:
        assert add_customer(session, "Nova") == last  # the one who came later is gone


def test_a_number_once_given_is_not_given_again(admin: Actor, tmp_path: Path) -> None:
    with transaction() as session:
        gone = add_customer(session, "Apagada")
        session.execute(text("DELETE FROM customers"))
    path = backed_up(tmp_path / "loja.zip")
    restored(path)
    with transaction() as session:
        assert add_customer(session, "Nova") == gone + 1
    lying = tampered(path, tmp_path / "b.zip", manifest=lambda m: m.update(sequences={}))
    restored(lying)
    with transaction() as session:
        number = session.scalar(text("SELECT nextval(pg_get_serial_sequence('users', 'id'))"))
    assert number == (admin.id or 0) + 1


def test_what_tells_of_this_installation_stays_and_the_restore_is_noted(
    admin: Actor, saved: Path
) -> None:
    with transaction() as session:
        session.add(
            Download(
                token_hash="x",
                user_id=1,
                session_id=1,
                what={},
                file_name="notas.csv",
                expires_at=NOW,
            )
        )
    result = restore.restore(saved, admin, today=TODAY)
    with snapshot() as session:
        assert session.scalars(select(Download.token_hash)).all() == ["x"]
        [run] = session.scalars(select(BackupRun)).all()
        assert (run.kind, run.ok, run.actor_name, run.file) == (
            "restore",
            True,
            admin.name,
            "loja.zip",
        )
        assert run.size == saved.stat().st_size
    assert result.tables > 20
    with transaction() as session:  # numbered on from where it was
        session.add(
            Download(
                token_hash="y", user_id=1, session_id=1, what={}, file_name="b", expires_at=NOW
            )
        )


def test_who_may_not_make_backups_may_not_restore(manager: Actor, saved: Path) -> None:
    for act in (restore.restore, restore.rehearse):
        with pytest.raises(NotAllowed):
            act(saved, manager, today=TODAY)


def test_a_rehearsal_proves_a_backup_and_changes_nothing(admin: Actor, saved: Path) -> None:
    before, others = hashes(), schemas()
    assert restore.rehearse(saved, admin, today=TODAY).revision == head_revision()
    assert (hashes(), schemas()) == (before, others)


def test_a_rehearsal_recounts_the_summaries_which_a_restore_takes_as_they_are(
    admin: Actor, saved: Path, tmp_path: Path
) -> None:
    def less(rows: bytes) -> bytes:
        return b"".join(rows.splitlines(keepends=True)[:-1])

    path = tampered(
        saved,
        tmp_path / "b.zip",
        table="flows",
        content=less,
        manifest=lambda m: [
            t.update(rows=t["rows"] - 1) for t in m["tables"] if t["name"] == "flows"
        ],
    )
    with pytest.raises(RestoreFailed, match="flows"):
        restore.rehearse(path, admin, today=TODAY)


def test_a_login_from_before_the_restore_no_longer_counts(admin: Actor, tmp_path: Path) -> None:
    assert admin.id
    now = NOW
    with transaction() as session:
        ticket = auth.issue_ticket(
            session,
            user_id=admin.id,
            address="::1",
            visitor_token="v",
            user_agent="",
            now=now - timedelta(minutes=5),
        )
        spare = auth.issue_ticket(
            session, user_id=admin.id, address="::1", visitor_token="v", user_agent="", now=now
        )
        token = auth.redeem_ticket(
            session, ticket=ticket, visitor_token="v", now=now - timedelta(minutes=5)
        )
    path = backed_up(tmp_path / "loja.zip")
    with transaction() as session:
        assert auth.authenticate(session, token=token, now=now, touch=False)
    restored(path)
    now = NOW + timedelta(seconds=2)
    with transaction() as session:
        session.execute(update(BackupRun).values(started_at=NOW + timedelta(seconds=1)))
        assert auth.authenticate(session, token=token, now=now, touch=False) is None
        assert auth.list_sessions(session, admin, now=now) == []
        late = auth.redeem_ticket(session, ticket=spare, visitor_token="v", now=now)
        assert auth.authenticate(session, token=late, now=now, touch=False) is None
        ticket = auth.issue_ticket(
            session, user_id=admin.id, address="::1", visitor_token="v", user_agent="", now=now
        )
        token = auth.redeem_ticket(session, ticket=ticket, visitor_token="v", now=now)
        assert auth.authenticate(session, token=token, now=now, touch=False)


def test_a_file_that_is_not_there_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        restored(tmp_path / "nada.zip")
    with snapshot() as session:
        assert backups.runs(session, 5) == []


def test_one_restore_or_rehearsal_at_a_time(admin: Actor, saved: Path) -> None:
    before = hashes()
    with incoming_schema.incoming(head_revision()) as other:
        for act in (restore.restore, restore.rehearse):
            with pytest.raises(Conflict, match="andamento"):
                act(saved, admin, today=TODAY)
        assert other.name in schemas()  # nobody has dropped it meanwhile
        incoming_schema.drop_leftovers()
        assert other.name in schemas()
    assert (hashes(), schemas()) == (before, [s for s in schemas() if "incoming" not in s])


def test_what_depends_on_the_old_tables_and_is_not_ours_is_not_dropped_with_them(
    saved: Path,
) -> None:
    before = hashes()
    with transaction() as session:
        schema = session.scalar(text("SELECT current_schema()"))
        session.execute(text("CREATE SCHEMA contador"))
        session.execute(text(f"CREATE VIEW contador.nomes AS SELECT name FROM {schema}.customers"))
    try:
        with pytest.raises(Conflict, match=r"contador\.nomes"):
            restored(saved)
        assert hashes() == before
    finally:
        with transaction() as session:
            session.execute(text("DROP SCHEMA contador CASCADE"))
    restored(saved)


def test_a_restored_shop_forgets_who_came_after_the_backup(saved: Path) -> None:
    restored(saved)
    with snapshot() as session:
        assert "Chegou Depois" not in session.scalars(select(Customer.name)).all()
