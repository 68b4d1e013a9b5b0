"""What one process does once: migrate the schema, greet a new shop, begin what runs by itself."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Event, Thread

from credigestor import clock, logs
from credigestor.backups import automatic
from credigestor.backups.backup import MIN_PASSPHRASE
from credigestor.config import get_config
from credigestor.db import outages
from credigestor.db.engine import get_direct_engine, transaction
from credigestor.db.migrate import migrate
from credigestor.imports.watching import Watcher
from credigestor.services import setup
from credigestor.services.users import has_users
from credigestor.web import folding
from credigestor.webhooks.dispatcher import Dispatcher

log = logging.getLogger("credigestor")

#: Seconds that the end of the process waits for what is under way.
_PATIENCE = 3.0


@lru_cache
def prepare() -> None:
    """Migrate the schema; again at the next call if it failed. Raises Unavailable."""
    with outages.worded():
        migrate(get_direct_engine())


def announce() -> None:
    """Prepare the database and, while there is no user, print the setup code in the terminal."""
    get_config()  # a variable that is wrong ends the server here
    logs.configure()
    try:
        prepare()
        with transaction() as session:
            if has_users(session):
                return
            code = setup.code(session)
    except Exception:
        log.exception("The database is not ready; pages will try again.")
        return
    print(  # noqa: T201 - for who sits at the terminal, and not for the log
        "\n  Primeira configuração do CrediGestor.\n"
        "  No próprio computador, abra a página; de outro, será pedido este código:\n\n"
        f"      {code}\n",
        file=sys.stderr,
        flush=True,
    )


@contextmanager
def backups() -> Iterator[None]:
    """Make the automatic backups, in a thread of their own, for as long as the block lasts."""
    config = get_config()
    if not config.automatic_backup:
        yield
        return
    if config.passphrase is not None and len(config.passphrase) < MIN_PASSPHRASE:
        log.error(
            "CREDIGESTOR_BACKUP_PASSPHRASE has fewer than %s characters: no automatic backup"
            " will be made.",
            MIN_PASSPHRASE,
        )
    stop = Event()
    Thread(
        target=automatic.run_forever,
        args=(stop, config.backups),
        kwargs={
            "passphrase": config.passphrase,
            "now": clock.now,
            "weekly": automatic.Weekly(config.verify_hour, config.verify_minutes),
        },
        name="automatic-backup",
        daemon=True,
    ).start()
    try:
        yield
    finally:
        stop.set()


@contextmanager
def _running(name: str, run: Callable[[Event], None]) -> Iterator[None]:
    """Run it in a thread, which is told to stop, and waited for a little, at the block's end."""
    stop = Event()
    thread = Thread(target=run, args=(stop,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_PATIENCE)


@contextmanager
def imports() -> Iterator[None]:
    """Import what appears in the watched folder, in a thread of its own, while the block lasts."""
    config = get_config()
    if config.import_folder is None:
        yield
        return
    watcher = Watcher(config.import_folder, now=clock.now, mapping=config.import_mapping)
    with _running("watched-folder", watcher.run_forever):  # what is under way is taken back
        yield


@contextmanager
def folds() -> Iterator[None]:
    """Fold in what readers leave, in a thread of its own, for as long as the block lasts."""
    with _running("folding", folding.run_forever):  # a slice takes less than the patience
        yield


@contextmanager
def webhooks() -> Iterator[None]:
    """Tell endpoints what happened, in a thread of its own, for as long as the block lasts."""
    dispatcher = Dispatcher(now=clock.now, private=get_config().webhook_private)
    dispatcher.start()
    try:
        yield
    finally:
        dispatcher.stop()
