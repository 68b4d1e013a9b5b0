"""Cards of those to be called first: what is at stake, what happened last, what came of it.

All that is read on a card is one element of plain HTML: seven of Streamlit's took ten cards
longer than a page of charts.
"""

from __future__ import annotations

from datetime import date
from html import escape

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
from credigestor.ui.kit.figures import format_count
from credigestor.ui.kit.links import row_address

CUSTOMER = "counter/customer.py"
#: How a promise stands, by its colour (`web/cards.css`).
TONES = {
    PromiseStatus.KEPT: "cg-good",
    PromiseStatus.PARTLY: "cg-partly",
    PromiseStatus.BROKEN: "cg-bad",
    PromiseStatus.PENDING: "cg-either",
    PromiseStatus.WITHDRAWN: "",
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
            with grid.container(border=True, height="stretch", gap="small"):
                _card(actor, shop, call, channel, today)


def _card(actor: Actor, shop: ShopSettings, call: Call, channel: Channel, today: date) -> None:
    who = call.overdue
    st.html(
        '<div class="cg-call">'
        f'<a class="cg-follow" href="{escape(row_address(CUSTOMER, id=who.customer_id))}">'
        f"{escape(who.name)}</a>{_promise(call.promise)}"
        f"<p><strong>{escape(format_brl(who.principal))}</strong> em atraso, "
        f"{escape(format_days(who.days_late))}, {format_count(who.notes, 'nota', 'notas')}; "
        f"hoje, com juros e multa, {escape(format_brl(who.owed))}<br>{escape(_last(call))}</p>"
        f"{_ways(shop, call)}</div>"
    )
    if actor.can(Permission.CONTACT) and contact_form.outcome(
        actor, who.customer_id, who.name, channel=channel, owed=who.owed, today=today
    ):
        st.rerun()


def _promise(made: PromiseMade | None) -> str:
    """How a promise stands, in a word and its colour."""
    if made is None:
        return ""
    share = f", {made.share} %" if made.status is PromiseStatus.PARTLY else ""
    told = (
        f"Promessa {PROMISE_NAMES[made.status].lower()}{share}: "
        f"{format_brl(made.amount)} até {format_date(made.due_on)}"
    )
    return f'<p><span class="cg-badge {TONES[made.status]}">{escape(told)}</span></p>'


def _ways(shop: ShopSettings, call: Call) -> str:
    """To call, and to write with the reminder written."""
    who = call.overdue
    if not who.phone:
        return "<p>Sem telefone no cadastro.</p>"
    number = escape(format_phone(who.phone))
    written = escape(reminders.address(shop, who.phone, who.reminder))
    return (
        f'<p class="cg-ways"><a href="tel:{escape(who.phone)}">{number}</a>'
        f'<a class="cg-first" href="{written}" target="_blank" rel="noopener">WhatsApp</a></p>'
    )


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
