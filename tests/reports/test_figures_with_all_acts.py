"""Every figure of a shop in which all acts happened, by a slow recount, at five dates (R16–R37)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot
from credigestor.db.models import Customer, Note, Return, Sale
from credigestor.errors import BusinessError
from credigestor.reports import overview
from credigestor.reports.customer_profile import profile
from credigestor.reports.delinquency import DelinquencyFilters, delinquency, totals
from credigestor.reports.notes import NoteFilters, few, list_notes
from credigestor.reports.other_money import by_credit, others
from credigestor.reports.portfolio import (
    breakdown,
    collections,
    first_payment,
    forecast,
    largest,
    losses,
    recovery,
    renegotiated,
    stock,
)
from credigestor.reports.portfolio.collections import DueTotal
from credigestor.reports.scope import Scope
from credigestor.reports.takings import Came, shop_day
from credigestor.rules.aging import BANDS, Status
from credigestor.rules.methods import OneWay
from credigestor.rules.periods import Period, closed_months, month_end, months
from credigestor.rules.permissions import Actor, Role
from credigestor.rules.returns import ReturnKind
from credigestor.services import sales, store_credit, summaries
from credigestor.services.sales import NewSale
from tests import tables
from tests.acting import give_back, random_acts
from tests.balances import balances_by_hand
from tests.by_hand import Ledger, charges_at, dated, ledger, open_at, received, rows, until
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY, random_portfolio

DATES = [date(2025, 8, 31), date(2026, 3, 15), date(2026, 7, 31), date(2026, 10, 9), TODAY]


def reais(cents: Any) -> Decimal:
    return Decimal(int(cents)) / 100


def make(session: Session, actor: Actor) -> None:
    """Two years with every act; then sales are paid down by credit, and one is cancelled."""
    random_portfolio(session, actor, 77, sold=40)
    random_acts(session, actor, 77, count=240)
    paid = 0
    for customer_id in session.scalars(select(Customer.id).order_by(Customer.id)):
        for back in (40, 0):
            day = TODAY - timedelta(days=back)
            credit = store_credit.available(session, customer_id, day)
            if credit:
                sale = _paid_down(session, actor, customer_id, day, credit / 4)
                paid += 1
                if paid == 2:
                    sales.cancel(session, actor, sale_id=sale, why="desistiu", today=TODAY)
    assert paid > 2
    _give_all_back(session, actor)
    summaries.refresh(session, today=TODAY)


def _give_all_back(session: Session, actor: Actor) -> None:
    """Goods of some sales of which something was paid, for credit and for money in turn."""
    done = 0
    paid = select(Note.sale_id).where(Note.last_paid_on.is_not(None)).distinct()
    for sale_id in session.scalars(paid.order_by(Note.sale_id)):
        with session.begin_nested() as attempt:
            try:
                total = session.get_one(Sale, sale_id).total
                how: OneWay = "cash" if done % 2 else "credit"
                made = give_back(session, actor, sale_id, TODAY, total, ReturnKind.REGRET, how)
                back = session.scalars(select(Return.back).where(Return.act_id == made)).one()
                done += back > 0
            except BusinessError:
                attempt.rollback()
        if done == 4:
            return
    raise AssertionError("nothing goes back")


def _paid_down(session: Session, actor: Actor, customer: int, day: date, down: Decimal) -> int:
    data = NewSale(
        operation_id=uuid.uuid4(),
        customer_id=customer,
        sold_on=day,
        total=Decimal("400.00"),
        down_payment=down.quantize(Decimal("0.01")),
        down_payment_by_credit=True,
        installments=3,
        first_due_date=day + timedelta(days=5),
        override_reason="teste",
    )
    return sales.register(session, actor, data, today=TODAY)


@pytest.fixture(scope="class")
def books(class_db: str) -> Ledger:
    """The shop, made once; its ledger as it stands."""
    admin = actor_of(add_user(Role.ADMIN, name="Ada"))
    tables.once("all acts", lambda session: make(session, admin))
    with snapshot() as session:
        return ledger(session)


@pytest.fixture
def session(books: Ledger) -> Iterator[Session]:
    with snapshot() as session:
        yield session


class TestFigures:
    """They are compared with what is counted from the records alone."""

    def test_every_kind_of_act_happened_and_what_follows_on_them(
        self, books: Ledger, session: Session
    ) -> None:
        assert set(books.acts["kind"]) == {
            *("waiver", "return", "new_date", "renegotiation", "write_off", "charged")
        }
        assert books.items["by_credit"].any()
        assert (books.items["recovered"] == True).any()  # noqa: E712
        deals = books.sales[books.sales["inherited"].notna()]["sale_id"]
        notes = books.notes[books.notes["sale_id"].isin(deals)]["note_id"]
        assert books.items["note_id"].isin(notes).any()
        kinds = set(session.scalars(text("SELECT kind FROM credit_movements")))
        assert kinds == {"kept", "returned", "spent", "paid_down", "paid_back", "undone"}

    @pytest.mark.parametrize("day", DATES)
    def test_r16_r17_the_stock_and_the_charges(
        self, books: Ledger, session: Session, day: date
    ) -> None:
        for scope, part in parts(books):
            notes = open_at(part, day)
            [found] = stock.stocks(session, [day], scope)
            bands = [notes[notes["band"] == band] for band in BANDS]
            told = [(each.principal, each.notes) for each in found.bands]
            assert told == [(reais(of["open"].sum()), len(of)) for of in bands]
            late = notes[notes["late"] > 0]
            assert (found.open_notes, found.overdue_notes) == (len(notes), len(late))
            if len(late):
                assert float(found.days_late or 0) == pytest.approx(late["late"].mean())
            owed = charges_at(part, day)
            of_late = [owed[note] for note in late["note_id"]]
            charged = stock.charges(session, day, scope, today=TODAY)
            assert charged.interest == reais(sum(interest for interest, _ in of_late))
            assert charged.fine == reais(sum(fine for _, fine in of_late))

    @pytest.mark.parametrize("day", DATES)
    def test_r17_r32_contracts_go_by_the_dates_in_force(
        self, books: Ledger, session: Session, day: date
    ) -> None:
        notes = open_at(books, day)
        found = stock.contracts(session, day)
        for days, amount in ((30, found.over_30), (90, found.over_90)):
            late = notes[(notes["late"] > days) | (notes["inherited"] > days)]
            dragged = notes[notes["sale_id"].isin(late["sale_id"])]
            assert amount == reais(dragged["open"].sum())

    @pytest.mark.parametrize("day", DATES)
    def test_r22_what_was_sold_received_and_taken_off(
        self, books: Ledger, session: Session, day: date
    ) -> None:
        period = Period(day - timedelta(days=29), day)
        before = day - timedelta(days=30), period.previous
        for scope, part in parts(books):
            found = overview.headline(session, day, period, before, today=TODAY, scope=scope)
            assert told(found.flow) == flow_by_hand(part, period.start, day, day)
            first = period.previous.start
            assert told(found.flow_before) == flow_by_hand(part, first, before[0], before[0])
            for month, flow in found.months.items():
                last = min(month_end(month), day)
                assert told(flow) == flow_by_hand(part, month, last, day), month
            assert {k: v for k, v in acts_told(found.acts).items() if any(v)} == acts_by_hand(
                part, period.start, day
            )
            spent = credit_by_hand(session, day, period.start, "paid_down")
            gone = part.sales["cancelled_on"].map(lambda at: at is None or at > day).astype(bool)
            mine = set(part.sales[gone]["sale_id"])
            assert found.down_by_credit == -sum(a for a, sale in spent if sale in mine)
            assert found.customer_credit == sum(
                (amount for amount, _ in credit_by_hand(session, day)), Decimal(0)
            )

    @pytest.mark.parametrize("day", DATES)
    def test_r21_what_fell_due_and_what_is_to_come(
        self, books: Ledger, session: Session, day: date
    ) -> None:
        for scope, part in parts(books):
            notes = open_at(part, day)
            due = collections.receivable_by_month(session, day, scope)
            for row in due:
                assert row == due_by_hand(notes, row)
            assert sum(row.notes for row in due) == len(notes)
            assert collections.collections(session, day, scope) == collections_by_hand(part, day)
            coming = forecast.forecast(session, day, scope)
            for band in coming.bands:
                inside = notes[notes["band"] == band.band]
                assert band.coming.contractual == reais(inside["open"].sum())
            current = notes[notes["band"] == "current"]
            for month in coming.months:
                inside = between(current, month.due_from, month.due_to)
                assert month.coming.contractual == reais(inside["open"].sum())

    @pytest.mark.parametrize("day", DATES)
    def test_r16_how_soon_what_became_overdue_was_paid(
        self, books: Ledger, session: Session, day: date
    ) -> None:
        curves = recovery.recoveries(session, day, 12)
        for month, curve in zip(closed_months(day, 12), curves, strict=True):
            became, paid = recovery_by_hand(books, month)
            assert (curve.month, curve.became) == (month, reais(became))
            for days, amount in zip(recovery.DAYS, curve.paid, strict=True):
                seen = month_end(month) + timedelta(days=days) <= day
                assert amount == (reais(paid[days]) if seen else None), (month, days)

    @pytest.mark.parametrize("day", DATES)
    def test_r18_first_payments(self, books: Ledger, session: Session, day: date) -> None:
        found = first_payment.by_month(session, day)
        judged: dict[date, list[bool]] = defaultdict(list)
        new = set(books.sales[books.sales["inherited"].isna()]["sale_id"])
        for note in rows(books.notes):
            limit = note.due_date + timedelta(days=30)
            gone = note.cancelled_on is not None and note.cancelled_on <= day
            if note.number == 1 and note.sale_id in new and limit <= day and not gone:
                judged[note.sold_on.replace(day=1)].append(not settled(books, note, limit))
        for month, cell in found.items():
            each = judged.get(month, [])
            assert (cell.reached, cell.unpaid) == (len(each), sum(each)), month

    @pytest.mark.parametrize("day", DATES)
    def test_r17_who_owes(self, books: Ledger, session: Session, day: date) -> None:
        notes = open_at(books, day)
        overdue = notes[notes["late"] > 0]
        for by, among in (("receivable", notes), ("overdue", overdue)):
            sums = among.groupby("customer_id")["open"].sum()
            order = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
            found = largest.largest(session, day, count=50, by=by)  # type: ignore[arg-type]
            assert found == [(id_, reais(amount)) for id_, amount in order]
        people = (notes["customer_id"].nunique(), overdue["customer_id"].nunique())
        assert largest.debtors(session, day) == people
        owed = charges_at(books, day)
        late = {
            id_: [owed[note] for note in of["note_id"]]
            for id_, of in overdue.groupby("customer_id")
        }
        frame = delinquency(session, day, DelinquencyFilters(), today=TODAY)
        assert {
            row.customer_id: (row.principal, row.interest, row.fine, row.notes, row.days_late)
            for row in rows(frame)
        } == {
            id_: (
                reais(of["open"].sum()),
                reais(sum(interest for interest, _ in late[id_])),
                reais(sum(fine for _, fine in late[id_])),
                len(of),
                of["late"].max(),
            )
            for id_, of in overdue.groupby("customer_id")
        }
        summed = totals(session, day, DelinquencyFilters(), today=TODAY)
        assert (summed.customers, summed.notes) == (len(frame), len(overdue))
        assert summed.principal == reais(overdue["open"].sum())
        assert summed.interest + summed.fine == sum(frame["interest"]) + sum(frame["fine"])
        below = overview.details(session, day, today=TODAY)
        week = between(notes, day, day + timedelta(days=6))
        soon = sorted(rows(week), key=lambda note: (note.due_date, note.note_id))
        assert list(below.next_due["note_id"]) == [note.note_id for note in soon][:100]
        for row in rows(below.debtors):
            theirs = notes[notes["customer_id"] == row.customer_id]
            charges = sum(sum(owed[note]) for note in theirs["note_id"])
            assert (row.notes, row.principal) == (len(theirs), reais(theirs["open"].sum()))
            assert (row.charges, row.days_late) == (
                reais(charges),
                theirs["late"].max(),
            )

    @pytest.mark.parametrize("day", DATES)
    def test_r17_r22_the_portfolio_taken_apart(
        self, books: Ledger, session: Session, day: date
    ) -> None:
        period = Period(day - timedelta(days=89), day)
        notes, money = open_at(books, day), received(books)
        columns: dict[breakdown.Kind, str] = {
            "seller": "seller_id",
            "city": "city",
            "value": "value",
        }
        for kind, column in columns.items():
            found = breakdown.parts(session, kind, day, period)
            for each in found:
                sale_ids = {
                    sale.sale_id
                    for sale in rows(books.sales)
                    if str(getattr(sale, column) or ("none" if kind == "seller" else ""))
                    == each.key
                }
                mine = notes[notes["sale_id"].isin(sale_ids)]
                came = money[money["sale_id"].isin(sale_ids)]
                came = holding(came, [period.start <= on <= day for on in came["paid_on"]])
                late = mine[mine["band"] != "current"]
                sold = flow_by_hand(books, period.start, day, day, sale_ids)["sold"]
                assert (each.receivable, each.overdue, each.sold, each.received) == (
                    reais(mine["open"].sum()),
                    reais(late["open"].sum()),
                    sold,
                    reais(came[["principal", "interest", "fine"]].sum().sum()),
                ), (kind, each.key)

    @pytest.mark.parametrize("day", DATES)
    def test_r13_the_list_of_notes(self, books: Ledger, session: Session, day: date) -> None:
        hand = {at.note.id: at for at in balances_by_hand(session, day)}
        filters = NoteFilters()
        frame = list_notes(
            session,
            filters,
            as_of=day,
            today=TODAY,
            offset=0,
            limit=10_000,
            ids=few(session, filters, as_of=day, today=TODAY),
        )
        assert set(frame["id"]) == set(hand)
        notes, owed = open_at(books, day).set_index("note_id"), charges_at(books, day)
        for row in rows(frame):
            at = hand[row.id]
            assert (row.principal, row.interest, row.fine) == (
                at.owed.principal,
                at.owed.interest,
                at.owed.fine,
            )
            assert (row.status, row.due_date, row.days_late) == (
                at.status,
                at.due_date,
                at.days_late,
            )
            assert row.principal == reais(notes["open"].get(row.id, 0))
            if row.days_late:
                assert row.interest + row.fine == reais(sum(owed[row.id]))

    @pytest.mark.parametrize("day", DATES)
    def test_r34_what_was_lost_and_recovered(
        self, books: Ledger, session: Session, day: date
    ) -> None:
        back = books.items[books.items["recovered"] == True]  # noqa: E712
        lost = books.acts[books.acts["kind"] == "write_off"]
        for row in losses.by_month(session, day, 12):
            last = min(month_end(row.month), day)
            came = holding(back, [row.month <= on <= last for on in back["paid_on"]])
            gone = holding(lost, [row.month <= on <= last for on in lost["acted_on"]])
            charges = came["interest"].sum() + came["fine"].sum()
            assert (row.written_off, row.recovered, row.charges, row.net) == (
                reais(gone["principal"].sum()),
                reais(came["principal"].sum() + charges),
                reais(charges),
                reais(gone["principal"].sum() - came["principal"].sum()),
            )

    def test_r15_how_much_is_renegotiated_and_how_it_is_paid_again(
        self, books: Ledger, session: Session
    ) -> None:
        deals = books.sales[books.sales["inherited"].notna()]
        live = holding(deals, [at is None for at in deals["cancelled_on"]])["sale_id"]
        made = books.notes[books.notes["sale_id"].isin(live)]
        for day, part in zip(DATES, renegotiated.shares(session, DATES), strict=True):
            notes = open_at(books, day)
            mine = notes[notes["sale_id"].isin(deals["sale_id"])]
            assert (part.renegotiated, part.receivable) == (
                reais(mine["open"].sum()),
                reais(notes["open"].sum()),
            )
            ago = until(books.acts[books.acts["kind"] == "renegotiation"], "acted_on", day)
            items = until(books.items[books.items["recovered"] != True], "paid_on", day)  # noqa: E712
            for row in renegotiated.paid_again(session, day, count=12):
                due = between(made, row.month, min(month_end(row.month), day))
                assert (row.due, row.paid, row.again) == tuple(
                    reais(each["principal" if "principal" in each else "amount"].sum())
                    for each in (
                        due.drop(columns=["financed"]),
                        items[items["note_id"].isin(due["note_id"])],
                        ago[ago["note_id"].isin(due["note_id"])],
                    )
                ), (day, row.month)

    def test_r31_r35_the_takings_of_every_day(self, session: Session) -> None:
        movements = pd.DataFrame(session.execute(text(_MOVED)).mappings().all())
        assert {"refund", "goods", "kept", "paid_back", "down", "notes"} <= set(movements["came"])
        for day in sorted(set(movements["on"])):
            of_day = movements[movements["on"] == day]
            found = shop_day(session, day=day)
            by: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
            for taking in found.takings:
                by[taking.came.value, taking.method] += taking.amount
            expected: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
            others_: dict[str, Decimal] = defaultdict(Decimal)
            for row in rows(of_day[of_day["method"] != "credit"]):
                if row.came in ("goods", "kept", "paid_back"):
                    expected[Came.OTHER.value, row.method] += row.amount
                    others_[row.method] += row.amount
                else:
                    expected[row.came, row.method] += row.amount
            assert dict(by) == dict(expected), day
            other = others(session, day=day)
            assert {method: amount for (_, method), amount in other.items()} == dict(others_)
            spent = of_day[(of_day["method"] == "credit") & of_day["came"].isin(["notes", "down"])]
            assert found.by_credit == sum(spent["amount"], Decimal(0))
            assert sum(by_credit(session, day=day).values(), Decimal(0)) == found.by_credit

    @pytest.mark.parametrize("day", DATES)
    def test_each_customers_own_figures(self, books: Ledger, session: Session, day: date) -> None:
        hand = balances_by_hand(session, day)
        notes = open_at(books, day)
        for customer_id in session.scalars(select(Customer.id)).all():
            found = profile(session, customer_id, as_of=day, today=TODAY)
            theirs = notes[notes["customer_id"] == customer_id]
            mine = [at for at in hand if at.note.customer_id == customer_id]
            assert found.owed.principal == reais(theirs["open"].sum())
            assert found.owed.total == sum((at.owed.total for at in mine), Decimal(0))
            assert found.owed.overdue_notes == (theirs["late"] > 0).sum()
            assert set(found.open_notes["note_id"]) == set(theirs["note_id"])
            assert found.credit == sum(
                (amount for amount, _ in credit_by_hand(session, day, customer=customer_id)),
                Decimal(0),
            )
            paid = [at for at in mine if at.status is Status.PAID]
            late = [at for at in mine if at.is_overdue]
            assert (found.punctuality.settled, found.punctuality.late_now) == (len(paid), len(late))
            on_time = [at for at in paid if settled_on(books, at.note.id) <= at.on_time_until]
            assert found.punctuality.on_time == len(on_time)


#: What was handed over, either way, and not undone: the day, by what, what for, and R$.
_MOVED = """
WITH ways AS (
    SELECT p.paid_on AS "on", 'notes' AS came, p.method, p.amount FROM payments p
    WHERE NOT EXISTS (SELECT FROM reversals r WHERE r.payment_id = p.id)
    UNION ALL
    SELECT m.moved_on, m.kind, m.method, CASE m.kind WHEN 'refund' THEN -1 ELSE 1 END * m.amount
    FROM sale_money m JOIN sales s ON s.id = m.sale_id
    WHERE m.method <> 'credit' OR s.cancelled_on IS NULL  -- credit again, as if never spent
    UNION ALL
    SELECT c.moved_on, c.kind, c.method, c.amount FROM credit_movements c
    WHERE c.kind IN ('kept', 'paid_back')
        AND NOT EXISTS (SELECT FROM credit_movements u WHERE u.undoes_id = c.id)
    UNION ALL
    SELECT a.acted_on, 'goods', r.back_by, -r.back FROM returns r JOIN acts a ON a.id = r.act_id
    WHERE r.back > 0 AND NOT EXISTS (SELECT FROM act_reversals v WHERE v.act_id = a.id)
)
SELECT * FROM ways ORDER BY "on"
"""


def parts(books: Ledger) -> list[tuple[Scope, Ledger]]:
    """All of the shop, and parts of it."""
    return [
        (Scope(), books),
        (Scope(city="Recife"), books.only(city="Recife")),
        (Scope(value="500-1000"), books.only(value="500-1000")),
    ]


def holding(frame: pd.DataFrame, holds: list[bool]) -> pd.DataFrame:
    """The rows of which it holds."""
    return frame[pd.Series(holds, index=frame.index, dtype=bool)]


def between(notes: pd.DataFrame, first: date | None, last: date | None) -> pd.DataFrame:
    inside = [
        (not first or due >= first) and (not last or due <= last) for due in notes["due_date"]
    ]
    return holding(notes, inside)


def told(flow: Any) -> dict[str, Any]:
    names = ("sales", "sold", "financed", "principal", "interest", "fine", "discount")
    return {name: getattr(flow, name) for name in names}


def flow_by_hand(
    books: Ledger, first: date, last: date, as_of: date, sale_ids: set[int] | None = None
) -> dict[str, Any]:
    sold = books.sales[books.sales["inherited"].isna()]
    if sale_ids is not None:
        sold = sold[sold["sale_id"].isin(sale_ids)]
    sold = holding(sold, [first <= on <= last for on in sold["sold_on"]])
    sold = holding(sold, [at is None or at > as_of for at in sold["cancelled_on"]])
    money = received(books)
    money = holding(money, [first <= on <= last for on in money["paid_on"]])
    sums = {
        name: reais(money[name].sum()) for name in ("principal", "interest", "fine", "discount")
    }
    return {
        "sales": len(sold),
        "sold": reais(sold["total"].sum()),
        "financed": reais(sold["financed"].sum()),
        **sums,
    }


def acts_told(found: Any) -> dict[str, tuple[Decimal, ...]]:
    return {kind: (of.interest, of.fine, of.principal) for kind, of in found.items()}


def acts_by_hand(books: Ledger, first: date, last: date) -> dict[str, tuple[Decimal, ...]]:
    """What each kind took off, what was recovered or paid by credit, what deals brought back in."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])

    def add(kind: str, row: Any) -> None:
        for place, name in enumerate(("interest", "fine", "principal")):
            sums[kind][place] += getattr(row, name)

    for act in rows(books.acts):
        if first <= act.acted_on <= last:
            add(act.kind, act)
    for item in rows(books.items):
        if first <= item.paid_on <= last and (item.recovered is True or item.by_credit):
            add("recovery" if item.recovered is True else "credit", item)
    deals = books.sales[books.sales["inherited"].notna()]
    live = set(holding(deals, [at is None for at in deals["cancelled_on"]])["sale_id"])
    for note in rows(books.notes):
        if note.sale_id in live and first <= note.sold_on <= last:
            sums["renegotiated_in"][2] += note.amount
    return {kind: tuple(map(reais, of)) for kind, of in sums.items() if any(of)}


