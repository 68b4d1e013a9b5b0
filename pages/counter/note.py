"""One note (`?id=`): its status, what it owes at a date and why, and its payments."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pandas as pd
import streamlit as st

from credigestor.errors import InvalidInput, NotFound
from credigestor.reports import pix_of_the_day
from credigestor.reports.note import NoteDetail, detail
from credigestor.rules.aging import STATUS_NAMES, Status
from credigestor.rules.calendar import check_date_range, format_date, format_days
from credigestor.rules.identification import format_identity
from credigestor.rules.methods import in_words
from credigestor.rules.money import format_brl, format_number
from credigestor.rules.numbering import old_number, receipt_number, sale_number
from credigestor.rules.permissions import Permission
from credigestor.rules.reminder import Reminder, may_collect
from credigestor.ui.counter import (
    deals,
    document_bars,
    lost_notes,
    new_dates,
    note_acts,
    note_waiver,
    pix,
    reminders,
)
from credigestor.ui.kit import cards, data, forms, links, messages, session, tables

COLOURS: dict[Status, Literal["red", "orange", "blue", "green", "gray"]] = {
    Status.OVERDUE: "red",
    Status.PARTIAL: "orange",
    Status.PENDING: "blue",
    Status.PAID: "green",
    Status.CANCELLED: "gray",
    Status.RENEGOTIATED: "gray",
    Status.RETURNED: "gray",
    Status.WRITTEN_OFF: "gray",
}
PAYMENT_LABELS = {
    "paid_on": "Data",
    "receipt": "Recibo",
    "amount": "Valor",
    "situation": "Situação",
    "interest": "Juros",
    "fine": "Multa",
    "principal": "Principal",
    "discount": "Desconto",
    "after": "Saldo depois",
    "method": "Forma",
    "received_by": "Recebido por",
}
MONEY = ("amount", "interest", "fine", "principal", "discount", "after")

actor = session.require(Permission.COUNTER)
today = data.today()


def load(as_of: date) -> NoteDetail:
    """The note that the address names, as it stands at a date."""
    note_id = links.row_id()
    if note_id is None:
        raise NotFound("O endereço não diz qual nota abrir.")
    return data.read(detail, note_id, as_of=as_of, today=today)


def open_note() -> NoteDetail:
    """The note today; says so and ends the page where there is none."""
    try:
        return load(today)
    except NotFound as error:
        tables.nothing_there("Nota", error, "counter/notes.py", "Procurar na lista de notas")


def show_header(note: NoteDetail) -> None:
    """Whose note it is, how it stands today, and the ways out."""
    due = f"{'venceu' if note.due_date < today else 'vence'} em {format_date(note.due_date)}"
    if note.days_late:
        due = f"venceu em {format_date(note.due_date)}, {format_days(note.days_late)} de atraso"
    messages.header(f"Nota {note.number}", messages.plain(f"{format_brl(note.amount)} · {due}"))
    st.badge(STATUS_NAMES[note.status], color=COLOURS.get(note.status, "gray"))
    if note.status is Status.CANCELLED and note.cancelled_on:
        why = f"Venda cancelada em {format_date(note.cancelled_on)}: {note.cancel_reason}"
        st.warning(messages.plain(why), icon=":material/cancel:")
    with st.container(horizontal=True):
        owed = note.owed.total or lost_notes.recoverable(note)
        if owed and st.button("Receber", type="primary", icon=":material/payments:"):
            links.go("counter/receive.py", note=note.id)
        links.link(
            "counter/customer.py",
            f"{note.customer} · {format_identity(note.identification)}",
            icon=":material/person:",
            id=note.customer_id,
        )
        links.link(
            "counter/sale.py",
            f"Venda {sale_number(note.sale_id)} de {format_date(note.sold_on)}",
            icon=":material/receipt:",
            id=note.sale_id,
        )
        if note.phone and note.owed.total and may_collect(note.due_date, today):
            txid = pix_of_the_day.txid([note], note.customer_id)
            about = Reminder(note.customer, note.owed.total, note.due_date, txid)
            reminders.button(data.settings(), note.phone, about)
    moved = note.original_due_date
    details = [
        old_number(note.ref),
        f"Venda: {old_number(note.sale_ref)}" if note.sale_ref else "",
        note.description,
        f"Vendedor: {note.seller}" if note.seller else "",
        f"Prorrogada: vencia em {format_date(moved)}" if moved else "",
    ]
    if any(details):
        st.caption(messages.plain(" · ".join(filter(None, details))))


def choose_date() -> date:
    """The as-of date, kept in the address; today where it makes no sense."""
    fields = forms.Fields()
    chosen = forms.date_field(
        "Quanto deve em", today, key="as_of", bind="query-params", help="Também uma data futura."
    )
    fields.slot("as_of")
    if chosen is None:
        return today
    with fields.catching():
        return check_date_range(chosen, "as_of")
    return today


def show_owed(note: NoteDetail, as_of: date) -> None:
    """What is owed at the date, part by part, and the calculation behind it."""
    cards.figures(
        {
            "Total": format_brl(note.owed.total),
            "Principal": format_brl(note.owed.principal),
            "Juros de mora": format_brl(note.owed.interest),
            "Multa": format_brl(note.owed.fine),
        }
    )
    st.header("Memória de cálculo", anchor=False)
    if not note.lines:
        st.info(f"Em {format_date(as_of)} a nota está cancelada: nada é devido.")
        return
    frame = pd.DataFrame(
        {
            "Data": [format_date(line.on) if line.on else "" for line in note.lines],
            "Cálculo": [line.text for line in note.lines],
            "Devido (R$)": [format_number(line.after.total) for line in note.lines],
        }
    )
    st.table(frame, border="horizontal", hide_index=True)
    st.caption(
        "Juros simples sobre o principal, mês de 30 dias; cada valor é arredondado uma vez, ao "
        "centavo. O pagamento quita primeiro os juros, depois a multa, depois o principal "
        "(Código Civil, art. 354)."
    )


def show_payments(note: NoteDetail) -> None:
    """All payments ever made on the note, the reversed ones marked."""
    st.header("Pagamentos", anchor=False)
    if not note.payments:
        st.info("Nenhum pagamento ainda.")
        return
    labels = dict(PAYMENT_LABELS)
    if not any(paid.discount for paid in note.payments):
        del labels["discount"]
    if not any(paid.reversed_on for paid in note.payments):
        del labels["situation"]
    frame = pd.DataFrame(
        [
            {
                "id": paid.payment_id,
                "paid_on": paid.paid_on,
                "receipt": receipt_number(paid.number),
                "amount": paid.amount,
                "interest": paid.split.interest,
                "fine": paid.split.fine,
                "principal": paid.split.principal,
                "discount": paid.discount,
                "after": paid.after,
                "method": in_words(paid.method),
                "received_by": paid.received_by or "",
                "situation": ""
                if paid.reversed_on is None
                else f"Estornado em {format_date(paid.reversed_on)}",
            }
            for paid in note.payments
        ]
    )
    tables.table(
        frame,
        labels,
        key="payments",
        money=[name for name in MONEY if name in labels],
        dates=["paid_on"],
        opens="counter/payment.py",
    )


note = open_note()
show_header(note)
deals.of_note(note)
document_bars.note_bar(note, actor)
pix.offer(note.customer_id, [note.id], key=str(note.id))
as_of = choose_date()
try:
    note_then = note if as_of == today else load(as_of)
except InvalidInput as error:
    st.error(messages.plain(error.message), icon=":material/error:")
    as_of, note_then = today, note
show_owed(note_then, as_of)
show_payments(note)
note_acts.show(note, actor)
new_dates.listed(note.sale_id, actor, note.id)
new_dates.offer_of_note(note, actor, today)
note_waiver.offer(note, actor, today)
lost_notes.offer_of_note(note, actor, today)
