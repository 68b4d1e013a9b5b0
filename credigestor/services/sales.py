"""Selling on instalments: register, edit what may be edited, cancel."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.models import Customer, Note, PaymentItem, Sale, User
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.errors import Conflict, InvalidInput, NotAllowed, NotFound
from credigestor.rules.calendar import check_date_range
from credigestor.rules.charges import ZERO
from credigestor.rules.money import MAX_MONEY, format_brl
from credigestor.rules.numbering import sale_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.schedule import PlannedNote, plan, total_of
from credigestor.services import audit
from credigestor.services.inputs import InputModel, reason, text

#: Decimals of a rate as it is kept, percent a month.
RATE_PLACES = 4


class NewSale(InputModel):
    """A sale to register: R$ as Decimal, contract rate in percent a month.

    `installments` and `first_due_date` are ignored when the down payment is the whole total.
    """

    operation_id: uuid.UUID
    customer_id: int
    seller_id: int | None = None
    sold_on: date
    description: str = ""
    total: Decimal
    down_payment: Decimal = ZERO
    installments: int = 1
    first_due_date: date | None = None
    contract_rate: Decimal = ZERO
    override_reason: str | None = None


class CreditWarning(Conflict):
    """The customer is over the limit or late; a manager may go on by giving a reason."""


def plan_notes(data: NewSale, settings: ShopSettings, *, today: date) -> list[PlannedNote]:
    """The notes the sale would make; none when all is paid down (R1–R4, R8).

    Raises InvalidInput, naming the field, for whatever does not make sense.
    """
    _check_money(data)
    check_date_range(data.sold_on, "sold_on")
    if data.sold_on > today:
        raise InvalidInput("A data da venda não pode ser futura.", field="sold_on")
    if data.down_payment == data.total:
        return []
    if data.first_due_date is None:
        raise InvalidInput("Informe o primeiro vencimento.", field="first_due_date")
    check_date_range(data.first_due_date, "first_due_date")
    if data.first_due_date < data.sold_on:
        raise InvalidInput(
            "O primeiro vencimento não pode ser antes da venda.", field="first_due_date"
        )
    if not 0 <= data.contract_rate <= 100:
        raise InvalidInput("A taxa deve ser de 0 a 100 % ao mês.", field="contract_rate")
    if data.contract_rate != round(data.contract_rate, RATE_PLACES):
        raise InvalidInput("Use no máximo quatro decimais na taxa.", field="contract_rate")
    return plan(
        data.total - data.down_payment,
        data.contract_rate,
        data.installments,
        data.first_due_date,
        grace_days=settings.grace_days,
        holidays=settings.holiday_rules,
    )


def register(session: Session, actor: Actor, data: NewSale, *, today: date) -> int:
    """Register a sale with its notes and return its id; the same operation again, the same id.

    The late rate, fine, grace and contract rate are copied from the settings in force (R5).
    Raises InvalidInput, NotFound, NotAllowed, Conflict when the operation registered another
    sale, or CreditWarning when the customer is over the credit limit or late and no manager's
    reason is given.
    """
    actor.require(Permission.SELL)
    settings = current_settings(session)
    notes = plan_notes(data, settings, today=today)
    description = text(data.description, field="description", maximum=500, label="Descrição")
    customer = session.scalar(
        select(Customer).where(Customer.id == data.customer_id).with_for_update()
    )
    if customer is None:
        raise NotFound("Cliente não encontrado.")
    existing = session.scalar(select(Sale).where(Sale.operation_id == data.operation_id))
    if existing is not None:
        return _registered_before(existing, data, notes)
    if not customer.active:
        raise Conflict("Este cliente está inativo. Reative o cadastro para vender.")
    seller_id = data.seller_id if data.seller_id is not None else actor.id
    _check_seller(session, seller_id)
    override = _credit_override(session, actor, customer, data, total_of(notes), today)
    row: dict[str, Any] = {
        "customer_id": data.customer_id,
        "seller_id": seller_id,
        "sold_on": data.sold_on,
        "description": description,
        "total": data.total,
        "down_payment": data.down_payment,
        "installments": len(notes),
        "first_due_date": notes[0].due_date if notes else None,
        "contract_rate": data.contract_rate if notes else ZERO,
        "late_rate": settings.late_rate,
        "fine_rate": settings.fine_rate,
        "grace_days": settings.grace_days,
        "override_reason": override,
        "override_by": actor.id if override else None,
    }
    sale_id = session.scalar(
        insert(Sale)
        .values(**row, operation_id=data.operation_id, created_by=actor.id)
        .returning(Sale.id)
    )
    assert sale_id is not None
    if notes:
        session.execute(insert(Note), [note_row(note, sale_id, data.customer_id) for note in notes])
    audit.record(session, actor, "create", "sale", sale_id, after=row)
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


def credit_warnings(
    *, limit: Decimal | None, owed: Decimal, overdue_notes: int, new_notes: Decimal
) -> list[str]:
    """Sentences on why a manager's word is needed before selling more; R$ amounts of principal."""
    warnings = []
    if limit is not None and new_notes > 0 and owed + new_notes > limit:
        warnings.append(
            f"Passa do limite de crédito de {format_brl(limit)}: o cliente já deve "
            f"{format_brl(owed)} e ficaria devendo {format_brl(owed + new_notes)}."
        )
    if overdue_notes:
        notes = "1 nota atrasada" if overdue_notes == 1 else f"{overdue_notes} notas atrasadas"
        warnings.append(f"O cliente tem {notes}.")
    return warnings


