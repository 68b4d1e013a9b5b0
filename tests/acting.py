"""Acts on notes in tests: one at a time, and a portfolio in which all kinds happened at random."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Act, CreditMovement, Note, Renegotiation
from credigestor.db.steps import recorded
from credigestor.errors import BusinessError
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.calendar import last_free_day, last_on_time_day
from credigestor.rules.charges import DueDates, fold, new_state, owed_on
from credigestor.rules.methods import Method, OneWay
from credigestor.rules.money import CENT, ZERO
from credigestor.rules.permissions import Actor
from credigestor.rules.renegotiation import Agreement
from credigestor.rules.returns import ReturnKind
from credigestor.services import acts, payments, renegotiations, returns, store_credit
from credigestor.services.acts import NewAct
from credigestor.services.ledger import lock_notes
from credigestor.services.payments import NewPayment
from credigestor.services.renegotiations import NewRenegotiation
from credigestor.services.returns import NewReturn
from credigestor.services.store_credit import NewPayback
from tests.portfolio import NATIONAL, TODAY


def act(
    session: Session,
    actor: Actor,
    kind: ActKind,
    on: date,
    done: Mapping[int, Acted],
    reason: str | None = "combinado com o cliente",
) -> int:
    """Record an act on notes of one customer."""
    customer_id = session.scalars(select(Note.customer_id).where(Note.id == min(done))).one()
    if kind is ActKind.RENEGOTIATION:
        return _renegotiate(session, actor, customer_id, on, list(done), reason or "")
    new = NewAct(
        operation_id=uuid.uuid4(), kind=kind, customer_id=customer_id, acted_on=on, reason=reason
    )
    return acts.record(session, actor, new, done)


def _renegotiate(
    session: Session, actor: Actor, customer_id: int, on: date, notes: list[int], reason: str
) -> int:
    """Put a new sale in the place of notes, in two notes a month apart, and return the act's id."""
    made = renegotiations.make(
        session,
        actor,
        NewRenegotiation(
            operation_id=uuid.uuid4(),
            customer_id=customer_id,
            agreed_on=on,
            kind=Agreement.NOVATION,
            notes=tuple(notes),
            reason=reason,
            installments=2,
            first_due_date=on + timedelta(days=10),
            backdate_reason="lançamento de teste",
        ),
        today=TODAY,
    )
    return session.get_one(Renegotiation, made).act_id


def undo(session: Session, actor: Actor, act_id: int) -> None:
    """Undo an act, or the whole renegotiation that it is of."""
    of_deal = select(Renegotiation.id).where(Renegotiation.act_id == act_id)
    deal = session.scalar(of_deal)
    if deal is None:
        acts.reverse(session, actor, act_id=act_id, why="engano", today=TODAY)
    else:
        renegotiations.reverse(session, actor, renegotiation_id=deal, why="engano", today=TODAY)


def moved_to(due: date, grace_days: int = 0) -> DueDates:
    """The dates of a note that is due on another day."""
    return DueDates(due, last_on_time_day(due, NATIONAL), last_free_day(due, grace_days, NATIONAL))


