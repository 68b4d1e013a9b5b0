"""The contract of a sale: its printing is recorded (R23), then read as a PDF at its own address."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Body, PathId, examples
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.papers import PDF, drawn
from credigestor.rules.permissions import Permission
from credigestor.services import printing

sales = Operations("/sales", "Vendas")
router = Operations("/contracts", "Vendas")


class ContractToPrint(Body):
    """Nothing is to be said: every copy is printed."""

    model_config = examples({})


class ContractMade(Answer):
    """A printing on record; `id` is its address below /contracts."""

    id: uuid.UUID
    sale_id: int
    copy_number: int


@sales.writes(
    "/{sale_id}/contracts",
    Permission.COUNTER,
    "Registrar a impressão do contrato de uma venda",
    answers=ContractMade,
)
def print_contract(sale_id: PathId, call: Caller, once: Once, data: ContractToPrint) -> Response:
    """Record a printing of a contract, whose PDF is then read at its own address."""

    def act(session: Session) -> ContractMade:
        made = printing.print_contract(session, call.actor, sale_id=sale_id, operation_id=once.key)
        return ContractMade(id=once.key, sale_id=sale_id, copy_number=made.copy)

    return once(data, act)


@router.reads(
    "/{printing_id}", Permission.COUNTER, "O contrato de uma impressão registrada, em PDF", **PDF
)
def read(printing_id: uuid.UUID, call: Caller) -> Response:
    """The copies of a printing on record, the same each time."""
    return drawn(call, "contrato", printing_id)
