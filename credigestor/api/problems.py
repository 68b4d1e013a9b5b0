"""Every refusal as application/problem+json (RFC 9457), worded for the program's user.

What was sent is never repeated: it may be a password, or no JSON at all (`1e400`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from credigestor.db.place import Misplaced
from credigestor.errors import (
    BusinessError,
    Busy,
    Conflict,
    DatabaseAway,
    InvalidInput,
    InvalidInputs,
    NotAllowed,
    NotFound,
    OutOfScope,
    Unavailable,
)
from credigestor.services import operations
from credigestor.services.credit import CreditWarning

log = logging.getLogger("credigestor")

MEDIA_TYPE = "application/problem+json"
#: Seconds after which it is worth trying again.
RETRY_AFTER = 2
#: So many wrong places are told, and so much of a name that was sent.
_MOST_ERRORS, _MOST_NAME = 50, 100

_TITLES = {
    400: "Pedido malformado",
    401: "Não autenticado",
    403: "Sem permissão",
    404: "Não encontrado",
    405: "Método não aceito",
    409: "Conflito",
    410: "Não está mais aqui",
    412: "Mudou nesse meio-tempo",
    413: "Corpo grande demais",
    422: "Dados inválidos",
    428: "Falta a condição",
    429: "Muitas tentativas",
    500: "Erro inesperado",
    503: "Indisponível no momento",
}
#: What errors.py refuses with: status and code. The first that fits counts.
_REFUSALS: Sequence[tuple[type[BusinessError], int, str]] = (
    (InvalidInput, 422, "invalid_input"),
    (OutOfScope, 403, "scope_missing"),
    (NotAllowed, 403, "not_allowed"),
    (NotFound, 404, "not_found"),
    (CreditWarning, 409, "credit_warning"),
    (Conflict, 409, "conflict"),
    (Busy, 503, "busy"),
    (DatabaseAway, 503, "database_away"),
    (Unavailable, 503, "unavailable"),
    (Misplaced, 503, "unavailable"),
)
#: Of an address that is none, and of a body that cannot be read.
_HTTP = {
    400: ("malformed", "O corpo não é um JSON que se possa ler."),
    404: ("not_found", "Não há nada neste endereço."),
}
_SENTENCES = {
    "missing": "Campo obrigatório.",
    "extra_forbidden": "Campo desconhecido.",
    "json_invalid": "O corpo não é JSON válido.",
    "int_type": "Deve ser um número inteiro.",
    "int_parsing": "Deve ser um número inteiro.",
    "int_from_float": "Deve ser um número inteiro.",
    "finite_number": "Deve ser um número inteiro.",
    "bool_type": "Deve ser true ou false.",
    "bool_parsing": "Deve ser true ou false.",
    "string_type": "Deve ser um texto.",
    "string_unicode": "Há caracteres que não podem ser usados.",
    "string_too_long": "Texto longo demais.",
    "list_type": "Deve ser uma lista.",
    "too_long": "Itens demais.",
    "too_short": "Itens de menos.",
    "uuid_type": "Deve ser um UUID.",
    "uuid_parsing": "Deve ser um UUID.",
    "greater_than_equal": "Menor do que o permitido.",
    "less_than_equal": "Maior do que o permitido.",
    "model_attributes_type": "Deve ser um objeto JSON (Content-Type: application/json).",
}


class Wrong(BaseModel):
    """One wrong place: a JSON Pointer into the body, or the name of a parameter."""

    pointer: str | None = Field(None, description="JSON Pointer no corpo.", examples=["#/total"])
    parameter: str | None = Field(None, description="Parâmetro ou cabeçalho.", examples=["limit"])
    detail: str


class ProblemBody(BaseModel):
    """The body of every refusal."""

    type: str = Field(examples=["about:blank"])
    title: str
    status: int = Field(description="O status HTTP.")
    code: str = Field(description="Código estável, para o programa.")
    detail: str = Field(description="Frase para quem usa o programa.")
    errors: list[Wrong] | None = None


@dataclass(eq=False)
class Problem(Exception):
    """A refusal that no BusinessError words, with headers of its own."""

    status: int
    code: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Names of parameters that are unknown.
    parameters: Sequence[str] = ()


def dumps(content: Any) -> bytes:
    """JSON of a body: ASCII, so that half a surrogate pair is no error, in one order of keys."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def answer(
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[Mapping[str, str]] = (),
) -> Response:
    """The response of a problem."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _TITLES.get(status, "Recusado"),
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = list(errors)
    headers = dict(headers or {})
    if status == 503:
        headers.setdefault("Retry-After", str(RETRY_AFTER))
    return Response(dumps(body), status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Give an application these answers in the place of FastAPI's own."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(BusinessError, _business)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    errors = [
        {"parameter": name[:_MOST_NAME], "detail": "Parâmetro desconhecido."}
        for name in error.parameters[:_MOST_ERRORS]
    ]
    return answer(error.status, error.code, error.detail, headers=error.headers, errors=errors)


def _business(request: Request, error: Exception) -> Response:
    assert isinstance(error, BusinessError)
    kinds = ((status, code) for kind, status, code in _REFUSALS if isinstance(error, kind))
    status, code = next(kinds, (409, "refused"))
    if isinstance(error, DatabaseAway) and error.unknown:
        code = "outcome_unknown"
    if error.field == operations.FIELD:
        code = "idempotency_conflict"
        return answer(status, code, error.message)
    wrong = error.errors if isinstance(error, InvalidInputs) else {error.field: error.message}
    place = "parameter" if request.method == "GET" else "pointer"
    errors = [
        {place: name if place == "parameter" else _pointer(name.split("/")), "detail": message}
        for name, message in wrong.items()
        if name
    ]
    return answer(status, code, error.message, errors=errors)


def _validation(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [_wrong(each) for each in error.errors()[:_MOST_ERRORS]]
    return answer(422, "invalid_input", errors[0]["detail"], errors=errors)


def _wrong(error: Mapping[str, Any]) -> dict[str, str]:
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, BusinessError):
        detail = cause.message
    elif error["type"] in ("enum", "literal_error"):
        detail = f"Use um destes: {error['ctx']['expected'].replace(' or ', ' ou ')}."
    else:
        detail = _SENTENCES.get(error["type"], "Valor inválido.")
    where, *path = error["loc"]
    if error["type"] == "json_invalid":
        return {"pointer": "#", "detail": detail}
    if where == "body":
        return {"pointer": _pointer(path), "detail": detail}
    name = path[0] if path else where
    return {"parameter": str(name)[:_MOST_NAME], "detail": detail}


def _pointer(path: Sequence[Any]) -> str:
    escaped = (str(p)[:_MOST_NAME].replace("~", "~0").replace("/", "~1") for p in path)
    return "#" + "".join(f"/{part}" for part in escaped)


def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, detail = _HTTP.get(error.status_code, ("refused", "O pedido foi recusado."))
    return answer(error.status_code, code, detail, headers=error.headers)


def _unexpected(_: Request, __: Exception) -> Response:
    return unexpected()


def unexpected() -> Response:
    """The answer to what we did not foresee; the log has the rest."""
    return answer(
        500, "unexpected", "O CrediGestor não conseguiu atender. O servidor anotou o que houve."
    )
