"""Changes of what somebody else may have changed meanwhile: ETag and If-Match (RFC 9110).

A tag is made of the whole answer, so who holds it has seen what the change is about to replace.
It is compared where the change is written, with what is changed locked: of two that were made of
the same answer, one is written and the other is told.

    @router.reads("/{customer_id}", Permission.COUNTER, "Um cadastro", versioned=Customer)
    def read(customer_id: PathId, seen: Seen) -> Response:
        return seen(Customer.model_validate(…))

    @router.changes("/{customer_id}", Permission.SELL, "Mudar um cadastro", answers=Customer)
    def change(customer_id: PathId, call: Caller, change: Change, data: CustomerChange) -> Response:
        return change(data, lock=…, shown=…, act=…)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.once import placed
from credigestor.api.problems import Problem, dumps
from credigestor.db.engine import writing

#: A list of entity tags, and one of them; a comma may stand inside the quotes.
_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
_ANY = "*"


def tag(shown: BaseModel) -> str:
    """The strong tag of an answer: another one for any other body."""
    return _tag(_body(shown))


class Reading:
    """Answers with a tag; 304 to whoever has this very answer already."""

    def __init__(self, known: list[str]) -> None:
        self._known = known

    def __call__(self, shown: BaseModel) -> Response:
        """The answer, or that nothing changed."""
        body = _body(shown)
        named = _tag(body)
        # Weakly compared here (RFC 9110, 13.1.2): what is answered is the same either way.
        if _ANY in self._known or named in [each.removeprefix("W/") for each in self._known]:
            return Response(status_code=304, headers={"ETag": named})
        return _tagged(body)


class Changing:
    """One change, made only of what the caller has seen."""

    def __init__(self, seen: list[str]) -> None:
        self._seen = seen

    def __call__(
        self,
        data: BaseModel,
        act: Callable[[Session], object],
        *,
        lock: Callable[[Session], object],
        shown: Callable[[Session], BaseModel],
        renamed: Mapping[str, str] | None = None,
    ) -> Response:
        """Do the act in one transaction; 200 with what is there then, and its tag.

        `lock` keeps everybody else from what `shown` reads until the end. 412 when that is no
        longer what the caller has seen.
        """
        with placed(data, renamed), writing() as session:
            lock(session)
            # Strongly compared (13.1.1): a weak tag fits nothing.
            if _ANY not in self._seen and tag(shown(session)) not in self._seen:
                raise Problem(
                    412,
                    "changed_meanwhile",
                    "Alguém mudou isto depois que você leu, e nada foi gravado. Leia de novo, "
                    "confira e mande a mudança com a nova ETag.",
                )
            act(session)
            session.flush()
            session.expire_all()  # services write by statements, of which objects know nothing
            body = _body(shown(session))
        return _tagged(body)


async def _reading(request: Request) -> Reading:
    return Reading(_sent(request, "If-None-Match"))


async def _changing(request: Request) -> Changing:
    seen = _sent(request, "If-Match")
    if not seen:
        raise Problem(
            428,
            "precondition_required",
            "Falta o cabeçalho If-Match: leia antes o que vai mudar e mande a ETag que veio, para "
            'não desfazer a mudança de outra pessoa ("*" muda de qualquer modo).',
        )
    return Changing(seen)


Seen = Annotated[Reading, Depends(_reading)]
Change = Annotated[Changing, Depends(_changing)]


def _sent(request: Request, header: str) -> list[str]:
    """The tags of a header, which may come in several lines."""
    written = ",".join(request.headers.getlist(header)).strip()
    if written in ("", _ANY):
        return [written] if written else []
    if not _TAGS.fullmatch(written):
        raise Problem(
            400, "malformed", f'{header} inválido: mande a ETag como veio, com as aspas, ou "*".'
        )
    return re.findall(_TAG, written)


def _body(shown: BaseModel) -> bytes:
    return dumps(shown.model_dump(mode="json"))


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _tagged(body: bytes) -> Response:
    return Response(body, headers={"ETag": _tag(body)}, media_type="application/json")


def header(name: str, told: str, *, required: bool) -> dict[str, Any]:
    """How OpenAPI tells of a header with tags."""
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": told,
        "schema": {"type": "string"},
        "example": '"5d41402abc4b2a76b9719d911017c592"',
    }
