"""Keys for programs, made without the page."""

from __future__ import annotations

from datetime import timedelta

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import ApiKey, User
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import api_keys
from tests.moments import NOW
from tests.portfolio import TODAY

ADA = Actor(None, "Ada Administradora", Role.ADMIN)


def key_of(user: User, *scopes: Permission, name: str = "Caixa", days: int = 30) -> str:
    """A new key of a user, good for so many days after today."""
    with transaction() as session:
        _, secret = api_keys.make(
            session,
            ADA,
            user_id=user.id,
            name=name,
            scopes=scopes,
            until=TODAY + timedelta(days=days),
            now=NOW,
            today=TODAY,
        )
    return secret


def row(key_id: int = 1) -> ApiKey:
    """A key as it is stored."""
    with snapshot() as session:
        return session.get_one(ApiKey, key_id)


def revoke(key_id: int = 1) -> None:
    """End a key."""
    with transaction() as session:
        api_keys.revoke(session, ADA, key_id=key_id, now=NOW)
