"""Contacts with customers about what they owe, and their promises to pay (R38)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from credigestor.db.balances import open_notes
from credigestor.db.models import Contact, PromiseToPay, PromiseWithdrawal
from credigestor.db.settings import current_settings
from credigestor.errors import Conflict, InvalidInput, InvalidInputs, NotFound
from credigestor.rules import privacy
from credigestor.rules.calendar import format_date, last_on_time_day
from credigestor.rules.contacts import Channel, Outcome
from credigestor.rules.money import ZERO, format_brl
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import audit, customers, operations
from credigestor.services.inputs import MAX_REASON, InputModel, reason
from credigestor.services.inputs import text as cleaned

#: So many days ahead a promise may be for: until then nobody is told to call.
MAX_DAYS = 90
_ALLOW = text("SELECT set_config('credigestor.moving', :way, true)")


def _remark(typed: str | None) -> str | None:
    return cleaned(typed, field="remark", maximum=MAX_REASON, label="Observação") or None


class NewContact(InputModel):
    """A contact and what came of it; a promise has its amount (R$) and its day."""

    operation_id: uuid.UUID
    customer_id: int
    channel: Channel
    outcome: Outcome
    remark: Annotated[str | None, BeforeValidator(_remark)] = None
    amount: Decimal | None = None
    due_on: date | None = None


def record(session: Session, actor: Actor, data: NewContact, *, today: date) -> int:
    """Record a contact of today and return its id; the same operation again, the same id.

    Raises NotAllowed, NotFound, InvalidInputs (a promise without amount or day, of nothing, of more
    than is owed on its day, for the past or more than MAX_DAYS ahead; these without a promise), or
    Conflict: the customer is anonymised, a promise still stands, the operation made another one.
    """
    actor.require(Permission.CONTACT)
    customers.locked(session, data.customer_id)
    if before := operations.recorded(session, Contact, data.operation_id):
        operations.require_same(
            _same(session, before[0], data), done="gravou outro contato", again="gravar este"
        )
        return before[0].id
    promise = _promise(session, data, today)
    contact = Contact(
        **data.model_dump(include={"operation_id", "customer_id", "remark"}),
        channel=data.channel.value,
        outcome=data.outcome.value,
        contacted_on=today,
        made_by=actor.id,
        created_at=func.clock_timestamp(),
    )
    session.add(contact)
    session.flush()
    # What was said stands in the table alone, where it can be erased (R28).
    told: dict[str, Any] = {
        "customer_id": data.customer_id,
        "on": today,
        "channel": data.channel,
        "outcome": data.outcome,
    }
    if promise is not None:
        session.add(PromiseToPay(contact_id=contact.id, **promise))
        session.flush()
        told |= {"amount": promise["amount"], "promised_for": promise["due_on"]}
        told |= {"on_time_until": promise["on_time_until"]}
    audit.record(session, actor, "create", "contact", contact.id, after=told)
    return contact.id


def withdraw(session: Session, actor: Actor, *, promise_id: int, why: str, today: date) -> None:
    """Take a promise back before it is judged; it is neither kept nor broken then.

    Raises NotAllowed, NotFound, InvalidInput (no reason), or Conflict: withdrawn or judged already.
    """
    actor.require(Permission.CONTACT)
    kept = reason(why)
    customer_id = session.scalar(
        select(Contact.customer_id).join(PromiseToPay).where(PromiseToPay.id == promise_id)
    )
    if customer_id is None:
        raise NotFound("Promessa não encontrada.")
    customers.locked(session, customer_id)
    promise = session.get_one(PromiseToPay, promise_id)
    withdrawn = select(PromiseWithdrawal.id).where(PromiseWithdrawal.promise_id == promise_id)
    if session.scalar(withdrawn) is not None:
        raise Conflict("Esta promessa já foi retirada.")
    if today > promise.on_time_until:
        raise Conflict(
            f"O prazo desta promessa terminou em {format_date(promise.on_time_until)}: ela já foi "
            "julgada e fica no histórico."
        )
    session.add(
        PromiseWithdrawal(
            promise_id=promise_id,
            withdrawn_on=today,
            withdrawn_by=actor.id,
            reason=kept,
            created_at=func.clock_timestamp(),
        )
    )
    told = {"customer_id": customer_id, "amount": promise.amount, "promised_for": promise.due_on}
    audit.record(
        session,
        actor,
        "withdraw",
        "promise",
        promise_id,
        before=told,
        after={"reason": kept, "on": today},
    )


def erase(session: Session, customer_id: int) -> None:
    """Erase what was said with a customer (R28).

    While `credigestor.anonymising` names the customer; the database refuses it otherwise.
    """
    session.execute(
        update(Contact)
        .where(Contact.customer_id == customer_id, Contact.remark.is_not(None))
        .values(remark=privacy.ERASED)
        .execution_options(synchronize_session=False)
    )


def follow(session: Session, from_id: int, to_id: int) -> None:
    """Hand a double register's contacts and promises on to the right one."""
    session.execute(_ALLOW, {"way": f"{from_id}>{to_id}"})
    session.execute(
        update(Contact)
        .where(Contact.customer_id == from_id)
        .values(customer_id=to_id)
        .execution_options(synchronize_session=False)
    )
    session.execute(_ALLOW, {"way": ""})


