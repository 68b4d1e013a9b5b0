"""Files to take away: asked for, and fetched once from an address that needs nothing beside it.

The address is the ticket: it holds for a minute, for the login that asked, and is used up by the
first GET. A download program, or a spreadsheet, so needs no token.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor import clock
from credigestor.api import lines
from credigestor.api.calls import Call, Caller
from credigestor.api.export_bodies import (
    AuditFile,
    ClosingChangesFile,
    CustomersFile,
    DelinquencyFile,
    NotesFile,
    PaymentsFile,
    SaleMoneyFile,
    SalesFile,
    WholeFile,
)
from credigestor.api.fields import Answer, Body
from credigestor.api.once import Once, Writing
from credigestor.api.operations import Operations
from credigestor.api.problems import Problem
from credigestor.db.engine import transaction
from credigestor.errors import Conflict
from credigestor.exports import catalogue
from credigestor.exports.catalogue import Order
from credigestor.rules.permissions import Permission
from credigestor.services import api_logins, downloads
from credigestor.web import startup
from credigestor.web.download_route import Download

ROOT = "/api/v1/exports/files"
router = Operations("/exports", "Exportar")
_strangers: APIRouter = router.router
_FILES: dict[str, Any] = {"text/csv": {}, "application/zip": {}}


class FileAsked(Answer):
    """Where the file is fetched, once and until then; about how many rows it has."""

    address: str = Field(examples=["/api/v1/exports/files/…"])
    expires_at: datetime
    file_name: str
    rows_expected: int | None


class _Kept(Answer):
    """What is kept of it: the address is not."""

    expires_at: datetime
    file_name: str
    rows_expected: int | None


def ask(
    call: Call,
    once: Writing,
    data: Body,
    permission: Permission,
    what: dict[str, Any],
    describe: Callable[[Session], tuple[str, int | None]],
) -> Response:
    """Answer with the address of a file, the same for the same key; only its digest is kept."""

    def secret(session: Session) -> dict[str, str]:
        return {"address": f"{ROOT}/{_token(session, once)}"}

    def act(session: Session) -> _Kept:
        file_name, rows_expected = describe(session)
        downloads.ask(
            session,
            call.actor,
            permission,
            login=call.login_session,
            what=what,
            file_name=file_name,
            rows_expected=rows_expected,
            now=call.now,
            bearer=_token(session, once),
        )
        expires_at = call.now + downloads.TICKET
        return _Kept(expires_at=expires_at, file_name=file_name, rows_expected=rows_expected)

    return once(data, act, secret=secret)


def _token(session: Session, once: Writing) -> str:
    return api_logins.derived(session, f"download {once.key}")


def _export(call: Call, once: Writing, data: Body, order: Order) -> Response:
    def describe(session: Session) -> tuple[str, int | None]:
        rows = catalogue.expected_rows(session, order, call.today)
        return catalogue.file_name(order, call.today), rows

    what = {"order": order.model_dump(mode="json")}
    return ask(call, once, data, catalogue.permission(order), what, describe)


@router.writes("", Permission.EXPORT, "Pedir uma tabela inteira em CSV", answers=FileAsked)
def create(call: Caller, once: Once, data: WholeFile) -> Response:
    """Ask for a whole table, or for all of them."""
    order = Order(kind=data.kind, style=data.style, as_of=data.as_of)
    return _export(call, once, data, order)


def _of_list(name: str, told: str, body: type[Any]) -> None:
    """The operation of one list; all of them are alike but for their filters."""
    kind = "audit" if name == "audit" else f"list_{name}"
    permission = catalogue.KINDS[kind].permission

    def operation(call: Caller, once: Once, data: Any) -> Response:
        filters, as_of = data.filters(), getattr(data, "as_of", None)
        order = Order(kind=kind, style=data.style, as_of=as_of, filters=filters)
        return _export(call, once, data, order)

    operation.__name__ = name
    operation.__annotations__["data"] = body
    router.writes(f"/{name}", permission, f"Pedir {told} em CSV", answers=FileAsked)(operation)


_of_list("customers", "a lista de clientes", CustomersFile)
_of_list("sales", "a lista de vendas", SalesFile)
_of_list("notes", "a lista de notas", NotesFile)
_of_list("payments", "a lista de pagamentos", PaymentsFile)
_of_list("sale_money", "a lista de entradas", SaleMoneyFile)
_of_list("closing_changes", "o que mudou em dias fechados", ClosingChangesFile)
_of_list("delinquency", "a lista de inadimplência", DelinquencyFile)
_of_list("audit", "a auditoria", AuditFile)


@_strangers.get(
    "/files/{token}",
    summary="Baixar o arquivo pedido",
    description="Baixar o arquivo pedido, uma só vez: o endereço é o ingresso.",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {}, "application/zip": {}}, "description": "O arquivo."}
    },
)
def file(request: Request, token: str) -> Response:
    """Send the file of an address."""
    startup.prepare()
    lines.whole_or_cut_off(request)
    try:
        with transaction() as session:
            return Download(downloads.redeem_bearer(session, token=token, now=clock.now()))
    except Conflict as error:
        raise Problem(410, "gone", error.message) from error
