"""What `check --repair` puts right: sequences that are behind, and names folded otherwise.

Both follow from what else is there, so that nothing is decided. Whatever tells of money, of
people or of who did what is for a person to judge.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, text, update
from sqlalchemy.orm import Session

from credigestor.db.catalogue import sequences_behind
from credigestor.db.models import Customer
from credigestor.db.name_folding import misfolded
from credigestor.rules.identity import fold
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import audit


@dataclass(frozen=True)
class Repaired:
    """Tables whose sequence was put after the last id, and how many names were folded anew."""

    sequences: list[str]
    names: int


def repair(session: Session, actor: Actor) -> Repaired:
    """Put the sequences after the ids that are there and fold the names anew; log it once.

    Nothing is written when all is well. Raises NotAllowed.
    """
    actor.require(Permission.SETTINGS)
    behind = sequences_behind(session)
    if behind:
        # Who inserts just now would take a number that is given again, or move it further.
        names = ", ".join(f'"{table}"' for table, _, _ in behind)
        session.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
        behind = sequences_behind(session)
    for _, sequence, largest in behind:
        session.execute(
            text("SELECT setval(CAST(:name AS regclass), :number)"),
            {"name": sequence, "number": largest},
        )
    stale = [{"of": row.id, "folded": fold(row.name)} for row in misfolded(session)]
    if stale:
        session.connection().execute(
            update(Customer.__table__)  # type: ignore[arg-type]
            .where(Customer.id == bindparam("of"))
            .values(name_folded=bindparam("folded")),
            stale,
        )
    repaired = Repaired([table for table, _, _ in behind], len(stale))
    if behind or stale:
        after = {"sequences": repaired.sequences, "names_folded": repaired.names}
        audit.record(session, actor, "repair", "shop", None, after=after)
    return repaired
