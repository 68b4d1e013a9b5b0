"""Whether anybody has written since one last looked, asked of the audit log."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import AuditEntry


def latest(session: Session) -> Sequence[int]:
    """The numbers of the latest entries: others as soon as anybody has written anything.

    Not the greatest alone: of two writes at once the later number may be there first.
    """
    return session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(50)).all()
