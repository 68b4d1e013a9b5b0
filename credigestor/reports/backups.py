"""Backups, verifications and restores as they went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from credigestor.db import locks
from credigestor.db.models import BackupRun, Installation


class State(StrEnum):
    """How a run stands."""

    DONE = "done"
    FAILED = "failed"
    RUNNING = "running"
    INTERRUPTED = "interrupted"  # its process is gone


STATE_NAMES = {
    State.DONE: "deu certo",
    State.FAILED: "falhou",
    State.RUNNING: "em andamento",
    State.INTERRUPTED: "parou no meio",
}


# By number, since a clock may have been wrong.
_NEWEST = select(BackupRun).order_by(BackupRun.id.desc())


@dataclass(frozen=True)
class Run:
    """One run; `kind` is "backup", "verify" or "restore", `size` the file's bytes."""

    id: int
    kind: str
    automatic: bool
    actor_name: str
    started_at: datetime
    finished_at: datetime | None
    file: str
    size: int | None
    encrypted: bool
    detail: str
    state: State


@dataclass(frozen=True)
class Owner:
    """Whose backups are whose: this installation's id, None before its first, and their names.

    A backup of a version before 0.6 bears no mark. It is listed, since it may be ours and is to be
    restored; only what the history names as made here is removed.
    """

    installation: str | None
    made: frozenset[str]

    def lists(self, mark: str | None) -> bool:
        """Whether a backup with this mark is shown here."""
        return mark is None or mark == self.installation

    def may_remove(self, mark: str | None, name: str) -> bool:
        """Whether a backup with this mark and name is ours to remove."""
        return name in self.made if mark is None else mark == self.installation


def owner(session: Session) -> Owner:
    """Who this installation is to a folder of backups."""
    made = select(BackupRun.file).where(BackupRun.kind == "backup", BackupRun.ok.is_(True))
    mark = session.scalar(select(Installation.id))
    return Owner(str(mark) if mark else None, frozenset(session.scalars(made)))


def last_good(session: Session, kind: str = "backup") -> Run | None:
    """The newest run of a kind that ended well."""
    found = _read(session, _NEWEST.where(BackupRun.kind == kind, BackupRun.ok.is_(True)).limit(1))
    return found[0] if found else None


def last_try(session: Session, kind: str = "backup") -> Run | None:
    """The newest run of a kind, however it ended."""
    found = _read(session, _NEWEST.where(BackupRun.kind == kind).limit(1))
    return found[0] if found else None


def runs(session: Session, limit: int) -> list[Run]:
    """The newest runs of every kind, newest first."""
    return _read(session, _NEWEST.limit(limit))


def _read(session: Session, statement: Select[BackupRun]) -> list[Run]:
    found = session.scalars(statement).all()
    under_way = _under_way(session) if any(run.ok is None for run in found) else frozenset()
    return [
        Run(
            id=run.id,
            kind=run.kind,
            automatic=run.automatic,
            actor_name=run.actor_name,
            started_at=run.started_at,
            finished_at=run.finished_at,
            file=run.file,
            size=run.size,
            encrypted=run.encrypted,
            detail=run.detail,
            state=_state(run.ok, run.id in under_way),
        )
        for run in found
    ]


def _under_way(session: Session) -> frozenset[int]:
    """Who runs holds the lock of that kind, and only the newest of a kind can be the one."""
    newest = select(func.max(BackupRun.id)).group_by(BackupRun.kind)
    return frozenset(session.scalars(newest.where(BackupRun.kind.in_(locks.held(session)))))


def _state(ok: bool | None, under_way: bool) -> State:
    if ok is None:
        return State.RUNNING if under_way else State.INTERRUPTED
    return State.DONE if ok else State.FAILED
