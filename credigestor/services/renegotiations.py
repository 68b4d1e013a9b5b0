"""Old debts for a new one: notes are closed, and a sale linked to them takes their place (R15)."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from credigestor.db.models import (
    Act,
    ActItem,
    ActReversal,
    Customer,
    Note,
    Payment,
    PaymentItem,
    Renegotiation,
    Sale,
)
from credigestor.errors import Conflict, NotFound
from credigestor.rules import privacy
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.methods import way_of
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import sale_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import acts, audit, operations, payments, sales, waivers
from credigestor.services.act_dates import check_undoing
from credigestor.services.inputs import reason
from credigestor.services.ledger import lock_notes, notes_named, write
from credigestor.services.payments import NewPayment
from credigestor.services.renegotiation_input import Agreed, agreed
from credigestor.services.renegotiation_input import NewRenegotiation as NewRenegotiation
from credigestor.services.waivers import NewWaiver


def preview(session: Session, actor: Actor, data: NewRenegotiation, *, today: date) -> Agreed:
    """What `make` would do now; it writes and locks nothing. Raises what `make` would."""
    return agreed(session, actor, data, notes_named(session, data.notes), today=today)


def make(session: Session, actor: Actor, data: NewRenegotiation, *, today: date) -> int:
    """Close the notes, register the new sale, and return the renegotiation's id (R15).

    The same operation again returns the same. Raises NotAllowed, NotFound, InvalidInput (nothing
    owed, a down payment of all of it, what `sales.register` and `waivers.waive` refuse) or
    Conflict (a note that is closed, cancelled, or was touched after that day); then nothing
    changes.
    """
    actor.require(Permission.RENEGOTIATE)
    notes = lock_notes(session, data.notes)
    # Behind the notes, as whoever pays; before any row that names the customer, whom two who
    # renegotiate other notes would otherwise wait for in a circle.
    session.execute(select(Customer.id).where(Customer.id == data.customer_id).with_for_update())
    if operations.recorded(session, Renegotiation, data.operation_id):
        return _recorded_before(session, data)
    found = agreed(session, actor, data, notes, today=today)
    waiver_id = _waive(session, actor, data, today)
    payment_id = _pay_down(session, actor, data, found.paid, today)
    act = acts.NewAct(
        operation_id=data.operation_id,
        kind=ActKind.RENEGOTIATION,
        customer_id=data.customer_id,
        acted_on=data.agreed_on,
        reason=reason(data.reason),
    )
    closing = {
        note_id: Acted(
            ActKind.RENEGOTIATION, data.agreed_on, each.interest, each.fine, each.principal
        )
        for note_id, each in found.closed.items()
    }
    act_id = acts.record(session, actor, act, closing)
    sale_id = sales.register(session, actor, found.sale, today=today, renegotiated=True)
    kept: dict[str, Any] = {
        "act_id": act_id,
        "sale_id": sale_id,
        "payment_id": payment_id,
        "waiver_id": waiver_id,
        "old_interest": found.old.interest,
        "old_fine": found.old.fine,
        "first_sold_on": found.inherited.first_sold_on,
        "days_late": found.inherited.days_late,
    }
    made = Renegotiation(
        operation_id=data.operation_id,
        kind=data.kind.value,
        made_by=actor.id,
        created_at=func.clock_timestamp(),
        **kept,
    )
    session.add(made)
    session.flush()
    kept["sale"] = kept.pop("sale_id")
    told = {"agreement": data.kind, **{k: v for k, v in kept.items() if v is not None}}
    audit.record(session, actor, "create", "renegotiation", made.id, after=told)
    return made.id


def reverse(
    session: Session, actor: Actor, *, renegotiation_id: int, why: str, today: date
) -> None:
    """Undo a renegotiation: its notes owe again, with what was waived, and the new sale is void.

    A down payment stays what it was, a payment of the old notes. Raises NotAllowed, NotFound,
    InvalidInput (no reason) or Conflict: undone before, something of the new sale is paid or was
    acted on, the customer is anonymised, or a later act no longer fits.
    """
    actor.require(Permission.RENEGOTIATE)
    why = reason(why)
    found = session.get(Renegotiation, renegotiation_id)
    if found is None:
        raise NotFound("Renegociação não encontrada.")
    acted_on = session.get_one(Act, found.act_id).acted_on
    check_undoing(session, actor, acted_on, today=today)
    undone = [found.act_id, *([found.waiver_id] if found.waiver_id else [])]
    old = set(session.scalars(select(ActItem.note_id).where(ActItem.act_id.in_(undone))))
    new = set(session.scalars(select(Note.id).where(Note.sale_id == found.sale_id)))
    notes = lock_notes(session, old | new)
    sale = session.scalars(select(Sale).where(Sale.id == found.sale_id).with_for_update()).one()
    if session.scalar(select(Customer.anonymised_at).where(Customer.id == sale.customer_id)):
        raise Conflict(privacy.REFUSAL)
    if session.scalar(select(ActReversal.id).where(ActReversal.act_id == found.act_id)):
        raise Conflict("Esta renegociação já foi desfeita.")
    for item, what in ((PaymentItem, "pagamentos"), (ActItem, "outros atos")):
        live = select(item.id).where(item.note_id.in_(new), item.reversed.is_(False)).limit(1)
        if session.scalar(live):
            raise Conflict(
                f"A venda {sale_number(sale.id)} já tem {what}: desfaça-os antes, um por um."
            )
    for act_id in undone:
        act = session.get_one(Act, act_id)
        gone = select(ActReversal.id).where(ActReversal.act_id == act_id)
        if session.scalar(gone) is None:
            acts.undo(session, actor, act, why, today=today)
    write(session, [acts.replayed(session, note) for note in notes if note.id in old])
    # As of the day on which it was made: the old notes owe again from that day on, too.
    void = {"cancelled_on": sale.sold_on, "cancelled_at": func.clock_timestamp()}
    void |= {"cancelled_by": actor.id, "cancel_reason": why}
    session.execute(update(Sale).where(Sale.id == sale.id).values(**void))
    session.execute(update(Note).where(Note.sale_id == sale.id).values(cancelled_on=sale.sold_on))
    before = {"customer_id": sale.customer_id, "total": sale.total}
    after = {"reason": why, "on": sale.sold_on}
    audit.record(session, actor, "cancel", "sale", sale.id, before=before, after=after)


def _waive(session: Session, actor: Actor, data: NewRenegotiation, today: date) -> int | None:
    if not data.waived:
        return None
    waiver = NewWaiver(
        operation_id=waiver_of(data.operation_id),
        customer_id=data.customer_id,
        waived_on=data.agreed_on,
        waived=data.waived,
        reason=data.waiver_reason or "",
        backdate_reason=data.backdate_reason,
    )
    return waivers.waive(session, actor, waiver, today=today)


def _pay_down(
    session: Session,
    actor: Actor,
    data: NewRenegotiation,
    paid: dict[int, Decimal],
    today: date,
) -> int | None:
    if not paid:
        return None
    payment = NewPayment(
        operation_id=payment_of(data.operation_id),
        customer_id=data.customer_id,
        paid_on=data.agreed_on,
        method=data.method,
        methods=data.methods,
        by_credit=data.by_credit,
        items=tuple(paid.items()),
        backdate_reason=data.backdate_reason,
    )
    return payments.receive(session, actor, payment, today=today)


def waiver_of(operation_id: uuid.UUID) -> uuid.UUID:
    """The operation of what is let go within a renegotiation's."""
    return uuid.uuid5(operation_id, "waiver")


