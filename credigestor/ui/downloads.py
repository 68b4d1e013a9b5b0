"""Files of everything, made when the button is clicked, for who may have them at that moment.

A download button's callable runs outside any script run, perhaps long after the page was drawn:
so it finds out anew who asks, from the cookie that the page was drawn for.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.orm import Session

from credigestor import clock
from credigestor.db.engine import snapshot, transaction
from credigestor.db.settings import current_settings
from credigestor.errors import NotAllowed
from credigestor.rules.permissions import Permission
from credigestor.services import auth
from credigestor.transfer import exporter
from credigestor.ui import session

Build = Callable[[Session, io.BytesIO, date, datetime], object]


def csv_file(name: str, as_of: date) -> Callable[[], bytes]:
    """What makes one of exporter.CSV_FILES, notes as they stand at `as_of`."""
    return _made_on_click(
        lambda db, file, today, now: exporter.export_csv(db, name, file, as_of=as_of, today=today)
    )


def archive(as_of: date) -> Callable[[], bytes]:
    """What makes the ZIP of all of them and its manifest, from one snapshot."""
    return _made_on_click(
        lambda db, file, today, now: exporter.export(
            db, file, as_of=as_of, today=today, generated_at=now
        )
    )


def made_for(permission: Permission, build: Callable[[], bytes]) -> Callable[[], bytes]:
    """What makes a file on click if whoever the page was drawn for may still have it then."""
    token = session.user_token()

    def make() -> bytes:
        _check(token, permission)
        return build()

    return make


def _made_on_click(build: Build) -> Callable[[], bytes]:
    def make() -> bytes:
        file = io.BytesIO()
        with snapshot() as db:
            build(db, file, current_settings(db).today, clock.now())
        return file.getvalue()

    return made_for(Permission.TRANSFER, make)


def _check(token: str | None, permission: Permission) -> None:
    """Raise NotAllowed unless this cookie's person still has the permission."""
    with transaction() as db:
        found = auth.authenticate(db, token=token or "", now=clock.now(), touch=False)
    if found is None:
        raise NotAllowed("Sua sessão terminou. Entre de novo para continuar.")
    found[0].require(permission)
