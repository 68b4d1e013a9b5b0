"""Who owes what, note by note, with all acts, by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Customer
from credigestor.reports import overview
from credigestor.reports.customer_profile import open_notes, profile
from credigestor.reports.delinquency import DelinquencyFilters, delinquency, totals
from credigestor.reports.notes import NoteFilters, few, list_notes
from credigestor.reports.portfolio import largest
from credigestor.rules.aging import Status
from tests.balances import balances_by_hand
from tests.by_hand import Ledger, charges_at, open_at, rows
from tests.portfolio import TODAY
from tests.reports.all_acts.by_hand import DATES, between, credit_by_hand, reais, settled_on


class TestWhoOwes:
    """It is compared with what is counted from the records alone, at five dates."""

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
    def test_each_customers_own_figures(self, books: Ledger, session: Session, day: date) -> None:
        hand = balances_by_hand(session, day)
        notes = open_at(books, day)
        for customer_id in session.scalars(select(Customer.id)).all():
            found = profile(session, customer_id, as_of=day, today=TODAY)
            shown = open_notes(session, customer_id, as_of=day, today=TODAY)
            theirs = notes[notes["customer_id"] == customer_id]
            mine = [at for at in hand if at.note.customer_id == customer_id]
            assert found.owed.principal == reais(theirs["open"].sum())
            assert found.owed.total == sum((at.owed.total for at in mine), Decimal(0))
            assert found.owed.overdue_notes == (theirs["late"] > 0).sum()
            assert set(shown["note_id"]) == set(theirs["note_id"])
            assert found.credit == sum(
                (amount for amount, _ in credit_by_hand(session, day, customer=customer_id)),
                Decimal(0),
            )
            paid = [at for at in mine if at.status is Status.PAID]
            late = [at for at in mine if at.is_overdue]
            assert (found.punctuality.settled, found.punctuality.late_now) == (len(paid), len(late))
            on_time = [at for at in paid if settled_on(books, at.note.id) <= at.on_time_until]
            assert found.punctuality.on_time == len(on_time)
