"""The sale's contract on its page: printed, which is recorded first (R23), and opened again."""

from __future__ import annotations

import uuid
from functools import partial

import streamlit as st
from sqlalchemy.orm import Session

from credigestor.reports import contract
from credigestor.reports.sale import SaleDetail
from credigestor.rules.calendar import format_moment
from credigestor.rules.permissions import Actor
from credigestor.services import printing
from credigestor.ui.counter import document_bars
from credigestor.ui.counter.document_bars import Made
from credigestor.ui.kit import data


def show(sale: SaleDetail) -> None:
    """Draw the bar of a sale that stands and has notes."""
    if sale.cancelled_on is not None or not sale.installments:
        return
    before, form = data.read(contract.printings, sale.id), f"print_contract:{sale.id}"
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            again = f" · {before[-1].copy + 1}ª impressão" if before else ""
            document_bars.print_button(
                f"Imprimir contrato{again}",
                partial(_print, sale.id),
                form=form,
                type="secondary",
                disabled=bool(printing.missing(data.settings())),
            )
            for each in before[-_SHOWN:]:
                document_bars.link(
                    f"{each.copy}ª impressão, {format_moment(each.printed_at)}",
                    document_bars.path("contrato", each.operation_id),
                    type="tertiary",
                )
        st.caption("Uma via para a loja, uma para o cliente e uma para cada avalista.")
        document_bars.show_printed(form)


#: Printings that can be opened again from here, the newest.
_SHOWN = 3


def _print(sale_id: int, session: Session, actor: Actor, operation_id: uuid.UUID) -> Made:
    made = printing.print_contract(session, actor, sale_id=sale_id, operation_id=operation_id)
    again = f", {made.copy}ª vez" if made.copy > 1 else ""
    return Made("contrato", "o contrato", f"Impressão registrada: contrato{again}")
