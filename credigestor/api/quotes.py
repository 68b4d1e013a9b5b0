"""The settlement quote: what settles notes of a customer on a day, and its Pix (R14)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Day, Money, QueryId
from credigestor.api.notes import Owed
from credigestor.api.operations import Operations
from credigestor.api.papers import PDF, drawn
from credigestor.db.engine import snapshot
from credigestor.documents.catalogue import MOST_NOTES
from credigestor.errors import Conflict, InvalidInput
from credigestor.reports import settlement
from credigestor.reports.named_customer import named_customer
from credigestor.reports.notes import open_notes
from credigestor.rules.permissions import Permission

router = Operations("", "Cotações")

Chosen = Annotated[
    list[QueryId],
    Query(
        default_factory=list,
        max_length=MOST_NOTES,
        description="Uma ou várias notas; sem elas, todas as em aberto hoje.",
    ),
]
PayOn = Annotated[Day | None, Query(description="O dia do pagamento; hoje, se não disser.")]


class QuotedNote(Answer):
    """What settles one note; `steps` tell how it was found."""

    id: int
    number: str
    due_date: date
    days_late: int
    days_early: int
    owed: Owed
    discount: Money
    total: Money
    steps: list[str]


class Quote(Answer):
    """What settles the notes when paid on a day: `owed` less `saved` makes `total`.

    `pix` is the code that pays exactly that; `null` while the shop cannot be paid so.
    """

    as_of: date
    on: date
    customer_id: int
    customer: str
    owed: Money
    saved: Money
    total: Money
    txid: str
    pix: str | None
    notes: list[QuotedNote]


@router.reads("/quotes", Permission.COUNTER, "Quanto quita as notas de um cliente numa data")
def quote(call: Caller, customer_id: QueryId, notes: Chosen, on: PayOn = None) -> Quote:
    """What settles notes of a customer on a day."""
    with snapshot() as session:
        chosen = _chosen(session, customer_id, notes, call.today)
        found = settlement.quote(
            session, customer_id, chosen, on=on or call.today, today=call.today
        )
    return Quote(
        as_of=call.today,
        on=found.on,
        customer_id=customer_id,
        customer=found.customer.name,
        owed=found.owed,
        saved=found.saved,
        total=found.total,
        txid=found.txid,
        pix=found.pix,
        notes=[
            QuotedNote(
                id=note.id,
                number=note.number,
                due_date=note.due_date,
                days_late=note.days_late,
                days_early=note.settlement.days_early,
                owed=Owed.model_validate(note.settlement.owed),
                discount=note.settlement.discount,
                total=note.settlement.total,
                steps=list(note.settlement.steps),
            )
            for note in found.notes
        ],
    )


@router.reads("/quotes.pdf", Permission.COUNTER, "A cotação de quitação, em PDF", **PDF)
def quote_pdf(call: Caller, customer_id: QueryId, notes: Chosen, on: PayOn = None) -> Response:
    """The same on paper."""
    with snapshot() as session:
        chosen = _chosen(session, customer_id, notes, call.today)
    named = ",".join(map(str, dict.fromkeys(chosen)))
    return drawn(call, "quitacao", customer_id, notes=named, on=str(on or call.today))


def _chosen(session: Session, customer_id: int, notes: list[int], today: date) -> list[int]:
    """The notes that were named, or all that are open today; 409 when that is none."""
    if notes:
        return notes
    chosen = [note.id for note in open_notes(session, customer_id, on=today, today=today)]
    if not chosen:
        named_customer(session, customer_id)  # who is not there is told so
        raise Conflict("Nada em aberto: não há o que quitar.")
    if len(chosen) > MOST_NOTES:
        raise InvalidInput(f"Escolha no máximo {MOST_NOTES} notas.", field="notes")
    return chosen
