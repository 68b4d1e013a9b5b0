"""Keys for programs, for tests of what is written of them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from credigestor.db.models import ApiKey, User
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import api_keys
from tests.moments import NOW
from tests.portfolio import TODAY


def make(session: Session, actor: Actor, user_id: int) -> None:
    """Make a seller's key by the service."""
    api_keys.make(
        session,
        actor,
        user_id=user_id,
        name="Caixa",
        scopes={Permission.SELL, Permission.COUNTER},
        until=TODAY,
        now=NOW,
        today=TODAY,
    )


def there(session: Session, user_id: int) -> int:
    """A key that is there without a word in the log; its id."""
    user = session.get_one(User, user_id)
    row = ApiKey(
        name="Caixa",
        user_id=user.id,
        user_since=user.created_at,
        key_hash="0" * 64,
        scopes=["counter"],
        created_at=NOW,
        created_by_name="Ada",
        expires_at=NOW + timedelta(days=1),
    )
    session.add(row)
    session.flush()
    return row.id


def revoke_all(session: Session, actor: Actor, user_id: int) -> None:
    """Revoke such a key with all of its user's."""
    there(session, user_id)
    api_keys.revoke_all(session, actor, user=session.get_one(User, user_id), now=NOW)
