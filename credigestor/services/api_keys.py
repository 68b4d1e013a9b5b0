"""Keys by which programs call the API: made and revoked by administrators, each for one user.

A key is `cg_` and 256 random bits. It is shown when it is made and never again: only its SHA-256
is kept. It may do what its scopes name and its user's role allows, both read at each call: a
demotion narrows it, a deactivation revokes it for good. A new password does not: the key comes of
no password, and a till must not stop because somebody changed theirs.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from sqlalchemy import Row, and_, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Session

from credigestor.db.models import ApiKey, User
from credigestor.db.settings import current_settings
from credigestor.errors import InvalidInput, InvalidInputs, NotFound
from credigestor.rules.calendar import format_date
from credigestor.rules.identity import parse_name
from credigestor.rules.permissions import PERMISSION_NAMES, TABLE, Actor, Permission, Role
from credigestor.services import audit

PREFIX = "cg_"
#: Characters of a key's name.
MAX_NAME = 60
#: For how long a key is made: unless it is said, and at most.
USUAL, LONGEST = relativedelta(years=1), relativedelta(years=3)
#: Its last use is noted so often.
SEEN_EVERY = timedelta(minutes=1)

# After a restore another user may have the id.
_OWNER = and_(User.id == ApiKey.user_id, User.created_at == ApiKey.user_since)
# Statements built once: to build them takes longer than to run them.
_USABLE = (
    select(
        *(ApiKey.id, ApiKey.name, ApiKey.scopes, ApiKey.expires_at, ApiKey.last_used_at),
        *(User.id.label("user_id"), User.name.label("user_name"), User.role),
    )
    .join(User, _OWNER)
    .where(
        ApiKey.revoked_at.is_(None),
        ApiKey.expires_at > bindparam("now", type_=TIMESTAMP(timezone=True)),
        User.active,
    )
)
_HOLDER = _USABLE.where(ApiKey.key_hash == bindparam("key_hash"))
_BY_ID = _USABLE.where(ApiKey.id == bindparam("key_id"))


@dataclass(frozen=True)
class Held:
    """Who calls by a key: the actor, narrowed and named by it, and what is to be told of it."""

    actor: Actor
    id: int
    name: str
    user_name: str
    scopes: frozenset[Permission]
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class KeyInfo:
    """A key as an administrator is shown it; `idle` are scopes that its user's role lacks now.

    `user_name` is None where its user is no longer there, and `usable` tells whether it opens
    anything.
    """

    id: int
    name: str
    user_name: str | None
    scopes: frozenset[Permission]
    idle: frozenset[Permission]
    created_at: datetime
    created_by_name: str
    expires_at: datetime
    last_used_at: datetime | None
    last_used_address: str | None
    revoked_at: datetime | None
    revoked_by_name: str | None
    usable: bool


def make(
    session: Session,
    actor: Actor,
    *,
    user_id: int | None,
    name: str,
    scopes: Collection[Permission],
    until: date | None,
    now: datetime,
    today: date,
) -> tuple[ApiKey, str]:
    """Make a key for a user, good to the end of the shop's day `until`; give the row and the key.

    Raises NotAllowed, and InvalidInputs for user_id, name, scopes and until.
    """
    actor.require(Permission.USERS)
    # Held until the commit: who deactivates the user meanwhile then finds this key to revoke, and
    # a second click finds its name taken.
    user = session.get(User, user_id or 0, with_for_update={"key_share": True})
    wrong = _wrong_user_or_scopes(user, scopes) | _wrong_day(until, today)
    try:
        name = parse_name(name, maximum=MAX_NAME)
    except InvalidInput as error:
        wrong["name"] = error.message
    if user is not None and _is_taken(session, user, name, now):
        wrong["name"] = "Este usuário já tem uma chave com este nome. Revogue-a ou dê outro nome."
    if wrong or user is None or until is None:
        raise InvalidInputs(wrong)
    secret = PREFIX + secrets.token_urlsafe(32)
    zone = ZoneInfo(current_settings(session).time_zone)
    row = ApiKey(
        name=name,
        user_id=user.id,
        user_since=user.created_at,
        key_hash=digest(secret),
        scopes=sorted(scopes),
        created_at=now,
        created_by_name=actor.name,
        expires_at=datetime.combine(until + timedelta(days=1), time(), zone),
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor,
        "create",
        "api_key",
        row.id,
        after={"name": name, "user": user.id, "scopes": row.scopes, "until": until},
    )
    return row, secret


def revoke(session: Session, actor: Actor, *, key_id: int, now: datetime) -> None:
    """End a key: it opens nothing from the next call on. Raises NotAllowed, NotFound."""
    actor.require(Permission.USERS)
    row = session.get(ApiKey, key_id, with_for_update=True, populate_existing=True)
    if row is None or row.revoked_at is not None:
        raise NotFound("Esta chave não existe ou já foi revogada.")
    _end(session, actor, row, now)


def revoke_all(session: Session, actor: Actor, *, user: User, now: datetime) -> None:
    """End all keys of a user who is being deactivated; to activate them again brings none back."""
    rows = session.scalars(
        select(ApiKey)
        .where(
            ApiKey.user_id == user.id,
            ApiKey.user_since == user.created_at,
            ApiKey.revoked_at.is_(None),
        )
        .order_by(ApiKey.id)
        .with_for_update()
    )
    for row in rows.all():
        _end(session, actor, row, now)


def list_keys(session: Session, actor: Actor, *, now: datetime) -> list[KeyInfo]:
    """All keys, those that open something first, then the newest; NotAllowed as `make`."""
    actor.require(Permission.USERS)
    found = session.execute(select(ApiKey, User).outerjoin(User, _OWNER).order_by(ApiKey.id.desc()))
    shown = [_info(row, user, now) for row, user in found]
    return sorted(shown, key=lambda info: not info.usable)


def holder(session: Session, *, key: str, now: datetime) -> Held | None:
    """Find for whom this key calls, with the role of now; None for one that is no good."""
    found = session.execute(_HOLDER, {"key_hash": digest(key), "now": now}).one_or_none()
    return found and _held(found)


def still_held(session: Session, *, key_id: int, now: datetime) -> Held | None:
    """As `holder`, for what a call by this key has begun; None once the key is no good."""
    found = session.execute(_BY_ID, {"key_id": key_id, "now": now}).one_or_none()
    return found and _held(found)


def _held(found: Row[*tuple[Any, ...]]) -> Held:
    scopes = _scopes(found.scopes)
    named = f"{found.user_name}, pela chave {found.id} ({found.name})"
    return Held(
        actor=Actor(found.user_id, named, Role(found.role), scopes),
        id=found.id,
        name=found.name,
        user_name=found.user_name,
        scopes=scopes,
        expires_at=found.expires_at,
        last_used_at=found.last_used_at,
    )


def note_use(session: Session, *, key_id: int, address: str, now: datetime) -> None:
    """Note when and from where a key was used, for who has seen that it was not for a minute.

    It waits neither for the disk nor for whoever notes the same: a crash may lose the note.
    """
    session.execute(text("SET LOCAL synchronous_commit = off"))
    mine = select(ApiKey.id).where(ApiKey.id == key_id).with_for_update(skip_locked=True)
    session.execute(
        update(ApiKey)
        .where(ApiKey.id.in_(mine))
        .values(last_used_at=now, last_used_address=address[:64])
    )


def is_due(held: Held, now: datetime) -> bool:
    """Tell whether a use is to be noted: none was in the last minute."""
    return held.last_used_at is None or now - held.last_used_at >= SEEN_EVERY


def digest(key: str) -> str:
    """SHA-256 of a key, in hexadecimal: the only form that is stored."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _wrong_user_or_scopes(user: User | None, scopes: Collection[Permission]) -> dict[str, str]:
    if user is None or not user.active:
        return {"user_id": "Escolha um usuário ativo."}
    if not scopes:
        return {"scopes": "Escolha ao menos uma permissão."}
    beyond = [PERMISSION_NAMES[scope] for scope in scopes if scope not in TABLE[Role(user.role)]]
    if beyond:
        return {"scopes": f"O perfil do usuário não permite: {'; '.join(beyond)}."}
    return {}