def edit(
    session: Session, actor: Actor, *, sale_id: int, description: str, seller_id: int | None
) -> None:
    """Change a sale's description and seller; money is never edited. Raises NotFound."""
    actor.require(Permission.SELL)
    sale = _locked(session, sale_id)
    _check_seller(session, seller_id)
    after = {
        "description": text(description, field="description", maximum=500, label="Descrição"),
        "seller_id": seller_id,
    }
    before = {"description": sale.description, "seller_id": sale.seller_id}
    if before == after:
        return
    session.execute(update(Sale).where(Sale.id == sale_id).values(**after))
    audit.record(session, actor, "edit", "sale", sale_id, before=before, after=after)


def cancel(session: Session, actor: Actor, *, sale_id: int, why: str, today: date) -> None:
    """Cancel a sale and its notes as of today, only while it has no live payment (R13).

    Raises NotAllowed, NotFound, InvalidInput (no reason) or Conflict.
    """
    actor.require(Permission.CANCEL)
    why = reason(why)
    notes = session.scalars(
        select(Note.id).where(Note.sale_id == sale_id).order_by(Note.id).with_for_update()
    ).all()
    sale = _locked(session, sale_id)
    if sale.cancelled_on is not None:
        raise Conflict("Esta venda já foi cancelada.")
    paid = session.scalar(
        select(func.count())
        .select_from(PaymentItem)
        .where(PaymentItem.note_id.in_(notes), PaymentItem.reversed.is_(False))
    )
    if paid:
        raise Conflict("A venda tem pagamentos. Estorne-os antes de cancelar.")
    session.execute(
        update(Sale)
        .where(Sale.id == sale_id)
        .values(
            cancelled_on=today, cancelled_at=func.now(), cancelled_by=actor.id, cancel_reason=why
        )
    )
    session.execute(update(Note).where(Note.sale_id == sale_id).values(cancelled_on=today))
    audit.record(session, actor, "cancel", "sale", sale_id, after={"reason": why, "on": today})


def _check_money(data: NewSale) -> None:
    if data.total <= 0:
        raise InvalidInput("O total deve ser maior que zero.", field="total")
    if data.total > MAX_MONEY:
        raise InvalidInput(f"Total alto demais: o máximo é {format_brl(MAX_MONEY)}.", field="total")
    if data.down_payment < 0:
        raise InvalidInput("A entrada não pode ser negativa.", field="down_payment")
    if data.down_payment > data.total:
        raise InvalidInput("A entrada não pode passar do total.", field="down_payment")
    for field in ("total", "down_payment"):
        value: Decimal = getattr(data, field)
        if value != value.quantize(ZERO):
            raise InvalidInput("Use no máximo dois decimais.", field=field)


def _registered_before(sale: Sale, data: NewSale, notes: Sequence[PlannedNote]) -> int:
    same = (sale.customer_id, sale.sold_on, sale.total, sale.down_payment, sale.installments)
    if same != (data.customer_id, data.sold_on, data.total, data.down_payment, len(notes)):
        raise Conflict(
            f"Este formulário já gravou outra venda, a {sale_number(sale.id)}, e nada mais foi "
            "gravado. Abra a página de novo para registrar outra."
        )
    return sale.id


def _check_seller(session: Session, seller_id: int | None) -> None:
    if seller_id is not None and session.get(User, seller_id) is None:
        raise NotFound("Vendedor não encontrado.", field="seller_id")


def _credit_override(
    session: Session,
    actor: Actor,
    customer: Customer,
    data: NewSale,
    new_notes: Decimal,
    today: date,
) -> str | None:
    balances = note_balances(today, today=today).where(Note.customer_id == customer.id).subquery()
    owed, overdue = session.execute(
        select(
            func.coalesce(func.sum(balances.c.principal), 0),
            func.count().filter(balances.c.is_overdue),
        )
    ).one()
    warnings = credit_warnings(
        limit=customer.credit_limit, owed=owed, overdue_notes=overdue, new_notes=new_notes
    )
    if not warnings or not new_notes:
        return None
    if not data.override_reason:
        raise CreditWarning(" ".join(warnings), field="override_reason")
    if not actor.can(Permission.OVERRIDE_CREDIT):
        raise NotAllowed(" ".join(warnings) + " Só um gerente pode liberar esta venda.")
    return reason(data.override_reason, field="override_reason")


def _locked(session: Session, sale_id: int) -> Sale:
    sale = session.scalar(select(Sale).where(Sale.id == sale_id).with_for_update())
    if sale is None:
        raise NotFound("Venda não encontrada.")
    return sale
