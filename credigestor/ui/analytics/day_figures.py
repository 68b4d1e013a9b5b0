"""A day of the shop on one screen: cards of what came in and was sold, and who took it in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import pandas as pd
import streamlit as st

from credigestor.reports.portfolio.flows import Flow
from credigestor.reports.takings import Came, ShopDay
from credigestor.rules.calendar import format_date, weekday
from credigestor.rules.methods import NAMES
from credigestor.rules.money import ZERO, format_brl
from credigestor.rules.periods import Period
from credigestor.ui.kit import cards, links, messages, rows, tables
from credigestor.ui.kit.figures import format_count, in_percent
from credigestor.ui.kit.links import row_address
from credigestor.ui.kit.rows import Column

CAME_NAMES = {
    Came.NOTES: "Notas",
    Came.DOWN: "Entradas",
    Came.REFUND: "Entradas devolvidas",
    Came.OTHER: "Crédito e devoluções",
}
NOBODY = "Sem usuário"
NOTES = "counter/notes.py"
DUE = {
    "day": Column("Dia"),
    "notes": Column("Notas", right=True),
    "principal": Column("Principal", tables.brl, right=True, amount=True),
}


def show_cards(day: ShopDay, month: Flow, before: Flow, compared: Period) -> None:
    """What came in and was sold today, and the month beside the same days of the one before."""
    since = f"ante {compared.brief}"
    sold = _sum(each.sold for each in day.sold)
    cards.show(
        cards.card(
            "Entrou hoje",
            format_brl(day.sum()),
            help="Notas e entradas recebidas, menos o que foi devolvido. Sem o que foi pago com "
            "crédito.",
        ),
        cards.card(
            "Vendido hoje",
            format_brl(sold),
            help="Total das vendas de hoje, com as entradas, sem as canceladas.",
        ),
        cards.card(
            "Vendido no mês",
            format_brl(month.sold),
            in_percent(month.sold, before.sold),
            since,
            help="Até hoje, comparado com os mesmos dias do mês passado.",
        ),
        cards.card(
            "Recebido no mês",
            format_brl(month.received),
            in_percent(month.received, before.received),
            since,
            help="De notas, com juros e multa, sem os estornados. As entradas ficam fora.",
        ),
    )
    count = sum(each.sales for each in day.sold)
    told = [format_count(count, "venda", "vendas") if count else "Nenhuma venda hoje"]
    told += [f"{CAME_NAMES[came]}: {format_brl(day.sum(came))}" for came in Came if day.times(came)]
    if day.by_credit:
        told.append(f"Pago com crédito, sem entrar dinheiro: {format_brl(day.by_credit)}")
    st.caption(messages.plain(" · ".join(told)))


def show_takings(day: ShopDay) -> None:
    """Who took in what, by what it was for and by method; the shop in the last row."""
    if not day.takings and not day.sold:
        return
    people = dict.fromkeys(
        [each.person or NOBODY for each in day.sold]
        + [each.person or NOBODY for each in day.takings]
    )
    methods = list(dict.fromkeys(each.method for each in day.takings))
    came = [kind for kind in Came if day.times(kind)]
    rows = []
    for person in [*people, None]:
        theirs = [t for t in day.takings if person is None or (t.person or NOBODY) == person]
        sold = [s.sold for s in day.sold if person is None or (s.person or NOBODY) == person]
        rows.append(
            {
                "person": person or "Loja",
                **{kind.value: _sum(t.amount for t in theirs if t.came is kind) for kind in came},
                **{m: _sum(t.amount for t in theirs if t.method == m) for m in methods},
                "total": _sum(t.amount for t in theirs),
                "sold": _sum(sold),
            }
        )
    labels = {
        "person": "Quem",
        "total": "Entrou",
        **{method: NAMES[method] for method in methods},
        **{kind.value: CAME_NAMES[kind] for kind in came},
        "sold": "Vendeu",
    }
    money = [name for name in labels if name != "person"]
    tables.table(pd.DataFrame(rows), labels, key="takings", money=money)


def show_due(dues: Sequence[tuple[date, int, Decimal]], first: date, last: date) -> None:
    """What falls due from today on, day by day."""
    total = _sum(principal for _, _, principal in dues)
    notes = sum(count for _, count, _ in dues)
    st.header("Vencem nos próximos sete dias", anchor=False)
    if not notes:
        st.info(f"Nenhuma nota vence até {format_date(last)}.", icon=":material/event_available:")
        return
    st.caption(
        messages.plain(
            f"{format_brl(total)} de principal em {format_count(notes, 'nota', 'notas')}, de "
            f"{format_date(first)} a {format_date(last)}."
        )
    )
    rows.show(
        [
            {"day": f"{format_date(day)}, {weekday(day)}", "notes": count, "principal": principal}
            for day, count, principal in dues
        ],
        DUE,
        [row_address(NOTES, status="open", due_from=day, due_to=day) for day, _, _ in dues],
        title="Notas que vencem nos próximos sete dias",
    )
    links.link(NOTES, "Ver as notas que vencem", status="open", due_from=first, due_to=last)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