def credit_by_hand(
    session: Session,
    day: date,
    first: date | None = None,
    kind: str | None = None,
    customer: int | None = None,
) -> list[tuple[Decimal, int | None]]:
    """What moved customers' credit until a day, undone or not, and of which sale."""
    found = session.execute(
        text("SELECT amount, sale_id, moved_on, kind, customer_id FROM credit_movements")
    )
    return [
        (row.amount, row.sale_id)
        for row in found
        if row.moved_on <= day
        and (first is None or row.moved_on >= first)
        and kind in (None, row.kind)
        and customer in (None, row.customer_id)
    ]


def due_by_hand(notes: pd.DataFrame, row: DueTotal) -> DueTotal:
    inside = between(notes, row.due_from, row.due_to)
    late = inside[inside["late"] > 0]
    sums = reais(inside["open"].sum()), reais(late["open"].sum())
    return DueTotal(row.due_from, row.due_to, *sums, len(inside))


def collections_by_hand(books: Ledger, day: date) -> list[collections.Collection]:
    """Of each due month: what was paid in time or late, by the dates then, is open, or was lost."""
    found: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    items = until(books.items[books.items["recovered"] != True], "paid_on", day)  # noqa: E712
    made = {note.note_id: note for note in rows(books.notes)}
    moved = [act for act in rows(books.acts) if act.kind == "new_date"]

    def dates(note_id: int, *moment: Any) -> Any:
        earlier = [
            act for act in moved if act.note_id == note_id and (act.acted_on, act.act_id) < moment
        ]
        return earlier[-1] if earlier else made[note_id]

    for item in rows(items):
        then = dates(item.note_id, item.paid_on, item.payment_id)
        found[then.due_date.replace(day=1)][item.paid_on > then.on_time_until] += item.principal
    for note in rows(open_at(books, day)):
        found[note.due_date.replace(day=1)][2 if note.late else 3] += note.open
    lost = until(books.acts[books.acts["kind"] == "write_off"], "acted_on", day)
    for act in rows(lost):
        then = dates(act.note_id, act.acted_on, act.act_id)
        found[then.due_date.replace(day=1)][4] += act.principal
    return [collections.Collection(m, *map(reais, found[m])) for m in months(day, 12)]


