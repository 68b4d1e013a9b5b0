"""What falls due, is paid in time and how soon after, with all acts, by hand."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from credigestor.reports.portfolio import collections, first_payment, forecast, recovery
from credigestor.rules.periods import closed_months, month_end
from tests.by_hand import Ledger, open_at, rows
from tests.reports.all_acts.by_hand import (
    DATES,
    between,
    collections_by_hand,
    due_by_hand,
    parts,
    reais,
    recovery_by_hand,
    settled,
)


class TestMonthsDue:
    """They are compared with what is counted from the records alone, at five dates."""

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
