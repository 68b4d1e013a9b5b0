"""A customer's right to a copy of their data, and to have it erased by anonymising (R28)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from credigestor.db.balances import open_notes
from credigestor.db.models import (
    AuditEntry,
    CreditMovement,
    Customer,
    Guarantor,
    Note,
    Payment,
    PaymentItem,
    Reversal,
    Sale,
)
from credigestor.db.settings import current_settings
from credigestor.errors import Conflict, NotFound
from credigestor.rules import privacy
from credigestor.rules.identity import fold
from credigestor.rules.money import ZERO, format_brl
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.privacy import Condition
from credigestor.services import audit, contacts, import_runs, payers
from credigestor.services.ledger import lock_notes_of_customer

#: What is erased. City and state stay: the figures of the portfolio are counted by them.
_ERASED = (
    *("name", "tax_id", "phone", "email", "birth_date", "zip_code", "street", "street_number"),
    *("complement", "district", "credit_limit", "remarks", "ref"),
    *("second_phone", "phone_text", "workplace", "spouse", "personal_references"),
    *("foreign_document", "country"),
)
#: What the log may go on telling of the customer; whatever else is there is erased.
_KEPT_IN_LOG = ("active", "city", "state", "sale")

# Who did what and when stays: a trigger lets nothing else of the log change, and only while this
# setting names the customer.
_ALLOW = text("SELECT set_config('credigestor.anonymising', :customer, true)")


def conditions(session: Session, customer_id: int, *, today: date) -> list[Condition]:
    """What must hold before a customer is anonymised, each with whether it does.

    Nothing is owed, as a customer or as the guarantor of another one, nor to the customer, and the
    shop's years of keeping have passed since the newest business: the last due date, payment,
    sale, reversal or cancellation. Raises NotFound.
    """
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("Cliente não encontrado.")
    notes, owed = _open(session, Note.customer_id == customer_id, today)
    guaranteed = session.scalars(_guaranteed(customer.tax_id)).all()
    years = current_settings(session).retention_years
    last = _last_business(session, customer_id, guaranteed)
    found = [
        privacy.nothing_owed(notes, format_brl(owed)),
        privacy.retention_over(last, years, today),
    ]
    credit = session.scalar(
        select(func.sum(CreditMovement.amount)).where(CreditMovement.customer_id == customer_id)
    )
    if credit is not None:
        found.append(privacy.no_credit(format_brl(credit) if credit else None))
    if guaranteed:
        others, _ = _open(session, Note.sale_id.in_(guaranteed), today)
        found.append(privacy.nothing_guaranteed(others))
    return found


def anonymise(
    session: Session, actor: Actor, *, customer_id: int, now: datetime, today: date
) -> None:
    """Replace all that tells who a customer is, in the register and in the audit log, for good.

    Sales, notes and payments stay, and so do city and state. The guarantors of these sales are
    erased with them, and so is the customer as a guarantor of others. Once done, it does nothing
    more. Raises NotAllowed, NotFound, or Conflict with each condition that does not hold.
    """
    actor.require(Permission.PRIVACY)
    # Notes first, as who receives a payment does; then nobody sells, pays or reverses meanwhile.
    lock_notes_of_customer(session, customer_id)
    customer = session.scalar(
        select(Customer)
        .where(Customer.id == customer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if customer is None:
        raise NotFound("Cliente não encontrado.")
    if customer.anonymised_at is not None:
        return
    unmet = [
        each.sentence for each in conditions(session, customer_id, today=today) if not each.met
    ]
    if unmet:
        raise Conflict("Este cliente ainda não pode ser anonimizado. " + " ".join(unmet))
    erased = [name for name in _ERASED if getattr(customer, name) is not None]
    theirs = select(Sale.id).where(Sale.customer_id == customer_id)
    tax_id = customer.tax_id
    session.execute(
        delete(Guarantor)
        .where(or_(Guarantor.sale_id.in_(theirs), Guarantor.tax_id == customer.tax_id))
        .execution_options(synchronize_session=False)
    )
    name = privacy.stand_in_name(customer_id)
    values: dict[str, Any] = {
        **dict.fromkeys(_ERASED),
        "name": name,
        "name_folded": fold(name),
        "tax_id": privacy.stand_in_tax_id(customer_id),
        "active": False,
        "anonymised_at": now,
        "updated_at": now,
    }
    session.execute(
        update(Customer)
        .where(Customer.id == customer_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    session.execute(_ALLOW, {"customer": str(customer_id)})
    payers.erase(session, customer_id, tax_id)
    contacts.erase(session, customer_id)
    import_runs.erase(session)
    _erase_log(session, customer_id)
    audit.record(session, actor, "anonymise", "customer", customer_id, after={"erased": erased})


def record_copy(session: Session, actor: Actor, *, customer_id: int) -> None:
    """Write to the log that a copy of a customer's data was made; raises NotAllowed."""
    actor.require(Permission.PRIVACY)
    audit.record(session, actor, "export", "customer", customer_id)


