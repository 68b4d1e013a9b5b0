"""One search for everything, as the menu of every page has it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import Field

from credigestor.api.calls import Caller
from credigestor.api.customers import CustomerRow
from credigestor.api.fields import Answer
from credigestor.api.operations import Operations
from credigestor.db.engine import snapshot
from credigestor.reports import numbered as reports
from credigestor.reports.numbered import Kind
from credigestor.reports.search import MAX_QUERY
from credigestor.rules.permissions import Permission

router = Operations("/search", "Busca")


class Numbered(Answer):
    """What bears the number that was asked for."""

    kind: Kind
    id: Annotated[
        int, Field(description="O número dela; de um recibo de entrada, o da venda dele.")
    ]
    number: str
    old: Annotated[
        str | None,
        Field(description="O número, ou o da venda dela, no sistema de onde foi importada."),
    ]
    customer_id: int
    customer: str


class Found(Answer):
    """What one text finds."""

    as_of: date
    numbered: Annotated[
        list[Numbered],
        Field(description="Notas, vendas, recibos e clientes deste número, nosso ou antigo."),
    ]
    customers: Annotated[
        list[CustomerRow],
        Field(description="Os primeiros clientes com o texto no nome, CPF, CNPJ ou telefone."),
    ]


@router.reads("", Permission.COUNTER, "Nota, venda, recibo ou cliente pelo que se digita")
def find(call: Caller, q: Annotated[str, Query(max_length=MAX_QUERY)]) -> Found:
    """What a number names, and the first customers that a text finds."""
    with snapshot() as session:
        found = reports.everything(session, q, today=call.today)
    return Found(
        as_of=call.today,
        numbered=[Numbered.model_validate(each) for each in found.numbered],
        customers=[CustomerRow.model_validate(each) for each in found.customers],
    )
