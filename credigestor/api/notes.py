"""Notes: listed by all that the page filters by, and one with its calculation on a day."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BeforeValidator, Field
from sqlalchemy import RowMapping
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Day, Money, PathId, QueryId, Rate, one_of
from credigestor.api.handed import Way, word
from credigestor.api.operations import Operations
from credigestor.api.paging import DatedPage, Paging
from credigestor.api.sales import Seller, ValueRange
from credigestor.db.engine import snapshot
from credigestor.reports import note as one_note
from credigestor.reports import notes as reports
from credigestor.reports.note_filters import OPEN, NoteFilters
from credigestor.reports.search import MAX_QUERY
from credigestor.rules.acts import ActKind
from credigestor.rules.aging import BANDS, Status
from credigestor.rules.numbering import note_number
from credigestor.rules.permissions import Permission
from credigestor.rules.statement import Kind

router = Operations("/notes", "Notas")

NoteStatus = Status | Literal["open"]
assert OPEN == "open"
Band = Annotated[str, *one_of(BANDS)]


class NoteRow(Answer):
    """A note in a list, with what it owes on the day."""

    id: int
    number: str
    sale_id: int
    customer: str
    due_date: date
    status: Status
    days_late: int
    amount: Money
    principal: Money
    interest: Money
    fine: Money
    owed: Money


class Owed(Answer):
    """What is owed, R$."""

    principal: Money
    interest: Money
    fine: Money
    total: Money


class Split(Answer):
    """How a payment was allocated, or what an act took off, R$."""

    interest: Money
    fine: Money
    principal: Money


class NotePayment(Answer):
    """A payment on the note; `after` is what was left, `null` once it was reversed."""

    payment_id: int
    paid_on: date
    method: Annotated[Way, BeforeValidator(word)]
    amount: Money
    split: Split
    discount: Money
    discount_reason: str | None
    after: Money | None
    received_by: str | None
    reversed_on: date | None


class NoteAct(Answer):
    """Something done to the note that is no payment: what it took off, or when it is due since."""

    act_id: int
    renegotiation_id: Annotated[
        int | None, Field(description="A renegociação que fechou a nota por este ato.")
    ]
    kind: ActKind
    acted_on: date
    taken: Split
    due_date: date | None
    reason: str | None
    made_by: str | None
    reversed_on: date | None


class Line(Answer):
    """One step of the calculation, and what is owed after it."""

    on: date | None
    kind: Kind
    text: str
    after: Owed
    days: int
    base: Money | None
    rate: Rate | None
    interest: Money
    fine: Money
    paid: Split | None
    discount: Money
    taken: Split | None


class Note(Answer):
    """A note on a day: what it owes, why, and where it comes from."""

    as_of: date
    id: int
    number: str
    status: Status
    band: str
    days_late: int
    owed: Owed
    amount: Money
    due_date: date
    original_due_date: date | None
    on_time_until: date
    free_until: date
    sale_id: int
    renegotiation_id: Annotated[int | None, Field(description="A renegociação que fez a nota.")]
    sold_on: date
    description: str
    seller: str | None
    customer_id: int
    customer: str
    tax_id: str | None
    ref: str | None
    cancelled_on: date | None
    cancel_reason: str | None
    payments: list[NotePayment]
    acts: list[NoteAct]
    calculation: list[Line]


@router.lists(
    "",
    Permission.COUNTER,
    "Notas, da que vence primeiro à que vence por último",
    answers=DatedPage[NoteRow],
)
def search(
    call: Caller,
    paging: Paging,
    as_of: Day | None = None,
    q: Annotated[str, Query(max_length=MAX_QUERY)] = "",
    status: NoteStatus | None = None,
    band: Annotated[list[Band], Query(description="Uma ou várias faixas de atraso.")] = [],  # noqa: B006 - FastAPI copies it
    customer_id: QueryId | None = None,
    seller: Seller | None = None,
    city: str | None = None,
    value: ValueRange | None = None,
    due_from: Day | None = None,
    due_to: Day | None = None,
    sold_from: Day | None = None,
    sold_to: Day | None = None,
    first: Annotated[Literal["1", "30"] | None, Query()] = None,
    contract_over: Annotated[int | None, Query(ge=0, le=3650)] = None,
    late_from: Day | None = None,
    late_to: Day | None = None,
) -> DatedPage[NoteRow] | Response:
    """Notes, a page at a time or all."""
    day = as_of or call.today
    filters = NoteFilters(
        status=status,
        bands=tuple(band),
        customer_id=customer_id,
        seller=seller,
        city=city,
        value=value,
        due_from=due_from,
        due_to=due_to,
        sold_from=sold_from,
        sold_to=sold_to,
        first=int(first) if first else None,
        contract_over=contract_over,
        late_from=late_from,
        late_to=late_to,
        text=q,
    )
    statement = reports.listed(
        filters, as_of=day, today=call.today, limit=paging.most, after=paging.after(date, int)
    )
    if whole := paging.whole(statement, _row, as_of=day):
        return whole
    with snapshot() as session:
        rows = session.execute(statement).mappings().all()
    shown, cursor = paging.cut(rows, lambda row: [row["walked_by"], row["id"]])
    return DatedPage(as_of=day, items=[_row(row) for row in shown], next_cursor=cursor)


@router.reads("/{note_id}", Permission.COUNTER, "Uma nota e o cálculo do que deve numa data")
def read(note_id: PathId, call: Caller, as_of: Day | None = None) -> Note:
    """One note."""
    day = as_of or call.today
    with snapshot() as session:
        found = one_note.detail(session, note_id, as_of=day, today=call.today)
    shown = {name: getattr(found, name) for name in Note.model_fields if hasattr(found, name)}
    return Note.model_validate({**shown, "as_of": day, "calculation": found.lines})


def _row(row: RowMapping) -> NoteRow:
    number = note_number(row["sale_id"], row["place"], row["installments"])
    return NoteRow.model_validate({**row, "number": number})
