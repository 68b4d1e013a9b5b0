"""Date, seller and contract rate of a new sale: out of the way while they are the usual ones."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

import streamlit as st

from credigestor.db.settings import MAX_RATE, ShopSettings
from credigestor.reports import sales as sales_report
from credigestor.rules.money import parse_rate
from credigestor.rules.permissions import Actor
from credigestor.ui.counter import closed_days
from credigestor.ui.kit import data, folds, forms
from credigestor.ui.kit.live_form import LiveForm

_NAMES = ("sold_on", "seller_id", "contract_rate")


def typed(
    draft: LiveForm, actor: Actor, settings: ShopSettings, today: date
) -> tuple[date | None, str | None, int | None, Decimal | None]:
    """Draw what is seldom changed; the sale's date, why it is of closed days, seller and rate."""
    usual = f"{settings.contract_rate.normalize():f}".replace(".", ",")
    usual = "" if usual == "0" else usual
    names = dict(data.read(sales_report.sellers))
    usual_seller = actor.id if actor.id in names else next(iter(names), None)
    kept = st.session_state
    usual_ones = (today, actor.id, "")
    expanded = bool(usual) or any(
        kept.get(draft.key(name), value) != value
        for name, value in zip(_NAMES, usual_ones, strict=True)
    )
    # Once open it stays so: it must not close over the input that is being emptied.
    opened = draft.key("details_opened")
    kept[opened] = expanded = expanded or bool(kept.get(opened))
    fold = folds.fold(
        "Data, vendedor e juros",
        key=draft.key("details"),
        expanded=expanded,
        holds=map(draft.key, _NAMES),
    )
    if fold is None:
        return today, None, usual_seller, None
    with fold:
        left, right = st.columns(2)
        with left:
            sold_on = forms.date_field(
                "Data da venda", today, key=draft.key("sold_on"), persist_state="session"
            )
            draft.fields.slot("sold_on")
            why = closed_days.ask(draft, actor, sold_on, today)
        with right:
            seller_id = st.selectbox(
                "Vendedor",
                list(names),
                index=list(names).index(usual_seller) if usual_seller in names else 0,
                format_func=lambda id_: names.get(id_, ""),
                key=draft.key("seller_id"),
                persist_state="session",
            )
            draft.fields.slot("seller_id")
        rate = draft.typed(
            "contract_rate",
            "Juros do contrato (% ao mês)",
            partial(parse_rate, field="contract_rate", maximum=MAX_RATE),
            value=usual,
            placeholder="0",
            help="Deixe vazio para vender sem juros.",
        )
    return sold_on, why, seller_id, rate
