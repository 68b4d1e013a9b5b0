"""Backups, verifications and restores as they went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from credigestor.db import locks
from credigestor.db.models import BackupRun, Installation
from credigestor.errors import NotFound


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


def runs(session: Session, limit: int, *, after: int | None = None) -> list[Run]:
    """The newest runs of every kind, newest first; `after` is the id that a page ended with."""
    rest = _NEWEST if after is None else _NEWEST.where(BackupRun.id < after)
    return _read(session, rest.limit(limit))


def run(session: Session, run_id: int) -> Run:
    """One run; raises NotFound."""
    found = _read(session, _NEWEST.where(BackupRun.id == run_id))
    if not found:
        raise NotFound("Não há backup, verificação ou restauração com esse número.")
    return found[0]


def verified_at(runs: Sequence[Run], name: str) -> datetime | None:
    """When the file of that name was last verified, if it was found good; runs newest first."""
    for run in runs:
        if run.kind == "verify" and run.file == name and run.state is not State.RUNNING:
            return run.started_at if run.state is State.DONE else None
    return None


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
