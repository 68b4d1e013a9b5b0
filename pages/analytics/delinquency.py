"""Who is late: customers with overdue notes, how to reach them, and all of it as CSV."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from credigestor.reports import delinquency
from credigestor.reports.delinquency import DelinquencyFilters, DelinquencyTotals
from credigestor.rules.calendar import format_date
from credigestor.rules.identity import format_phone, format_tax_id, whatsapp_url
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Permission
from credigestor.ui.analytics import view
from credigestor.ui.analytics.view import View
from credigestor.ui.kit import address, data, downloads, links, messages, session, tables
from credigestor.ui.kit.figures import format_count

MONEY = ("principal", "interest", "fine", "owed")
LABELS = {
    "name": "Cliente",
    "principal": "Principal",
    "owed": "Total",
    "days_late": "Dias de atraso",
    "notes": "Notas",
    "phone": "Telefone",
    "whatsapp": "WhatsApp",
    "interest": "Juros",
    "fine": "Multa",
    "oldest_due": "Vencida desde",
    "city": "Cidade",
    "tax_id": "CPF ou CNPJ",
}

actor = session.require(Permission.ANALYTICS)
today = data.today()

read_page = data.portfolio(delinquency.delinquency)
read_totals = data.portfolio(delinquency.totals)


def choose_due_dates() -> tuple[date | None, date | None]:
    """Limits of the due date, kept in the address."""
    with st.grid(3, min_column_width=165):
        due_from = address.day("Vencimento de", name="due_from")
        due_to = address.day("Vencimento até", name="due_to")
    return due_from, due_to


def show_totals(totals: DelinquencyTotals) -> None:
    """Sums over all that the filters leave."""
    customers = format_count(totals.customers, "cliente", "clientes")
    st.header(
        f"{customers}, {format_count(totals.notes, 'nota atrasada', 'notas atrasadas')}",
        anchor=False,
    )
    with st.grid(4, min_column_width=160):
        st.metric("Principal", format_brl(totals.principal))
        st.metric("Juros de mora", format_brl(totals.interest))
        st.metric("Multa", format_brl(totals.fine))
        st.metric("Total", format_brl(totals.owed))


def as_shown(report: pd.DataFrame) -> pd.DataFrame:
    """The report in the words of the table."""
    return report.assign(
        tax_id=report["tax_id"].map(format_tax_id),
        whatsapp=report["phone"].map(whatsapp_url, na_action="ignore"),
        phone=report["phone"].map(format_phone, na_action="ignore"),
    )


def show_table(shown: pd.DataFrame) -> None:
    """One row a customer; a chosen row opens the customer."""
    config = {name: st.column_config.Column(label) for name, label in LABELS.items()}
    config |= {
        name: st.column_config.NumberColumn(LABELS[name], alignment="right") for name in MONEY
    }
    config["whatsapp"] = st.column_config.LinkColumn(LABELS["whatsapp"], display_text="Conversar")
    config["oldest_due"] = st.column_config.DateColumn(LABELS["oldest_due"], format="DD/MM/YYYY")
    st.caption("Marque uma linha para abrir o cliente.")
    event = st.dataframe(
        tables.in_reais(shown[list(LABELS)], MONEY, "late_customers"),
        hide_index=True,
        column_config=config,
        key="late_customers",
        on_select="rerun",
        selection_mode="single-row",
        alt="Clientes com notas atrasadas",
    )
    rows = event["selection"]["rows"]
    if rows:
        del st.session_state["late_customers"]
        customer_id = int(shown.iloc[rows[0]]["customer_id"])
        links.leave_list("late_customers", customer_id)
        links.go("counter/customer.py", id=customer_id)


def explain_nobody(seen: View, filters: DelinquencyFilters) -> None:
    """What an empty report means."""
    if filters == DelinquencyFilters():
        st.success(
            f"Ninguém tem nota atrasada em {format_date(seen.as_of)}.", icon=":material/task_alt:"
        )
        links.link("counter/notes.py", "Ver as notas em aberto", **seen.filters(status="open"))
    else:
        st.info("Ninguém com esses filtros. Mude as datas, as faixas, o vendedor ou a cidade.")


links.return_to_list("analytics/delinquency.py", "late_customers")
messages.header(
    "Inadimplência", "Clientes com notas atrasadas, do maior ao menor principal em atraso."
)
bar = st.container()
due_from, due_to = choose_due_dates()
with bar:
    dues = {name: day for name, day in (("due_from", due_from), ("due_to", due_to)) if day}
    chosen = view.choose(period=False, compare=False, bands=True, own=dues, today=today)
filters = DelinquencyFilters(chosen.scope, chosen.bands, due_from, due_to)
with st.skeleton(320):
    sums = read_totals(chosen.as_of, filters, today=today)
if not sums.customers:
    explain_nobody(chosen, filters)
else:
    show_totals(sums)
    start = tables.pager(sums.customers, key=f"delinquency-page:{filters}:{chosen.as_of}")
    show_table(
        as_shown(
            read_page(chosen.as_of, filters, today=today, offset=start, limit=tables.ROWS_A_PAGE)
        )
    )
    downloads.list_button(actor, "list_delinquency", filters, as_of=chosen.as_of)
