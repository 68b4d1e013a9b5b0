"""What was let go, and by whom, against a replay of every note of a shop with all acts (R29)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from credigestor.db.engine import transaction
from credigestor.db.models import Note, Sale
from credigestor.db.steps import recorded, terms_of
from credigestor.reports.portfolio.late_charges import late_charges
from credigestor.reports.waived import by_whom
from credigestor.rules.charges import Act, fold, free_until, new_state, owed_on
from credigestor.rules.periods import Period, month_end, months
from credigestor.rules.permissions import Actor, Role
from credigestor.services import acts, summaries
from credigestor.services.waivers import NewWaiver, Waived, waive
from tests import tables
from tests.acting import random_acts
from tests.by_hand import ledger, received, until
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY, random_portfolio
from tests.replays import any_seed
from tests.reports.test_portfolio_collection_by_hand import scopes
from tests.services.paying import pay, sell

pytestmark = pytest.mark.usefixtures("db")

ZERO = Decimal(0)
#: Of every act that was not undone; what lapsed took nothing.
_WAIVED = """
SELECT i.note_id, a.acted_on, coalesce(u.name, '') AS name, a.id, i.interest + i.fine AS amount
FROM act_items i JOIN acts a ON a.id = i.act_id LEFT JOIN users u ON u.id = a.made_by
WHERE a.kind = 'waiver' AND i.interest + i.fine > 0
    AND NOT EXISTS (SELECT FROM act_reversals r WHERE r.act_id = a.id)
"""


class Books:
    """Every note with its live acts, folded by the rules."""

    def __init__(self, session: Session) -> None:
        rows = session.execute(select(Note, Sale).join(Sale, Sale.id == Note.sale_id)).all()
        self.notes = {note.id: (terms_of(note, sale), sale.cancelled_on) for note, sale in rows}
        acts: dict[int, list[Act]] = defaultdict(list)
        books = ledger(session)
        items, self.money = books.items, received(books)
        self.credit = items[(items["by_credit"] == True) & (items["recovered"] != True)]  # noqa: E712
        for each in recorded(session, list(self.notes)):
            acts[each.note_id].append(each.act)
        self.steps = {id_: fold(terms, acts[id_]) for id_, (terms, _) in self.notes.items()}
        self.waived = session.execute(text(_WAIVED)).all()
        self.owed: dict[tuple[int, date], Decimal] = {}

    def outstanding(self, notes: Collection[int], on: date) -> Decimal:
        """Late interest and fine that notes owe at the end of a day."""
        for note_id in notes:
            if (note_id, on) not in self.owed:
                self.owed[note_id, on] = self._owed(note_id, on)
        return sum((self.owed[note_id, on] for note_id in notes), ZERO)

    def _owed(self, note_id: int, on: date) -> Decimal:
        terms, cancelled_on = self.notes[note_id]
        states = [step.state for step in self.steps[note_id] if step.act.on <= on]
        state = states[-1] if states else new_state(terms)
        gone = cancelled_on is not None and cancelled_on <= on
        if gone or not state.principal or on <= free_until(terms, state):
            return ZERO
        return owed_on(terms, state, on).charges

    def paid(
        self, notes: Collection[int], first: date, last: date, *, money: bool = True
    ) -> Decimal:
        """Late interest and fine paid from one day to another, without what was recovered.

        In money, those of debts started anew among them (R15), or by credit (R31).
        """
        frame = self.money if money else self.credit
        found = until(frame[frame["note_id"].isin(notes)], "paid_on", last)
        found = found[found["paid_on"].map(lambda on: on >= first).astype(bool)]
        return Decimal(int(found["interest"].sum() + found["fine"].sum())) / 100

    def let_go(
        self, notes: Collection[int], first: date, last: date
    ) -> dict[str, tuple[set[int], Decimal]]:
        """The waivers from one day to another and their sum, by who made them."""
        found: dict[str, tuple[set[int], Decimal]] = {}
        for row in self.waived:
            if row.note_id in notes and first <= row.acted_on <= last:
                ids, amount = found.get(row.name, (set(), ZERO))
                found[row.name] = (ids | {row.id}, amount + row.amount)
        return found


@any_seed
def test_r29_any_portfolio_has_the_figures_of_a_recount(db: str, seed: int) -> None:
    with transaction() as session:
        tables.empty(session)
    people = [actor_of(add_user(Role.ADMIN, name=name)) for name in ("Ada", "Davi")]
    with transaction() as session:
        random_portfolio(session, people[0], seed)
        for place, actor in enumerate(people):
            random_acts(session, actor, seed + place)
        summaries.refresh(session, today=TODAY)
        books, parts = Books(session), scopes(ledger(session))
        assert books.waived
        for scope, part in parts:
            notes = {int(note_id) for note_id in part().notes["note_id"]}
            for as_of in (TODAY, date(2026, 8, 15), date(2026, 2, 27)):
                spans = [Period(month, month_end(month)) for month in months(as_of, 6)]
                spans.append(Period(as_of - timedelta(days=200), as_of - timedelta(days=11)))
                found = late_charges(session, spans, as_of, scope, today=TODAY)
                for row in found:
                    first, last = row.period.start, min(row.period.end, as_of)
                    by = books.let_go(notes, first, last)
                    waived = sum((amount for _, amount in by.values()), ZERO)
                    came = books.paid(notes, first, last)
                    credit = books.paid(notes, first, last, money=False)
                    before = books.outstanding(notes, first - timedelta(days=1))
                    after = books.outstanding(notes, last)
                    assert (row.before, row.received, row.waived, row.outstanding) == (
                        *(before, came, waived, after),
                    ), (scope, row.period)
                    assert row.by_credit == credit
                    assert row.charged == after - before + came + credit + waived
                    told = by_whom(session, row.period, as_of, scope)
                    assert {each.name or "": (each.times, each.total) for each in told} == {
                        name: (len(ids), amount) for name, (ids, amount) in by.items()
                    }


def test_r29_what_lapsed_or_was_undone_was_let_go_by_nobody(manager: Actor, seller: Actor) -> None:
    january = Period(date(2026, 1, 1), date(2026, 1, 31))
    one, other = sell(*[("300.00", date(2026, 1, 10))] * 2).notes
    with transaction() as session:
        made = [
            waive(
                session,
                manager,
                NewWaiver.model_validate(
                    {
                        "operation_id": f"00000000-0000-0000-0000-00000000000{note}",
                        "customer_id": 1,
                        "waived_on": date(2026, 1, 25),
                        "waived": {note: Waived(fine=Decimal("6.00"))},
                        "reason": "bom cliente",
                        "backdate_reason": "achado",
                    }
                ),
                today=TODAY,
            )
            for note in (one, other)
        ]

    def told() -> tuple[Decimal, list[tuple[str | None, int, Decimal]]]:
        with transaction() as session:
            summaries.refresh(session, today=TODAY)
            [row] = late_charges(session, [january], TODAY, today=TODAY)
            who = by_whom(session, january, TODAY)
            return row.waived, [(each.name, each.times, each.total) for each in who]

    assert told() == (12, [(manager.name, 2, 12)])
    pay(manager, date(2026, 1, 15), (one, "50.00"))  # it paid the fine
    assert told() == (6, [(manager.name, 1, 6)])
    with transaction() as session:
        acts.reverse(session, manager, act_id=made[1], why="engano", today=TODAY)
    assert told() == (0, [])
