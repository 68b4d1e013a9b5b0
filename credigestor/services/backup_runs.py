"""The history of backups, verifications and restores: begun, and how each ended.

No permission is asked for here: the schedule writes it too, and who starts a run was asked.
"""

from __future__ import annotations

import uuid

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credigestor.db.models import BackupRun, Installation


def installation(session: Session) -> str:
    """The id of this installation, the mark of its backups; made when it is first asked for."""
    made = insert(Installation).values(id=uuid.uuid4())
    session.execute(made.on_conflict_do_nothing())
    return str(session.scalars(select(Installation.id)).one())


def begin(
    session: Session, *, kind: str, automatic: bool, actor_name: str, file: str, encrypted: bool
) -> int:
    """Note that a run ("backup", "verify" or "restore") begins; give its id.

    Commit before the work: should the process die, the row tells of it.
    """
    started = insert(BackupRun).values(
        kind=kind, automatic=automatic, actor_name=actor_name, file=file, encrypted=encrypted
    )
    return session.scalars(started.returning(BackupRun.id)).one()


def finish(
    session: Session, run_id: int, *, ok: bool, size: int | None = None, detail: str = ""
) -> None:
    """Note how a run ended, once: bytes of the file, and a sentence in Portuguese."""
    session.execute(
        update(BackupRun)
        .where(BackupRun.id == run_id, BackupRun.ok.is_(None))
        .values(ok=ok, size=size, detail=detail, finished_at=func.clock_timestamp())
    )
