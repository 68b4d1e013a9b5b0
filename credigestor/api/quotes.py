"""The quote: what settles notes of a customer on a day, or what an amount does; its Pix (R14)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Day, Money, MoneyIn, QueryId, Rate
from credigestor.api.notes import Owed
from credigestor.api.operations import Operations
from credigestor.api.papers import PDF, drawn
from credigestor.db.engine import snapshot
from credigestor.documents.catalogue import MOST_NOTES
from credigestor.errors import Conflict, InvalidInput
from credigestor.reports import settlement
from credigestor.reports.named_customer import named_customer
from credigestor.reports.notes import open_notes
from credigestor.rules import true_rate
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
Amount = Annotated[
    MoneyIn | None,
    Query(description="Quanto se quer pagar, R$, se for menos do que quita as notas."),
]
PayOn = Annotated[Day | None, Query(description="O dia do pagamento; hoje, se não disser.")]


class QuotedSale(Answer):
    """A sale that has notes in the quote, and its effective rates by its dates (R2b), percent."""

    id: int
    number: str
    contract_rate: Rate
    effective_monthly_rate: Rate
    effective_yearly_rate: Rate


class QuotedNote(Answer):
    """What settles one note, or what it gets of the amount; `steps` tell how it was found."""

    id: int
    number: str
    due_date: date
    days_late: int
    days_early: int
    owed: Owed
    discount: Money
    total: Money
    after: Money
    steps: list[str]


class Quote(Answer):
    """What settles the notes when paid on a day: `owed` less `saved` makes `total`.

    Of an `amount` that does not settle them, what it does: it is `total`, and `after` is left.
    `pix` is the code that pays exactly that; `null` while the shop cannot be paid so.
    """

    as_of: date
    on: date
    customer_id: int
    customer: str
    owed: Money
    saved: Money
    total: Money
    after: Money
    txid: str
    pix: str | None
    sales: list[QuotedSale]
    notes: list[QuotedNote]


@router.reads("/quotes", Permission.COUNTER, "Quanto quita as notas de um cliente numa data")
def quote(
    call: Caller, customer_id: QueryId, notes: Chosen, on: PayOn = None, amount: Amount = None
) -> Quote:
    """What settles notes of a customer on a day, or what an amount does to them."""
    with snapshot() as session:
        chosen = _chosen(session, customer_id, notes, call.today)
        found = settlement.quote(
            session, customer_id, chosen, on=on or call.today, today=call.today, amount=amount
        )
    return Quote(
        as_of=call.today,
        on=found.on,
        customer_id=customer_id,
        customer=found.customer.name,
        owed=found.owed,
        saved=found.saved,
        total=found.total,
        after=found.after,
        txid=found.txid,
        pix=found.pix,
        sales=[
            QuotedSale(
                id=sale.id,
                number=sale.number,
                contract_rate=sale.contract_rate,
                effective_monthly_rate=true_rate.monthly(sale.daily_rate),
                effective_yearly_rate=true_rate.yearly(sale.daily_rate),
            )
            for sale in found.sales
        ],
        notes=[
            QuotedNote(
                id=note.id,
                number=note.number,
                due_date=note.due_date,
                days_late=note.days_late,
                days_early=note.days_early,
                owed=Owed.model_validate(note.owed),
                discount=note.discount,
                total=note.paid,
                after=note.after,
                steps=list(note.steps),
            )
            for note in found.notes
        ],
    )


@router.reads("/quotes.pdf", Permission.COUNTER, "A cotação de quitação, em PDF", **PDF)
def quote_pdf(
    call: Caller, customer_id: QueryId, notes: Chosen, on: PayOn = None, amount: Amount = None
) -> Response:
    """The same on paper."""
    with snapshot() as session:
        chosen = _chosen(session, customer_id, notes, call.today)
    named = ",".join(map(str, dict.fromkeys(chosen)))
    asked = {"notes": named, "on": str(on or call.today)}
    asked |= {"amount": f"{amount:.2f}"} if amount is not None else {}
    return drawn(call, "quitacao", customer_id, **asked)


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
