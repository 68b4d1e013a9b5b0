"""How an operation is declared: its address, the permission that its page has, its name.

router = Operations("/customers", "Clientes")

@router.reads("/{customer_id}", Permission.COUNTER, "Um cliente")
def read(customer_id: PathId, call: Caller) -> Customer: …
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from credigestor.api import lines, versions
from credigestor.api.calls import may
from credigestor.api.once import REPLAYED
from credigestor.api.one_thread import OneThread
from credigestor.api.problems import MEDIA_TYPE
from credigestor.rules.permissions import Permission

F = TypeVar("F", bound=Callable[..., Any])
_TAGGED = {"ETag": {"description": "A versão, para If-Match.", "schema": {"type": "string"}}}
_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
#: Where OpenAPI says which permission an operation needs; missing where any login will do.
PERMISSION = "x-permission"


class Operations:
    """The operations on one resource."""

    def __init__(self, path: str, tag: str) -> None:
        self.router = APIRouter(
            prefix=path,
            tags=[tag],
            route_class=OneThread,
            generate_unique_id_function=lambda route: f"{path[1:]}_{route.name}".lstrip("_"),
        )

    def reads(
        self,
        path: str,
        permission: Permission | None,
        name: str,
        *,
        versioned: type[BaseModel] | None = None,
        **more: Any,
    ) -> Callable[[F], F]:
        """A GET that writes nothing; a `versioned` one answers by `versions.Reading`."""
        if versioned:
            told = "A ETag que você tem: se ainda vale, a resposta é 304, sem corpo."
            more |= {
                "response_model": versioned,
                "responses": {
                    200: {"headers": _TAGGED},
                    304: {"description": "Nada mudou.", "headers": _TAGGED},
                },
                "headers": [versions.header("If-None-Match", told, required=False)],
            }
        return self._operation("GET", path, permission, name, **more)

    def lists(
        self, path: str, permission: Permission, name: str, *, answers: type[BaseModel]
    ) -> Callable[[F], F]:
        """A GET of a list by pages, or whole as lines (`paging.AskedPage.whole`)."""
        told = "Uma página; com `Accept: application/x-ndjson`, tudo dali em diante, um por linha."
        dated = {"description": "A data dos números.", "schema": {"type": "string"}}
        return self._operation(
            "GET",
            path,
            permission,
            name,
            response_model=answers,
            responses={
                200: {
                    "description": told,
                    "content": {lines.MEDIA_TYPE: {"schema": {"type": "string"}}},
                    "headers": {lines.AS_OF: dated},
                }
            },
        )

    def changes(
        self, path: str, permission: Permission, name: str, *, answers: type[BaseModel]
    ) -> Callable[[F], F]:
        """A PATCH of what is sent alone (RFC 7396: `null` empties), by `versions.Changing`.

        It answers with the whole as the GET of its address does, so no key is needed: what was
        done once is not done again, since the tag is another one then.
        """
        told = 'A ETag da última leitura; "*" muda o que quer que haja.'
        return self._operation(
            "PATCH",
            path,
            permission,
            name,
            response_model=answers,
            responses={
                200: {"description": "Mudado.", "headers": _TAGGED},
                412: {"description": "Mudou depois da leitura.", "content": _PROBLEM},
                428: {"description": "Falta If-Match.", "content": _PROBLEM},
            },
            headers=[versions.header("If-Match", told, required=True)],
        )

    def acts(
        self, path: str, permission: Permission | None, name: str, **more: Any
    ) -> Callable[[F], F]:
        """A POST that may be done again without harm, and records nothing of the shop."""
        return self._operation("POST", path, permission, name, **more)

    def writes(
        self,
        path: str,
        permission: Permission,
        name: str,
        *,
        answers: type[BaseModel],
        status: int = 201,
    ) -> Callable[[F], F]:
        """A POST that is done once for each Idempotency-Key, by `once.Writing`."""
        replayed = {"description": "`true` quando já estava gravado.", "schema": {"type": "string"}}
        made = {"description": "Gravado.", "headers": {REPLAYED: replayed}}
        return self._operation(
            "POST",
            path,
            permission,
            name,
            status_code=status,
            response_model=answers,
            responses={status: made},
        )

    def _operation(
        self,
        method: str,
        path: str,
        permission: Permission | None,
        name: str,
        *,
        headers: list[dict[str, Any]] | None = None,
        **more: Any,
    ) -> Callable[[F], F]:
        return self.router.api_route(
            path,
            methods=[method],
            summary=name,
            description=f"{name}.",
            dependencies=[Depends(may(permission))],
            openapi_extra={PERMISSION: permission} | ({"parameters": headers} if headers else {}),
            **more,
        )
