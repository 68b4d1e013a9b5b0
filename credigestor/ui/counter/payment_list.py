"""The table of payments that the lists of a shop, a customer and a sale share."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from credigestor.rules.methods import in_words
from credigestor.ui.kit import lists, rows, tables

LABELS = {
    "paid_on": "Data",
    "number": "Recibo",
    "customer": "Cliente",
    "amount": "Valor",
    "method": "Forma",
    "numbers": "Parcelas",
    "principal": "Principal",
    "interest": "Juros",
    "fine": "Multa",
    "discount": "Desconto",
    "received_by": "Recebido por",
    "situation": "Situação",
}
MONEY = ("amount", "principal", "interest", "fine", "discount")


def show(
    frame: pd.DataFrame,
    columns: Sequence[str],
    *,
    key: str,
    id_column: str = "id",
    sorting: rows.Sorting | None = None,
    page: lists.Page | None = None,
) -> None:
    """Show these columns of LABELS, method and reversal in words; a row opens its receipt.

    The discounts have a column where there is one (R14).
    """
    shown = {name: LABELS[name] for name in columns}
    if not frame["discount"].any():
        shown.pop("discount", None)
    worded = frame.assign(
        method=[in_words(value) for value in frame["method"]],
        situation=["Estornado" if gone else "" for gone in frame["reversed"]],
    )
    tables.table(
        worded,
        shown,
        key=key,
        money=[name for name in MONEY if name in shown],
        dates=["paid_on"],
        opens="counter/payment.py",
        id_column=id_column,
        title="Pagamentos",
        through=next(name for name in ("customer", "number", "paid_on") if name in shown),
        phone="phone" if "phone" in worded else None,
        sorting=sorting,
        page=page,
    )
