"""How the down payment of a sale is handed over, in the sale's form (R31, R35, R36)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import NamedTuple

import streamlit as st

from credigestor.reports import store_credit
from credigestor.rules.methods import CREDIT, Method, Part
from credigestor.rules.money import ZERO
from credigestor.ui.counter import methods
from credigestor.ui.kit import data
from credigestor.ui.kit.live_form import LiveForm

#: What is missing while nobody has said how the down payment came.
METHOD = "forma da entrada"


class PaidDown(NamedTuple):
    """The part of each method, or that it is by the customer's credit."""

    methods: tuple[Part, ...] = ()
    by_credit: bool = False


def typed(draft: LiveForm, down: Decimal | None, customer_id: int | None) -> PaidDown:
    """How it comes, which must be said where there is a down payment; and the change of cash."""
    # A place of its own, empty or not: what stands below must not move and be made anew.
    with st.container():
        if not down:
            return PaidDown()
        credit = max(_credit(customer_id), ZERO)
        chosen = methods.choose(
            draft.key, draft.fields, "Forma da entrada", persist="session", credit=credit
        )
        if chosen is None:
            draft.missing.append(METHOD)
            return PaidDown()
        parts = partial(
            methods.parts,
            *(draft.key, chosen, down, draft.fields),
            persist="session",
            credit=credit,
            more="O crédito paga a entrada sozinho: diminua a entrada ou escolha outra forma.",
            field="methods",
        )
        handed = draft.check(parts) or ()
        if cash := dict(handed).get(Method.CASH):
            keys, fields = draft.key, draft.fields
            draft.check(partial(methods.tell_change, keys, cash, fields, persist="session"))
        return PaidDown(handed, chosen == CREDIT)


def _credit(customer_id: int | None) -> Decimal:
    if customer_id is None:
        return ZERO
    return data.read(store_credit.balance, customer_id, on=data.today())
