"""Cards of those to be called first: what is at stake, what happened last, what came of it."""

from __future__ import annotations

from datetime import date
from typing import Literal

import streamlit as st

from credigestor.db.settings import ShopSettings
from credigestor.reports.call_list import Call, CallList
from credigestor.reports.contacts import PromiseMade
from credigestor.rules.calendar import format_date, format_days
from credigestor.rules.contacts import OUTCOME_NAMES, Channel
from credigestor.rules.identity import format_phone
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.promises import PROMISE_NAMES, PromiseStatus
from credigestor.ui.counter import contact_form, reminders
from credigestor.ui.kit import links, messages
from credigestor.ui.kit.figures import format_count

COLOURS: dict[PromiseStatus, Literal["green", "orange", "red", "blue", "gray"]] = {
    PromiseStatus.KEPT: "green",
    PromiseStatus.PARTLY: "orange",
    PromiseStatus.BROKEN: "red",
    PromiseStatus.PENDING: "blue",
    PromiseStatus.WITHDRAWN: "gray",
}
RULE = (
    "Os dez com mais principal atrasado. Quem foi contatado hoje sai da lista até amanhã; quem "
    "prometeu, até passar o prazo da promessa. Dívida vencida há mais de cinco anos não é cobrada."
)


def show(actor: Actor, shop: ShopSettings, found: CallList, today: date) -> None:
    """The cards; a tap on an outcome takes its card away."""
    st.caption(f"{RULE}{_aside(found)}")
    if not found.calls:
        st.success(
            "Ninguém mais para chamar hoje." if found.contacted else "Ninguém para chamar.",
            icon=":material/task_alt:",
        )
        return
    channel = contact_form.choose_channel()
    with st.grid(2, min_column_width=320) as grid:
        for call in found.calls:
            with grid.cell(), st.container(border=True, height="stretch", gap="small"):
                _card(actor, shop, call, channel, today)


def _promise_badge(promise: PromiseMade) -> None:
    """How a promise stands, in a word and its colour."""
    share = f", {promise.share} %" if promise.status is PromiseStatus.PARTLY else ""
    st.badge(
        messages.plain(
            f"Promessa {PROMISE_NAMES[promise.status].lower()}{share}: "
            f"{format_brl(promise.amount)} até {format_date(promise.due_on)}"
        ),
        color=COLOURS[promise.status],
    )


def _card(actor: Actor, shop: ShopSettings, call: Call, channel: Channel, today: date) -> None:
    who = call.overdue
    links.link("counter/customer.py", who.name, icon=":material/person:", id=who.customer_id)
    if call.promise is not None:
        _promise_badge(call.promise)
    told = [
        f"**{messages.plain(format_brl(who.principal))}** "
        + messages.plain(
            f"em atraso, {format_days(who.days_late)}, "
            f"{format_count(who.notes, 'nota', 'notas')}; hoje, com juros e multa, "
            f"{format_brl(who.owed)}"
        ),
        messages.plain(_last(call)),
    ]
    st.markdown("  \n".join(told))
    with st.container(horizontal=True):
        if who.phone:
            st.link_button(
                messages.plain(format_phone(who.phone)), f"tel:{who.phone}", icon=":material/call:"
            )
            st.link_button(
                "WhatsApp",
                reminders.address(shop, who.phone, who.reminder),
                icon=":material/chat:",
                type="primary",
            )
        else:
            st.caption("Sem telefone no cadastro.")
    if actor.can(Permission.CONTACT) and contact_form.outcome(
        actor, who.customer_id, who.name, channel=channel, owed=who.owed, today=today
    ):
        st.rerun()


def _last(call: Call) -> str:
    if call.last_paid is None:
        paid = "Ainda não pagou nada"
    else:
        day, amount = call.last_paid
        paid = f"Último pagamento em {format_date(day)}, {format_brl(amount)}"
    contact = call.contact
    if contact is None:
        return f"{paid}. Nenhum contato ainda."
    said = OUTCOME_NAMES[contact.outcome].lower()
    return f"{paid}. Último contato em {format_date(contact.contacted_on)}: {said}."


def _aside(found: CallList) -> str:
    parts = []
    if found.contacted:
        parts.append(format_count(found.contacted, "contatado hoje", "contatados hoje"))
    if found.promised:
        parts.append(format_count(found.promised, "promessa a cumprir", "promessas a cumprir"))
    return f" Fora da lista: {', '.join(parts)}." if parts else ""
