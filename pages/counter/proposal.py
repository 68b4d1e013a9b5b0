"""One proposal (`?id=7`): what it offers, until when, and the button that makes it the sale."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from credigestor.db.models import Sale
from credigestor.errors import BusinessError, NotFound
from credigestor.reports import customers, proposals
from credigestor.reports.proposals import Offered
from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import sale_number
from credigestor.rules.offers import Standing
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import proposals as services
from credigestor.ui.counter import closed_days, document_bars, down_payment
from credigestor.ui.counter.credit_area import credit_area
from credigestor.ui.counter.credit_lines import credit_lines
from credigestor.ui.counter.recorded import tell_sale
from credigestor.ui.kit import data, links, messages, operations, session, tables
from credigestor.ui.kit.live_form import LiveForm


def head(found: Offered, today: date) -> None:
    """How it stands, for whom, and the ways on."""
    until, standing = format_date(found.valid_until), found.standing(today)
    if standing is Standing.OPEN:
        st.info(f"Válida até {until}.", icon=":material/schedule:")
    elif standing is Standing.EXPIRED:
        st.warning(
            f"Valia até {until} e não pode mais ser fechada. Faça outra, com os preços e prazos "
            "de hoje.",
            icon=":material/event_busy:",
        )
    with st.container(horizontal=True, gap="medium"):
        if found.sale_id is not None:
            links.link(
                "counter/sale.py",
                f"Virou a venda {sale_number(found.sale_id)}",
                icon=":material/receipt:",
                id=found.sale_id,
            )
        links.link(
            "counter/customer.py",
            found.customer.name,
            icon=":material/person:",
            id=found.customer_id,
        )
        if standing is not Standing.OPEN:
            links.link(
                "counter/new_sale.py",
                "Nova venda",
                icon=":material/add_shopping_cart:",
                customer=found.customer_id,
            )
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        document_bars.link("Proposta em PDF", document_bars.path("proposta", found.id))
        keep = document_bars.path("proposta", found.id, keep=True)
        document_bars.link("Baixar proposta", keep, type="tertiary", icon=":material/download:")


def terms(found: Offered) -> None:
    """The sums, and the rates in words."""
    with st.grid(4, min_column_width=150):
        st.metric("Total", format_brl(found.total))
        st.metric("Entrada", format_brl(found.down_payment))
        st.metric("Financiado", format_brl(found.financed))
        st.metric("Total a pagar", format_brl(found.to_pay))
    by = f" por {found.made_by}" if found.made_by else ""
    lines = [f"Feita em {format_date(found.sold_on)}{by}", *credit_lines(found)]
    if found.description:
        lines.append(f"Descrição: {found.description}")
    st.markdown("\n".join(f"- {messages.plain(' '.join(line.splitlines()))}" for line in lines))


def notes_area(found: Offered) -> None:
    """Each note that it offers."""
    st.header("Parcelas", anchor=False)
    count = len(found.installments)
    frame = pd.DataFrame(
        {
            "number": [f"{note.number}/{count}" for note in found.installments],
            "due_date": [note.due_date for note in found.installments],
            "amount": [note.amount for note in found.installments],
        }
    )
    labels = {"number": "Parcela", "due_date": "Vencimento", "amount": "Valor"}
    tables.table(frame, labels, key="offered_notes", money=["amount"], dates=["due_date"])


def close_area(found: Offered, actor: Actor, today: date) -> None:
    """What credit has to say, and the one button that makes it the sale."""
    if found.standing(today) is not Standing.OPEN or not actor.can(Permission.SELL):
        return
    form = f"close_proposal:{found.id}"
    draft = LiveForm(operations.begin(form, actor, Sale, tell_sale))
    owes = data.read(customers.exposure, found.customer_id, today=today)
    with st.container(border=True):
        if not owes.active:
            draft.refused = "Este cliente está inativo. Reative o cadastro para vender."
        why = credit_area(draft, actor, owes, found.in_installments)
        paid_down = down_payment.typed(draft, found.down_payment, found.customer_id)
        why_then = closed_days.ask(draft, actor, found.sold_on, today)
        blocked = draft.blocked()
        if st.button(
            "Fechar venda",
            key=draft.key("close"),
            type="primary",
            icon=":material/check:",
            shortcut="Ctrl+Enter",
            width="stretch",
            disabled=bool(blocked),
        ):
            with draft.fields.catching(), operations.another(form):
                sale_id = data.write(
                    lambda s: services.close(
                        s,
                        actor,
                        proposal_id=found.id,
                        operation_id=draft.operation.id,
                        override_reason=why,
                        backdate_reason=why_then,
                        down_payment_methods=paid_down.methods,
                        down_payment_by_credit=paid_down.by_credit,
                        today=today,
                    )
                )
                operations.finish(form)
                messages.flash(f"Venda {sale_number(sale_id)} registrada.")
                links.go("counter/sale.py", id=sale_id)
        told = f"A venda fica com a data da proposta, {format_date(found.sold_on)}."
        st.caption(messages.plain(blocked or told))


def proposal_page() -> None:
    """The whole page."""
    actor = session.require(Permission.COUNTER)
    today, proposal_id = data.today(), links.row_id()
    try:
        if proposal_id is None:
            raise NotFound("Proposta não encontrada.")
        found = data.read(proposals.proposal, proposal_id)
    except BusinessError as error:
        tables.nothing_there(
            "Proposta", error, "counter/customers.py", "Procurar na lista de clientes"
        )
    messages.header(f"Proposta {found.number}")
    head(found, today)
    close_area(found, actor, today)
    terms(found)
    notes_area(found)


proposal_page()
