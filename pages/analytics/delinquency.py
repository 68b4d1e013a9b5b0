"""Who is late: customers with overdue notes, how to reach them, and all of it as CSV."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from credigestor.reports import delinquency, sales
from credigestor.reports.delinquency import NO_SELLER, Filters, Totals
from credigestor.rules.aging import BANDS
from credigestor.rules.calendar import format_date
from credigestor.rules.identity import format_phone, format_tax_id, whatsapp_url
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Permission
from credigestor.transfer.csv_format import csv_bytes
from credigestor.ui import address, data, kit, session
from credigestor.ui.figures import format_count

CUSTOMERS_A_PAGE = 1000
MONEY = ("principal", "interest", "fine", "owed")
LABELS = {
    "name": "Cliente",
    "owed": "Total",
    "days_late": "Dias de atraso",
    "notes": "Notas",
    "phone": "Telefone",
    "whatsapp": "WhatsApp",
    "principal": "Principal",
    "interest": "Juros",
    "fine": "Multa",
    "oldest_due": "Vencida desde",
    "city": "Cidade",
    "tax_id": "CPF ou CNPJ",
}

session.require(Permission.ANALYTICS)
today = data.settings().today

read_report = data.cached(delinquency.delinquency)
read_cities = data.cached(delinquency.cities)


def choose_filters() -> tuple[date, Filters]:
    """As-of date and filters, kept in the address; nonsense there is ignored."""
    with st.grid(3, min_column_width=170):
        as_of = kit.date_field("Data-base", today, key="as_of", bind="query-params") or today
        due_from = kit.date_field("Vencimento de", None, key="due_from", bind="query-params")
        due_to = kit.date_field("Vencimento até", None, key="due_to", bind="query-params")
        cities = {city: city for city in read_cities(as_of, today=today)}
        city = address.choice("Cidade", {"": "Todas", **cities}, name="city", default="")
        people = {str(user_id): name for user_id, name in data.read(sales.sellers)}
        seller = address.choice(
            "Vendedor",
            {"": "Todos", NO_SELLER: "Sem vendedor", **people},
            name="seller",
            default="",
        )
    bands = st.pills(
        "Dias de atraso",
        BANDS[1:],
        selection_mode="multi",
        key="band",
        bind="query-params",
        help="Sem nenhuma faixa escolhida, valem todas.",
    )
    return as_of, Filters(
        due_from=due_from,
        due_to=due_to,
        bands=tuple(bands),
        seller=NO_SELLER if seller == NO_SELLER else int(seller) if seller else None,
        city=city or None,
    )


def show_totals(totals: Totals) -> None:
    """Sums over all that the filters leave."""
    customers = format_count(totals.customers, "cliente", "clientes")
    st.subheader(f"{customers}, {format_count(totals.notes, 'nota atrasada', 'notas atrasadas')}")
    with st.grid(4, min_column_width=160):
        st.metric("Principal", format_brl(totals.principal))
        st.metric("Juros de mora", format_brl(totals.interest))
        st.metric("Multa", format_brl(totals.fine))
        st.metric("Total", format_brl(totals.owed))


def as_shown(report: pd.DataFrame) -> pd.DataFrame:
    """The report in the words of the table and of the CSV."""
    return report.assign(
        tax_id=report["tax_id"].map(format_tax_id),
        whatsapp=report["phone"].map(whatsapp_url, na_action="ignore"),
        phone=report["phone"].map(format_phone, na_action="ignore"),
    )


def show_table(shown: pd.DataFrame) -> None:
    """One row a customer; a chosen row opens the customer."""
    offset = kit.pager(len(shown), key="delinquency-page", per_page=CUSTOMERS_A_PAGE)
    page = shown.iloc[offset : offset + CUSTOMERS_A_PAGE]
    config = {name: st.column_config.Column(label) for name, label in LABELS.items()}
    config |= {
        name: st.column_config.NumberColumn(LABELS[name], alignment="right") for name in MONEY
    }
    config["whatsapp"] = st.column_config.LinkColumn(LABELS["whatsapp"], display_text="Conversar")
    config["oldest_due"] = st.column_config.DateColumn(LABELS["oldest_due"], format="DD/MM/YYYY")
    st.caption("Marque uma linha para abrir o cliente.")
    event = st.dataframe(
        page[list(LABELS)].style.format(dict.fromkeys(MONEY, kit.brl), na_rep=""),
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
        customer_id = int(page.iloc[rows[0]]["customer_id"])
        kit.leave_list("late_customers", customer_id)
        kit.go("counter/customer.py", id=customer_id)


def offer_csv(shown: pd.DataFrame, as_of: date) -> None:
    """The rows of the table, all of them, for a Brazilian Excel."""
    st.download_button(
        f"Baixar CSV ({format_count(len(shown), 'cliente', 'clientes')})",
        csv_bytes(shown[list(LABELS)], LABELS),
        f"inadimplencia-{as_of}.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def explain_nobody(as_of: date, filters: Filters) -> None:
    """What an empty report means."""
    if filters == Filters():
        st.success(
            f"Ninguém tem nota atrasada em {format_date(as_of)}.", icon=":material/task_alt:"
        )
        kit.link("counter/notes.py", "Ver as notas em aberto", status="open")
    else:
        st.info("Ninguém com esses filtros. Mude as datas, as faixas, o vendedor ou a cidade.")


kit.return_to_list("analytics/delinquency.py", "late_customers")
kit.header("Inadimplência", "Clientes com notas atrasadas, do que deve mais ao que deve menos.")
chosen_date, chosen = choose_filters()
found = read_report(chosen_date, chosen, today=today)
if found.empty:
    explain_nobody(chosen_date, chosen)
else:
    show_totals(delinquency.totals(found))
    table = as_shown(found)
    offer_csv(table, chosen_date)
    show_table(table)
