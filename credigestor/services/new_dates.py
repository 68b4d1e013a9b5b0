"""Due dates put off by agreement: of one note, or of all that are left of a sale (R32)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Act, ActItem, Note
from credigestor.db.settings import MAX_RATE, RATE_PLACES, ShopSettings, current_settings
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.calendar import check_date_range, format_date, format_days
from credigestor.rules.charges import DueDates, State
from credigestor.rules.money import MAX_MONEY, ZERO, format_brl
from credigestor.rules.new_dates import MOST_DAYS, agreed_interest, dates_from
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import acts, operations
from credigestor.services.act_dates import check_day
from credigestor.services.inputs import InputModel, reason
from credigestor.services.ledger import (
    LockedNote,
    lock_notes,
    lock_notes_of_sales,
    notes_named,
    notes_of_sales,
    states_on,
)


class NewDates(InputModel):
    """A note that is to be due on another day, or a sale whose notes are by so many days later.

    `rate` is agreed for the days between, percent a month. `previewed` is what the person was
    shown, note id → new date and agreed interest: anything else is refused.
    """

    operation_id: uuid.UUID
    agreed_on: date
    note_id: int | None = None
    due_date: date | None = None
    sale_id: int | None = None
    days: int | None = None
    rate: Decimal = ZERO
    reason: str
    previewed: dict[int, tuple[date, Decimal]] | None = None


@dataclass(frozen=True)
class Moved:
    """A note that is put off: its dates before and after, and the interest agreed for that, R$.

    `carried` is what it owes beside its principal: interest of an agreement before this one.
    """

    note: LockedNote
    principal: Decimal
    carried: Decimal
    before: DueDates
    after: DueDates
    interest: Decimal

    @property
    def days(self) -> int:
        """By how many it is put off."""
        return (self.after.due_date - self.before.due_date).days


@dataclass(frozen=True)
class Planned:
    """What is put off, by note's number, and the open notes of the sale that are late already."""

    customer_id: int
    moved: Sequence[Moved]
    late: Sequence[LockedNote]

    @property
    def interest(self) -> Decimal:
        """What is agreed for all of them, R$."""
        return sum((each.interest for each in self.moved), ZERO)


def preview(session: Session, actor: Actor, data: NewDates, *, today: date) -> Planned:
    """What `put_off` would do now; nothing is written or locked, and no reason asked for."""
    shop = _check(session, actor, data, today)
    if data.note_id is not None:
        notes = notes_named(session, [data.note_id])
    else:
        notes = notes_of_sales(session, [data.sale_id or 0])
    planned = _plan(session, actor, data, notes, shop)
    for each in planned.moved:
        acts.appended(session, each.note, _act(data, each), rewrite=False)
    return planned


def put_off(session: Session, actor: Actor, data: NewDates, *, today: date) -> int:
    """Agree on later due dates and return the act's id; the same operation again, the same (R32).

    Of notes that are not late: on their last on-time day at the latest. A manager may, or a seller
    up to the settings' days after the date that the note was made with. Raises NotAllowed,
    NotFound, InvalidInput (the future, before the sale, no later date, late, no reason) or
    Conflict (nothing open, another preview); then nothing changes.
    """
    shop = _check(session, actor, data, today)
    why = reason(data.reason)
    if data.note_id is not None:
        notes = lock_notes(session, [data.note_id])
    else:
        notes = lock_notes_of_sales(session, [data.sale_id or 0])
    if before := operations.recorded(session, Act, data.operation_id):
        return _recorded_before(session, before[0], data)
    planned = _plan(session, actor, data, notes, shop)
    found = {each.note.id: (each.after.due_date, each.interest) for each in planned.moved}
    if data.previewed not in (None, found):
        raise Conflict(
            "O que as notas devem mudou desde a prévia e nada foi gravado. Confira os valores de "
            "agora e confirme de novo."
        )
    new = acts.NewAct(
        operation_id=data.operation_id,
        kind=ActKind.NEW_DATE,
        customer_id=planned.customer_id,
        acted_on=data.agreed_on,
        reason=why,
    )
    return acts.record(
        session, actor, new, {each.note.id: _act(data, each) for each in planned.moved}
    )


def _check(session: Session, actor: Actor, data: NewDates, today: date) -> ShopSettings:
    """What can be said before anything is looked up; gives the settings in force."""
    actor.require(Permission.SELL)
    shop = current_settings(session)
    check_day(session, actor, data.agreed_on, today=today, field="agreed_on", what="acordo")
    of_note, of_sale = data.note_id is not None, data.sale_id is not None
    if of_note == of_sale:
        raise InvalidInput("Escolha uma nota ou uma venda.", field="note_id")
    if of_note:
        if data.due_date is None:
            raise InvalidInput("Informe o novo vencimento.", field="due_date")
        check_date_range(data.due_date, "due_date")
    elif data.days is None or not 1 <= data.days <= MOST_DAYS:
        raise InvalidInput(f"Prorroga-se por 1 a {MOST_DAYS} dias.", field="days")
    if not 0 <= data.rate <= MAX_RATE or data.rate != round(data.rate, RATE_PLACES):
        raise InvalidInput(
            f"Os juros combinados vão de 0 a {MAX_RATE} % ao mês, com até quatro decimais.",
            field="rate",
        )
    return shop