def payment_of(operation_id: uuid.UUID) -> uuid.UUID:
    """The operation of the down payment within a renegotiation's."""
    return uuid.uuid5(operation_id, "down_payment")


def _recorded_before(session: Session, data: NewRenegotiation) -> int:
    [found] = operations.recorded(session, Renegotiation, data.operation_id)
    act = session.get_one(Act, found.act_id)
    sale = session.get_one(Sale, found.sale_id)
    closed = set(session.scalars(select(ActItem.note_id).where(ActItem.act_id == act.id)))
    paid = session.get_one(Payment, found.payment_id) if found.payment_id else None
    down = (paid.amount, paid.way) if paid else (ZERO, way_of([]))
    asked = (data.down_payment, way_of(data.handed))
    waived = waivers.recorded_beside(session, waiver_of(data.operation_id))
    count = len(data.schedule.listed) if data.schedule.is_list else data.installments
    operations.require_same(
        (found.kind, act.customer_id, act.acted_on, down, waived, sale.installments)
        == (data.kind, data.customer_id, data.agreed_on, asked, data.waived, count)
        and closed <= set(data.notes)
        and (sale.schedule, sale.schedule_step) == (data.schedule.kind, data.schedule.step),
        done=f"gravou outra renegociação, a venda {sale_number(sale.id)},",
        again="gravar outra",
    )
    return found.id