def _same(session: Session, there: Contact, data: NewContact) -> bool:
    promise = session.scalar(select(PromiseToPay).where(PromiseToPay.contact_id == there.id))
    promised = (promise.amount, promise.due_on) if promise else (None, None)
    return (there.customer_id, there.channel, there.outcome, there.remark, *promised) == (
        *(data.customer_id, data.channel.value, data.outcome.value, data.remark),
        *(data.amount, data.due_on),
    )


def _promise(session: Session, data: NewContact, today: date) -> dict[str, Any] | None:
    """The new promise's columns, checked; None where nothing was promised."""
    if data.outcome is not Outcome.PROMISED:
        if data.amount is not None or data.due_on is not None:
            raise InvalidInput("Só uma promessa tem valor e data.", field="outcome")
        return None
    errors = {}
    if data.amount is None or data.amount <= 0:
        errors["amount"] = "Informe quanto foi prometido."
    if data.due_on is None:
        errors["due_on"] = "Informe para quando foi prometido."
    elif not today <= data.due_on <= today + timedelta(days=MAX_DAYS):
        errors["due_on"] = (
            f"A promessa vai de hoje até {format_date(today + timedelta(days=MAX_DAYS))}."
        )
    if errors or data.amount is None or data.due_on is None:
        raise InvalidInputs(errors)
    _check_owed(session, data.customer_id, data.amount, data.due_on, today)
    _check_none_stands(session, data.customer_id, today)
    until = last_on_time_day(data.due_on, current_settings(session).holiday_rules)
    return {"amount": data.amount, "due_on": data.due_on, "on_time_until": until}


def _check_owed(
    session: Session, customer_id: int, amount: Decimal, day: date, today: date
) -> None:
    notes = open_notes(day, today=today).subquery()
    owed = session.scalar(
        select(func.coalesce(func.sum(notes.c.owed), ZERO)).where(
            notes.c.customer_id == customer_id, notes.c.is_open
        )
    )
    if owed is None or amount > owed:
        raise InvalidInput(
            f"Em {format_date(day)} o cliente deve {format_brl(owed or ZERO)}: a promessa não pode "
            "passar disso.",
            field="amount",
        )


def _check_none_stands(session: Session, customer_id: int, today: date) -> None:
    """One promise at a time: a payment counts for one, and nobody puts off what was promised."""
    stands = session.scalars(
        select(PromiseToPay)
        .join(Contact)
        .outerjoin(PromiseWithdrawal)
        .where(
            Contact.customer_id == customer_id,
            PromiseToPay.on_time_until >= today,
            PromiseWithdrawal.id.is_(None),
        )
        .limit(1)
    ).first()
    if stands is not None:
        raise Conflict(
            f"Já há uma promessa de {format_brl(stands.amount)} para {format_date(stands.due_on)}. "
            "Retire-a antes de gravar outra."
        )
