"""GET /baixar/…: who gets a file, how it goes out, and what is left when it does not."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from credigestor.backups import backup_folder
from credigestor.config import get_config
from credigestor.db.engine import get_engine, transaction
from credigestor.db.loading.copying import Rows, copy_out
from credigestor.db.models import AuditEntry, Download, LoginSession, User
from credigestor.exports import catalogue
from credigestor.exports.catalogue import Order
from credigestor.rules.permissions import Permission, Role
from credigestor.services import auth, downloads
from credigestor.web import sending
from tests.factories import actor_of, add_user
from tests.moments import NOW
from tests.ui.support import login_as
from tests.web.fetching import Client, fetch

pytestmark = pytest.mark.usefixtures("db")

#: Ten rows of some 100 kB: about four blocks.
ROWS = "SELECT n, repeat('x', 100000) FROM generate_series(1, 10) AS n"
FAILS = "SELECT n, repeat('x', 100000), 1 / (8 - n) FROM generate_series(1, 10) AS n"
FAILS_AT_ONCE = "SELECT 1 / 0"


@pytest.fixture
def guta() -> User:
    """A manager."""
    return add_user(Role.MANAGER, name="Guta Gerente")


@pytest.fixture
def cookie(guta: User) -> str:
    """Her login."""
    return login_as(user=guta)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What the files under test hold: a SELECT instead of the shop's tables."""

    def use(statement: str) -> None:
        def stream(session: Session, order: Order, *, rows: Rows, **_: Any) -> Iterator[bytes]:
            return copy_out(session.connection(), statement, "FORMAT csv", rows)

        monkeypatch.setattr(catalogue, "stream", stream)

    use(ROWS)
    return use


def ask(user: User, cookie: str, **changes: Any) -> str:
    """The address of a file asked for in this login."""
    with transaction() as session:
        found = auth.authenticate(session, token=cookie, now=NOW, touch=False)
        assert found is not None
        given: dict[str, Any] = {
            "what": {"order": Order(kind="notes").model_dump(mode="json")},
            "file_name": "notas de ção.csv",
            "rows_expected": 10,
            **changes,
        }
        permission = given.pop("permission", Permission.EXPORT)
        token = downloads.ask(session, actor_of(user), permission, login=found[1], now=NOW, **given)
    return f"/baixar/{token}"


def row() -> Download:
    with transaction() as session:
        return session.scalars(select(Download)).one()


def copies() -> int:
    """Transactions of this application that are under way, and do not end within seconds.

    A server notices a connection that was closed when it next writes to it.
    """
    patience = monotonic() + 20
    while (found := _under_way()) and monotonic() < patience:
        sleep(0.05)
    return found


def _under_way() -> int:
    with get_engine().connect() as connection:
        return int(
            connection.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'credigestor' "
                    "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
                )
            )
            or 0
        )


def test_a_file_goes_out_whole_under_its_name(
    guta: User, cookie: str, sent: Callable[[str], None]
) -> None:
    answer = fetch(ask(guta, cookie), cookie)
    assert (answer.status, answer.whole) == (200, True)
    assert answer.body == b"".join(b"%d,%s\n" % (n, b"x" * 100_000) for n in range(1, 11))
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"notas de __o.csv\"; filename*=UTF-8''notas%20de%20%C3%A7%C3%A3o.csv"
    )
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in answer.headers
    done = row()
    assert (done.rows, done.size, done.error) == (10, len(answer.body), None)
    assert done.finished_at is not None
    with transaction() as session:
        assert session.scalars(select(AuditEntry.action)).all() == ["export"]


@pytest.mark.usefixtures("sent")
def test_an_address_works_once_and_for_its_login_alone(guta: User, cookie: str) -> None:
    path = ask(guta, cookie)
    for other in (None, "x" * 43, login_as(Role.ADMIN), login_as(user=guta)):
        refused = fetch(path, other)
        assert refused.status == 403
        assert "x" not in refused.text.replace("nexão", "")
    assert fetch(path, cookie).status == 200
    again = fetch(path, cookie)
    assert (again.status, again.text) == (410, downloads.SPENT)
    assert fetch("/baixar/" + "A" * 43, cookie).status == 403


@pytest.mark.usefixtures("sent")
def test_an_old_address_is_gone(guta: User, cookie: str) -> None:
    path = ask(guta, cookie)
    with transaction() as session:
        session.execute(update(Download).values(expires_at=NOW))
    assert fetch(path, cookie).status == 410


