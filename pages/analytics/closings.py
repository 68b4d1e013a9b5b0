"""Closed days: close up to a date, a closed day as closed and as now, and what changed since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from credigestor.reports import closings
from credigestor.reports.as_closed import as_closed
from credigestor.reports.closings import ChangeFilters, Closing
from credigestor.reports.summary import Summary, summary
from credigestor.rules.calendar import format_date, format_moment
from credigestor.rules.closed_days import change_name
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import sale_number
from credigestor.rules.permissions import Permission
from credigestor.ui.analytics import closing_form
from credigestor.ui.kit import address, data, downloads, lists, messages, rows, session, tables
from credigestor.ui.kit.figures import format_count
from credigestor.ui.kit.links import row_address
from credigestor.ui.kit.rows import Column

LABELS = {
    "customer": "Cliente",
    "what": "O quê",
    "number": "Número",
    "dated_on": "Data",
    "receivable": "A receber",
    "received": "Recebido",
    "credit": "Crédito",
    "reason": "Motivo",
    "who": "Por",
    "recorded_at": "Lançado em",
}
SUMS = ("receivable", "received", "credit")
FIGURES = {
    "receivable_principal": "A receber (principal)",
    "overdue_principal": "Atrasado: principal",
    "overdue_interest": "Atrasado: juros",
    "overdue_fine": "Atrasado: multa",
    "received_principal": "Recebido: principal",
    "received_interest": "Recebido: juros",
    "received_fine": "Recebido: multa",
    "paid_by_credit": "Pago com crédito",
    "financed": "Financiado",
    "renegotiated": "Renegociado",
    "sales": "Vendas",
    "renegotiations": "Renegociações",
    "notes": "Notas",
    "payments": "Pagamentos",
    "overdue_notes": "Notas atrasadas",
}
#: Where a change's own page is, and the id that it goes by.
PAGES = {
    "sale": ("counter/sale.py", "id"),
    "down_payment": ("counter/sale.py", "id"),
    "cancellation": ("counter/sale.py", "id"),
    "payment": ("counter/payment.py", "id"),
    "payment_reversal": ("counter/payment.py", "id"),
    "act": ("counter/customer.py", "customer_id"),
    "act_reversal": ("counter/customer.py", "customer_id"),
    "credit": ("counter/customer.py", "customer_id"),
}

actor = session.require(Permission.CLOSE_DAYS)
settings, today = data.settings_today()


def moment(at: datetime) -> str:
    """When something was done, in the shop's time."""
    return format_moment(at, ZoneInfo(settings.time_zone))


def show_day(newest: Closing) -> None:
    """A closed day's figures as it was closed and as they are now."""
    st.header("Um dia fechado, antes e agora", anchor=False)
    day = address.day("Dia", name="day", default=newest.until) or newest.until
    now = data.read(summary, day, today=today)
    then = data.read(as_closed, day, now=now)
    if then is None:
        st.info(f"{format_date(day)} não está fechado.", icon=":material/lock_open:")
        return
    closed_at = moment(then.closed_at)
    same = all(getattr(now, name) == getattr(then.figures, name) for name in FIGURES)
    told = "Nada mudou desde então." if same else "O que mudou está na lista abaixo."
    st.caption(messages.plain(f"{format_date(day)} foi fechado em {closed_at}. {told}"))
    figures = {"then": "Como fechado", "now": "Agora", "difference": "Diferença"}
    st.dataframe(
        compared(then.figures, now),
        hide_index=True,
        height="content",
        key="as_closed",
        column_config={
            "figure": st.column_config.TextColumn("Em reais e quantidades"),
            **{
                name: st.column_config.TextColumn(label, alignment="right")
                for name, label in figures.items()
            },
        },
    )


def compared(then: Summary, now: Summary) -> pd.DataFrame:
    """Each figure as it was, as it is, and what lies between."""
    return pd.DataFrame(
        [
            {
                "figure": label,
                "then": figure(getattr(then, name)),
                "now": figure(getattr(now, name)),
                "difference": difference(getattr(now, name) - getattr(then, name)),
            }
            for name, label in FIGURES.items()
        ]
    )


