"""Renegotiated debts on the collection page: their share, how they are paid, the broken ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from credigestor.reports.portfolio.renegotiated import PaidAgain, RenegotiatedAt
from credigestor.rules.calendar import format_date, month_label, month_name
from credigestor.rules.money import ZERO, format_brl
from credigestor.rules.numbering import sale_number
from credigestor.ui.analytics.exhibit import Exhibit, drawn, exhibit
from credigestor.ui.analytics.roll_exhibits import ANOTHER
from credigestor.ui.analytics.view import View
from credigestor.ui.charts import kinds, theme
from credigestor.ui.kit import lists, tables
from credigestor.ui.kit.figures import format_count, format_rate, rounded

PAID, AGAIN, UNPAID = "Pago", "Renegociado de novo", "Não pago"
COLORS = {PAID: theme.BLUE, AGAIN: theme.VIOLET, UNPAID: theme.AMBER}
SHARE = (
    "Do principal em aberto no fim de cada mês e na data-base, a parte que está em notas que "
    "ficaram no lugar de outras, por renegociação."
)
AGAIN_PAID = (
    "Principal das notas de renegociações que venceu em cada mês, e o que dele foi pago até a "
    "data-base ou renegociado de novo. O resto não foi pago."
)


@drawn
def share(found: Sequence[RenegotiatedAt], shown: View) -> Exhibit:
    """The renegotiated part of what is open, as a line."""
    some, last = any(each.renegotiated for each in found), found[-1]
    return exhibit(
        "Quanto do que há a receber é renegociado",
        _line(found) if some else None,
        key="renegotiated",
        definition=SHARE,
        sentence=(
            f"Em {format_date(last.as_of)}, {format_brl(last.renegotiated)} de "
            f"{format_brl(last.receivable)} em aberto vinham de renegociações: "
            f"{format_rate(last.share)}."
        ),
        table=pd.DataFrame(
            {
                "Data": format_date(each.as_of),
                "Renegociado": each.renegotiated,
                "A receber": each.receivable,
                "Parte (%)": rounded(each.share),
            }
            for each in found
        ),
        file_name=f"renegociado-{shown.as_of}",
        alt="Parte do que há a receber que vem de renegociações, mês a mês",
        empty=None if some else f"Nenhuma renegociação em aberto. {ANOTHER}",
    )


@drawn
def paid(found: Sequence[PaidAgain], shown: View) -> Exhibit:
    """What fell due of renegotiated debts and what became of it, as stacked bars."""
    due = sum((each.due for each in found), ZERO)
    return exhibit(
        "Como o renegociado volta a ser pago",
        _bars(found) if due else None,
        key="paid-again",
        definition=AGAIN_PAID,
        sentence=_paid_sentence(found, due) if due else "",
        table=pd.DataFrame(
            {
                "Mês do vencimento": month_label(each.month),
                "Venceu": each.due,
                PAID: each.paid,
                AGAIN: each.again,
                UNPAID: each.unpaid,
                "Pago (%)": rounded(each.share),
            }
            for each in found
        ),
        file_name=f"renegociado-pago-{shown.as_of}",
        alt="O que venceu de renegociações em cada mês: pago, renegociado de novo, não pago",
        empty=None if due else f"Nenhuma nota de renegociação venceu ainda. {ANOTHER}",
    )


def broken(found: Sequence[Mapping[str, Any]], days: int) -> None:
    """The deals that are broken today, longest late first, by pages; a row opens its sale."""
    st.header("Acordos quebrados hoje", anchor=False)
    late = format_count(days, "dia", "dias")
    st.caption(f"Renegociações com alguma nota atrasada há mais de {late}.")
    if not found:
        st.info("Nenhum acordo quebrado.", icon=":material/handshake:")
        return
    page = lists.page(len(found), key="broken-deals", of=days, prefix="deals_")
    frame = pd.DataFrame(found[page.offset : page.offset + page.size])
    frame["sale"] = frame["sale_id"].map(sale_number)
    labels = {
        "customer": "Cliente",
        "overdue": "Principal atrasado",
        "days_late": "Dias de atraso",
        "sale": "Venda",
        "agreed_on": "Acordo de",
    }
    tables.table(
        frame,
        labels,
        key="broken-deals",
        money=["overdue"],
        dates=["agreed_on"],
        opens="counter/sale.py",
        id_column="sale_id",
        title="Acordos quebrados",
        page=page,
    )


def _line(found: Sequence[RenegotiatedAt]) -> theme.Spec:
    labels = [_label(each.as_of, found) for each in found]
    frame = pd.DataFrame(
        {
            "id": f"{each.as_of:%Y-%m-%d}",
            "series": "Renegociado",
            "x": label,
            "value": None if each.share is None else float(each.share),
            "share": format_rate(each.share),
            "amount": format_brl(each.renegotiated),
            "said": f"{label}: {format_rate(each.share)}",
        }
        for label, each in zip(labels, found, strict=True)
    )
    return kinds.lines(
        frame,
        xs=labels,
        colors={"Renegociado": theme.VIOLET},
        tips={"x": "Em", "share": "Parte", "amount": "Renegociado"},
        x_angle=-60,
    )


def _label(day: date, found: Sequence[RenegotiatedAt]) -> str:
    return format_date(day) if day == found[-1].as_of else month_label(day)


def _bars(found: Sequence[PaidAgain]) -> theme.Spec:
    frame = pd.DataFrame(
        {
            "id": f"{each.month:%Y-%m}",
            "x": month_label(each.month),
            "kind": kind,
            "value": float(amount),
            "amount": format_brl(amount),
            "due": format_brl(each.due),
            "said": f"{month_label(each.month)}, {kind.lower()}: {format_brl(amount)}",
        }
        for each in found
        for kind, amount in ((PAID, each.paid), (AGAIN, each.again), (UNPAID, each.unpaid))
        if amount
    )
    return kinds.stacked_bars(
        frame,
        xs=[month_label(each.month) for each in found],
        colors=COLORS,
        tips={"x": "Venceu em", "kind": "O que houve", "amount": "Valor", "due": "Venceu"},
    )


def _paid_sentence(found: Sequence[PaidAgain], due: Decimal) -> str:
    paid_of_it = sum((each.paid for each in found), ZERO)
    first = next(each for each in found if each.due)
    return (
        f"De {format_brl(due)} de renegociações que venceram desde {month_name(first.month)}, "
        f"{format_brl(paid_of_it)} foram pagos: de cada R$ 100, "
        f"{format_brl(100 * paid_of_it / due)}."
    )
