"""Keys for programs belong to the installation: no backup holds one, none brings one back."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from sqlalchemy import update

from credigestor.db.engine import transaction
from credigestor.db.models import User
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import api_keys, users
from tests.api.asking import ask
from tests.api.keying import key_of, revoke
from tests.backups.restoring import backed_up, restored
from tests.factories import add_user
from tests.moments import NOW

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")


@pytest.fixture
def vera() -> User:
    return add_user(Role.SELLER, name="Vera")


def works(key: str) -> bool:
    return ask("GET", "/auth/me", token=key).status == 200


def test_a_backup_holds_no_key_and_no_hash_of_one(vera: User, tmp_path: Path) -> None:
    key = key_of(vera, Permission.COUNTER)
    assert works(key)  # counted, too
    with zipfile.ZipFile(backed_up(tmp_path / "loja.zip")) as archive:
        held = b"".join(archive.read(name) for name in archive.namelist())
        assert not any("api_keys" in name or "api_calls" in name for name in archive.namelist())
    assert api_keys.digest(key).encode() not in held
    assert key[3:].encode() not in held


def test_a_restore_brings_back_no_key_that_has_ended_and_gives_none_to_another(
    vera: User, admin: Actor, tmp_path: Path
) -> None:
    other, leaving = add_user(name="Outra Pessoa"), add_user(name="Rui Reis")
    revoked = key_of(vera, Permission.COUNTER, name="A")
    kept = key_of(vera, Permission.COUNTER, name="B")
    of_leaving = key_of(leaving, Permission.COUNTER)
    path = backed_up(tmp_path / "loja.zip")
    revoke(1)
    later = key_of(vera, Permission.COUNTER, name="C")
    with transaction() as session:
        users.deactivate(session, admin, user_id=leaving.id, now=NOW)
        # Here the number is somebody else's than in the backup.
        session.execute(update(User).where(User.id == other.id).values(created_at=NOW))
    other.created_at = NOW
    of_other = key_of(other, Permission.COUNTER)
    assert works(of_other)
    restored(path)
    with transaction() as session:
        assert session.get_one(User, leaving.id).active
    assert not any(map(works, (revoked, of_leaving, of_other)))
    assert all(map(works, (kept, later, key_of(vera, Permission.COUNTER, name="D"))))
