"""What was sold, received, taken off and lost, with all acts, by hand."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.reports import overview
from credigestor.reports.other_money import by_credit, others
from credigestor.reports.portfolio import losses
from credigestor.reports.takings import Came, shop_day
from credigestor.rules.periods import Period, month_end
from tests.by_hand import Ledger, rows
from tests.portfolio import TODAY
from tests.reports.all_acts.by_hand import (
    DATES,
    acts_by_hand,
    acts_told,
    credit_by_hand,
    flow_by_hand,
    holding,
    parts,
    reais,
    told,
)


class TestFlows:
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
