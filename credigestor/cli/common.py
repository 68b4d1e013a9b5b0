"""What every command needs: who acts, the shop brought up to date, and a bar of progress."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from alembic.util import CommandError
from sqlalchemy.exc import IntegrityError, ProgrammingError

from credigestor import clock
from credigestor.db.engine import get_direct_engine, snapshot, transaction
from credigestor.db.migrate import migrate
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.rules.permissions import Actor, Role
from credigestor.rules.progress import Progress, silent
from credigestor.services import summaries

ACTOR = Actor(None, "linha de comando", Role.ADMIN)
FOLDER = click.Path(path_type=Path)


def shop() -> ShopSettings:
    """Bring the database up to date; give the shop's settings."""
    migrate(get_direct_engine())
    with snapshot() as session:
        return current_settings(session)


def brought_up_to_check() -> None:
    """Bring the database up to date for a check, which names what a migration fails at.

    The settings are not read: they may be what is broken. A shop of which no revision is known,
    or whose tables lack what a migration needs, is left to the check.
    """
    with contextlib.suppress(CommandError, ProgrammingError, IntegrityError):
        migrate(get_direct_engine())


def shop_day() -> date:
    """Bring the database up to date; give the shop's calendar day."""
    return clock.today(shop().time_zone)


def bring_up_summaries(today: date, progress: Progress = silent) -> None:
    """Fold in what a command changed, in slices: no app may be there to do it."""

    def tell(folded: int) -> bool:
        progress(1.0, f"Somando a carteira: {folded}")
        return True

    summaries.fold(transaction, today=today, go_on=tell)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on stderr where that is a terminal; silence elsewhere."""
    if not sys.stderr.isatty():
        yield silent
        return
    steps = 1_000
    with click.progressbar(length=steps, show_eta=False, file=sys.stderr) as bar:

        def advance(share: float, what: str) -> None:
            bar.label = f"{what:<36}"
            bar.update(int(share * steps) - bar.pos)

        yield advance
