"""The table of payments that the lists of a shop, a customer and a sale share."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from credigestor.rules.methods import METHOD_NAMES, Method
from credigestor.ui import kit


def show(
    frame: pd.DataFrame, labels: Mapping[str, str], *, key: str, id_column: str = "id"
) -> None:
    """Show the labelled columns, method and reversal in words; a row opens its receipt."""
    worded = frame.assign(
        method=[METHOD_NAMES[Method(value)] for value in frame["method"]],
        situation=["Estornado" if gone else "" for gone in frame["reversed"]],
    )
    kit.table(
        worded,
        labels,
        key=key,
        money=["amount", "principal", "interest", "fine"],
        dates=["paid_on"],
        opens="counter/payment.py",
        id_column=id_column,
    )
