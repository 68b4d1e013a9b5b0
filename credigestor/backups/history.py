"""The history of backups, verifications and restores, written while they run."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from credigestor.db.engine import transaction
from credigestor.errors import BusinessError, Unavailable
from credigestor.rules.permissions import Actor
from credigestor.services import backup_runs

log = logging.getLogger("credigestor")


@dataclass
class Noted:
    """A run that has begun; `size` is the file's bytes, set as soon as they are known."""

    id: int
    size: int | None = None

    def done(self, session: Session) -> None:
        """Note in a transaction of the caller's that it went well; the block's end adds nothing."""
        backup_runs.finish(session, self.id, ok=True, size=self.size)


@contextmanager
def noted(
    kind: str, actor: Actor, file: str, *, encrypted: bool, automatic: bool = False
) -> Iterator[Noted]:
    """Note that a run of a kind (BackupRun.kind) begins, and how the block ends, in words."""
    with transaction() as session:
        run = Noted(
            backup_runs.begin(
                session,
                kind=kind,
                automatic=automatic,
                actor_name=actor.name,
                file=file,
                encrypted=encrypted,
            )
        )
    try:
        yield run
    except BaseException as error:
        why = error.message if isinstance(error, BusinessError) else "Interrompido por um erro."
        try:
            with transaction() as session:
                backup_runs.finish(session, run.id, ok=False, size=run.size, detail=why)
        except Unavailable as also:  # a run without an end was interrupted, as the page says
            log.warning("How a run ended could not be noted: %s", also)
        raise
    with transaction() as session:
        run.done(session)
