"""The dashboard's figures are those of a replay of every note with the rules (R16, R17, R22)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, Note, PaymentItem, Sale
from credigestor.reports import overview
from credigestor.reports.portfolio.collections import DueTotal
from credigestor.reports.portfolio.flows import Flow
from credigestor.reports.portfolio.stock import BandTotal, Charges, Contracts, Stock
from credigestor.reports.scope import NO_SELLER, Scope
from credigestor.rules.aging import BANDS
from credigestor.rules.money import ZERO
from credigestor.rules.periods import Period, month_end, months, stock_dates
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from tests.balances import NoteAt, balances_by_hand
from tests.imports.files import needs_sample
from tests.portfolio import TODAY, random_portfolio
from tests.scoping import belongs

pytestmark = pytest.mark.usefixtures("db")
DATES = [TODAY, date(2026, 10, 31), date(2026, 3, 15), date(2027, 1, 10)]
SAMPLE_DATES = [date(2024, 12, 31), date(2025, 4, 21), date(2025, 9, 8), date(2026, 6, 30), TODAY]


@dataclass(frozen=True)
class Books:
    """The sales of a scope by their id, and what was paid for them and not reversed."""

    scope: Scope
    sales: dict[int, Sale]
    items: list[PaymentItem]


def books_of(session: Session, scope: Scope) -> Books:
    sales = {s.id: s for s in session.scalars(select(Sale)) if belongs(session, s, scope)}
    paid = select(PaymentItem, Note.sale_id).join(Note, Note.id == PaymentItem.note_id)
    rows = session.execute(paid.where(~PaymentItem.reversed))
    return Books(scope, sales, [item for item, sale_id in rows if sale_id in sales])


@pytest.mark.parametrize("seed", [31, 32])
def test_every_figure_is_that_of_a_slow_replay_at_several_dates(admin: Actor, seed: int) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed, sold=20)
        for sale in session.scalars(select(Sale).where(Sale.id % 3 == 0)):
            sale.seller_id = None
        summaries.refresh(session, today=TODAY)
    scopes = [
        Scope(),
        Scope(city="Recife"),
        Scope(value="500-1000"),
        Scope(seller=NO_SELLER, value=">1000"),
        Scope(seller=admin.id, city="Fortaleza"),
    ]
    with snapshot() as session:
        for scope in scopes:
            books = books_of(session, scope)
            for as_of in DATES:
                assert_figures(session, as_of, books)
                assert_history(session, as_of, books)


@needs_sample
@pytest.mark.usefixtures("sample")
def test_the_sample_shops_figures_are_those_of_a_slow_replay() -> None:
    with snapshot() as session:
        books = books_of(session, Scope())
        for as_of in SAMPLE_DATES:
            assert_figures(session, as_of, books)


def open_by_hand(session: Session, as_of: date, books: Books) -> list[NoteAt]:
    notes = balances_by_hand(session, as_of)
    return [at for at in notes if at.is_open and at.sale.id in books.sales]


def principal(notes: list[NoteAt]) -> Decimal:
    return sum((at.owed.principal for at in notes), ZERO)


def headline(session: Session, as_of: date, books: Books) -> overview.Headline:
    """That of the last thirty days, beside the thirty before."""
    period = Period(as_of - timedelta(days=29), as_of)
    before = as_of - timedelta(days=30), period.previous
    return overview.headline(session, as_of, period, before, today=TODAY, scope=books.scope)


def assert_figures(session: Session, as_of: date, books: Books) -> None:
    found = headline(session, as_of, books)
    notes = open_by_hand(session, as_of, books)
    overdue = [at for at in notes if at.is_overdue]
    assert found.stock == stock_by_hand(notes, as_of)
    assert found.contracts == contracts_by_hand(notes)
    assert found.charges == Charges(
        sum((at.owed.interest for at in overdue), ZERO), sum((at.owed.fine for at in overdue), ZERO)
    )
    period = Period(as_of - timedelta(days=29), as_of)
    assert found.flow == flow_by_hand(period, as_of, books)
    before_on = as_of - timedelta(days=30)
    assert found.flow_before == flow_by_hand(period.previous, before_on, books)
    assert found.months == {
        first: flow_by_hand(Period(first, month_end(first)), as_of, books)
        for first in months(as_of, overview.CHART_MONTHS)
    }
    below = overview.details(session, as_of, today=TODAY, scope=books.scope)
    assert_dues(below.dues, notes)
    week = [at for at in notes if as_of <= at.note.due_date < as_of + timedelta(days=7)]
    week.sort(key=lambda at: (at.note.due_date, at.note.id))
    shown = zip(below.next_due["note_id"], below.next_due["owed"], strict=True)
    assert list(shown) == [(at.note.id, at.owed.total) for at in week[:100]]
    assert below.debtors.to_dict("records") == debtors_by_hand(session, notes)


def assert_history(session: Session, as_of: date, books: Books) -> None:
    found = headline(session, as_of, books)
    assert [item.as_of for item in found.history] == stock_dates(as_of, overview.HISTORY)
    for item in (found.before, found.history[0], found.history[-3]):
        assert item == stock_by_hand(open_by_hand(session, item.as_of, books), item.as_of)


def stock_by_hand(notes: list[NoteAt], as_of: date) -> Stock:
    members = {band: [at for at in notes if at.band == band] for band in BANDS}
    days = [at.days_late for at in notes if at.is_overdue]
    return Stock(
        as_of,
        tuple(BandTotal(band, principal(of), len(of)) for band, of in members.items()),
        Decimal(sum(days)) / len(days) if days else None,
    )


def contracts_by_hand(notes: list[NoteAt]) -> Contracts:
    worst: Counter[int] = Counter()
    for at in notes:
        worst[at.sale.id] = max(worst[at.sale.id], at.days_late)
    return Contracts(
        *(principal([at for at in notes if worst[at.sale.id] > days]) for days in (30, 90))
    )


def flow_by_hand(period: Period, as_of: date, books: Books) -> Flow:
    last = min(period.end, as_of)
    sold = [
        sale
        for sale in books.sales.values()
        if period.start <= sale.sold_on <= last
        and (sale.cancelled_on is None or sale.cancelled_on > as_of)
    ]
    items = [item for item in books.items if period.start <= item.paid_on <= last]
    return Flow(
        len(sold),
        sum((sale.total for sale in sold), ZERO),
        sum((sale.total - sale.down_payment for sale in sold), ZERO),
        sum(sale.installments for sale in sold),
        *(
            sum((getattr(item, part) for item in items), ZERO)
            for part in ("principal", "interest", "fine", "discount")
        ),
    )


def assert_dues(dues: list[DueTotal], notes: list[NoteAt]) -> None:
    for row in dues:
        first, last = row.due_from or date.min, row.due_to or date.max
        due = [at for at in notes if first <= at.note.due_date <= last]
        late = principal([at for at in due if at.is_overdue])
        assert row == DueTotal(row.due_from, row.due_to, principal(due), late, len(due))
    assert sum(row.notes for row in dues) == len(notes)


def debtors_by_hand(session: Session, notes: list[NoteAt]) -> list[dict[str, object]]:
    """The ten who owe most, and what each of them owes."""
    theirs: dict[int, list[NoteAt]] = defaultdict(list)
    for at in notes:
        theirs[at.note.customer_id].append(at)
    order = sorted(theirs, key=lambda id_: (-principal(theirs[id_]), id_))
    return [
        {
            "customer_id": id_,
            "name": session.get_one(Customer, id_).name,
            "notes": len(theirs[id_]),
            "principal": principal(theirs[id_]),
            "overdue": principal([at for at in theirs[id_] if at.is_overdue]),
            "charges": sum((at.owed.charges for at in theirs[id_]), ZERO),
            "days_late": max(at.days_late for at in theirs[id_]),
        }
        for id_ in order[:10]
    ]
