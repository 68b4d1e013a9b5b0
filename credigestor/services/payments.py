"""Receiving money for notes, and undoing it by reversal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credigestor.db.models import Act, ActReversal, Base, Customer, Payment, PaymentItem, Reversal
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.rules import privacy
from credigestor.rules.acts import Acted
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Overpaid, Paid, Step
from credigestor.rules.methods import way_of
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import receipt_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import (
    acts,
    audit,
    handing,
    operations,
    payers,
    store_credit,
    waivers,
)
from credigestor.services.act_dates import backdated_because, check_undoing
from credigestor.services.discounts import check_settled, granted_because
from credigestor.services.inputs import reason
from credigestor.services.ledger import (
    Folded,
    LockedNote,
    append,
    lock_notes,
    notes_named,
    write,
)
from credigestor.services.ledger_rows import step_columns
from credigestor.services.payment_input import NewPayment as NewPayment
from credigestor.services.payment_input import check_items
from credigestor.services.payment_refusals import too_much

_CREATE = audit.creation(
    Base.metadata.tables["payments"],
    [
        *("operation_id", "customer_id", "paid_on", "amount", "backdate_reason"),
        *("discount_reason", "received_by", "moved_from", "receipt", *handing.COLUMNS),
    ],
    "payment",
)


def receive(
    session: Session,
    actor: Actor,
    data: NewPayment,
    *,
    today: date,
    moved: Payment | None = None,
) -> int:
    """Record a payment, fold it into its notes and return its id (R9, R10, R11).

    `moved` is the namesake's, of which it keeps the number of the receipt.

    The same operation again returns the same id. A payment dated before a later one replays
    the note. A discount settles its note before it is due: as much as the law grants, or a
    manager's with a reason (R14). Raises InvalidInput (future, before the sale, more than is
    owed: the exact amount is named), NotAllowed, or Conflict (also when the allocation is no
    longer the one that was previewed, or the operation recorded another payment); then nothing
    changes.
    """
    actor.require(Permission.SELL)
    backdate_reason = _backdated_because(session, actor, data, today)
    amounts = dict(data.items)
    # Before the payment has its id: those of one day on one note are folded in order of id.
    notes = lock_notes(session, amounts.keys())
    discount_reason = granted_because(session, actor, notes, data)
    waiver, let_go = waivers.beside(session, actor, data), data.acts
    waiver_id = None
    if waiver is not None:  # first: the money settles what the waiver leaves
        waiver_id = acts.create(session, actor, waiver, let_go)
        if waiver_id is None:
            return _recorded_before(session, data)
    agreed = {
        "customer_id": data.customer_id,
        "paid_on": data.paid_on,
        "amount": data.amount,
        "method": way_of(data.handed),
        "backdate_reason": backdate_reason,
        "discount_reason": discount_reason,
    }
    link = {"moved_from": moved and moved.id, "receipt": moved and moved.number}
    row = {**agreed, **link, "operation_id": data.operation_id, "received_by": actor.id}
    row |= handing.columns(data.handed)
    after = {**agreed, "items": [_told(data, *item) for item in data.items]}
    after |= {"payer": True} if data.payer else {}
    after |= {"kept": data.kept} if data.kept else {}
    after |= {"waiver_id": waiver_id} if waiver_id else {}
    after |= link if moved else {}
    payment_id: int | None = session.scalar(_CREATE, audit.created(actor, row, after=after))
    if payment_id is None:
        return _recorded_before(session, data)
    folded, steps = _fold_in(session, notes, data, let_go)
    splits = {note_id: step.split for note_id, step in steps.items()}
    if data.previewed is not None and splits != data.previewed:
        raise Conflict(
            "O que as notas devem mudou desde a prévia e nada foi gravado. Confira os valores "
            "de agora e confirme de novo.",
            field="amount",
        )
    items = [
        {
            "payment_id": payment_id,
            "note_id": note_id,
            "paid_on": data.paid_on,
            "amount": step.act.amount,
            "discount": step.act.discount,
            **step_columns(step),
        }
        for note_id, step in steps.items()
    ]
    if waiver_id is not None:
        acts.add_items(session, waiver_id, folded, let_go)
    write(session, folded, items)
    payers.add(session, payment_id, data.payer)
    store_credit.beside(session, actor, data, payment_id)
    return payment_id


def preview(
    session: Session, actor: Actor, data: NewPayment, *, today: date
) -> list[tuple[LockedNote, Step]]:
    """What `receive` would do to each note now, in id order; it writes and locks nothing.

    Raises what `receive` would.
    """
    actor.require(Permission.SELL)
    _backdated_because(session, actor, data, today)
    amounts = dict(data.items)
    notes = notes_named(session, amounts.keys())
    granted_because(session, actor, notes, data)
    waivers.beside(session, actor, data)
    _, steps = _fold_in(session, notes, data, data.acts, rewrite=False)
    return [(note, steps[note.id]) for note in notes]


def reverse(session: Session, actor: Actor, *, payment_id: int, why: str, today: date) -> None:
    """Undo a payment by a record of its own and replay its notes (R12).

    Raises NotAllowed, NotFound, InvalidInput (no reason) or Conflict (already reversed, or the
    customer is anonymised, R28).
    """
    actor.require(Permission.REVERSE)
    why = reason(why)
    payment = session.get(Payment, payment_id)
    if payment is None:
        raise NotFound("Pagamento não encontrado.")
    check_undoing(session, actor, payment.paid_on, today=today)
    note_ids = session.scalars(
        select(PaymentItem.note_id).where(PaymentItem.payment_id == payment_id)
    ).all()
    notes = lock_notes(session, note_ids)
    if session.scalar(select(Customer.anonymised_at).where(Customer.id == payment.customer_id)):
        raise Conflict(privacy.REFUSAL)  # it would make a debtor of nobody
    new_id = session.scalar(
        insert(Reversal)
        .values(
            payment_id=payment_id,
            reversed_on=today,
            reversed_at=func.clock_timestamp(),
            reversed_by=actor.id,
            reason=why,
        )
        .on_conflict_do_nothing(index_elements=[Reversal.payment_id])
        .returning(Reversal.id)
    )
    if new_id is None:
        raise Conflict("Este pagamento já foi estornado.")
    session.execute(
        update(PaymentItem).where(PaymentItem.payment_id == payment_id).values(reversed=True)
    )
    beside = session.scalar(
        select(Act)
        .outerjoin(ActReversal, ActReversal.act_id == Act.id)
        .where(Act.operation_id == payment.operation_id, ActReversal.id.is_(None))
    )
    if beside is not None:  # what was let go for this money
        acts.undo(session, actor, beside, why, today=today)
    store_credit.undo_of(
        session, actor, why, customer_id=payment.customer_id, payment_id=payment_id
    )
    write(session, [acts.replayed(session, note) for note in notes])
    before = {
        "customer_id": payment.customer_id,
        "paid_on": payment.paid_on,
        "amount": payment.amount,
        "method": payment.way,
    }
    after = {"reason": why, "on": today}
    audit.record(session, actor, "reverse", "payment", payment_id, before=before, after=after)


def _told(data: NewPayment, note_id: int, value: Decimal) -> list[int | Decimal]:
    """A note's part as the audit log keeps it: its id, the money, and a discount if any."""
    discount = data.discounts.get(note_id)
    return [note_id, value, discount] if discount else [note_id, value]


