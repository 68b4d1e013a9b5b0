"""A write asked for twice by a program: what it was answered the first time.

The operation's id is the one that the services know it by. Its row comes first, in the act's own
transaction: whoever asks for the same at once waits there, and finds the answer.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credigestor.db.models import ApiOperation
from credigestor.errors import Conflict
from credigestor.services.operations import FIELD


def begin(session: Session, *, operation_id: uuid.UUID, asked: list[Any]) -> dict[str, Any] | None:
    """None for a new operation, whose answer must be kept; the answer of one that was done.

    `asked`, of JSON's own types, says who wants what; Conflict unless it is what was asked then.
    """
    written = json.dumps(asked, sort_keys=True).encode()
    digest = hashlib.sha256(written).hexdigest()
    new = insert(ApiOperation).values(operation_id=operation_id, digest=digest)
    made = new.on_conflict_do_nothing().returning(ApiOperation.operation_id)
    if session.scalar(made) is not None:
        return None
    before = session.execute(
        select(ApiOperation.digest, ApiOperation.answer).where(
            ApiOperation.operation_id == operation_id
        )
    ).one()
    if before.digest != digest:
        raise Conflict(
            "Esta Idempotency-Key já foi usada para outro pedido e nada mais foi gravado. Use uma "
            "chave nova para cada operação.",
            field=FIELD,
        )
    return before.answer or {}


def keep(session: Session, *, operation_id: uuid.UUID, answer: dict[str, Any]) -> None:
    """Keep the answer of an operation, with the act."""
    session.execute(
        update(ApiOperation).where(ApiOperation.operation_id == operation_id).values(answer=answer)
    )