def _wrong_day(until: date | None, today: date) -> dict[str, str]:
    last = today + LONGEST
    if until is None or not today <= until <= last:
        return {"until": f"Escolha um dia de hoje até {format_date(last)}."}
    return {}


def _is_taken(session: Session, user: User, name: str, now: datetime) -> bool:
    live = select(ApiKey.id).where(ApiKey.revoked_at.is_(None), ApiKey.expires_at > now)
    named = live.where(ApiKey.user_id == user.id, ApiKey.user_since == user.created_at)
    return session.scalar(named.where(ApiKey.name == name).limit(1)) is not None


def _end(session: Session, actor: Actor, row: ApiKey, now: datetime) -> None:
    row.revoked_at, row.revoked_by_name = now, actor.name
    audit.record(
        session, actor, "revoke", "api_key", row.id, before={"name": row.name, "user": row.user_id}
    )


def _scopes(kept: Collection[str]) -> frozenset[Permission]:
    # One that a later version knew, or an earlier one, gives nothing.
    return frozenset(scope for scope in Permission if scope in kept)


def _info(row: ApiKey, user: User | None, now: datetime) -> KeyInfo:
    scopes = _scopes(row.scopes)
    allowed = TABLE[Role(user.role)] if user else frozenset[Permission]()
    return KeyInfo(
        id=row.id,
        name=row.name,
        user_name=user.name if user else None,
        scopes=scopes,
        idle=scopes - allowed,
        created_at=row.created_at,
        created_by_name=row.created_by_name,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        last_used_address=row.last_used_address,
        revoked_at=row.revoked_at,
        revoked_by_name=row.revoked_by_name,
        usable=bool(user and user.active and row.revoked_at is None and row.expires_at > now),
    )
