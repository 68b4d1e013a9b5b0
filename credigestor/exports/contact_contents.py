"""What is in the files of contacts and of promises: their columns, and the SELECTs (R38)."""

from __future__ import annotations

from sqlalchemy import Date, Integer, case, cast, func, literal, select, true

from credigestor.db.models import (
    Contact,
    Payment,
    PromiseToPay,
    PromiseWithdrawal,
    Reversal,
    User,
)
from credigestor.exports.contents import Content, named
from credigestor.exports.sql_format import CellWriter, of_customer
from credigestor.rules.contacts import CHANNEL_NAMES, OUTCOME_NAMES
from credigestor.rules.promises import PROMISE_NAMES, PromiseStatus


def contacts(cells: CellWriter) -> Content:
    """Every contact with a customer about what is owed, and what came of it."""
    customer = of_customer(cells, Contact.customer_id)
    columns = {
        "Contato": Contact.id,
        "Data": Contact.contacted_on,
        **named(customer),
        "Por": cells.word(Contact.channel, CHANNEL_NAMES),
        "Resultado": cells.word(Contact.outcome, OUTCOME_NAMES),
        "Observação": cells.text(Contact.remark),
        "Registrado por": cells.text(User.name),
        "Registrado em": cells.moment(Contact.created_at),
    }
    rows = (
        select(Contact.id)
        .join(customer, true())
        .outerjoin(User, User.id == Contact.made_by)
        .order_by(Contact.id)
    )
    return Content(columns, rows)


def promises(cells: CellWriter) -> Content:
    """Every promise, with what was paid for it and how it stands on the day of the file.

    As `rules.promises.judge`; a test compares the two.
    """
    customer = of_customer(cells, Contact.customer_id)
    money = (
        select(func.coalesce(func.sum(Payment.amount), 0).label("paid"))
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .where(
            Payment.customer_id == Contact.customer_id,
            Payment.paid_on.between(Contact.contacted_on, PromiseToPay.on_time_until),
            Reversal.id.is_(None),
        )
        .lateral("money")
    )
    status = case(
        (PromiseWithdrawal.id.is_not(None), PromiseStatus.WITHDRAWN.value),
        (PromiseToPay.on_time_until >= literal(cells.today, Date), PromiseStatus.PENDING.value),
        (money.c.paid >= PromiseToPay.amount, PromiseStatus.KEPT.value),
        (money.c.paid > 0, PromiseStatus.PARTLY.value),
        else_=PromiseStatus.BROKEN.value,
    )
    share = func.least(func.floor(100 * money.c.paid / PromiseToPay.amount), 100)
    columns = {
        "Promessa": PromiseToPay.id,
        "Contato": PromiseToPay.contact_id,
        "Feita em": Contact.contacted_on,
        **named(customer),
        "Valor": cells.number(PromiseToPay.amount),
        "Para": PromiseToPay.due_on,
        "Em dia até": PromiseToPay.on_time_until,
        "Situação": cells.word(status, PROMISE_NAMES),
        "Pago no prazo": cells.owed(money.c.paid),
        "Parte paga (%)": cast(share, Integer),
        "Registrada por": cells.text(User.name),
        "Retirada em": PromiseWithdrawal.withdrawn_on,
        "Motivo da retirada": cells.text(PromiseWithdrawal.reason),
    }
    rows = (
        select(PromiseToPay.id)
        .join(Contact, Contact.id == PromiseToPay.contact_id)
        .join(money, true())
        .join(customer, true())
        .outerjoin(User, User.id == Contact.made_by)
        .outerjoin(PromiseWithdrawal, PromiseWithdrawal.promise_id == PromiseToPay.id)
        .order_by(PromiseToPay.id)
    )
    return Content(columns, rows)
