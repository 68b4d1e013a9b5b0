"""The shop's headline figures from the summaries, where those know the whole ledger.

The figures of `reports.summary` to the cent, which reads every note: seconds of a processor at
500,000 notes, milliseconds here. What a restore or an import is compared by stays there.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from credigestor.db.models import Customer, Payment, Renegotiation, Reversal, Sale
from credigestor.db.summaries.tables import note_facts
from credigestor.reports.portfolio import flows, stock
from credigestor.reports.portfolio.act_totals import NOTHING, act_totals
from credigestor.reports.portfolio.rows import EVER
from credigestor.reports.summary import Summary, made_by
from credigestor.rules.charges import Split
from credigestor.rules.methods import CREDIT
from credigestor.rules.money import ZERO
from credigestor.rules.periods import Period


def folded_summary(session: Session, as_of: date, *, today: date) -> Summary:
    """The headline figures at `as_of`, which may be past, as `summary` has them (R16, R22)."""
    until = Period(EVER, as_of)
    flow = flows.flow(session, until, as_of=as_of)
    credit = act_totals(session, until, as_of=as_of).get(CREDIT, NOTHING)
    [now] = stock.stocks(session, [as_of])
    charges = stock.charges(session, as_of, today=today)
    renewed, renewed_notes, renegotiated = _renewed(session, as_of)
    old = _old_charges(session, as_of)
    return Summary(
        customers=session.scalar(select(func.count()).select_from(Customer)) or 0,
        sales=flow.sales,
        notes=flow.installments + renewed_notes,
        payments=_payments(session, as_of),
        financed=flow.financed,
        renegotiations=renewed,
        renegotiated=renegotiated,
        receivable_principal=now.receivable,
        overdue_notes=now.overdue_notes,
        overdue_principal=stock.overdue_principal(session, as_of),
        overdue_interest=charges.interest,
        overdue_fine=charges.fine,
        received_principal=flow.principal + old.interest + old.fine,
        received_interest=flow.interest - old.interest,
        received_fine=flow.fine - old.fine,
        paid_by_credit=credit.principal + credit.interest + credit.fine,
        aging={band.band: band.principal for band in now.bands},
    )


def _renewed(session: Session, as_of: date) -> tuple[int, int, Decimal]:
    """Sales in the place of older ones, their notes and what they came to, R$ (R15)."""
    statement = (
        select(
            func.count(),
            func.coalesce(func.sum(Sale.installments), 0),
            func.coalesce(func.sum(Sale.total - Sale.down_payment), ZERO),
        )
        .join(Renegotiation, Renegotiation.sale_id == Sale.id)
        .where(made_by(as_of))
    )
    count, notes, amount = session.execute(statement).one()
    return count, notes, amount


def _old_charges(session: Session, as_of: date) -> Split:
    """What of the principal received were an old debt's charges: flows tell those apart (R15)."""
    facts = note_facts.c
    sums = (func.coalesce(func.sum(part), ZERO) for part in (facts.old_interest, facts.old_fine))
    received = and_(facts.cohort_on.is_not(None), facts.act_kind.is_(None), facts.act_id > 0)
    interest, fine = session.execute(select(*sums).where(received, facts.valid_from <= as_of)).one()
    return Split(interest, fine, ZERO)


def _payments(session: Session, as_of: date) -> int:
    """How many were made by a day, less those reversed since: the index alone is read for them."""
    made = select(func.count()).select_from(Payment).where(Payment.paid_on <= as_of)
    undone = made.join(Reversal, Reversal.payment_id == Payment.id)
    return session.scalar(select(made.scalar_subquery() - undone.scalar_subquery())) or 0
