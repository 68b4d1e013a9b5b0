"""How files of an import are read, kept by name; what is kept is `imports.mappings`' affair."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credigestor.db.models import ImportMapping
from credigestor.errors import InvalidInput
from credigestor.rules.identity import parse_name
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.quoting import quote

MAX_NAME = 60
#: A shop moves in from a handful of programs.
MOST = 50


def names(session: Session) -> list[str]:
    """The names, in order."""
    return list(session.scalars(select(ImportMapping.name).order_by(ImportMapping.name)))


def find(session: Session, name: str) -> dict[str, Any]:
    """What is kept under a name; raises InvalidInput where nothing is."""
    data: dict[str, Any] | None = session.scalar(
        select(ImportMapping.data).where(ImportMapping.name == name)
    )
    if data is None:
        raise InvalidInput(f"Não há leitura guardada com o nome {quote(name)}.", field="mapping")
    return data


def keep(session: Session, actor: Actor, *, name: str, data: dict[str, Any]) -> None:
    """Keep it under a name, in the place of what was there.

    Raises NotAllowed, and InvalidInput for a name of no or too many letters, or one more than
    MOST.
    """
    actor.require(Permission.IMPORT)
    name = parse_name(name, field="mapping", maximum=MAX_NAME)
    statement = insert(ImportMapping).values(name=name, data=data, changed_by=actor.id)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ImportMapping.name],
            set_={"data": data, "changed_by": actor.id, "changed_at": func.now()},
        )
    )
    if (session.scalar(select(func.count()).select_from(ImportMapping)) or 0) > MOST:
        raise InvalidInput(
            f"Já há {MOST} leituras guardadas. Apague uma que não serve mais.", field="mapping"
        )


def forget(session: Session, actor: Actor, *, name: str) -> None:
    """Keep nothing more under a name."""
    actor.require(Permission.IMPORT)
    session.execute(delete(ImportMapping).where(ImportMapping.name == name))
