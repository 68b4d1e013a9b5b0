"""Selling on instalments: register, edit what may be edited, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from credigestor.db import closings
from credigestor.db.json_rows import insert_rows, many
from credigestor.db.models import Base, Customer, Note, PaymentItem, Renegotiation, Sale, User
from credigestor.db.settings import ShopSettings, newest_settings
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.rules.methods import Part, way_of
from credigestor.rules.numbering import sale_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.schedule import Plan, PlannedNote
from credigestor.services import audit, guarantors, operations, sale_money, store_credit
from credigestor.services.act_dates import check_undoing, sold_because
from credigestor.services.acts import stand_on
from credigestor.services.credit import STANDING, check_buyer, credit_warnings, override_reason
from credigestor.services.inputs import reason
from credigestor.services.ledger import lock_notes_of_sales
from credigestor.services.sale_input import NewSale as NewSale
from credigestor.services.sale_input import Offer
from credigestor.services.sale_input import parse_description as parse_description
from credigestor.services.sale_input import plan_notes as plan_notes

_NOTES = Base.metadata.tables["notes"]
# Statements built once: to build them takes longer than to run them.
_CUSTOMER = select(
    Customer.active,
    Customer.anonymised_at,
    Customer.credit_limit,
    Customer.tax_id,
    Customer.identification,
    newest_settings().scalar_subquery().label("settings"),
    exists().where(User.id == bindparam("seller_id")).label("has_seller"),
    closings.KEPT.label("kept"),
).where(Customer.id == bindparam("customer_id"))
_STANDING = STANDING.add_columns(closings.UNTIL.label("closed_until"))
_LOCK_CUSTOMER = _CUSTOMER.with_for_update(of=Customer)
_MADE = (
    Base.metadata.tables["sales"],
    [
        *("operation_id", "customer_id", "seller_id", "sold_on", "description", "total"),
        *("down_payment", "installments", "first_due_date", "contract_rate", "late_rate"),
        *("fine_rate", "grace_days", "override_reason", "override_by", "created_by"),
        "backdate_reason",
        *("carried", "due_day", "daily_rate", "schedule", "schedule_step", "proposal_id"),
    ],
    "sale",
)
_CREATE = audit.creation(*_MADE)
_CREATE_PAID_DOWN = audit.creation(*_MADE, beside=sale_money.with_the_sale)
_ADD_NOTES = insert_rows(
    _NOTES,
    [
        *("sale_id", "customer_id", "number", "amount", "due_date", "on_time_until"),
        *("free_until", "principal_balance", "interest_from"),
    ],
)


@dataclass(frozen=True)
class Planned:
    """What a sale would make now, and why it takes a manager's reason (`warnings`)."""

    seller_id: int | None
    settings: ShopSettings
    plan: Plan
    warnings: Sequence[str] = ()
    backdate_reason: str | None = None
    registered: bool = False  # by the same operation, before


def preview(
    session: Session,
    actor: Actor,
    data: NewSale,
    *,
    today: date,
    lock: bool = False,
    offer: Offer | None = None,
    renegotiated: bool = False,
) -> Planned:
    """What `register` would make now; nothing is written, and the customer locked if asked to.

    Raises what `register` would, but tells of warnings in the place of CreditWarning.
    """
    actor.require(Permission.RENEGOTIATE if renegotiated else Permission.SELL)
    parse_description(data.description)
    sale_money.checked(data)
    seller_id = data.seller_id
    if seller_id is None and not renegotiated:  # nobody's debt does not become a manager's sale
        seller_id = actor.id
    named = {"customer_id": data.customer_id, "seller_id": seller_id}
    named |= {"past": data.sold_on < today}
    customer = session.execute(_LOCK_CUSTOMER if lock else _CUSTOMER, named).one_or_none()
    if customer is None:
        raise NotFound("Cliente não encontrado.")
    settings = ShopSettings.model_validate(customer.settings or {})
    if offer is not None:
        offered = {name: getattr(offer, name) for name in ("late_rate", "fine_rate", "grace_days")}
        settings = settings.model_copy(update=offered)
    made = plan_notes(data, settings, today=today)
    notes = made.notes
    asked = {"customer_id": data.customer_id, "operation_id": data.operation_id, "today": today}
    stands = session.execute(_STANDING, asked).one()
    if stands.registered is not None:
        return Planned(seller_id, settings, made, registered=True)
    why = sold_because(actor, data.sold_on, data.backdate_reason, closed_until=stands.closed_until)
    check_buyer(customer, on_credit=bool(notes), renegotiated=renegotiated)
    if not customer.has_seller and not (renegotiated and seller_id is None):
        raise NotFound("Vendedor não encontrado.", field="seller_id")
    if data.guarantors and not notes:
        raise InvalidInput("Sem notas não há o que avalizar.", field="guarantors")
    guarantors.check(data.guarantors, customer_tax_id=customer.tax_id)
    store_credit.check_down(session, data)
    if renegotiated:  # no credit that was not given before
        return Planned(seller_id, settings, made, (), why)
    warnings = credit_warnings(
        limit=customer.credit_limit,
        owed=stands.owed,
        overdue_notes=stands.overdue,
        new_notes=made.total,
    )
    return Planned(seller_id, settings, made, warnings if notes else (), why)