def recovery_by_hand(books: Ledger, month: date) -> tuple[int, dict[int, int]]:
    """What became overdue in a month, and what of it was paid within so many days."""
    became, paid = 0, dict.fromkeys(recovery.DAYS, 0)
    notes = dated(books, books.notes, date.max)
    first_late = [(on + timedelta(days=1)).replace(day=1) == month for on in notes["on_time_until"]]
    items = books.items[books.items["recovered"] != True]  # noqa: E712
    for note in rows(holding(notes, first_late)):
        there = open_at(books, note.on_time_until)
        became += int(there[there["note_id"] == note.note_id]["open"].sum())
        for item in rows(items[items["note_id"] == note.note_id]):
            for days in recovery.DAYS:
                if 1 <= (item.paid_on - note.on_time_until).days <= days:
                    paid[days] += item.principal
    return became, paid


def settled(books: Ledger, note: Any, limit: date) -> bool:
    """Whether money, discounts or goods had settled a note by a day."""
    items = until(books.items[books.items["recovered"] != True], "paid_on", limit)  # noqa: E712
    acts = until(books.acts[books.acts["kind"] == "return"], "acted_on", limit)
    off = sum(
        int(of[of["note_id"] == note.note_id][name].sum())
        for of, name in ((items, "principal"), (items, "discount"), (acts, "principal"))
    )
    return off == note.amount


def settled_on(books: Ledger, note_id: int) -> date:
    items = books.items[books.items["note_id"] == note_id]
    return max(items["paid_on"])