@pytest.mark.usefixtures("sent")
def test_a_role_or_login_that_is_gone_gets_nothing(guta: User, cookie: str) -> None:
    path = ask(guta, cookie)
    with transaction() as session:
        session.execute(update(User).where(User.id == guta.id).values(role="seller"))
    assert "não tem permissão" in fetch(path, cookie).text
    with transaction() as session:
        session.execute(update(User).where(User.id == guta.id).values(role="manager"))
        session.execute(update(LoginSession).values(revoked_at=NOW))
    refused = fetch(path, cookie)
    assert (refused.status, "sessão terminou" in refused.text) == (403, True)
    assert row().used_at is None


@pytest.mark.usefixtures("sent")
def test_asking_for_the_headers_alone_spends_nothing(guta: User, cookie: str) -> None:
    path = ask(guta, cookie)
    assert fetch(path, cookie, method="HEAD").status == 405
    assert fetch(path, cookie, http="1.0").status == 505
    assert fetch(path, cookie).status == 200


def test_a_failure_at_the_beginning_is_answered(
    guta: User, cookie: str, sent: Callable[[str], None]
) -> None:
    sent(FAILS_AT_ONCE)
    answer = fetch(ask(guta, cookie), cookie)
    assert (answer.status, answer.whole) == (503, True)
    assert "não conseguiu" in answer.text
    assert row().error == sending.FAILED
    assert copies() == 0


def test_a_failure_half_way_cuts_the_file_off(
    guta: User, cookie: str, sent: Callable[[str], None]
) -> None:
    sent(FAILS)
    answer = fetch(ask(guta, cookie), cookie)
    assert (answer.status, answer.whole) == (200, False)
    assert row().error == sending.FAILED
    assert row().size == len(answer.body) > 0
    assert copies() == 0


@pytest.mark.usefixtures("sent")
def test_a_client_that_goes_away_ends_the_copy(guta: User, cookie: str) -> None:
    answer = fetch(ask(guta, cookie), cookie, client=Client(leaves_after=2))
    assert not answer.whole
    assert row().error == sending.GONE
    assert copies() == 0


@pytest.mark.usefixtures("sent")
def test_a_client_that_stops_reading_ends_the_copy(
    guta: User, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "PATIENCE", 0.2)
    answer = fetch(ask(guta, cookie), cookie, client=Client(stalls_after=3))
    assert not answer.whole
    assert row().error == sending.STALLED
    assert copies() == 0


def test_progress_is_noted_while_a_file_goes_out(
    guta: User, cookie: str, sent: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[tuple[int, int]] = []
    monkeypatch.setattr(sending, "NOTED_EVERY", 0.0)
    advance = downloads.advance

    def noting(session: Session, download_id: int, *, rows: int, size: int) -> None:
        noted.append((rows, size))
        advance(session, download_id, rows=rows, size=size)

    monkeypatch.setattr(downloads, "advance", noting)
    fetch(ask(guta, cookie), cookie)
    assert [rows for rows, _ in noted] == [3, 6, 9, 10]
    assert noted[-1][1] == row().size


def test_a_backup_goes_out_to_who_makes_backups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = add_user(Role.ADMIN)
    cookie = login_as(user=ada)
    monkeypatch.setattr(get_config(), "backup_folder", tmp_path)
    name = "credigestor-backup-2026-11-23T030000Z.zip"
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr("manifest.json", "{}" * 300_000)
    (tmp_path / "segredo.txt").write_text("x")
    assert name in {file.name for file in backup_folder.files(tmp_path)}
    backup = {"permission": Permission.BACKUP, "file_name": name}
    answer = fetch(ask(ada, cookie, what={"file": name}, **backup), cookie)
    assert answer.body == (tmp_path / name).read_bytes()
    assert int(answer.headers["content-length"]) == len(answer.body)
    for elsewhere in ("segredo.txt", f"../{tmp_path.name}/{name}", "/etc/passwd"):
        refused = fetch(ask(ada, cookie, what={"file": elsewhere}, **backup), cookie)
        assert (refused.status, "Não há backup" in refused.text) == (410, True)
    with transaction() as session:
        used = session.scalars(select(Download.file_name).where(Download.used_at.is_not(None)))
        assert used.all() == [name]
        assert session.scalars(select(AuditEntry.action)).all() == ["download_backup"]
