"""The application: its resources, its refusals, and the document that describes it."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response

from credigestor import __version__, logs
from credigestor.api import (
    acts,
    audit,
    auth,
    backups,
    closings,
    contacts,
    contracts,
    customer_moves,
    customers,
    days,
    deals,
    down_payments,
    exports,
    figures,
    losses,
    new_dates,
    notes,
    papers,
    payment_previews,
    payments,
    pix,
    portfolio,
    privacy,
    problems,
    proposals,
    quotes,
    renegotiations,
    returns,
    sale_cancellations,
    sale_previews,
    sale_records,
    sales,
    search,
    sellers,
    settings,
    standing,
    store_credit,
    users,
    webhooks,
)
from credigestor.api.gate import Gate
from credigestor.api.manual.portuguese import tidy
from credigestor.api.manual.route import routes
from credigestor.config import get_config
from credigestor.web import startup

log = logging.getLogger("credigestor")

ROOT = "/api/v1"
_ABOUT = """O que se faz no balcão e na gestão do crediário, por endereço.

Valores em reais são textos com dois decimais ("1234.56"), taxas são textos em percentual, datas são
ISO (2026-01-31) e "hoje" é o dia da loja. Todo POST que grava pede uma `Idempotency-Key` (UUID): a
mesma de novo dá a primeira resposta, e não grava outra vez. Toda recusa é um
`application/problem+json`; o `code` não muda entre versões. Listas vêm em páginas: siga o
`next_cursor`, ou o cabeçalho `Link`."""


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    """In a process of its own: prepare the database before the first call, then as beside pages."""
    get_config()  # a variable that is wrong ends the server here
    logs.configure()
    try:
        await anyio.to_thread.run_sync(startup.prepare)
    except Exception:
        log.exception("The database is not ready; calls will try again.")
    with startup.folds(), startup.webhooks():
        yield


@lru_cache
def described() -> dict[str, Any]:
    """The OpenAPI 3.1 document; every refusal in it is a problem."""
    made = get_openapi(
        title="CrediGestor", version=__version__, description=_ABOUT, routes=api.routes
    )
    problem = problems.ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = made["components"]["schemas"]
    schemas |= problem.pop("$defs") | {"Problem": problem}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    refusal = {
        "description": "Recusado.",
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in made["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = refusal
    tidy(made)
    return made


def _is_of(path: str, template: str) -> bool:
    return bool(re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path))


def _other_methods(request: Request, _: Exception) -> Response:
    """405 with all methods of the address; Starlette names those of one of its operations."""
    path, paths = request.url.path, described()["paths"]
    templates = [path] if path in paths else [each for each in paths if _is_of(path, each)]
    allowed = sorted({method.upper() for each in templates for method in paths[each]})
    headers = {"Allow": ", ".join(allowed or ["GET"])}
    detail = "Este endereço não aceita o método usado."
    return problems.answer(405, "method_not_allowed", detail, headers=headers)


api = FastAPI(
    openapi_url=None,
    docs_url=None,
    redoc_url=None,
    redirect_slashes=False,
    lifespan=_lifespan,
)
problems.install(api)
api.add_exception_handler(405, _other_methods)
api.include_router(routes(described))
for resource in (
    auth.router,
    customers.router,
    standing.router,
    sales.router,
    sale_previews.router,
    sale_records.router,
    sellers.router,
    returns.sales,
    returns.router,
    store_credit.customers,
    store_credit.router,
    sale_cancellations.router,
    notes.router,
    pix.router,
    payments.router,
    down_payments.router,
    payment_previews.router,
    acts.waiving,
    new_dates.router,
    losses.router,
    losses.customers,
    acts.router,
    quotes.router,
    papers.sales,
    papers.printings,
    contracts.sales,
    proposals.router,
    renegotiations.router,
    deals.router,
    contracts.router,
    days.router,
    figures.router,
    closings.router,
    customer_moves.sales,
    customer_moves.customers,
    customer_moves.payments,
    contacts.router,
    contacts.promises,
    portfolio.router,
    exports.router,
    backups.router,
    settings.router,
    privacy.router,
    audit.router,
    search.router,
    users.router,
    users.logins,
    webhooks.router,
):
    api.include_router(resource.router, prefix=ROOT)

app = Gate(api)