def register(
    session: Session,
    actor: Actor,
    data: NewSale,
    *,
    today: date,
    offer: Offer | None = None,
    renegotiated: bool = False,
) -> int:
    """Register a sale with its notes and return its id; the same operation again, the same id.

    The late rate, fine and grace are copied from the settings in force (R5), or from the offer;
    one that takes the place of old notes is `renegotiated` (R15).
    Raises InvalidInput, NotFound, NotAllowed, Conflict when the operation registered another
    sale, or CreditWarning when the customer is over the credit limit or late and no manager's
    reason is given.
    """
    planned = preview(
        session, actor, data, today=today, lock=True, offer=offer, renegotiated=renegotiated
    )
    notes, settings = planned.plan.notes, planned.settings
    if planned.registered:
        return _registered_before(session, data, notes)
    override = override_reason(actor, data.override_reason, planned.warnings)
    row: dict[str, Any] = {
        "customer_id": data.customer_id,
        "seller_id": planned.seller_id,
        "sold_on": data.sold_on,
        "description": parse_description(data.description),
        "total": data.total,
        "down_payment": data.down_payment,
        "installments": len(notes),
        "first_due_date": notes[0].due_date if notes else None,
        "contract_rate": planned.plan.contract_rate,
        "late_rate": settings.late_rate,
        "fine_rate": settings.fine_rate,
        "grace_days": settings.grace_days,
        "override_reason": override,
        "override_by": actor.id if override else None,
        "backdate_reason": planned.backdate_reason,
        "proposal_id": offer.proposal_id if offer else None,
    }
    new = {**row, **planned.plan.made_by}
    new |= {"operation_id": data.operation_id, "created_by": actor.id}
    told = row | {name: new[name] for name in ("schedule", "schedule_step")}
    if data.guarantors:
        told["guarantors"] = len(data.guarantors)
    create, paid_down = _CREATE, {}
    if data.down_payment:
        parts = sale_money.checked(data)
        create, paid_down = _CREATE_PAID_DOWN, sale_money.columns(actor, data, parts)
        told = {**told, "down_payment_method": way_of(parts)}
    given = audit.created(actor, new, after=told) | paid_down
    sale_id: int | None = session.scalar(create, given)
    if sale_id is None:  # only for two customers: those of one wait at the customer's lock
        return _registered_before(session, data, notes)
    if notes:
        rows = [note_row(note, sale_id, data.customer_id) for note in notes]
        session.execute(_ADD_NOTES, many(_NOTES, rows))
    guarantors.add(session, sale_id, data.guarantors)
    store_credit.pay_down(session, actor, data, sale_id)
    return sale_id


def note_row(note: PlannedNote, sale_id: int, customer_id: int) -> dict[str, Any]:
    """Columns of a note as it is made, with nothing paid yet."""
    return {
        "sale_id": sale_id,
        "customer_id": customer_id,
        "number": note.number,
        "amount": note.amount,
        "due_date": note.due_date,
        "on_time_until": note.on_time_until,
        "free_until": note.free_until,
        "principal_balance": note.amount,
        "interest_from": note.due_date,
    }


