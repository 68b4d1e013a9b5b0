"""One customer (`?id=7`): what is owed now, what was bought and paid, and the data to edit."""

from __future__ import annotations

from functools import partial

import streamlit as st

from credigestor.db.models import Customer
from credigestor.errors import BusinessError, NotFound
from credigestor.reports import customer_profile
from credigestor.reports.call_list import overdue_of
from credigestor.reports.customer_profile import Profile, Punctuality, profile
from credigestor.rules.aging import STATUS_NAMES, Status
from credigestor.rules.calendar import format_date
from credigestor.rules.identification import NO_CREDIT, format_identity
from credigestor.rules.identity import phone_shown
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import note_number, old_number, sale_number
from credigestor.rules.permissions import Permission
from credigestor.services import customers
from credigestor.ui.admin import personal_data
from credigestor.ui.counter import (
    contact_list,
    customer_credit,
    customer_documents,
    lost_notes,
    payment_list,
    proposals,
    reminders,
    right_person,
)
from credigestor.ui.counter.customer_form import edit_customer
from credigestor.ui.kit import address, cards, data, links, messages, session, tables
from credigestor.ui.kit.figures import format_count, whole_days

actor = session.require(Permission.COUNTER)
today = data.today()


def load() -> Profile:
    customer_id = links.row_id()
    try:
        if customer_id is None:
            raise NotFound("O endereço não diz qual cliente abrir.")
        return data.read(profile, customer_id, as_of=today, today=today)
    except NotFound as error:
        tables.nothing_there(
            "Cliente",
            error,
            "counter/customers.py",
            "Procurar na lista de clientes",
            icon=":material/person_off:",
        )


def show_header(found: Profile) -> None:
    customer = found.customer
    place = "/".join(part for part in (customer.city, customer.state) if part)
    parts = (format_identity(customer.identification), place, old_number(customer.ref))
    messages.header(messages.plain(customer.name), messages.plain(" · ".join(filter(None, parts))))
    if customer.anonymised_at is not None:
        personal_data.banner(customer.anonymised_at)
        return
    if customer.identification is None:
        st.warning(f"{NO_CREDIT} O que já deve é recebido como sempre.", icon=":material/badge:")
    if not customer.active:
        st.warning("Cliente inativo: não pode comprar. Reative na aba Cadastro.")
    with st.container(horizontal=True):
        if customer.active and st.button(
            "Nova venda", type="primary", icon=":material/add_shopping_cart:"
        ):
            links.go("counter/new_sale.py", customer=customer.id)
        if st.button("Receber", icon=":material/payments:"):
            links.go("counter/receive.py", customer=customer.id)
        may = found.owed.total and actor.can(Permission.RENEGOTIATE)
        if may and st.button("Renegociar", icon=":material/handshake:"):
            links.go("counter/renegotiate.py", customer=customer.id)
        if phones := list(filter(None, (customer.phone, customer.second_phone))):
            shop = data.settings()
            for phone in phones:
                reminders.button(shop, phone, overdue.reminder if overdue else None)
    if told := about(customer):
        st.caption(messages.plain(told))


def about(customer: Customer) -> str:
    """What few registers have, in one line."""
    said = {
        "Telefone": phone_shown(None, customer.phone_text),
        "Trabalho": customer.workplace,
        "Cônjuge": customer.spouse,
        "Referências": customer.personal_references,
    }
    return " · ".join(f"{label}: {value}" for label, value in said.items() if value)


def show_figures(found: Profile) -> None:
    owed, limit = found.owed, found.customer.credit_limit
    free = found.free_credit
    parts = (
        f"Principal {format_brl(owed.principal)} + juros {format_brl(owed.interest)} "
        f"+ multa {format_brl(owed.fine)}"
    )
    late = (
        f"{format_count(owed.overdue_notes, 'nota atrasada', 'notas atrasadas')}; "
        f"a vencer {format_brl(owed.not_due)}"
    )
    granted = (
        "Nenhum limite cadastrado"
        if limit is None
        else f"Limite {format_brl(limit)} menos o principal"
    )
    cards.show(
        cards.card("Deve hoje", format_brl(owed.total), details=[parts]),
        cards.card("Vencido", format_brl(owed.overdue), details=[late]),
        cards.card(
            "Crédito livre", "Sem limite" if free is None else format_brl(free), details=[granted]
        ),
    )
    lines = [explain_punctuality(found.punctuality)]
    if found.credit:
        lines.append(f"Tem {format_brl(found.credit)} de crédito na loja.")
    if found.last_purchase:
        lines.append(f"Última compra em {format_date(found.last_purchase)}.")
    st.markdown(messages.plain(" ".join(lines)))


def explain_punctuality(found: Punctuality) -> str:
    if found.share is None:
        return "Pontualidade: ainda não há nota quitada nem atrasada."
    text = (
        f"Pontualidade: {found.share:.0f} %. Pagou no prazo {found.on_time} de "
        f"{format_count(found.judged, 'nota', 'notas')}, contando as quitadas e as hoje atrasadas"
    )
    if found.average_days_late is not None:
        late = whole_days(found.average_days_late)
        text += f"; as quitadas foram pagas em média com {late} de atraso"
    return text + "."


