"""What is receivable on a day is what it was the day before, and what happened since (R29–R34)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import (
    Act,
    ActItem,
    Note,
    Payment,
    PaymentItem,
    Renegotiation,
    Reversal,
    Sale,
)
from credigestor.db.summaries.tables import act_flows, aging_changes, segments
from credigestor.rules.permissions import Actor
from tests.acting import random_acts
from tests.portfolio import TODAY, random_portfolio, refresh

pytestmark = pytest.mark.usefixtures("db")

_UNDONE = select(Reversal.payment_id)


def changes(session: Session) -> Iterator[tuple[date, str, Decimal]]:
    """Each change of what is receivable: its day, why, R$ of principal. From the records alone."""
    made = select(Sale.sold_on, Note.amount, Sale.cancelled_on, Renegotiation.id)
    made = made.join(Note).outerjoin(Renegotiation, Renegotiation.sale_id == Sale.id)
    for day, amount, cancelled_on, deal in session.execute(made):
        if deal is None or cancelled_on is None:
            yield day, "sold" if deal is None else "renegotiated_in", amount
    paid = select(Payment.paid_on, PaymentItem).join(Payment, Payment.id == PaymentItem.payment_id)
    for day, item in session.execute(paid.where(Payment.id.not_in(_UNDONE))):
        if item.closed_after != "written_off":  # that one is recovered
            yield day, "paid", -item.principal
            yield day, "discount", -item.discount
    for act in session.scalars(select(ActItem).where(ActItem.reversed.is_(False))):
        if act.kind not in ("waiver", "new_date"):
            yield act.acted_on, act.kind, -act.principal
    undone = select(Renegotiation.sale_id)  # as if it had never been
    void = select(Note).where(Note.cancelled_on.is_not(None), Note.sale_id.not_in(undone))
    for note in session.scalars(void):
        assert note.cancelled_on is not None
        yield note.cancelled_on, "cancelled", -note.principal_balance


@pytest.mark.parametrize("seed", [21, 22])
def test_the_receivable_of_every_day_is_the_day_befores_and_what_happened(
    admin: Actor, seed: int
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed, sold=25)
        random_acts(session, admin, seed, count=80)
        assert len(set(session.scalars(select(Act.kind)))) == 6
    refresh()
    with snapshot() as session:
        by_day: dict[date, Decimal] = defaultdict(Decimal)
        by_kind: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
        for day, why, amount in changes(session):
            by_day[day] += amount
            by_kind[day, why] += amount
        of_all = select(segments.c.id).where(segments.c.kind == "all").scalar_subquery()
        told = select(aging_changes.c.day, func.sum(aging_changes.c.principal)).where(
            aging_changes.c.segment_id == of_all, aging_changes.c.grain == "d"
        )
        cube = dict(iter(session.execute(told.group_by(aging_changes.c.day))))
        first = min(by_day)
        receivable = summed = Decimal(0)
        for days in range((TODAY - first).days + 1):
            day = first + timedelta(days=days)
            receivable += by_day[day]
            summed += cube.get(day, Decimal(0))
            assert receivable == summed, day
            if days % 60 == 0 or day == TODAY:
                owed = note_balances(day, today=TODAY).subquery()
                assert session.scalar(select(func.sum(owed.c.principal))) == receivable, day
        flows = select(act_flows.c.day, act_flows.c.kind, act_flows.c.principal).where(
            act_flows.c.segment_id == of_all, act_flows.c.principal != 0
        )
        for day, kind, principal in session.execute(flows):
            if kind not in ("recovery", "credit"):  # of what is no receivable; of what is paid
                sign = 1 if kind == "renegotiated_in" else -1
                assert by_kind[day, kind] == sign * principal, (day, kind)
