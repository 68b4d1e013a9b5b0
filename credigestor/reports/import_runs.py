"""The watched folder's imports: what came in, what differs, what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from credigestor.db.models import ImportRun

#: What somebody has to look at, and nobody has.
_UNSEEN = (
    or_(ImportRun.refused, ImportRun.differences > 0),
    ImportRun.seen_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One content: when it was last tried, its file, the rows that came in, and what did not.

    `problems` counts what was refused, where it is `refused` whole.
    """

    id: int
    at: datetime
    file: str
    refused: bool
    customers: int
    sales: int
    notes: int
    payments: int
    differences: int
    problems: int
    unseen: bool


@dataclass(frozen=True, slots=True)
class ToSee:
    """How many files differ, and were refused, that nobody has seen."""

    differing: int
    refused: int

    def __bool__(self) -> bool:
        return bool(self.differing or self.refused)


def newest(session: Session, count: int = 30) -> Sequence[Run]:
    """The runs that were tried last, the newest first."""
    columns = (
        *(ImportRun.id, ImportRun.at, ImportRun.file, ImportRun.refused),
        *(ImportRun.customers, ImportRun.sales, ImportRun.notes, ImportRun.payments),
        *(ImportRun.differences, ImportRun.problems),
    )
    found = select(*columns, and_(*_UNSEEN))
    rows = session.execute(found.order_by(ImportRun.at.desc(), ImportRun.id.desc()).limit(count))
    return [Run(*row) for row in rows]


def detail(session: Session, run_id: int) -> Sequence[Sequence[str]] | None:
    """The rows of a run's report (`imports.account.REPORT`); None where they were erased."""
    found: list[list[str]] | None = session.scalar(
        select(ImportRun.detail).where(ImportRun.id == run_id)
    )
    return found


def to_see(session: Session) -> ToSee:
    """What the first page tells of."""
    of_refused = func.count().filter(ImportRun.refused)
    of_others = func.count().filter(~ImportRun.refused)
    differing, refused = session.execute(select(of_others, of_refused).where(*_UNSEEN)).one()
    return ToSee(differing, refused)
