"""What a form recorded already, told when the process that did it died before it could answer."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from credigestor.db.models import Customer, Payment, Renegotiation, Sale
from credigestor.rules.calendar import format_moment
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import receipt_number, sale_number
from credigestor.ui.kit import data, links, messages


def tell_sale(sale: Sale) -> None:
    """Name the sale and lead to it."""
    _tell(
        f"Já registrada: Venda {sale_number(sale.id)}, {_at(sale.created_at)}.",
        ("counter/sale.py", "Abrir a venda", sale.id),
    )


def tell_deal(deal: Renegotiation) -> None:
    """Name the sale that a renegotiation made and lead to it."""
    _tell(
        f"Já registrada: renegociação, venda {sale_number(deal.sale_id)}, {_at(deal.created_at)}.",
        ("counter/sale.py", "Abrir a venda", deal.sale_id),
    )


def tell_payment(payment: Payment) -> None:
    """Name the receipt and its amount, and lead to it."""
    number, amount = receipt_number(payment.number), format_brl(payment.amount)
    _tell(
        f"Já registrado: Pagamento {number} de {amount}, {_at(payment.created_at)}.",
        ("counter/payment.py", "Abrir o recibo", payment.id),
    )


def tell_customer(customer: Customer) -> None:
    """Name the customer and lead to them."""
    _tell(
        f"Já cadastrado: {customer.name}, {_at(customer.created_at)}.",
        ("counter/customer.py", "Abrir o cadastro", customer.id),
    )


def _at(moment: datetime) -> str:
    return f"em {format_moment(moment, ZoneInfo(data.settings().time_zone))}"


def _tell(message: str, way: tuple[str, str, int]) -> None:
    file, label, row = way
    st.toast(messages.plain(message), icon=_DONE, duration="long")  # wherever one has scrolled to
    messages.flash(message, beside=lambda: links.link(file, label, icon=_ICON, id=row))


_DONE, _ICON = ":material/check_circle:", ":material/arrow_forward:"
