"""A write asked for twice by a program: what it was answered the first time.

The operation's id is the one that the services know it by. Its row comes first, in the act's own
transaction: whoever asks for the same at once waits there, and finds the answer.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credigestor.db.models import Base
from credigestor.errors import Conflict
from credigestor.services.operations import FIELD

# Statements built once: to build them takes longer than to run them.
_TABLE = Base.metadata.tables["api_operations"]
_ADD = (
    insert(_TABLE)
    .values(operation_id=bindparam("id"), digest=bindparam("digest"))
    .on_conflict_do_nothing()
    .returning(_TABLE.c.operation_id)
)
_FIND = select(_TABLE.c.digest, _TABLE.c.answer).where(_TABLE.c.operation_id == bindparam("id"))
_KEEP = (
    update(_TABLE)
    .where(_TABLE.c.operation_id == bindparam("id"))
    .values(answer=bindparam("kept", type_=_TABLE.c.answer.type))
)


def begin(session: Session, *, operation_id: uuid.UUID, asked: list[Any]) -> dict[str, Any] | None:
    """None for a new operation, whose answer must be kept; the answer of one that was done.

    `asked`, of JSON's own types, says who wants what; Conflict unless it is what was asked then.
    """
    written = json.dumps(asked, sort_keys=True).encode()
    digest = hashlib.sha256(written).hexdigest()
    if session.scalar(_ADD, {"id": operation_id, "digest": digest}) is not None:
        return None
    before = session.execute(_FIND, {"id": operation_id}).one()
    if before.digest != digest:
        raise Conflict(
            "Esta Idempotency-Key já foi usada para outro pedido e nada mais foi gravado. Use uma "
            "chave nova para cada operação.",
            field=FIELD,
        )
    return before.answer or {}


def keep(session: Session, *, operation_id: uuid.UUID, answer: dict[str, Any]) -> None:
    """Keep the answer of an operation, with the act."""
    session.execute(_KEEP, {"id": operation_id, "kept": answer})
