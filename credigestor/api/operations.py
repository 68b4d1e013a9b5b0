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

from credigestor.api.calls import may
from credigestor.api.once import REPLAYED
from credigestor.rules.permissions import Permission

F = TypeVar("F", bound=Callable[..., Any])
#: Where OpenAPI says which permission an operation needs; missing where any login will do.
PERMISSION = "x-permission"


class Operations:
    """The operations on one resource."""

    def __init__(self, path: str, tag: str) -> None:
        self.router = APIRouter(
            prefix=path,
            tags=[tag],
            generate_unique_id_function=lambda route: f"{path[1:]}_{route.name}".lstrip("_"),
        )

    def reads(
        self, path: str, permission: Permission | None, name: str, **more: Any
    ) -> Callable[[F], F]:
        """A GET that writes nothing."""
        return self._operation("GET", path, permission, name, **more)

    def acts(
        self, path: str, permission: Permission | None, name: str, **more: Any
    ) -> Callable[[F], F]:
        """A POST that may be done again without harm, and records nothing of the shop."""
        return self._operation("POST", path, permission, name, **more)

    def writes(
        self, path: str, permission: Permission, name: str, *, answers: type[BaseModel]
    ) -> Callable[[F], F]:
        """A POST that is done once for each Idempotency-Key, by `once.Writing`."""
        replayed = {"description": "`true` quando já estava gravado.", "schema": {"type": "string"}}
        made = {"description": "Gravado.", "headers": {REPLAYED: replayed}}
        return self._operation(
            "POST",
            path,
            permission,
            name,
            status_code=201,
            response_model=answers,
            responses={201: made},
        )

    def _operation(
        self, method: str, path: str, permission: Permission | None, name: str, **more: Any
    ) -> Callable[[F], F]:
        return self.router.api_route(
            path,
            methods=[method],
            summary=name,
            description=f"{name}.",
            dependencies=[Depends(may(permission))],
            openapi_extra={PERMISSION: permission},
            **more,
        )
