"""A customer's own data (LGPD): the copy that they may ask for, and its erasing for good (R28)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Body, PathId, examples
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.papers import turn
from credigestor.db.engine import snapshot, writing
from credigestor.exports import customer_file
from credigestor.rules.permissions import Permission
from credigestor.services import privacy as services

router = Operations("/customers", "Dados pessoais")


class ToAnonymise(Body):
    """What is typed on the page to confirm: it cannot be undone."""

    model_config = examples({"confirmation": "ANONIMIZAR"})

    confirmation: Literal["ANONIMIZAR"]


class Anonymised(Answer):
    """A customer whose data was erased."""

    id: int
    anonymised_at: datetime


class Condition(Answer):
    """What must hold first, whether it does, and in words why."""

    met: bool
    sentence: str


class Conditions(Answer):
    """All that must hold before a customer is anonymised."""

    items: list[Condition]


@router.reads(
    "/{customer_id}/personal_data",
    Permission.PRIVACY,
    "A cópia de tudo o que se guarda de um cliente, em ZIP; fica na auditoria",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "O ZIP."}},
)
def copy(customer_id: PathId, call: Caller) -> Response:
    """The copy, as JSON and PDF."""
    with turn(), snapshot() as session:
        content = customer_file.make(session, customer_id, today=call.today, made_at=call.now)
    with writing() as session:
        services.record_copy(session, call.actor, customer_id=customer_id)
    name = customer_file.name(customer_id, call.today)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type="application/zip")


@router.reads(
    "/{customer_id}/anonymisation", Permission.PRIVACY, "O que falta para anonimizar um cliente"
)
def conditions(customer_id: PathId, call: Caller) -> Conditions:
    """What must hold first."""
    with snapshot() as session:
        found = services.conditions(session, customer_id, today=call.today)
    return Conditions(items=[Condition.model_validate(each) for each in found])


@router.writes(
    "/{customer_id}/anonymisation",
    Permission.PRIVACY,
    "Apagar para sempre os dados pessoais de um cliente",
    answers=Anonymised,
)
def anonymise(customer_id: PathId, call: Caller, once: Once, data: ToAnonymise) -> Response:
    """Erase what tells who a customer is."""

    def act(session: Session) -> Anonymised:
        services.anonymise(
            session, call.actor, customer_id=customer_id, now=call.now, today=call.today
        )
        return Anonymised(id=customer_id, anonymised_at=call.now)

    return once(data, act)
