"""Writes: what a program asks for with one Idempotency-Key is done once, and answered alike."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.problems import dumps
from credigestor.db.engine import writing
from credigestor.errors import BusinessError, InvalidInputs
from credigestor.services import api_operations, operations

REPLAYED = "Idempotent-Replayed"


class Writing:
    """One write of one caller; its `key` is the operation's id for the services."""

    def __init__(self, key: uuid.UUID, asked: list[Any]) -> None:
        self.key = key
        self._asked = asked

    def __call__(
        self,
        data: BaseModel,
        act: Callable[[Session], BaseModel],
        *,
        renamed: Mapping[str, str] | None = None,
        secret: Callable[[Session], Mapping[str, Any]] | None = None,
        status: int = 201,
    ) -> Response:
        """Do the act in one transaction, unless it was done; 201 with what it made.

        `renamed` tells where the body has the fields that the service's refusals name. What
        `secret` adds to the answer, the first time and later, is not kept.
        """
        asked = [*self._asked, data.model_dump(mode="json")]
        with placed(data, renamed), writing() as session:
            before = api_operations.begin(session, operation_id=self.key, asked=asked)
            made = before
            if made is None:
                made = act(session).model_dump(mode="json")
                api_operations.keep(session, operation_id=self.key, answer=made)
            if secret is not None:
                made = {**made, **secret(session)}
        headers = {} if before is None else {REPLAYED: "true"}
        return Response(dumps(made), status, headers, media_type="application/json")


async def _writing(
    request: Request,
    call: Caller,
    key: Annotated[
        uuid.UUID,
        Header(
            alias="Idempotency-Key",
            description="UUID da operação: repetida, dá a primeira resposta de novo.",
        ),
    ],
) -> Writing:
    return Writing(key, [call.actor.id, request.method, request.url.path])


Once = Annotated[Writing, Depends(_writing)]


@contextmanager
def placed(data: BaseModel, renamed: Mapping[str, str] | None = None) -> Iterator[None]:
    """Name the body's own fields in a refusal, or none; one inside another as a/0/b."""
    fields, renamed = {*type(data).model_fields}, renamed or {}

    def known(name: str | None) -> str | None:
        name = renamed.get(name or "", name)
        top = (name or "").partition("/")[0]
        return name if top in fields or name == operations.FIELD else None

    try:
        yield
    except BusinessError as error:
        error.field = known(error.field)
        if isinstance(error, InvalidInputs):
            error.errors = {known(name) or "": told for name, told in error.errors.items()}
        raise
