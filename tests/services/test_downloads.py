"""The addresses of files: for one login, once, for a minute, and logged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import transaction
from credigestor.db.models import AuditEntry, Download
from credigestor.errors import BusinessError, Conflict, NotAllowed
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import downloads
from credigestor.services.auth import digest
from tests.moments import NOW

pytestmark = pytest.mark.usefixtures("db")

NOTES = {
    "order": {"kind": "list_notes", "filters": {"text": "Maria", "city": "", "status": "open"}}
}


def ask(actor: Actor, **changes: Any) -> str:
    """A manager's download of notes, asked for in login 7."""
    given: dict[str, Any] = {
        "permission": Permission.EXPORT,
        "login": 7,
        "what": NOTES,
        "file_name": "notas.csv",
        "rows_expected": 10,
        "now": NOW,
        **changes,
    }
    permission = given.pop("permission")
    with transaction() as session:
        return downloads.ask(session, actor, permission, **given)


def redeem(actor: Actor, token: str, **changes: Any) -> Download:
    with transaction() as session:
        given: dict[str, Any] = {"login": 7, "now": NOW, **changes}
        return downloads.redeem(session, actor, token=token, **given)


def test_an_address_gives_what_was_asked_for_once(manager: Actor) -> None:
    token = ask(manager)
    row = redeem(manager, token)
    assert (row.file_name, row.what["order"], row.rows_expected) == (
        "notas.csv", NOTES["order"], 10,
    )  # fmt: skip
    with pytest.raises(Conflict, match="já foi usado"):
        redeem(manager, token)


def test_only_a_digest_of_the_token_is_kept(manager: Actor) -> None:
    token = ask(manager)
    assert len(token) == 43
    with transaction() as session:
        row = session.scalars(select(Download)).one()
    assert row.token_hash == digest(token)
    assert token not in str(vars(row))


def test_of_two_requests_at_once_one_gets_the_file(manager: Actor) -> None:
    token = ask(manager)

    def attempt(_: int) -> bool:
        try:
            return bool(redeem(manager, token))
        except Conflict:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


def test_an_address_is_good_for_a_minute(manager: Actor) -> None:
    token = ask(manager)
    with pytest.raises(Conflict, match="venceu"):
        redeem(manager, token, now=NOW + downloads.TICKET)
    assert redeem(manager, token, now=NOW + downloads.TICKET - timedelta(seconds=1))


def test_another_person_or_login_is_refused_and_spends_nothing(
    manager: Actor, admin: Actor
) -> None:
    token = ask(manager)
    for actor, login, said in ((admin, 7, token), (manager, 8, token), (manager, 7, "x")):
        with pytest.raises(NotAllowed, match="não é desta sessão"):
            redeem(actor, said, login=login)
    assert redeem(manager, token)


def test_the_right_is_asked_for_when_the_address_is_made_and_when_it_is_used(
    manager: Actor, seller: Actor
) -> None:
    with pytest.raises(NotAllowed):
        ask(seller)
    with pytest.raises(NotAllowed):
        ask(manager, permission=Permission.BACKUP)
    token = ask(manager)
    with pytest.raises(NotAllowed, match="não tem permissão"):
        redeem(Actor(manager.id, manager.name, Role.SELLER), token)


def test_who_gets_which_file_is_logged_but_not_whom_they_searched_for(admin: Actor) -> None:
    redeem(admin, ask(admin))
    backup = {"permission": Permission.BACKUP, "what": {"file": "b.zip"}, "file_name": "b.zip"}
    redeem(admin, ask(admin, **backup))
    with transaction() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(e.actor_id, e.action, e.entity, e.after) for e in entries] == [
        (
            admin.id,
            "export",
            "download",
            {"file": "notas.csv", "kind": "list_notes", "filters": {"text": "…", "status": "open"}},
        ),
        (admin.id, "download_backup", "download", {"file": "b.zip"}),
    ]
    with transaction() as session:
        spent = session.scalars(select(Download.what).order_by(Download.id)).all()
    assert spent == [{"permission": "export"}, {"permission": "backup"}]


def test_a_refused_request_is_not_logged(manager: Actor, admin: Actor) -> None:
    token = ask(manager)
    with pytest.raises(BusinessError):
        redeem(admin, token)
    with transaction() as session:
        assert session.scalar(select(AuditEntry)) is None


def test_how_far_a_file_is_and_how_it_ended_is_told_to_who_has_its_token(manager: Actor) -> None:
    token = ask(manager)
    download_id = redeem(manager, token).id
    with transaction() as session:
        downloads.advance(session, download_id, rows=3, size=300)
    with transaction() as session:
        row = downloads.find(session, token)
        assert row is not None
        assert (row.rows, row.size, downloads.ending(row, NOW)) == (3, 300, None)
        assert downloads.find(session, "another") is None
        downloads.finish(session, download_id, rows=5, size=500, error="Caiu.", now=NOW)
        session.refresh(row)
        assert (row.rows, row.size, downloads.ending(row, NOW)) == (5, 500, "Caiu.")
        downloads.finish(session, download_id, rows=5, size=500, error=None, now=NOW)
        session.refresh(row)
        assert downloads.ending(row, NOW + timedelta(days=1)) is None


def test_a_file_that_never_ends_counts_as_interrupted(manager: Actor) -> None:
    token = ask(manager)
    with transaction() as session:
        row = downloads.find(session, token)
    assert row is not None
    assert downloads.ending(row, NOW) is None
    assert downloads.ending(row, row.expires_at) == downloads.SPENT
    row.used_at = NOW
    assert downloads.ending(row, NOW + downloads.LONGEST) is None
    assert downloads.ending(row, NOW + downloads.LONGEST * 2) == downloads.INTERRUPTED


def test_rows_are_forgotten_after_a_day(manager: Actor) -> None:
    ask(manager, now=NOW - downloads.KEPT - timedelta(seconds=1))
    kept = ask(manager, now=NOW - timedelta(hours=23))
    new = ask(manager)
    with transaction() as session:
        hashes = set(session.scalars(select(Download.token_hash)))
    assert hashes == {digest(kept), digest(new)}
