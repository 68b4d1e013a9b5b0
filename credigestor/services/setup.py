"""The first run: a guarded code, then the shop's first administrator and its settings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from credigestor.db.models import User
from credigestor.db.settings import ShopSettings
from credigestor.errors import BusinessError, InvalidInput
from credigestor.rules.permissions import Actor, Role
from credigestor.services import lockout, settings, users

#: Not a login that anybody can have: it has a space.
_NAME = "setup code"


def check_code(
    session: Session, *, matches: bool, address: str, now: datetime
) -> BusinessError | None:
    """Count a try at the setup code, with the limits of a login; give the refusal, if any.

    Nothing is raised, because the count must be committed.
    """
    refusal = lockout.refusal(session, login=_NAME, address=address, now=now)
    if refusal is not None:
        return refusal
    lockout.count(session, login=_NAME, address=address, succeeded=matches, now=now)
    return None if matches else InvalidInput("Código de configuração incorreto.", field="code")


def found_shop(
    session: Session, *, shop: ShopSettings, login: str, name: str, password: str
) -> User:
    """Register the first administrator and the shop's settings; Conflict if anybody exists."""
    user = users.create_first_admin(session, login=login, name=name, password=password)
    settings.change(session, Actor(user.id, user.name, Role.ADMIN), shop)
    return user
