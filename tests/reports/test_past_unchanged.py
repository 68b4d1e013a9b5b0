"""What is done today leaves every figure of the days before as it was, and so does its undoing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.engine import transaction
from credigestor.db.models import Note
from credigestor.rules.acts import KINDS, Acted, ActKind
from credigestor.rules.permissions import Actor, Role
from credigestor.services import new_dates, renegotiations, summaries, waivers, write_offs
from credigestor.services.new_dates import NewDates
from credigestor.services.waivers import NewWaiver, Waived
from credigestor.services.write_offs import NewWriteOff
from tests import tables
from tests.acting import act, give_back, random_acts, undo
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY, random_portfolio
from tests.reports.figures import figures
from tests.services.renegotiating import deal

ON = TODAY - timedelta(days=9)
DATES = [
    date(2025, 6, 30),
    date(2026, 2, 14),
    date(2026, 8, 31),
    date(2026, 10, 31),
    ON - timedelta(1),
]


def _a_note(session: Session, *, overdue: bool) -> Note:
    """One that is late on the day, or is not, and to which nothing happened since."""
    owed = note_balances(ON, today=TODAY).subquery()
    found = (
        select(Note)
        .join(owed, owed.c.note_id == Note.id)
        .where(
            owed.c.is_overdue if overdue else owed.c.is_open & ~owed.c.is_overdue,
            (Note.last_paid_on <= ON) | Note.last_paid_on.is_(None),
            (Note.last_act_on <= ON) | Note.last_act_on.is_(None),
            Note.principal_balance > 10,
            Note.closed.is_(None),
            Note.due_date > ON if not overdue else Note.due_date < ON,
            Note.cancelled_on.is_(None),
        )
        .order_by(Note.id)
    )
    return session.scalars(found).all()[0]


def _waive(session: Session, actor: Actor) -> int:
    note = _a_note(session, overdue=True)
    data = NewWaiver(
        operation_id=uuid.uuid4(),
        customer_id=note.customer_id,
        waived_on=ON,
        waived={note.id: Waived(interest=D("0.01"))},
        reason="bom cliente",
        backdate_reason="lançado depois",
    )
    return waivers.waive(session, actor, data, today=TODAY)


def _return(session: Session, actor: Actor) -> int:
    note = _a_note(session, overdue=False)
    return give_back(session, actor, note.sale_id, ON, D("8.00"))


def _put_off(session: Session, actor: Actor) -> int:
    note = _a_note(session, overdue=False)
    data = NewDates(
        operation_id=uuid.uuid4(),
        agreed_on=ON,
        note_id=note.id,
        due_date=note.due_date + timedelta(days=40),
        rate=D(1),
        reason="viajou",
    )
    return new_dates.put_off(session, actor, data, today=TODAY)


def _renegotiate(session: Session, actor: Actor) -> int:
    note = _a_note(session, overdue=True)
    data = deal([note.id], customer_id=note.customer_id, agreed_on=ON, backdate_reason="depois")
    renegotiations.make(session, actor, data, today=TODAY)
    return _newest(session)


def _write_off(session: Session, actor: Actor) -> int:
    note = _a_note(session, overdue=True)
    data = NewWriteOff(
        operation_id=uuid.uuid4(), note_ids=(note.id,), written_off_on=ON, reason="sumiu"
    )
    [made] = write_offs.write_off(session, actor, data, today=TODAY)
    return made


def _charged(session: Session, actor: Actor) -> int:
    note = _a_note(session, overdue=True)
    taken = Acted(ActKind.CHARGED, ON, interest=D("-3.00"))
    return act(session, actor, ActKind.CHARGED, ON, {note.id: taken})


def _newest(session: Session) -> int:
    from credigestor.db.models import Act

    return session.scalars(select(Act.id).order_by(Act.id.desc()).limit(1)).one()


DOING: dict[ActKind, Callable[[Session, Actor], int]] = {
    ActKind.WAIVER: _waive,
    ActKind.RETURN: _return,
    ActKind.NEW_DATE: _put_off,
    ActKind.RENEGOTIATION: _renegotiate,
    ActKind.WRITE_OFF: _write_off,
    ActKind.CHARGED: _charged,
}


@pytest.fixture(scope="class")
def actor(class_db: str) -> Actor:
    """Who did all that happened in a shop that is made once."""
    admin = actor_of(add_user(Role.ADMIN, name="Ada"))

    def make(session: Session) -> None:
        random_portfolio(session, admin, 5, sold=20)
        random_acts(session, admin, 5, count=80)
        summaries.refresh(session, today=TODAY)

    tables.once("past unchanged", make)
    return admin


class TestPast:
    """Each kind in a transaction that is rolled back."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_r11_figures_of_the_days_before_an_act_stay(self, actor: Actor, kind: ActKind) -> None:
        with transaction() as session:
            before = {day: figures(session, day, today=TODAY) for day in (*DATES, ON, TODAY)}
            act_id = DOING[kind](session, actor)
            summaries.refresh(session, today=TODAY)
            for day in DATES:
                assert figures(session, day, today=TODAY) == before[day], (kind, day)
            assert figures(session, ON, today=TODAY) != before[ON], "it did something"
            undo(session, actor, act_id)
            summaries.refresh(session, today=TODAY)
            for day, told in before.items():
                now = figures(session, day, today=TODAY)
                assert _but_new_ones(now) == _but_new_ones(told), (kind, day)
            session.rollback()


def _but_new_ones(told: dict[str, str]) -> dict[str, str]:
    """Without the list of notes, where those of a deal that was undone stand as cancelled."""
    return {name: each for name, each in told.items() if name != "notes"}