def edit(
    session: Session, actor: Actor, *, sale_id: int, description: str, seller_id: int | None
) -> None:
    """Change a sale's description and seller; money is never edited. Raises NotFound."""
    actor.require(Permission.SELL)
    sale = _locked(session, sale_id)
    _check_seller(session, seller_id)
    after = {
        "description": parse_description(description),
        "seller_id": seller_id,
    }
    before = {"description": sale.description, "seller_id": sale.seller_id}
    if before == after:
        return
    session.execute(update(Sale).where(Sale.id == sale_id).values(**after))
    audit.record(session, actor, "edit", "sale", sale_id, before=before, after=after)


def cancel(
    session: Session,
    actor: Actor,
    *,
    sale_id: int,
    why: str,
    today: date,
    refund_methods: Sequence[Part] = (),
) -> None:
    """Cancel a sale and its notes as of today, only while it has no live payment (R13).

    Its down payment is handed back, by these methods (R35), or is credit again (R31). Raises
    NotAllowed, NotFound, InvalidInput (no reason, or parts that are not the down payment) or
    Conflict.
    """
    actor.require(Permission.CANCEL)
    why = reason(why)
    notes = [note.id for note in lock_notes_of_sales(session, [sale_id])]
    sale = _locked(session, sale_id)
    if sale.cancelled_on is not None:
        raise Conflict("Esta venda já foi cancelada.")
    if session.scalar(select(exists().where(Renegotiation.sale_id == sale_id))):
        raise Conflict("Esta venda é de uma renegociação: desfaça a renegociação.")
    check_undoing(session, actor, sale.sold_on, today=today)
    paid = session.scalar(
        select(func.count())
        .select_from(PaymentItem)
        .where(PaymentItem.note_id.in_(notes), PaymentItem.reversed.is_(False))
    )
    if paid:
        raise Conflict("A venda tem pagamentos. Estorne-os antes de cancelar.")
    if stand_on(session, sale_id):
        raise Conflict("Houve atos nesta venda (como uma devolução). Desfaça-os antes de cancelar.")
    session.execute(
        update(Sale)
        .where(Sale.id == sale_id)
        .values(
            cancelled_on=today,
            cancelled_at=func.clock_timestamp(),  # after whoever closed days meanwhile (R37)
            cancelled_by=actor.id,
            cancel_reason=why,
        )
    )
    session.execute(update(Note).where(Note.sale_id == sale_id).values(cancelled_on=today))
    refund = sale_money.refund(session, actor, sale, refund_methods, why, today=today)
    audit.record(
        session,
        actor,
        "cancel",
        "sale",
        sale_id,
        before={"customer_id": sale.customer_id, "total": sale.total},
        after={"reason": why, "on": today, **refund},
    )


def locked(session: Session, sale_id: int) -> None:
    """Keep a sale and its notes from being changed until the end; raises NotFound."""
    lock_notes_of_sales(session, [sale_id])  # notes first, as whoever cancels does
    _locked(session, sale_id)


def _registered_before(session: Session, data: NewSale, notes: Sequence[PlannedNote]) -> int:
    [sale] = operations.recorded(session, Sale, data.operation_id)
    before = (sale.customer_id, sale.sold_on, sale.total, sale.down_payment, sale.installments)
    asked = (data.customer_id, data.sold_on, data.total, data.down_payment, len(notes))
    how = way_of(sale_money.checked(data)) if data.down_payment else None
    operations.require_same(
        before == asked and sale_money.way_of_down_payment(session, sale.id) == how,
        done=f"gravou outra venda, a {sale_number(sale.id)},",
        again="registrar outra",
    )
    return sale.id


def _check_seller(session: Session, seller_id: int | None) -> None:
    if seller_id is not None and session.get(User, seller_id) is None:
        raise NotFound("Vendedor não encontrado.", field="seller_id")


def _locked(session: Session, sale_id: int) -> Sale:
    sale = session.scalar(select(Sale).where(Sale.id == sale_id).with_for_update())
    if sale is None:
        raise NotFound("Venda não encontrada.")
    return sale