def show_notes(found: Profile) -> None:
    show_open_notes(found)
    lost_notes.of_customer(found.customer.id, today)


def show_open_notes(found: Profile) -> None:
    frame = data.read(customer_profile.open_notes, found.customer.id, as_of=today, today=today)
    if frame.empty:
        st.info("Nada em aberto: este cliente não deve nada.", icon=":material/task_alt:")
        return
    numbers = zip(frame["sale_id"], frame["number"], frame["installments"], strict=True)
    frame["note"] = [note_number(*number) for number in numbers]
    frame["status"] = frame["status"].map(lambda value: STATUS_NAMES[Status(value)])
    labels = {
        "note": "Nota",
        "owed": "Deve hoje",
        "days_late": "Dias de atraso",
        "due_date": "Vencimento",
        "status": "Situação",
        "principal": "Principal",
        "interest": "Juros",
        "fine": "Multa",
    }
    tables.table(
        frame,
        labels,
        key="open-notes",
        money=["owed", "principal", "interest", "fine"],
        dates=["due_date"],
        opens="counter/note.py",
        id_column="note_id",
    )


def show_bought(found: Profile) -> None:
    show_purchases(found)
    proposals.of_customer(found.customer.id, today=today)


def show_purchases(found: Profile) -> None:
    frame = data.read(customer_profile.purchases, found.customer.id, as_of=today, today=today)
    if frame.empty:
        st.info("Nenhuma compra ainda. Use “Nova venda” para registrar a primeira.")
        return
    frame["sale"] = frame["id"].map(sale_number)
    frame["situation"] = [
        "Cancelada" if cancelled else "Em aberto" if owed else "Quitada"
        for cancelled, owed in zip(frame["cancelled"], frame["owed"], strict=True)
    ]
    labels = {
        "sale": "Venda",
        "sold_on": "Data",
        "description": "Descrição",
        "total": "Total",
        "down_payment": "Entrada",
        "installments": "Parcelas",
        "owed": "Ainda deve",
        "situation": "Situação",
        "seller": "Vendedor",
    }
    tables.table(
        frame,
        labels,
        key="purchases",
        money=["total", "down_payment", "owed"],
        dates=["sold_on"],
        opens="counter/sale.py",
    )


def show_paid(found: Profile) -> None:
    show_payments(found)
    customer_credit.show(found.customer.id, actor, today=today)


def show_payments(found: Profile) -> None:
    frame = data.read(customer_profile.payments, found.customer.id, as_of=today)
    if frame.empty:
        st.info("Nenhum pagamento ainda. Use “Receber” quando o cliente pagar.")
        return
    columns = [
        *("paid_on", "amount", "method", "principal", "interest", "fine", "discount"),
        *("received_by", "situation"),
    ]
    payment_list.show(frame, columns, key="payments")


def show_contacts(found: Profile) -> None:
    contact_list.show(found.customer, actor, overdue, today=today)


def show_documents(found: Profile) -> None:
    customer_documents.show(found.customer.id, today=today)


def show_record(found: Profile) -> None:
    edit_customer(actor, found.customer, today=today)
    st.divider()
    show_activity(found.customer)
    right_person.of_customer(found.customer, actor, today)
    if actor.can(Permission.PRIVACY):
        personal_data.personal_data(actor, found.customer, today=today)


def show_activity(customer: Customer) -> None:
    if not customer.active:
        if st.button("Reativar cliente", icon=":material/person_check:"):
            set_active(customer.id, True)
        return
    with st.popover("Desativar cliente", icon=":material/person_off:"):
        st.write("O cliente deixa de poder comprar. O que ele deve continua a ser cobrado.")
        if st.button("Confirmar: desativar", icon=":material/person_off:"):
            set_active(customer.id, False)


def set_active(customer_id: int, active: bool) -> None:
    try:
        data.write(lambda s: customers.set_active(s, actor, customer_id=customer_id, active=active))
    except BusinessError as error:
        st.error(messages.plain(error.message))
        return
    messages.flash("Cliente reativado." if active else "Cliente desativado.")
    st.rerun()


TABS = {
    "Notas em aberto": show_notes,
    "Compras": show_bought,
    "Pagamentos": show_paid,
    "Contatos": show_contacts,
    "Documentos": show_documents,
    "Cadastro": show_record,
}
#: What there is no more of a customer whose personal data were deleted.
LIVING = ("Documentos", "Cadastro")

found = load()
overdue = None
if found.owed.overdue_notes:
    overdue = data.read(overdue_of, [found.customer.id], today=today).get(found.customer.id)
show_header(found)
show_figures(found)
living = found.customer.anonymised_at is None
address.tabs(
    {label: partial(show, found) for label, show in TABS.items() if living or label not in LIVING},
    name="customer_tab",
)
