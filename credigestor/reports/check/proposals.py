"""Proposals: terms that can be read and that make what they say, and sales that are theirs."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from credigestor.db.models import Proposal
from credigestor.db.proposal_terms import ProposalTerms
from credigestor.reports.check.problem import Problem
from credigestor.rules.true_rate import daily_rate

_ROWS_AT_ONCE = 1000

# A sale of a proposal is of its customer, day and amounts; what it says of notes and rates is its
# own, and proved by the replay.
_OTHER_SALES = """
SELECT s.id FROM sales s JOIN proposals p ON p.id = s.proposal_id
WHERE s.customer_id <> p.customer_id AND NOT EXISTS (
        SELECT FROM customer_moves m WHERE m.sale_id = s.id AND m.from_id = p.customer_id)
    OR s.sold_on <> p.made_on
    OR s.total <> (p.terms #>> '{asked,total}')::numeric
    OR s.down_payment <> (p.terms #>> '{asked,down_payment}')::numeric
    OR s.installments <> jsonb_array_length(p.terms -> 'notes')
    OR s.created_at < p.created_at
ORDER BY s.id
"""


def proposals(session: Session) -> Iterator[Problem]:
    """Proposals whose terms say nothing, or otherwise than they make; sales of other proposals."""
    rows = session.execute(
        select(Proposal.id, Proposal.made_on, Proposal.terms).order_by(Proposal.id),
        execution_options={"yield_per": _ROWS_AT_ONCE},
    )
    broken = False
    for row in rows:
        try:
            terms = ProposalTerms.model_validate(row.terms)
        except ValidationError:
            broken = True
            yield Problem(
                "proposal_terms", "proposals", row.id, "Os termos da proposta não podem ser lidos."
            )
            continue
        asked = terms.asked
        by_days = sorted(((note.due_date - row.made_on).days, note.amount) for note in terms.notes)
        rate = daily_rate(asked.total - asked.down_payment, by_days)
        if asked.sold_on != row.made_on or rate != terms.daily_rate:
            yield Problem(
                "proposal_rate",
                "proposals",
                row.id,
                "A data ou a taxa efetiva da proposta não é a que suas parcelas dão.",
            )
    if broken:
        return
    for sale_id in session.scalars(text(_OTHER_SALES)):
        yield Problem("sale_proposal", "sales", sale_id, "A venda não é a que a proposta oferece.")
