"""Proposals at the counter: kept from the new sale's form, and listed on the customer's page."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from credigestor.reports import proposals as reports
from credigestor.reports.proposals import ProposalFilters
from credigestor.rules.numbering import proposal_number
from credigestor.rules.offers import STANDING_NAMES, Standing
from credigestor.rules.permissions import Actor
from credigestor.services import proposals
from credigestor.services.sale_input import NewSale
from credigestor.ui.counter.credit_area import REASON
from credigestor.ui.counter.down_payment import METHOD
from credigestor.ui.kit import data, links, messages, operations, tables
from credigestor.ui.kit.live_form import LiveForm


def keep_button(draft: LiveForm, form: str, actor: Actor, new: NewSale | None, today: date) -> None:
    """The button that keeps what is typed as a proposal; credit is judged when it is sold."""
    ready = new is not None and new.customer_id and new.down_payment < new.total
    ready = ready and not draft.wrong and not set(draft.missing) - {REASON, METHOD}
    if st.button(
        "Guardar como proposta",
        key=draft.key("keep"),
        icon=":material/contract:",
        shortcut="Alt+G",
        width="stretch",
        disabled=not ready,
        help="Vale dois dias e vira a venda com um clique.",
    ):
        assert new is not None
        # Who has signed nothing yet is not kept for an offer, nor how nothing was paid yet.
        unpaid = {"down_payment_methods": (), "down_payment_by_credit": False}
        offered = new.model_copy(update={"guarantors": (), **unpaid})
        with draft.fields.catching(), operations.another(form):
            made = data.write(lambda s: proposals.make(s, actor, offered, today=today))
            operations.finish(form)
            told = f"Proposta {proposal_number(made)} guardada."
            if new.guarantors:
                told += " Os avalistas não entram nela: informe-os na venda."
            messages.flash(told)
            links.go("counter/proposal.py", id=made)


def of_customer(customer_id: int, *, today: date) -> None:
    """List a customer's proposals; a row opens it. Nothing where there are none."""
    frame = data.read(_table, customer_id, today=today)
    if frame.empty:
        return
    st.header("Propostas", anchor=False)
    frame["number"] = frame["id"].map(proposal_number)
    frame["standing"] = frame["standing"].map(lambda value: STANDING_NAMES[Standing(value)])
    labels = {
        "number": "Proposta",
        "made_on": "Data",
        "description": "Descrição",
        "total": "Total",
        "installments": "Parcelas",
        "to_pay": "Total a prazo",
        "standing": "Situação",
        "valid_until": "Válida até",
        "made_by": "Feita por",
    }
    tables.table(
        frame,
        labels,
        key="proposals",
        money=["total", "to_pay"],
        dates=["made_on", "valid_until"],
        opens="counter/proposal.py",
        title="Propostas",
    )


def _table(session: Session, customer_id: int, *, today: date) -> pd.DataFrame:
    rows = reports.listed(ProposalFilters(customer_id), today=today)
    return pd.read_sql(rows, session.connection(), coerce_float=False)
