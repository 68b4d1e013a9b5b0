"""What may be changed of a sale once it is made: what was sold, by whom, and who answers for it.

It stands at an address of its own: its ETag must not change with what is owed or paid.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api import guarantors as sent_guarantors
from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Body, Id, PathId, examples
from credigestor.api.guarantors import RENAMED, NewGuarantor
from credigestor.api.operations import Operations
from credigestor.api.versions import Change, Seen
from credigestor.db.engine import snapshot
from credigestor.reports import sale as reports
from credigestor.rules.permissions import Permission
from credigestor.services import guarantors, sales

router = Operations("/sales", "Vendas")


class Guarantor(Answer):
    """Who answers for the notes beside the customer (avalista)."""

    name: str
    tax_id: str
    address: str


class SaleRecord(Answer):
    """What may be changed of a sale; `seller_id` is null where none is registered."""

    description: str
    seller_id: int | None
    guarantors: list[Guarantor]


class SaleRecordChange(Body):
    """What is to change; guarantors are sent whole, and `[]` leaves none."""

    model_config = examples(
        {"description": "Geladeira Consul 340 L, branca", "seller_id": 4},
        {
            "guarantors": [
                {
                    "name": "Rita de Cássia Moreira",
                    "tax_id": "111.444.777-35",
                    "address": "Rua das Flores, 120, Messejana, Fortaleza/CE",
                }
            ]
        },
    )

    description: str = Field(default_factory=str)  # so made, the schema tells of no default
    seller_id: Id | None = None
    guarantors: Annotated[
        tuple[NewGuarantor, ...], Field(max_length=guarantors.MOST, default_factory=tuple)
    ]


@router.reads(
    "/{sale_id}/record",
    Permission.COUNTER,
    "O que se pode mudar de uma venda: descrição, vendedor e avalistas",
    versioned=SaleRecord,
)
def record(sale_id: PathId, seen: Seen) -> Response:
    """What may be changed of a sale."""
    with snapshot() as session:
        return seen(_shown(session, sale_id))


@router.changes(
    "/{sale_id}/record",
    Permission.SELL,
    "Mudar a descrição, o vendedor ou os avalistas de uma venda",
    answers=SaleRecord,
)
def change_record(
    sale_id: PathId, call: Caller, change: Change, data: SaleRecordChange
) -> Response:
    """Change what may be changed of a sale."""

    def act(session: Session) -> None:
        sent = data.model_fields_set
        if sent & {"description", "seller_id"}:
            now: Any = reports.record(session, sale_id)
            values = {
                name: getattr(data if name in sent else now, name)
                for name in ("description", "seller_id")
            }
            sales.edit(session, call.actor, sale_id=sale_id, **values)
        if "guarantors" in sent:
            given = sent_guarantors.read(data.guarantors)
            guarantors.replace(session, call.actor, sale_id=sale_id, guarantors=given)

    return change(
        data,
        act,
        lock=lambda session: sales.locked(session, sale_id),
        shown=lambda session: _shown(session, sale_id),
        renamed=RENAMED,
    )


def _shown(session: Session, sale_id: int) -> SaleRecord:
    return SaleRecord.model_validate(reports.record(session, sale_id))
