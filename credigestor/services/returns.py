"""Goods of a sale that come back: newest notes first, the rest as money (R30).

A return is undone as any act is: by `services.acts.reverse`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.db.models import Act, ActReversal, Customer, Note, PaymentItem, Return, Sale
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.rules import privacy
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import owed_on
from credigestor.rules.methods import CREDIT, OneWay
from credigestor.rules.money import CENT, MAX_MONEY, ZERO, format_brl, round_cents
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.returns import ChargesOwed, Fall, OpenNote, ReturnKind, returned
from credigestor.services import acts, operations, store_credit
from credigestor.services.act_dates import check_day
from credigestor.services.inputs import InputModel, reason
from credigestor.services.ledger import LockedNote, lock_notes_of_sales, notes_of_sales, states_on


class NewReturn(InputModel):
    """What comes back of a sale on a day: its value, R$, or its share of the sale, percent.

    `back_by` is how money goes back, where any does; `expected_back`, what was seen to go back.
    """

    operation_id: uuid.UUID
    sale_id: int
    returned_on: date
    kind: ReturnKind
    value: Decimal | None = None
    share: Decimal | None = None
    back_by: OneWay | None = None
    expected_back: Decimal | None = None
    reason: str


@dataclass(frozen=True)
class Planned:
    """What a return does: the notes that fall, in that order, and what goes back, R$."""

    sale: Sale
    value: Decimal
    falls: Sequence[tuple[LockedNote, Fall]]
    back: Decimal

    @property
    def principal(self) -> Decimal:
        """What falls of all notes together, R$."""
        return sum((fall.principal for _, fall in self.falls), ZERO)


def preview(session: Session, actor: Actor, data: NewReturn, *, today: date) -> Planned:
    """What `record` would do now; it writes and locks nothing, and raises what `record` would.

    But for the reason, and for how money goes back: that is chosen once it is known that any does.
    """
    _check(session, actor, data, today)
    sale = session.get(Sale, data.sale_id)
    planned = _plan(
        session, _standing(session, sale), data, notes_of_sales(session, [data.sale_id])
    )
    for note, fall in planned.falls:
        acts.check_note(note, planned.sale.customer_id, data.returned_on, field="returned_on")
        acts.appended(session, note, _act(data.returned_on, fall), rewrite=False)
    return planned


def record(session: Session, actor: Actor, data: NewReturn, *, today: date) -> int:
    """Take goods back and return the act's id; the same operation again, the same (R30).

    Raises NotAllowed, NotFound, InvalidInput (the future, before the sale, a value above what is
    left of the sale, no reason, no method for what goes back) or Conflict (cancelled, nothing to
    take off, a note that owes charges would fall whole); then nothing changes.
    """
    _check(session, actor, data, today)
    why = reason(data.reason)
    # Notes first, as who cancels does; then no other return of the sale is recorded meanwhile.
    notes = lock_notes_of_sales(session, [data.sale_id])
    locked = select(Sale).where(Sale.id == data.sale_id).with_for_update()
    sale = session.scalar(locked.execution_options(populate_existing=True))
    if before := operations.recorded(session, Act, data.operation_id):
        return _recorded_before(session, before[0], data)
    planned = _plan(session, _standing(session, sale), data, notes)
    if planned.back and data.back_by is None:
        raise InvalidInput(
            f"Diga como os {format_brl(planned.back)} voltam ao cliente.", field="back_by"
        )
    if data.expected_back not in (None, planned.back):
        raise Conflict(
            f"A venda mudou neste meio tempo: agora voltam {format_brl(planned.back)} ao cliente. "
            "Confira e confirme de novo."
        )
    row: dict[str, Any] = {
        "sale_id": planned.sale.id,
        "kind": data.kind.value,
        "value": planned.value,
        "share": data.share,
        "back": planned.back,
        "back_by": data.back_by if planned.back else None,
    }
    new = acts.NewAct(
        operation_id=data.operation_id,
        kind=ActKind.RETURN,
        customer_id=planned.sale.customer_id,
        acted_on=data.returned_on,
        reason=why,
    )
    done = {note.id: _act(data.returned_on, fall) for note, fall in planned.falls}
    told = {"sale": row["sale_id"], "return_kind": row["kind"]}
    told |= {name: row[name] for name in ("value", "share", "back", "back_by") if row[name]}
    act_id = acts.record(session, actor, new, done, beside=told)
    session.add(Return(act_id=act_id, **row))
    session.flush()
    if row["back_by"] == CREDIT:
        store_credit.give(
            *(session, actor),
            customer_id=planned.sale.customer_id,
            act_id=act_id,
            on=data.returned_on,
            amount=planned.back,
        )
    return act_id


def _check(session: Session, actor: Actor, data: NewReturn, today: date) -> None:
    """What can be said before anything is looked up."""
    actor.require(Permission.RETURN)
    day = data.returned_on  # whose reason is the return's own
    check_day(session, actor, day, today=today, field="returned_on", what="registro")
    if (data.value is None) == (data.share is None):
        raise InvalidInput("Informe o valor devolvido ou a parte da venda.", field="value")
    if data.share is not None and not 0 < data.share <= 100:
        raise InvalidInput("A parte devolvida vai de 0 a 100 %.", field="share")
    if data.share is not None and data.share != round(data.share, 4):
        raise InvalidInput("Use no máximo quatro decimais.", field="share")
    if data.value is not None and not CENT <= data.value <= MAX_MONEY:
        raise InvalidInput("O valor deve ser maior que zero.", field="value")
    if data.value is not None and data.value != data.value.quantize(CENT):
        raise InvalidInput("Use no máximo dois decimais.", field="value")


def _standing(session: Session, sale: Sale | None) -> Sale:
    if sale is None:
        raise NotFound("Venda não encontrada.")
    if sale.cancelled_on is not None:
        raise Conflict("Esta venda foi cancelada.")
    if session.scalar(select(Customer.anonymised_at).where(Customer.id == sale.customer_id)):
        raise Conflict(privacy.REFUSAL)
    return sale


def _plan(session: Session, sale: Sale, data: NewReturn, notes: Sequence[LockedNote]) -> Planned:
    on = data.returned_on
    if on < sale.sold_on:
        raise InvalidInput(
            f"A data não pode ser anterior à venda ({format_date(sale.sold_on)}).",
            field="returned_on",
        )
    gone, given_back = _before(session, sale.id)
    left = sale.total - gone
    value = data.value
    if value is None:
        value = max(round_cents(sale.total * (data.share or ZERO) / 100), CENT)
    if value > left:
        earlier = f", dos quais já voltaram {format_brl(gone)}" if gone else ""
        raise InvalidInput(
            f"A venda é de {format_brl(sale.total)}{earlier}: não pode voltar mais que isso.",
            field="share" if data.value is None else "value",
        )
    received = max(sale.down_payment + _paid(session, sale.id, on) - given_back, ZERO)
    there = {note.id: note for note in notes}
    try:
        found = returned(
            value,
            _open_on(session, notes, on),
            sale.daily_rate,
            on,
            received=received,
            everything=data.kind is ReturnKind.REGRET and value == left,
        )
    except ChargesOwed as error:
        owed = error.note
        raise Conflict(
            f"A nota {there[owed.key].label} cairia inteira e deve {format_brl(owed.charges)} de "
            f"encargos em {format_date(on)}. Receba ou dispense os encargos antes da devolução.",
            field="value",
        ) from error
    if not found.falls and not found.back:
        raise Conflict("Nesta venda não há nota em aberto nem dinheiro recebido a devolver.")
    return Planned(sale, value, [(there[fall.key], fall) for fall in found.falls], found.back)


def _open_on(session: Session, notes: Sequence[LockedNote], on: date) -> list[OpenNote]:
    """The notes that are open on a day, as they stood at its end."""
    states = states_on(session, notes, on)
    found = []
    for note in notes:
        state = states[note.id]
        if state.principal == 0 or state.closed:
            continue
        owed, dates = owed_on(note.terms, state, on), state.moved or note.made
        found.append(
            OpenNote(
                note.id,
                note.number,
                dates.due_date,
                state.principal,
                owed.charges,
                overdue=on > dates.on_time_until,
            )
        )
    return found


def _act(on: date, fall: Fall) -> Acted:
    return Acted(ActKind.RETURN, on, principal=fall.principal)


def _before(session: Session, sale_id: int) -> tuple[Decimal, Decimal]:
    """What came back of a sale in returns that stand, and what went back for them, R$."""
    value, went = (func.coalesce(func.sum(each), ZERO) for each in (Return.value, Return.back))
    undone = select(ActReversal.id).where(ActReversal.act_id == Return.act_id).exists()
    gone, back = session.execute(
        select(value, went).where(Return.sale_id == sale_id, ~undone)
    ).one()
    return gone, back


def _paid(session: Session, sale_id: int, on: date) -> Decimal:
    """What was received for a sale's notes up to a day, R$."""
    found: Decimal = session.scalars(
        select(func.coalesce(func.sum(PaymentItem.amount), ZERO))
        .join(Note, Note.id == PaymentItem.note_id)
        .where(Note.sale_id == sale_id, PaymentItem.reversed.is_(False), PaymentItem.paid_on <= on)
    ).one()
    return found


def _recorded_before(session: Session, act: Act, data: NewReturn) -> int:
    row = session.scalar(select(Return).where(Return.act_id == act.id))
    same = row is not None and (
        (row.sale_id, row.kind, act.acted_on, row.share)
        == (data.sale_id, data.kind.value, data.returned_on, data.share)
        and (data.value is None or row.value == data.value)
        and (not row.back or data.back_by is None or row.back_by == data.back_by)
    )
    operations.require_same(
        same, done=f"gravou outro ato, o nº {act.id},", again="registrar outra devolução"
    )
    return act.id