def _plan(
    session: Session,
    actor: Actor,
    data: NewDates,
    notes: Sequence[LockedNote],
    shop: ShopSettings,
) -> Planned:
    if not notes:
        raise NotFound("Nota não encontrada." if data.note_id else "Venda não encontrada.")
    states = states_on(session, notes, data.agreed_on)
    moved, late = [], []
    for note in notes:
        state = states[note.id]
        if note.cancelled_on is not None or note.state.in_a_deal:
            continue
        if state.principal == 0 or state.closed:
            continue
        if data.agreed_on > (state.moved or note.made).on_time_until:
            late.append(note)
        else:
            moved.append(_moved(data, note, state, shop))
    if not moved and late:
        raise InvalidInput(_too_late(late, states), field="due_date" if data.note_id else "days")
    if not moved:
        one = f"A nota {notes[0].label} já não está" if data.note_id else "Nenhuma nota está"
        raise Conflict(f"{one} em aberto: não há o que prorrogar.")
    _within_limit(actor, data, moved, shop)
    planned = Planned(notes[0].customer_id, moved, late)
    if planned.interest > MAX_MONEY:
        raise InvalidInput(f"Os juros passariam de {format_brl(MAX_MONEY)}.", field="rate")
    return planned


def _moved(data: NewDates, note: LockedNote, state: State, shop: ShopSettings) -> Moved:
    acts.check_note(note, note.customer_id, data.agreed_on, field="agreed_on")
    before = state.moved or note.made
    due = data.due_date or before.due_date + timedelta(days=data.days or 0)
    check_date_range(due, "due_date" if data.due_date else "days")
    if due <= before.due_date:
        raise InvalidInput(
            f"A nota {note.label} já vence em {format_date(before.due_date)}: escolha uma data "
            "depois dessa.",
            field="due_date",
        )
    if (due - before.due_date).days > MOST_DAYS:
        raise InvalidInput(f"Prorroga-se por 1 a {MOST_DAYS} dias.", field="due_date")
    grace = (note.made.free_until - note.made.on_time_until).days
    return Moved(
        note=note,
        principal=state.principal,
        carried=state.interest + state.fine,
        before=before,
        after=dates_from(due, grace, shop.holiday_rules),
        interest=agreed_interest(state.principal, data.rate, (due - before.due_date).days),
    )


def _too_late(late: Sequence[LockedNote], states: dict[int, State]) -> str:
    """That only what is not late is put off."""
    note = late[0]
    due = (states[note.id].moved or note.made).due_date
    which = f"A nota {note.label} venceu" if len(late) == 1 else "As notas em aberto já venceram"
    when = f" em {format_date(due)}" if len(late) == 1 else ""
    return (
        f"{which}{when}: prorroga-se até o último dia em dia. Depois disso, dispense os encargos "
        "ou renegocie."
    )


def _within_limit(actor: Actor, data: NewDates, moved: Sequence[Moved], shop: ShopSettings) -> None:
    if actor.can(Permission.NEW_DATE):
        return
    limit = shop.new_date_limit_days
    for each in moved:
        first = each.note.made.due_date
        if (each.after.due_date - first).days > limit:
            may = (
                f"um vendedor prorroga até {format_days(limit)} depois disso; mais, só um gerente."
                if limit
                else "só um gerente a prorroga."
            )
            raise InvalidInput(
                f"A nota {each.note.label} foi feita para {format_date(first)}: {may}",
                field="due_date" if data.note_id else "days",
            )


def _act(data: NewDates, each: Moved) -> Acted:
    return Acted(ActKind.NEW_DATE, data.agreed_on, interest=-each.interest, moved=each.after)


def _recorded_before(session: Session, act: Act, data: NewDates) -> int:
    rows = session.execute(
        select(ActItem.note_id, ActItem.due_date, ActItem.asked_interest, Note.sale_id)
        .join(Note, Note.id == ActItem.note_id)
        .where(ActItem.act_id == act.id)
    ).all()
    same = {row.note_id: row.due_date for row in rows} == {data.note_id: data.due_date}
    if data.sale_id is not None:
        same = {row.sale_id for row in rows} == {data.sale_id}
    if data.previewed is not None:
        done = {row.note_id: (row.due_date, -row.asked_interest) for row in rows}
        same = same and done == data.previewed
    operations.require_same(
        same and (act.kind, act.acted_on) == (ActKind.NEW_DATE.value, data.agreed_on),
        done=f"gravou outro ato, o nº {act.id},",
        again="prorrogar estas",
    )
    return act.id
