"""Proving once more who one is, before an act that cannot be taken back.

A login may have been left open on a counter. A wrong password counts as a failed login does, so
that this is no way around the lockout.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import User
from credigestor.errors import BusinessError, InvalidInput, NotAllowed
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import lockout
from credigestor.services.passwords import password_matches


def refusal(
    session: Session,
    actor: Actor,
    permission: Permission,
    *,
    password: str,
    address: str,
    now: datetime,
) -> BusinessError | None:
    """Check the actor's password and, as the table has it now, their permission; count the try.

    The refusal (field `password` for a wrong one) is given and not raised, because the count
    must be committed.
    """
    login = session.scalar(select(User.login).where(User.id == actor.id)) or ""
    locked = lockout.refusal(session, login=login, address=address, now=now)
    if locked is not None:
        return locked
    # After the lockout's own locks, as a login takes them: no two tries wait in a ring.
    user = session.scalar(select(User).where(User.id == actor.id).with_for_update(read=True))
    if user is None or not user.active or not _current(user, actor).can(permission):
        return NotAllowed("Seu acesso mudou e não permite mais esta operação.")
    correct = password_matches(password, user.password_hash)
    lockout.count(session, login=login, address=address, succeeded=correct, now=now)
    return None if correct else InvalidInput("A senha não confere.", field="password")


def _current(user: User, actor: Actor) -> Actor:
    return Actor(user.id, user.name, Role(user.role), actor.scopes)