def random_acts(session: Session, actor: Actor, seed: int, count: int = 60) -> None:
    """Do acts of all kinds to notes of a portfolio, some dated back, and undo some of them.

    And what follows on them: what was renegotiated is paid, credit kept, spent and paid back, what
    was written off is recovered (R15, R31, R34).
    """
    random = Random(seed)
    notes = list(session.scalars(select(Note.id).order_by(Note.id)))
    for _ in range(count):
        with session.begin_nested() as attempt:
            try:
                _random_act(session, actor, random, random.choice(notes))
            except BusinessError:
                attempt.rollback()
    after = Random(seed + 1)
    for _ in range(count // 2):
        with session.begin_nested() as attempt:
            try:
                _pay_something(session, actor, after)
            except BusinessError:
                attempt.rollback()
    for act_id in session.scalars(select(Act.id).order_by(Act.id)).all():
        if random.random() < 0.2:
            with session.begin_nested() as attempt:
                try:
                    undo(session, actor, act_id)
                except BusinessError:
                    attempt.rollback()


def _random_act(session: Session, actor: Actor, random: Random, note_id: int) -> None:
    [note] = lock_notes(session, [note_id])
    newest = max((d for d in (note.last_paid_on, note.last_act_on) if d), default=note.sold_on)
    day = random.choice([newest, note.due_date, note.due_date + timedelta(days=40), TODAY])
    day = min(max(day + timedelta(days=random.randint(-20, 40)), note.sold_on), TODAY)
    before = [each.act for each in recorded(session, [note_id]) if each.act.on <= day]
    steps = fold(note.terms, before)
    state = steps[-1].state if steps else new_state(note.terms)
    owed = owed_on(note.terms, state, day)
    kind = random.choice(list(ActKind))
    match kind:
        case ActKind.WAIVER:
            done = Acted(kind, day, _part(owed.interest, random), _part(owed.fine, random))
        case ActKind.RETURN:
            value = max(_part(owed.principal, random), CENT)
            why, back_by = random.choice(list(ReturnKind)), random.choice(get_args(OneWay))
            give_back(session, actor, note.sale_id, day, value, why, back_by)
            return
        case ActKind.NEW_DATE:
            day = min(day, note.due_date)  # one that is not late
            due = max(day, note.due_date) + timedelta(days=random.randint(1, 60))
            agreed = random.choice([ZERO, Decimal("1.00")])
            grace = (note.made.free_until - note.made.on_time_until).days
            done = Acted(kind, day, interest=-agreed, moved=moved_to(due, grace))
        case ActKind.RENEGOTIATION:
            done = Acted(kind, day, owed.interest, owed.fine, owed.principal)
        case ActKind.WRITE_OFF:
            done = Acted(kind, day)
        case ActKind.CHARGED:
            more = Decimal(random.randint(1, 900)) / 100
            done = Acted(kind, day, interest=-more, fine=_part(owed.fine, random))
    act(session, actor, kind, day, {note_id: done})


def _pay_something(session: Session, actor: Actor, random: Random) -> None:
    """Pay a note of a deal, one that was written off, or any; by credit, or keeping some."""
    of_deals = select(Note.id).join(Renegotiation, Renegotiation.sale_id == Note.sale_id)
    lost = select(Note.id).where(Note.written_off > 0)
    rich = select(CreditMovement.customer_id)
    chosen = random.choice(
        [of_deals, lost, select(Note.id).where(Note.customer_id.in_(rich)), None]
    )
    found = select(Note.id) if chosen is None else chosen
    ids = session.scalars(found.order_by(Note.id)).all()
    if not ids:
        return
    [note] = lock_notes(session, [random.choice(ids)])
    newest = max((d for d in (note.last_paid_on, note.last_act_on) if d), default=note.sold_on)
    day = min(newest + timedelta(days=random.randint(0, 60)), TODAY)
    owed = owed_on(note.terms, note.state, day).total
    part = max(_part(owed, random), CENT)
    credit = store_credit.available(session, note.customer_id, day)
    if credit and random.random() < 0.2:
        back = NewPayback(
            operation_id=uuid.uuid4(),
            customer_id=note.customer_id,
            paid_on=day,
            amount=_part(credit, random),
            method=Method.PIX,
            reason="pediu de volta",
        )
        store_credit.pay_back(session, actor, back, today=TODAY)
        return
    by_credit = bool(credit) and random.random() < 0.7
    paid = NewPayment(
        operation_id=uuid.uuid4(),
        customer_id=note.customer_id,
        paid_on=day,
        method=None if by_credit else Method.CASH,
        by_credit=by_credit,
        kept=ZERO if by_credit else random.choice([ZERO, ZERO, Decimal("25.00")]),
        items=((note.id, min(part, credit) if by_credit else part),),
        backdate_reason="lançamento de teste",
    )
    payments.receive(session, actor, paid, today=TODAY)


def give_back(
    session: Session,
    actor: Actor,
    sale_id: int,
    day: date,
    value: Decimal,
    kind: ReturnKind = ReturnKind.REGRET,
    back_by: OneWay = "cash",
) -> int:
    """Take goods of a sale back; the act's id."""
    new = NewReturn(
        operation_id=uuid.uuid4(),
        sale_id=sale_id,
        returned_on=day,
        kind=kind,
        value=value,
        back_by=back_by,
        reason="não serviu",
    )
    return returns.record(session, actor, new, today=TODAY)


def _part(amount: Decimal, random: Random) -> Decimal:
    return random.choice([amount, (amount / 2).quantize(CENT), ZERO])
