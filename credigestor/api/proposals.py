"""Proposals: what a sale would make, offered for two days, and turned into that sale once."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Query
from sqlalchemy import RowMapping
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api import sales, schedules
from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Body, Money, PathId, QueryId, Rate, examples
from credigestor.api.handed import PartsIn
from credigestor.api.handed import asked as asked_parts
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.paging import DatedPage, Paging
from credigestor.api.papers import PDF, drawn
from credigestor.api.sales import SaleToMake
from credigestor.db.engine import snapshot
from credigestor.reports import proposals as reports
from credigestor.reports.proposals import ProposalFilters
from credigestor.rules import true_rate
from credigestor.rules.numbering import proposal_number, sale_number
from credigestor.rules.offers import Standing, last_day
from credigestor.rules.permissions import Permission
from credigestor.services import proposals as services

router = Operations("/proposals", "Propostas")


class ProposalMade(Answer):
    """The new proposal; `valid_until` is the last day on which it may become a sale."""

    id: int
    number: str
    valid_until: date


class ProposalToClose(Body):
    """How the down payment came, and why a manager sells in spite of limit, late notes or date."""

    model_config = examples(
        {},
        {
            "override_reason": "Cliente antiga, sempre pagou em dia",
            "down_payment_methods": [{"method": "pix", "amount": "199.90"}],
        },
    )

    override_reason: str | None = None
    backdate_reason: str | None = None
    down_payment_methods: PartsIn = ()
    down_payment_by_credit: bool = False


class ProposalClosed(Answer):
    """The sale that a proposal became; its notes stand at its own address."""

    sale_id: int
    number: str


class ProposalRow(Answer):
    """A proposal in a list, with how it stands on the day; `to_pay` is the down payment and all
    notes.
    """

    id: int
    number: str
    made_on: date
    valid_until: date
    customer_id: int
    customer: str
    made_by: str | None
    description: str
    total: Money
    down_payment: Money
    installments: int
    to_pay: Money
    standing: Standing
    sale_id: int | None


class ProposedNote(Answer):
    """A note that a proposal offers; `number` is its place among them."""

    number: int
    amount: Money
    due_date: date


class Proposal(Answer):
    """A proposal with all that it offers; rates in percent a month, the fine in percent.

    The effective rates go by the dates (R2b), percent.
    """

    id: int
    number: str
    made_on: date
    valid_until: date
    customer_id: int
    customer: str
    made_by: str | None
    seller_id: int | None
    description: str
    total: Money
    down_payment: Money
    financed: Money
    interest: Money
    to_pay: Money
    schedule: schedules.SaleSchedule
    contract_rate: Rate
    effective_monthly_rate: Rate
    effective_yearly_rate: Rate
    late_rate: Rate
    fine_rate: Rate
    grace_days: int
    standing: Standing
    sale_id: int | None
    notes: list[ProposedNote]


@router.lists(
    "", Permission.COUNTER, "Propostas, da mais nova à mais antiga", answers=DatedPage[ProposalRow]
)
def search(
    call: Caller,
    paging: Paging,
    customer_id: QueryId | None = None,
    standing: Annotated[Standing | None, Query()] = None,
) -> DatedPage[ProposalRow] | Response:
    """Proposals, a page at a time or all."""
    filters = ProposalFilters(customer_id, standing)
    after: Any = paging.after(date, int)
    statement = reports.listed(filters, today=call.today, limit=paging.most, after=after)
    if whole := paging.whole(statement, _row, as_of=call.today):
        return whole
    with snapshot() as session:
        rows = session.execute(statement).mappings().all()
    shown, cursor = paging.cut(rows, lambda row: [row["made_on"], row["id"]])
    return DatedPage(as_of=call.today, items=[_row(row) for row in shown], next_cursor=cursor)


@router.writes(
    "",
    Permission.SELL,
    "Guardar uma proposta de venda, que vale dois dias",
    answers=ProposalMade,
)
def create(call: Caller, once: Once, data: SaleToMake) -> Response:
    """Keep what a sale of today would make."""

    def act(session: Session) -> ProposalMade:
        new = sales.asked(session, call, data, once.key)
        made = services.make(session, call.actor, new, today=call.today)
        return ProposalMade(id=made, number=proposal_number(made), valid_until=last_day(call.today))

    return once(data, act, renamed=schedules.RENAMED)


@router.reads("/{proposal_id}", Permission.COUNTER, "Uma proposta, com as parcelas que oferece")
def read(proposal_id: PathId, call: Caller) -> Proposal:
    """One proposal."""
    with snapshot() as session:
        found = reports.proposal(session, proposal_id)
    shown = {name: getattr(found, name) for name in Proposal.model_fields if hasattr(found, name)}
    shown |= {
        "made_on": found.sold_on,
        "customer": found.customer.name,
        "standing": found.standing(call.today),
        "effective_monthly_rate": true_rate.monthly(found.daily_rate),
        "effective_yearly_rate": true_rate.yearly(found.daily_rate),
        "schedule": schedules.of(found),
        "notes": found.installments,
    }
    return Proposal.model_validate(shown)


@router.reads("/{proposal_id}/document", Permission.COUNTER, "Uma proposta, em PDF", **PDF)
def document(proposal_id: PathId, call: Caller) -> Response:
    """A proposal on paper."""
    return drawn(call, "proposta", proposal_id)


@router.writes(
    "/{proposal_id}/sale",
    Permission.SELL,
    "Fechar a proposta: registrar a venda que ela oferece",
    answers=ProposalClosed,
)
def close(proposal_id: PathId, call: Caller, once: Once, data: ProposalToClose) -> Response:
    """Turn a proposal into its sale."""

    def act(session: Session) -> ProposalClosed:
        sale_id = services.close(
            session,
            call.actor,
            proposal_id=proposal_id,
            operation_id=once.key,
            override_reason=data.override_reason,
            backdate_reason=data.backdate_reason,
            down_payment_methods=asked_parts(data.down_payment_methods),
            down_payment_by_credit=data.down_payment_by_credit,
            today=call.today,
        )
        return ProposalClosed(sale_id=sale_id, number=sale_number(sale_id))

    return once(data, act)


def _row(row: RowMapping) -> ProposalRow:
    return ProposalRow.model_validate({**row, "number": proposal_number(row["id"])})
