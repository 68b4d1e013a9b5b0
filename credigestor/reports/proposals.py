"""Proposals: listed with how each stands on a day, and one of them with all that it offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from sqlalchemy import (
    ColumnElement,
    Integer,
    Numeric,
    Select,
    case,
    cast,
    func,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from credigestor.db.models import Customer, Proposal, Sale, User
from credigestor.db.proposal_terms import ProposalTerms
from credigestor.db.settings import settings_at
from credigestor.errors import Conflict, NotFound
from credigestor.reports.credit_terms import AgreedNote, CreditTerms
from credigestor.reports.named_customer import named_customer
from credigestor.rules.numbering import proposal_number
from credigestor.rules.offers import Standing, standing


@dataclass(frozen=True)
class ProposalFilters:
    """Which proposals: of a customer, and how they stand."""

    customer_id: int | None = None
    standing: Standing | None = None


@dataclass(frozen=True, kw_only=True)
class Offered(CreditTerms):
    """A proposal as it was made, in the words that the shop had then; `sold_on` is its day."""

    id: int
    customer_id: int
    valid_until: date
    made_by: str | None
    seller_id: int | None
    sale_id: int | None

    @property
    def number(self) -> str:
        """The proposal's number as shown."""
        return proposal_number(self.id)

    def standing(self, today: date) -> Standing:
        """How it stands on a day."""
        return standing(today, self.valid_until, sold=self.sale_id is not None)


def listed(
    filters: ProposalFilters,
    *,
    today: date,
    limit: int | None = None,
    after: tuple[date, int] | None = None,
) -> Select[*tuple[Any, ...]]:
    """SELECT of proposals, the newest first, with how each stands today.

    Columns: id, made_on, valid_until, customer_id, customer, made_by, description, total,
    down_payment, installments, to_pay (R$ in all), sale_id, standing. `after` are day and id of the
    row that a page ended with.
    """
    asked = Proposal.terms["asked"]
    notes = Proposal.terms["notes"]
    note = func.jsonb_array_elements(notes).table_valued("value", name="note")
    in_notes = select(func.sum(cast(note.c.value.op("->>")("amount"), Numeric(12, 2))))
    down: ColumnElement[Decimal] = cast(asked["down_payment"].astext, Numeric(12, 2))
    stands = case(
        (Sale.id.is_not(None), literal(Standing.SOLD.value)),
        (Proposal.valid_until >= today, literal(Standing.OPEN.value)),
        else_=literal(Standing.EXPIRED.value),
    )
    rows = (
        select(
            Proposal.id,
            Proposal.made_on,
            Proposal.valid_until,
            Proposal.customer_id,
            Customer.name.label("customer"),
            User.name.label("made_by"),
            func.coalesce(asked["description"].astext, "").label("description"),
            cast(asked["total"].astext, Numeric(12, 2)).label("total"),
            down.label("down_payment"),
            cast(func.jsonb_array_length(notes), Integer).label("installments"),
            (down + in_notes.scalar_subquery()).label("to_pay"),
            Sale.id.label("sale_id"),
            stands.label("standing"),
        )
        .join(Customer, Customer.id == Proposal.customer_id)
        .outerjoin(User, User.id == Proposal.created_by)
        .outerjoin(Sale, Sale.proposal_id == Proposal.id)
        .where(
            Proposal.customer_id == filters.customer_id if filters.customer_id else true(),
            stands == filters.standing.value if filters.standing else true(),
            true() if after is None else tuple_(Proposal.made_on, Proposal.id) < after,
        )
        .order_by(Proposal.made_on.desc(), Proposal.id.desc())
    )
    return rows.limit(limit)


def proposal(session: Session, proposal_id: int) -> Offered:
    """One proposal; raises NotFound, and Conflict for a customer whose data was erased (R28) or
    terms that were changed by hand and say nothing any more.
    """
    found = session.execute(
        select(Proposal, User.name, Sale.id.label("sale_id"))
        .outerjoin(User, User.id == Proposal.created_by)
        .outerjoin(Sale, Sale.proposal_id == Proposal.id)
        .where(Proposal.id == proposal_id)
    ).one_or_none()
    if found is None:
        raise NotFound("Proposta não encontrada.")
    row, made_by, sale_id = found
    try:
        terms = ProposalTerms.model_validate(row.terms)
    except ValidationError as error:
        raise Conflict("Os termos desta proposta não podem ser lidos.") from error
    asked = terms.asked
    return Offered(
        shop=settings_at(session, row.created_at),
        customer=named_customer(session, row.customer_id),
        sold_on=asked.sold_on,
        description=asked.description,
        total=asked.total,
        down_payment=asked.down_payment,
        schedule=terms.schedule,
        schedule_step=terms.schedule_step,
        contract_rate=terms.contract_rate,
        daily_rate=terms.daily_rate,
        late_rate=terms.late_rate,
        fine_rate=terms.fine_rate,
        grace_days=terms.grace_days,
        installments=[
            AgreedNote(number, note.amount, note.due_date)
            for number, note in enumerate(terms.notes, 1)
        ],
        id=row.id,
        customer_id=row.customer_id,
        valid_until=row.valid_until,
        made_by=made_by,
        seller_id=asked.seller_id,
        sale_id=sale_id,
    )
