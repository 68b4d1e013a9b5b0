"""Files asked for: each a single-use address for one login, and how far its file has come.

Everything is in the table, so that any process may answer the address: `what` says how the file
is made. Only the SHA-256 of an address's token is kept.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from credigestor.db.models import Download, LoginSession, User
from credigestor.errors import Conflict, NotAllowed
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import api_keys, audit, auth
from credigestor.services.auth import digest

TICKET = timedelta(seconds=60)
#: No file is sent for longer: it holds a connection, and a snapshot of the database.
LONGEST = timedelta(hours=1)
KEPT = timedelta(days=1)

NOT_YOURS = "Este link de download não é desta sessão. Peça o arquivo na página."
SPENT = "Este link de download já foi usado ou venceu. Peça o arquivo de novo."
INTERRUPTED = "O download foi interrompido."

#: What a filter that limits nothing holds.
_NOTHING: tuple[Any, ...] = (None, "", [])


def ask(
    session: Session,
    actor: Actor,
    permission: Permission,
    *,
    login: int,
    what: dict[str, Any],
    file_name: str,
    rows_expected: int | None,
    now: datetime,
    bearer: str | None = None,
) -> str:
    """Give the token of a file for 60 seconds, to this person in this login session alone.

    `what` is JSON and says how the file is made, which `permission` is needed for then too.
    A `bearer` token, made by a program's call, is all that is shown for the file (`redeem_bearer`).
    Raises NotAllowed.
    """
    actor.require(permission)
    token = bearer or secrets.token_urlsafe(32)
    session.execute(delete(Download).where(Download.created_at < now - KEPT))
    session.add(
        Download(
            token_hash=digest(token),
            user_id=actor.id,
            session_id=login,
            what={**what, "permission": permission} | ({"bearer": True} if bearer else {}),
            file_name=file_name,
            created_at=now,
            expires_at=now + TICKET,
            rows_expected=rows_expected,
        )
    )
    return token


def redeem(session: Session, actor: Actor, *, login: int, token: str, now: datetime) -> Download:
    """Use the address up and log who gets which file.

    Raises NotAllowed where it is another login's, nobody's, or the role has no right to it any
    more; Conflict when it is spent.
    """
    row = session.scalar(select(Download).where(Download.token_hash == digest(token)))
    if row is None or (row.user_id, row.session_id) != (actor.id, login):
        raise NotAllowed(NOT_YOURS)
    permission = Permission(row.what["permission"])
    actor.require(permission)
    used = session.scalar(
        update(Download)
        .where(Download.id == row.id, Download.used_at.is_(None), Download.expires_at > now)
        # What was searched for may be a person's name, which need not stay (R28).
        .values(used_at=now, what={"permission": permission})
        .returning(Download.id)
        .execution_options(synchronize_session=False)
    )
    if used is None:
        raise Conflict(SPENT)
    action = "download_backup" if permission == Permission.BACKUP else "export"
    after = {"file": row.file_name, **_without_people(row.what)}
    audit.record(session, actor, action, "download", row.id, after=after)
    return row


def redeem_bearer(session: Session, *, token: str, now: datetime) -> Download:
    """As `redeem`, for whoever comes with a `bearer` token: for the login or key that asked for it.

    That must still hold, and its rights are those of now. A token that a page gave is no good here:
    it needs the cookie beside it. Raises as `redeem` does.
    """
    row = find(session, token)
    if row is None or not row.what.get("bearer"):
        raise Conflict(SPENT)
    actor = _asker(session, row, now)
    if actor is None:
        raise NotAllowed("O acesso que pediu este arquivo terminou. Entre e peça de novo.")
    return redeem(session, actor, login=row.session_id, token=token, now=now)


def _asker(session: Session, row: Download, now: datetime) -> Actor | None:
    if row.session_id < 0:  # as a call by a key has it: minus the key's id
        held = api_keys.still_held(session, key_id=-row.session_id, now=now)
        return held.actor if held else None
    user = session.scalar(
        select(User)
        .join(LoginSession, LoginSession.user_id == User.id)
        .where(
            User.id == row.user_id, User.active, LoginSession.id == row.session_id, *auth.live(now)
        )
    )
    return Actor(user.id, user.name, Role(user.role)) if user else None


def advance(session: Session, download_id: int, *, rows: int, size: int) -> None:
    """Note how many rows and bytes have been sent so far."""
    session.execute(update(Download).where(Download.id == download_id).values(rows=rows, size=size))


def finish(
    session: Session, download_id: int, *, rows: int, size: int, error: str | None, now: datetime
) -> None:
    """Note that nothing more is sent; `error` says in Portuguese why the file is not whole."""
    session.execute(
        update(Download)
        .where(Download.id == download_id)
        .values(rows=rows, size=size, error=error, finished_at=now)
    )


def find(session: Session, token: str) -> Download | None:
    """A download, as far as it has come, for who has its token; None when forgotten."""
    return session.scalar(select(Download).where(Download.token_hash == digest(token)))


def ending(row: Download, now: datetime) -> str | None:
    """Why the file is not coming, or not whole; None while it may come, and once it is there.

    A process that was killed says nothing: its download counts as interrupted once no file is
    sent for so long.
    """
    if row.error is not None or row.finished_at is not None:
        return row.error
    if row.used_at is None:
        return SPENT if row.expires_at <= now else None
    return INTERRUPTED if row.used_at + LONGEST < now else None


def _without_people(what: dict[str, Any]) -> dict[str, Any]:
    order: dict[str, Any] | None = what.get("order")
    if order is None:
        return {}
    # What was searched for may be a person's name, which the log would keep for good (R28).
    filters = {name: value for name, value in order["filters"].items() if value not in _NOTHING}
    if "text" in filters:
        filters["text"] = "…"
    return {**order, "filters": filters}
