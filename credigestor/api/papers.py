"""Documents as PDF, drawn when asked for; the printing of notes, which is recorded first (R23)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import BoundedSemaphore
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Call, Caller
from credigestor.api.fields import Answer, Body, Id, PathId, examples
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.db.engine import snapshot
from credigestor.documents import catalogue
from credigestor.errors import Busy
from credigestor.reports import contract, printed_notes
from credigestor.reports import sale as one_sale
from credigestor.rules.installments import MAX_INSTALLMENTS
from credigestor.rules.numbering import note_number
from credigestor.rules.permissions import Permission
from credigestor.services import printing

sales = Operations("/sales", "Vendas")
printings = Operations("/printings", "Vendas")

#: How an operation says that it answers with a PDF.
PDF: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"content": {"application/pdf": {}}, "description": "O PDF."}},
}
#: Documents drawn at a time, and seconds that one waits for its turn.
_drawing, _PATIENCE = BoundedSemaphore(2), 10.0


class NotesToPrint(Body):
    """Notes of the sale to put on paper; all that are open unless it names some."""

    model_config = examples({}, {"note_ids": [318, 319]})

    note_ids: Annotated[list[Id], Field(max_length=MAX_INSTALLMENTS)] | None = None


class NotePrinted(Answer):
    """A note on paper, and which copy of it this is; 1 is the first."""

    note_id: int
    number: str
    copy_number: int


class NotesPrinted(Answer):
    """A printing on record; `id` is its address below /printings."""

    id: uuid.UUID
    sale_id: int
    notes: list[NotePrinted]


class NoteCopies(Answer):
    """How often a note was printed, and when last; `outdated`: before its date was put off."""

    note_id: int
    number: str
    copies: int
    last_at: datetime | None
    outdated: bool


class ContractPrinted(Answer):
    """A printing of a sale's contract; `id` is its address below /contracts."""

    id: uuid.UUID
    copy_number: int
    printed_at: datetime
    printed_by: str | None


class SalePrintings(Answer):
    """What was printed of a sale: its notes, and its contract."""

    items: list[NoteCopies]
    contracts: list[ContractPrinted]


@contextmanager
def turn() -> Iterator[None]:
    """One of the few that are drawn at a time; Busy when none is free in time."""
    if not _drawing.acquire(timeout=_PATIENCE):
        raise Busy("Há documentos demais sendo feitos agora; tente de novo em instantes.")
    try:
        yield
    finally:
        _drawing.release()


def drawn(call: Call, kind: str, ref: object, **params: str) -> Response:
    """A document of the catalogue as it is today."""
    with turn():
        with snapshot() as session:
            found = catalogue.find(session, kind, str(ref), params, today=call.today)
        content = found.pdf()
    headers = {"content-disposition": f'inline; filename="{found.file_name}"'}
    return Response(content, headers=headers, media_type="application/pdf")


@sales.reads("/{sale_id}/booklet", Permission.COUNTER, "O carnê de uma venda, em PDF", **PDF)
def booklet(sale_id: PathId, call: Caller) -> Response:
    """A sale's booklet."""
    return drawn(call, "carne", sale_id)


@sales.reads(
    "/{sale_id}/printings", Permission.COUNTER, "O que foi impresso de uma venda: notas e contrato"
)
def printed(sale_id: PathId) -> SalePrintings:
    """How often each note of a sale was printed."""
    with snapshot() as session:
        one_sale.record(session, sale_id)
        numbers = _numbers(session, sale_id)
        found = printed_notes.status(session, sale_id)
        contracts = contract.printings(session, sale_id)
    return SalePrintings(
        contracts=[
            ContractPrinted(
                id=each.operation_id,
                copy_number=each.copy,
                printed_at=each.printed_at,
                printed_by=each.printed_by,
            )
            for each in contracts
        ],
        items=[
            NoteCopies(
                note_id=each.note_id,
                number=numbers[each.note_id],
                copies=each.copies,
                last_at=each.last_at,
                outdated=each.outdated,
            )
            for each in found
        ],
    )


@sales.writes(
    "/{sale_id}/printings",
    Permission.COUNTER,
    "Registrar a impressão de notas promissórias de uma venda",
    answers=NotesPrinted,
)
def print_notes(sale_id: PathId, call: Caller, once: Once, data: NotesToPrint) -> Response:
    """Record a printing of notes, whose PDF is then read at its own address."""

    def act(session: Session) -> NotesPrinted:
        made = printing.print_notes(
            session, call.actor, sale_id=sale_id, note_ids=data.note_ids, operation_id=once.key
        )
        numbers = _numbers(session, sale_id)
        return NotesPrinted(
            id=once.key,
            sale_id=sale_id,
            notes=[
                NotePrinted(
                    note_id=each.note_id, number=numbers[each.note_id], copy_number=each.copy
                )
                for each in made
            ],
        )

    return once(data, act, renamed={"notes": "note_ids"})


@printings.reads(
    "/{printing_id}", Permission.COUNTER, "As notas de uma impressão registrada, em PDF", **PDF
)
def read(printing_id: uuid.UUID, call: Caller) -> Response:
    """The notes of a printing on record, the same each time."""
    return drawn(call, "notas", printing_id)


def _numbers(session: Session, sale_id: int) -> dict[int, str]:
    """Each note's printed number, by its id."""
    made = one_sale.notes_made(session, sale_id)
    return {note.id: note_number(sale_id, note.number, len(made)) for note in made}
