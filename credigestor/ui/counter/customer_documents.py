"""The customer page's tab of documents: the statement of a period, and the settlement quote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st
from dateutil.relativedelta import relativedelta

from credigestor.documents.catalogue import MOST_NOTES
from credigestor.errors import InvalidInput
from credigestor.reports import customer_statement, notes, settlement
from credigestor.reports.settlement import Quote
from credigestor.rules.calendar import format_date
from credigestor.rules.money import CENT, format_brl, format_number, parse_money
from credigestor.ui.counter import document_bars
from credigestor.ui.counter.credit_lines import interest_line
from credigestor.ui.kit import data, forms, messages
from credigestor.ui.kit.live_form import PAUSE

#: How far back the statement goes unless somebody asks for more.
_MONTHS = 3


def show(customer_id: int, *, today: date) -> None:
    """Draw what can be printed for a customer who is not anonymised."""
    with st.container(border=True):
        st.header("Extrato", anchor=False)
        st.caption(
            "Vendas, notas e pagamentos de um período, com o saldo de principal depois de cada "
            "um, e o que o cliente deve hoje, com juros e multa."
        )
        _statement(customer_id, today)
    with st.container(border=True):
        st.header("Cotação de quitação", anchor=False)
        st.caption(
            "Quanto quita as notas em uma data, ou o que faz um valor menor, com os juros e a "
            "multa das atrasadas e a redução dos juros do contrato do que é pago antes (CDC, art. "
            "52, § 2º)."
        )
        _settlement(customer_id, today)


def _statement(customer_id: int, today: date) -> None:
    fields = forms.Fields()
    with st.grid(2, min_column_width=160):
        with st.container():
            begin = today - relativedelta(months=_MONTHS)
            since = forms.date_field("De", begin, key=f"statement-since:{customer_id}")
            fields.slot("since")
        with st.container():
            until = forms.date_field("Até", today, key=f"statement-until:{customer_id}")
            fields.slot("until")
    with fields.catching():
        if since is None:
            raise InvalidInput("Informe o começo do período.", field="since")
        if until is None:
            raise InvalidInput("Informe o fim do período.", field="until")
        found = data.read(
            customer_statement.statement, customer_id, since=since, until=until, today=today
        )
        count = len(found.movements)
        moved = "nenhum movimento" if not count else f"{count} movimento{'s' * (count > 1)}"
        st.markdown(
            messages.plain(
                f"Saldo de principal: {format_brl(found.opening)} antes, "
                f"{format_brl(found.closing)} em {format_date(until)}; {moved}."
            )
        )
        period: dict[str, Any] = {"from": since, "to": until}
        _links(
            "extrato",
            document_bars.path("extrato", customer_id, **period),
            document_bars.path("extrato", customer_id, keep=True, **period),
        )


def _settlement(customer_id: int, today: date) -> None:
    fields, key = forms.Fields(), f"quote-notes:{customer_id}"
    open_notes = data.read(notes.open_notes, customer_id, on=today, today=today)
    if not open_notes:
        st.info("Nada em aberto: não há o que quitar.", icon=":material/task_alt:")
        return
    with st.grid(2, min_column_width=160):
        with st.container():
            on = forms.date_field("Pagando em", today, key=f"quote-on:{customer_id}")
            fields.slot("on")
        with st.container():
            typed = st.text_input(
                "Quanto quer pagar (R$)",
                key=f"quote-amount:{customer_id}",
                live=PAUSE,
                placeholder="Tudo",
                autocomplete="off",
            )
            fields.slot("amount")
    labels = {
        note.id: f"{note.number} · {_due(note.due_date, note.days_late)}" for note in open_notes
    }
    if key in st.session_state:  # one of them may have been paid meanwhile
        st.session_state[key] = [id_ for id_ in st.session_state[key] if id_ in labels]
    chosen = st.multiselect(
        "Notas",
        list(labels),
        format_func=lambda id_: labels.get(id_, ""),
        placeholder="Todas em aberto",
        key=key,
    )
    fields.slot("notes")
    with fields.catching():
        if on is None:
            raise InvalidInput("Informe a data do pagamento.", field="on")
        wanted: Sequence[int] = chosen or list(labels)
        if len(wanted) > MOST_NOTES:
            raise InvalidInput(f"Escolha no máximo {MOST_NOTES} notas.", field="notes")
        amount = parse_money(typed, field="amount", minimum=CENT) if (typed or "").strip() else None
        found = data.read(settlement.quote, customer_id, wanted, on=on, today=today, amount=amount)
        _sums(found)
        asked: dict[str, Any] = {"notes": ",".join(str(note.id) for note in found.notes), "on": on}
        asked |= {"amount": amount} if found.after else {}
        _links(
            "cotação",
            document_bars.path("quitacao", customer_id, **asked),
            document_bars.path("quitacao", customer_id, keep=True, **asked),
        )
        _figures(found)


def _sums(found: Quote) -> None:
    day = format_date(found.on)
    with st.grid(2, min_column_width=160):
        st.metric(f"{'Paga' if found.after else 'Quita'} em {day}", format_brl(found.total))
        if found.saved:
            st.metric("Economia", format_brl(found.saved))
        if found.after:
            st.metric("Fica a pagar", format_brl(found.after))
    for sale in found.sales:
        rates = interest_line(sale.contract_rate, sale.daily_rate)
        st.caption(messages.plain(f"Venda {sale.number}. {rates}."))


def _due(day: date, days_late: int) -> str:
    return f"{'venceu' if days_late else 'vence'} {format_date(day)}"


def _figures(found: Quote) -> None:
    rows = [
        {
            "Nota": note.number,
            "Paga" if found.after else "Quita": format_number(note.paid),
            "Principal": format_number(note.owed.principal),
            "Encargos": format_number(note.owed.charges),
            "Redução": format_number(note.discount),
            "Resta": format_number(note.after),
        }
        for note in found.reached
    ]
    frame = pd.DataFrame(rows)
    if not found.saved:
        del frame["Redução"]
    if not any(note.owed.charges for note in found.reached):
        del frame["Encargos"]
    if not found.after:
        del frame["Resta"]
    st.table(frame, border="horizontal", hide_index=True)
    with st.expander("Como se chegou ao valor"):
        for note in found.reached:
            steps = " ".join(f"\n- {messages.plain(step)}" for step in note.steps)
            st.markdown(f"**{messages.plain(note.number)}**\n{steps}")


def _links(what: str, address: str, keep: str) -> None:
    with st.container(horizontal=True):
        document_bars.link(f"Abrir {what}", address, type="primary")
        document_bars.link(f"Baixar {what}", keep, type="tertiary", icon=":material/download:")
