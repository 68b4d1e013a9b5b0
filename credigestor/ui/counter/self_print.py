"""The receipt that prints itself after a payment, where the shop wants it.

The page's script prints the address that it finds here (`web/printing.js`): once, however often
the page is drawn. Who reloads it, comes Back or opens the receipt later finds no address.
"""

from __future__ import annotations

import streamlit as st

from credigestor.documents.catalogue import receipt_params
from credigestor.reports.receipt import Receipt
from credigestor.ui.counter.document_bars import path

_RECORDED = "self_print:recorded"


def recorded(payment_id: int) -> None:
    """Remember which payment this visit has just recorded."""
    st.session_state[_RECORDED] = payment_id


def once(found: Receipt) -> None:
    """Hand the receipt of the payment just recorded to the page's script."""
    if st.session_state.get(_RECORDED) != found.id or not found.shop.receipt_prints_itself:
        return
    address = path("recibo", found.id, **receipt_params(found.shop)).replace("&", "&amp;")
    st.html(f'<a class="cg-print" href="{address}" target="_blank" hidden>Imprimir</a>')
