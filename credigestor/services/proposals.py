"""Proposals: what a sale would make, offered for two days, and turned into that sale once.

A proposal names no guarantors: who has signed nothing yet has no business with it, and nobody
else's data is kept for an offer. They are told to the sale.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Base, Note, Proposal, Sale
from credigestor.db.proposal_terms import OfferedNote, ProposalTerms
from credigestor.db.steps import DUE_AS_MADE
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.rules.calendar import format_date
from credigestor.rules.methods import Part
from credigestor.rules.numbering import proposal_number, sale_number
from credigestor.rules.offers import last_day
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import audit, operations, sales
from credigestor.services.inputs import parse
from credigestor.services.sale_input import NewSale, Offer

#: Of what is asked for, what the log tells.
_TOLD = ("total", "down_payment", "description", "seller_id")
#: Of how the notes come to be, what a proposal tells.
_MADE_BY = ("schedule", "schedule_step", "daily_rate")
#: What of a sale's input is the proposal's own, or is said when it becomes a sale.
_APART = {
    *("operation_id", "customer_id", "guarantors", "override_reason"),
    *("down_payment_methods", "down_payment_by_credit", "backdate_reason"),
}
_CREATE = audit.creation(
    Base.metadata.tables["proposals"],
    [
        *("operation_id", "customer_id", "made_on", "valid_until", "terms", "created_by"),
    ],
    "proposal",
)


def make(session: Session, actor: Actor, data: NewSale, *, today: date) -> int:
    """Keep what a sale of today would make as a proposal, and return its id.

    The same operation again gives the same id. Raises what `sales.preview` would, InvalidInput for
    a sale of another day, without notes, with guarantors, or first due before the proposal ends;
    Conflict when the operation made another proposal or a sale.
    """
    planned = sales.preview(session, actor, data, today=today, lock=True)
    if planned.registered:
        operations.require_same(False, done="gravou uma venda", again="guardar a proposta")
    if data.sold_on != today:
        raise InvalidInput("A proposta é de hoje: deixe a data da venda em hoje.", field="sold_on")
    if data.guarantors:
        raise InvalidInput(
            "A proposta não guarda avalistas: informe-os na venda.", field="guarantors"
        )
    notes = [OfferedNote.model_validate(note) for note in planned.plan.notes]
    if not notes:
        raise InvalidInput(
            "Paga toda na entrada, a venda não tem parcelas a propor.", field="down_payment"
        )
    until = last_day(today)
    if min(note.due_date for note in notes) < until:
        raise InvalidInput(
            f"A proposta vale até {format_date(until)}: o primeiro vencimento não pode ser antes.",
            field="schedule" if data.schedule.is_list else "first_due_date",
        )
    settings = planned.settings
    asked = data.model_copy(update={"seller_id": planned.seller_id})
    terms = ProposalTerms.model_validate(
        {
            "asked": asked.model_dump(mode="json", exclude=_APART),
            "contract_rate": planned.plan.contract_rate,
            **{name: planned.plan.made_by[name] for name in _MADE_BY},
            "late_rate": settings.late_rate,
            "fine_rate": settings.fine_rate,
            "grace_days": settings.grace_days,
            "notes": notes,
        }
    ).as_kept
    row: dict[str, Any] = {
        "customer_id": data.customer_id,
        "made_on": today,
        "valid_until": until,
        "terms": terms,
    }
    told = {
        **{name: value for name, value in row.items() if name != "terms"},
        **{name: terms["asked"][name] for name in _TOLD},
        "contract_rate": terms["contract_rate"],
        "installments": len(notes),
        "first_due_date": notes[0].due_date,
    }
    new = {**row, "operation_id": data.operation_id, "created_by": actor.id}
    made: int | None = session.scalar(_CREATE, audit.created(actor, new, after=told))
    if made is not None:
        return made
    [before] = operations.recorded(session, Proposal, data.operation_id)
    operations.require_same(
        (before.customer_id, before.terms) == (data.customer_id, terms),
        done=f"guardou outra proposta, a {proposal_number(before.id)},",
        again="guardar esta",
    )
    return before.id


def close(
    session: Session,
    actor: Actor,
    *,
    proposal_id: int,
    operation_id: uuid.UUID,
    override_reason: str | None = None,
    backdate_reason: str | None = None,
    down_payment_methods: Sequence[Part] = (),
    down_payment_by_credit: bool = False,
    today: date,
) -> int:
    """Turn a proposal into the sale that it offers, with its very notes and rates; the sale's id.

    The sale has the proposal's day, from which its rates are reckoned (R2b). The same operation
    again gives the same sale. Raises NotFound, Conflict for a proposal that has expired or is a
    sale already, and whatever `sales.register` does.
    """
    actor.require(Permission.SELL)
    found = session.scalar(select(Proposal).where(Proposal.id == proposal_id).with_for_update())
    if found is None:
        raise NotFound("Proposta não encontrada.")
    number = proposal_number(proposal_id)
    sold = session.execute(
        select(Sale.id, Sale.operation_id).where(Sale.proposal_id == proposal_id)
    ).one_or_none()
    if sold is not None:
        made, by = sold
        if by == operation_id:
            return made
        raise Conflict(f"A proposta {number} já virou a venda {sale_number(made)}.")
    if today > found.valid_until:
        raise Conflict(
            f"A proposta {number} valia até {format_date(found.valid_until)} e não pode mais ser "
            "fechada. Faça outra, com os preços e prazos de hoje."
        )
    terms = read(found)
    data = parse(
        NewSale,
        {
            **terms.asked.model_dump(),
            "operation_id": operation_id,
            "customer_id": found.customer_id,
            "override_reason": override_reason,
            "backdate_reason": backdate_reason,
            "down_payment_methods": tuple(down_payment_methods),
            "down_payment_by_credit": down_payment_by_credit,
        },
    )
    offer = Offer(proposal_id, terms.late_rate, terms.fine_rate, terms.grace_days)
    sale_id = sales.register(session, actor, data, today=today, offer=offer)
    _check_made(session, sale_id, proposal_id, terms.notes)
    return sale_id


def read(proposal: Proposal) -> ProposalTerms:
    """The terms of a proposal; raises Conflict where they were changed by hand and say nothing."""
    try:
        return ProposalTerms.model_validate(proposal.terms)
    except ValidationError as error:
        raise Conflict("Os termos desta proposta não podem ser lidos. Faça outra.") from error


def _check_made(
    session: Session, sale_id: int, proposal_id: int, offered: Sequence[OfferedNote]
) -> None:
    """That the sale is this proposal's, and its notes those that were offered."""
    of = session.scalar(select(Sale.proposal_id).where(Sale.id == sale_id))
    operations.require_same(of == proposal_id, done="gravou outra venda", again="fechar esta")
    made = session.execute(
        select(DUE_AS_MADE.label("due_date"), Note.amount)
        .where(Note.sale_id == sale_id)
        .order_by(Note.number)
    )
    if [OfferedNote.model_validate(note) for note in made] != list(offered):
        raise Conflict(
            "As contas mudaram desde a proposta e dariam outras parcelas. Faça outra proposta."
        )