def figure(value: Decimal | int) -> str:
    """R$ or a count as one reads it."""
    return format_brl(value) if isinstance(value, Decimal) else format_count(value)


def difference(value: Decimal | int) -> str:
    """The same with its sign; nothing where there is none."""
    return "" if not value else ("+" if value > 0 else "") + figure(value)


def show_changes() -> None:
    """What was recorded or undone in days that were closed then."""
    st.header("O que mudou desde o fechamento", anchor=False)
    with st.grid(2, min_column_width=220):
        dated_from = address.day("Datado de", name="from")
        dated_to = address.day("Datado até", name="to")
    filters = ChangeFilters(dated_from, dated_to)
    totals = data.read(closings.totals, filters)
    if not totals.changes:
        st.success("Nada mudou nos dias fechados.", icon=":material/task_alt:")
        return
    count = format_count(totals.changes, "mudança", "mudanças")
    st.caption(
        messages.plain(
            f"{count}: a receber {difference(totals.receivable) or format_brl(Decimal(0))}, "
            f"recebido {difference(totals.received) or format_brl(Decimal(0))}"
            + (f", entradas {difference(totals.paid_down)}" if totals.paid_down else "")
            + (f", crédito de clientes {difference(totals.credit)}." if totals.credit else ".")
        )
    )
    sorting = rows.sorting(
        closings.ORDERS,
        usual=closings.NEWEST_FIRST,
        greatest_first=("recorded_at", "dated_on", *SUMS),
    )
    shown = lists.page(totals.changes, key="closing_changes", of=(filters, sorting.order))
    found = data.read(
        closings.page, filters, offset=shown.offset, limit=shown.size, order=sorting.order
    )
    rows.show(
        [as_shown(row) for row in found],
        {name: Column(label, right=name in SUMS) for name, label in LABELS.items()},
        [address_of(row) for row in found],
        title="O que mudou desde o fechamento",
        sorting=sorting,
        page=shown,
    )
    downloads.list_button(actor, "list_closing_changes", filters, sort=sorting.order)


def as_shown(row: Mapping[str, Any]) -> dict[str, str]:
    """A change in the words of the table."""
    return {
        "number": sale_number(row["id"]),
        "what": change_name(row["kind"], row["act"]),
        "dated_on": format_date(row["dated_on"]),
        "receivable": difference(row["receivable"]),
        "received": difference(row["received"]),
        "credit": difference(row["credit"]),
        "customer": row["customer"],
        "reason": row["reason"] or "",
        "who": row["who"],
        "recorded_at": moment(row["recorded_at"]),
    }


def address_of(row: Mapping[str, Any]) -> str:
    """Where a change is seen whole."""
    file, by = PAGES[row["kind"]]
    return row_address(file, id=row[by])


def show_history(found: list[Closing]) -> None:
    """Every closing, the one in force first."""
    with st.expander("Fechamentos feitos"):
        frame = pd.DataFrame(
            {
                "until": [closing.until for closing in found],
                "closed_at": [moment(closing.closed_at) for closing in found],
                "closed_by": [closing.closed_by or "linha de comando" for closing in found],
                "reason": [closing.reason or "" for closing in found],
            }
        )
        labels = {"until": "Até", "closed_at": "Feito em", "closed_by": "Por", "reason": "Motivo"}
        tables.table(frame, labels, key="closings", dates=["until"])


def closings_page() -> None:
    """The whole page."""
    messages.header(
        "Fechamento",
        "Em dias fechados só um gerente registra ou desfaz, com motivo. O que muda neles depois "
        "fica à vista.",
    )
    found = data.read(closings.history)
    newest = found[0] if found else None
    closing_form.standing(newest, settings.time_zone)
    closing_form.area(newest, actor, today)
    if newest is None:
        return
    show_day(newest)
    show_changes()
    show_history(found)


closings_page()
