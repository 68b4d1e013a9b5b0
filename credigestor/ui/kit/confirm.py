"""Asking who is logged in for their password again: a login may stand open on a counter."""

from __future__ import annotations

from credigestor import clock
from credigestor.db.engine import transaction
from credigestor.errors import InvalidInput, NotAllowed
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import confirmation, known_browsers
from credigestor.ui.kit import session


def place() -> str:
    """Where tries at the password of who is at the other side count; NotAllowed if nobody is."""
    found = session.identity()
    if found is None:
        raise NotAllowed("Sua sessão terminou. Entre de novo para continuar.")
    with transaction() as db:
        return known_browsers.place_of(db, login_session=found[1])


def confirm(actor: Actor, permission: Permission, password: str) -> None:
    """Return if the password is the actor's, and count the try.

    Raises InvalidInput (field `password`), NotAllowed while there were too many, or once the
    right is gone.
    """
    if not password:
        raise InvalidInput("Digite a sua senha.", field="password")
    address = place()
    with transaction() as db:
        refusal = confirmation.refusal(
            db, actor, permission, password=password, address=address, now=clock.now()
        )
    if refusal is not None:
        raise refusal
