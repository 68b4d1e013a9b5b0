"""A customer's contacts and promises: what came of each, one more, a promise taken back (R38)."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from credigestor.db.models import Customer
from credigestor.errors import BusinessError
from credigestor.reports import contacts as reports
from credigestor.reports.call_list import Overdue
from credigestor.reports.contacts import ContactFilters, ContactMade, PromiseMade
from credigestor.rules.calendar import format_date
from credigestor.rules.contacts import CHANNEL_NAMES, OUTCOME_NAMES
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.promises import PROMISE_NAMES, PromiseStatus
from credigestor.services import contacts
from credigestor.services.inputs import MAX_REASON
from credigestor.ui.counter import contact_form
from credigestor.ui.kit import data, forms, messages, tables

#: So many of them are shown, the newest.
SHOWN = 50
LABELS = {
    "contacted_on": "Data",
    "outcome": "Resultado",
    "channel": "Por",
    "remark": "Observação",
    "promise": "Promessa",
    "status": "Situação da promessa",
    "paid": "Pago no prazo",
    "made_by": "Quem",
}


def show(customer: Customer, actor: Actor, overdue: Overdue | None, *, today: date) -> None:
    """Draw what was said, and the outcomes of another contact unless there is nobody any more."""
    found = data.read(reports.contacts, ContactFilters(customer.id), today=today, limit=SHOWN + 1)
    may = actor.can(Permission.CONTACT) and customer.anonymised_at is None
    if may:
        channel = contact_form.choose_channel()
        said = contact_form.remark(customer.id)
        owed = overdue.owed if overdue else None
        if contact_form.outcome(
            actor,
            customer.id,
            customer.name,
            channel=channel,
            owed=owed,
            today=today,
            remark=said,
        ):
            forms.renew(f"contact-remark:{customer.id}")
            st.rerun()
    if not found:
        st.info("Nenhum contato ainda.", icon=":material/forum:")
        return
    pending = next((each.promise for each in found if _pending(each)), None)
    if pending is not None and may:
        _withdrawal(pending, actor, today)
    if len(found) > SHOWN:
        st.caption(f"São mostrados os {SHOWN} mais novos; todos estão em Exportar.")
    _list(found[:SHOWN])


def _pending(each: ContactMade) -> bool:
    return each.promise is not None and each.promise.status is PromiseStatus.PENDING


def _list(found: list[ContactMade]) -> None:
    frame = pd.DataFrame(
        {
            "contacted_on": each.contacted_on,
            "outcome": OUTCOME_NAMES[each.outcome],
            "channel": CHANNEL_NAMES[each.channel],
            "remark": each.remark or "",
            "promise": _promised(each.promise),
            "status": _status(each.promise),
            "paid": each.promise.paid if each.promise else None,
            "made_by": each.made_by or "",
        }
        for each in found
    )
    promised = any(each.promise for each in found)
    labels = {
        name: label
        for name, label in LABELS.items()
        if promised or name not in ("promise", "status", "paid")
    }
    money = ["paid"] if promised else []
    tables.table(frame, labels, key="contacts", money=money, dates=["contacted_on"])


def _promised(promise: PromiseMade | None) -> str:
    if promise is None:
        return ""
    return f"{format_brl(promise.amount)} até {format_date(promise.due_on)}"


def _status(promise: PromiseMade | None) -> str:
    if promise is None:
        return ""
    name = PROMISE_NAMES[promise.status]
    if promise.status is PromiseStatus.WITHDRAWN and promise.withdrawn_on:
        return f"{name} em {format_date(promise.withdrawn_on)}: {promise.withdrawal_reason}"
    return f"{name}, {promise.share} %" if promise.status is PromiseStatus.PARTLY else name


def _withdrawal(promise: PromiseMade, actor: Actor, today: date) -> None:
    told = f"Prometeu {_promised(promise)}"
    if promise.on_time_until != promise.due_on:
        told += f" (em dia até {format_date(promise.on_time_until)})"
    if promise.paid:
        told += f"; já pagou {format_brl(promise.paid)}"
    st.info(messages.plain(f"{told}."), icon=":material/handshake:")
    with st.popover("Retirar a promessa", icon=":material/undo:"):
        fields = forms.Fields()
        why = st.text_input("Motivo", key=f"withdraw:{promise.id}", max_chars=MAX_REASON)
        fields.slot("reason")
        if st.button("Retirar", key=f"withdraw_now:{promise.id}", type="primary"):
            try:
                data.write(
                    lambda s: contacts.withdraw(
                        s, actor, promise_id=promise.id, why=why or "", today=today
                    )
                )
            except BusinessError as error:
                fields.show(error)
                return
            messages.flash("Promessa retirada.")
            st.rerun()