def _recorded_before(session: Session, data: NewPayment) -> int:
    [payment] = operations.recorded(session, Payment, data.operation_id)
    items = session.execute(
        select(PaymentItem.note_id, PaymentItem.amount, PaymentItem.discount).where(
            PaymentItem.payment_id == payment.id
        )
    )
    parts = {(item.note_id, item.amount, item.discount) for item in items}
    before = (payment.customer_id, payment.paid_on, payment.way, parts)
    same = before == (data.customer_id, data.paid_on, way_of(data.handed), data.parts)
    same = same and waivers.recorded_beside(session, data.operation_id) == data.waived
    same = same and store_credit.kept_beside(session, payment.id) == data.kept
    operations.require_same(
        same and payers.of_payment(session, payment.id) == data.payer,
        done=f"gravou outro pagamento, o recibo {receipt_number(payment.number)},",
        again="receber outro",
    )
    return payment.id


def _backdated_because(session: Session, actor: Actor, data: NewPayment, today: date) -> str | None:
    """The reason to keep of a payment's date, which is checked with its items (R11)."""
    check_items(data)
    return backdated_because(session, actor, data.paid_on, data.backdate_reason, today=today)


def _fold_in(
    session: Session,
    notes: Sequence[LockedNote],
    data: NewPayment,
    let_go: Mapping[int, Acted],
    *,
    rewrite: bool = True,
) -> tuple[list[Folded], dict[int, Step]]:
    """Each note with the payment folded in, and the payment's own step by the note's id."""
    amounts = dict(data.items)
    if len(notes) != len(amounts):
        raise NotFound("Nota não encontrada.")
    folded, steps = [], {}
    for note in notes:
        paid = Paid(data.paid_on, amounts[note.id], data.discounts.get(note.id, ZERO))
        if note.customer_id != data.customer_id:
            raise InvalidInput("A nota é de outro cliente.", field="items")
        if note.cancelled_on is not None:
            raise Conflict(f"A nota {note.label} foi cancelada.")
        if paid.on < note.sold_on:
            raise InvalidInput(
                f"O pagamento não pode ser antes da venda ({format_date(note.sold_on)}).",
                field="paid_on",
            )
        before = [let_go[note.id]] if note.id in let_go else []
        try:
            each = append(session, note, *before, paid, rewrite=rewrite)
        except Overpaid as error:
            raise too_much(note, paid, error) from error
        for act in before:
            acts.check_whole(note, act, each.step_of(act))
        folded.append(each)
        steps[note.id] = each.step_of(paid)
        check_settled(note, steps[note.id])
    return folded, steps