def _erase_log(session: Session, customer_id: int) -> None:
    session.execute(_ALLOW, {"customer": str(customer_id)})
    session.execute(
        update(AuditEntry)
        .where(AuditEntry.entity == "customer", AuditEntry.entity_id == customer_id)
        .values(before=_erased(AuditEntry.before), after=_erased(AuditEntry.after))
        .execution_options(synchronize_session=False)
    )
    session.execute(_ALLOW, {"customer": ""})


def _erased(told: Any) -> ColumnElement[Any]:
    """What the log tells, each value but those that may stay and the empty ones erased."""
    fields = case((func.jsonb_typeof(told) == "object", told))  # and not JSON's null
    field = func.jsonb_each(fields).table_valued("key", "value")
    stays = or_(field.c.key.in_(_KEPT_IN_LOG), func.jsonb_typeof(field.c.value) == "null")
    value = case((stays, field.c.value), else_=func.to_jsonb(cast(privacy.ERASED, Text)))
    return select(func.jsonb_object_agg(field.c.key, value)).scalar_subquery()


def _open(session: Session, whose: ColumnElement[bool], today: date) -> tuple[int, Decimal]:
    """How many of these notes are open, and what they owe in all, R$."""
    notes = open_notes(today, today=today).where(whose).subquery()
    count, owed = session.execute(
        select(func.count(), func.coalesce(func.sum(notes.c.owed), ZERO)).where(notes.c.is_open)
    ).one()
    return count, owed


def _guaranteed(tax_id: str | None) -> Select[int]:
    """The sales of others that somebody answers for."""
    return select(Guarantor.sale_id).where(Guarantor.tax_id == tax_id)


#: What a customer did last, by its number in the query below; of one day the first is named.
_BUSINESS = (
    "cancelamento de venda",
    "estorno",
    "pagamento",
    "pagamento de nota avalizada",
    "vencimento de nota",
    "vencimento de nota avalizada",
    "venda",
)


def _last_business(
    session: Session, customer_id: int, guaranteed: Sequence[int]
) -> tuple[date, str] | None:
    of_sale, of_payment = Sale.customer_id == customer_id, Payment.customer_id == customer_id
    of_note = and_(Note.customer_id == customer_id, Note.cancelled_on.is_(None))
    signed = Note.sale_id.in_(guaranteed)
    days = union_all(
        select(func.max(Sale.sold_on).label("day"), literal(6).label("kind")).where(of_sale),
        select(func.max(Sale.cancelled_on), literal(0)).where(of_sale),
        select(func.max(Note.due_date), literal(4)).where(of_note),
        select(func.max(Payment.paid_on), literal(2)).where(of_payment),
        select(func.max(Reversal.reversed_on), literal(1))
        .join(Payment, Payment.id == Reversal.payment_id)
        .where(of_payment),
        select(func.max(Note.due_date), literal(5)).where(signed, Note.cancelled_on.is_(None)),
        select(func.max(PaymentItem.paid_on), literal(3))
        .join(Note, Note.id == PaymentItem.note_id)
        .where(signed),
    ).subquery()
    newest = session.execute(
        select(days.c.day, days.c.kind)
        .where(days.c.day.is_not(None))
        .order_by(days.c.day.desc(), days.c.kind)
    ).first()
    return None if newest is None else (newest.day, _BUSINESS[newest.kind])
