"""The receipt of credit that is paid back to a customer, who signs it (R31)."""

from __future__ import annotations

from datetime import datetime

from credigestor.documents.customer_statement import customer_lines
from credigestor.documents.goods_return import UNDONE, signatures
from credigestor.documents.sheet import Sheet
from credigestor.reports.store_credit import Payback
from credigestor.rules.calendar import format_date
from credigestor.rules.methods import NAMES
from credigestor.rules.money import format_brl
from credigestor.rules.words import money_in_words

TITLE = "Recibo de devolução de crédito"


def pdf(data: Payback, *, made_at: datetime, logo: bytes | None) -> bytes:
    """The PDF of a payback; the same data and moment, the same bytes."""
    paid, amount = data.movement, -data.movement.amount
    sheet = Sheet(data.shop, f"{TITLE} nº {paid.id:06d}", made_at, logo=logo)
    if paid.undone:
        by = f" por {paid.undone.by}" if paid.undone.by else ""
        why = paid.undone.reason.rstrip(".")
        sheet.paragraph(f"em {format_date(paid.undone.on)}{by}. Motivo: {why}.", bold=UNDONE)
    sheet.pairs(customer_lines(data.customer))
    sheet.pairs(
        {
            "Devolvido em": format_date(paid.moved_on),
            "Valor": f"{format_brl(amount)} ({money_in_words(amount)})",
            "Forma": NAMES[paid.method or ""],
            "Motivo": paid.reason,
            "Crédito que resta": format_brl(paid.balance),
            "Pago por": paid.made_by,
        }
    )
    sheet.paragraph(
        "O cliente declara ter recebido da loja o valor acima, do crédito que tinha com ela."
    )
    signatures(sheet, data.customer.name, data.shop, paid.moved_on)
    return sheet.finished()
