"""Who is late: customers with overdue notes, how to reach them, and all of it as CSV."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from credigestor.reports import delinquency
from credigestor.reports.call_list import overdue_of
from credigestor.reports.delinquency import DelinquencyFilters, DelinquencyTotals
from credigestor.reports.portfolio import stock
from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Permission
from credigestor.ui.analytics import coming, inherited_risk, view
from credigestor.ui.analytics.view import View
from credigestor.ui.counter import reminders, write_off_list
from credigestor.ui.kit import (
    address,
    cards,
    data,
    downloads,
    links,
    lists,
    messages,
    rows,
    session,
    tables,
)
from credigestor.ui.kit.figures import format_count

MONEY = ("principal", "interest", "fine", "owed")
GREATEST_FIRST = (*MONEY, "days_late", "notes")
LABELS = {
    "name": "Cliente",
    "owed": "Total",
    "days_late": "Dias de atraso",
    "phone": "Telefone",
    "whatsapp": "WhatsApp",
    "principal": "Principal",
    "notes": "Notas",
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
read_stocks = data.portfolio(stock.stocks)
read_overdue = data.cached(overdue_of)


def choose_due_dates() -> tuple[date | None, date | None]:
    """Limits of the due date, kept in the address."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover("Vencimento", icon=":material/event:"):
            due_from = address.day("Vencimento de", name="due_from")
            due_to = address.day("Vencimento até", name="due_to")
        address.between_badge("Vencidas", due_from, due_to, "due_from", "due_to")
    return due_from, due_to


def show_totals(totals: DelinquencyTotals) -> None:
    """Sums over all that the filters leave."""
    customers = format_count(totals.customers, "cliente", "clientes")
    st.header(
        f"{customers}, {format_count(totals.notes, 'nota atrasada', 'notas atrasadas')}",
        anchor=False,
    )
    cards.figures(
        {
            "Principal": format_brl(totals.principal),
            "Juros de mora": format_brl(totals.interest),
            "Multa": format_brl(totals.fine),
            "Total": format_brl(totals.owed),
        }
    )


def as_shown(report: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The report in the words of the table; as of today WhatsApp opens with the text written."""
    ids = [int(id_) for id_ in report["customer_id"]] if as_of == today else []
    about = read_overdue(ids, today=today) if ids else {}
    shop = data.settings()
    addresses = [
        reminders.address(shop, phone, about[id_].reminder if id_ in about else None)
        if isinstance(phone, str)
        else None
        for id_, phone in zip(report["customer_id"], report["phone"], strict=True)
    ]
    return report.assign(
        reached=report["phone"],
        tax_id=tables.identities(report),
        whatsapp=pd.Series(addresses, index=report.index, dtype=object),
        phone=tables.phones(report),
    )


def show_list(chosen: View, filters: DelinquencyFilters, customers: int) -> None:
    """One row a customer, each a link to it."""
    walks = delinquency.WALKS if filters.of_customers else ()
    others = tuple(name for name in delinquency.ORDERS if name not in walks)
    sorting = rows.sorting(
        walks,
        usual=delinquency.MOST_FIRST,
        many=(others, delinquency.MANY, customers),
        greatest_first=GREATEST_FIRST,
    )
    if told := sorting.told(LABELS):
        st.caption(told)
    shown = lists.page(customers, key="late_customers", of=(filters, chosen.as_of, sorting.order))
    found = read_page(
        chosen.as_of,
        filters,
        today=today,
        offset=shown.offset,
        limit=shown.size,
        order=sorting.order,
    )
    tables.table(
        as_shown(found, chosen.as_of),
        LABELS,
        key="late_customers",
        title="Clientes com notas atrasadas",
        money=MONEY,
        dates=["oldest_due"],
        opens="counter/customer.py",
        id_column="customer_id",
        leads={"whatsapp": "Conversar"},
        phone="reached",
        sorting=sorting,
        page=shown,
    )
    downloads.list_button(
        actor, "list_delinquency", filters, as_of=chosen.as_of, sort=sorting.order
    )


def explain_nobody(seen: View, filters: DelinquencyFilters) -> None:
    """What an empty report means."""
    if filters == DelinquencyFilters():
        st.success(
            f"Ninguém tem nota atrasada em {format_date(seen.as_of)}.", icon=":material/task_alt:"
        )
        links.link("counter/notes.py", "Ver as notas em aberto", **seen.filters(status="open"))
    else:
        st.info("Ninguém com esses filtros. Mude as datas, as faixas, o vendedor ou a cidade.")


messages.header("Inadimplência", "Clientes com notas atrasadas. Um título de coluna muda a ordem.")
coming.tell("Inadimplência")
bar = st.container()
due_from, due_to = choose_due_dates()
with bar:
    dues = {name: day for name, day in (("due_from", due_from), ("due_to", due_to)) if day}
    chosen = view.choose(period=False, compare=False, bands=True, own=dues, today=today)
filters = DelinquencyFilters(chosen.scope, chosen.bands, due_from, due_to)
with st.skeleton(320):
    sums = read_totals(chosen.as_of, filters, today=today)
inherited_risk.show(read_stocks([chosen.as_of], chosen.scope)[0])
if not sums.customers:
    explain_nobody(chosen, filters)
else:
    show_totals(sums)
    show_list(chosen, filters, sums.customers)
write_off_list.show(actor, today)
