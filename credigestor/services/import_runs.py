"""What came of the files of the watched folder: each content once, and what is tried again.

No permission is asked for to note a run: whoever imports was asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credigestor.db.models import AuditEntry, ImportMapping, ImportRun
from credigestor.rules.permissions import Actor, Permission

#: Rows of the report that are kept of one run; the others are counted.
MOST_DETAIL = 1_000
#: So long they are kept: they name people.
DETAIL_KEPT = timedelta(days=90)
_NAME = 200
_COUNTS = ("customers", "sales", "notes", "payments", "differences", "problems")


def wanted(session: Session, digests: Collection[str], *, tried: Collection[str]) -> set[str]:
    """Which contents are to be imported: new ones, and refused ones that may fare better now.

    Those are what nobody of this process has `tried`, and what was refused before the newest
    import, which may have brought what they lacked, or before a reading was kept.
    """
    changed = func.greatest(
        select(func.max(AuditEntry.at))
        .where(AuditEntry.entity == "shop", AuditEntry.action == "import")
        .scalar_subquery(),
        select(func.max(ImportMapping.changed_at)).scalar_subquery(),
    )
    again = and_(
        ImportRun.refused,
        or_(ImportRun.digest.not_in(tried), func.coalesce(ImportRun.at < changed, False)),
    )
    known = select(ImportRun.digest).where(ImportRun.digest.in_(digests), ~again)
    return set(digests) - set(session.scalars(known))


def note(
    session: Session,
    *,
    file: str,
    digest: str,
    refused: bool,
    counts: Mapping[str, int],
    detail: Sequence[Sequence[str]],
) -> None:
    """Note what came of a content, in the transaction that imports it.

    `counts` are the columns of that name; `detail` are rows of the import's report. What is
    refused as it was before has been seen by whoever has seen that.
    """
    new = insert(ImportRun).values(
        file=file[:_NAME],
        digest=digest,
        refused=refused,
        detail=[list(row) for row in detail[:MOST_DETAIL]],
        **{name: counts.get(name, 0) for name in _COUNTS},
    )
    said, told = new.excluded, ImportRun
    same = and_(told.refused, said.refused, told.detail == said.detail)
    names = ("file", "refused", "detail", *_COUNTS)
    session.execute(
        new.on_conflict_do_update(
            index_elements=[told.digest],
            set_={
                **{name: said[name] for name in names},
                "at": func.now(),
                "seen_at": case((same, told.seen_at)),
                "seen_by": case((same, told.seen_by)),
            },
        )
    )
    old = and_(told.at < func.now() - DETAIL_KEPT, told.detail.is_not(None))
    session.execute(update(told).where(old).values(detail=None))


def mark_seen(session: Session, actor: Actor, *, until: datetime) -> None:
    """Note that somebody has seen what differs and what was refused; raises NotAllowed.

    `until` is when the newest run was tried that was on the screen.
    """
    actor.require(Permission.IMPORT)
    unseen = and_(ImportRun.at <= until, ImportRun.seen_at.is_(None))
    session.execute(update(ImportRun).where(unseen).values(seen_at=func.now(), seen_by=actor.id))


def erase(session: Session) -> None:
    """Erase what the runs told of rows: whose they were is not known any more (R28)."""
    told = ImportRun.detail.is_not(None)
    session.execute(update(ImportRun).where(told).values(detail=None))
