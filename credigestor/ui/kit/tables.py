"""Tables of rows that lead on, money as R$ 1.234,56, their pager, and a page of nothing there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from credigestor.errors import BusinessError
from credigestor.rules.money import format_brl
from credigestor.ui.kit.links import go, leave_list, link
from credigestor.ui.kit.messages import header, plain

ROWS_A_PAGE = 50


def table(
    frame: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    key: str,
    money: Sequence[str] = (),
    dates: Sequence[str] = (),
    opens: str | None = None,
    with_params: Mapping[str, object] | None = None,
    id_column: str = "id",
    height: int | str = "auto",
) -> None:
    """Show the labelled columns of a frame, money as R$ 1.234,56; a chosen row opens its page.

    `opens` is a file under pages/; it gets the row's `id_column` as `id`, and `with_params`.
    Columns without a label are not sent to the browser.
    """
    shown = frame[list(labels)]
    config: dict[str, Any] = {
        name: st.column_config.Column(label) for name, label in labels.items()
    }
    for name in money:
        config[name] = st.column_config.NumberColumn(labels[name], alignment="right")
    for name in dates:
        config[name] = st.column_config.DateColumn(labels[name], format="DD/MM/YYYY")
    shared: dict[str, Any] = {
        "data": in_reais(shown, money, key),
        "hide_index": True,
        "column_config": config,
        "key": key,
        "height": height,
        "placeholder": "",  # Streamlit's own is the word None
    }
    if opens is None:
        st.dataframe(**shared)
        return
    event = st.dataframe(**shared, on_select="rerun", selection_mode="single-row")
    rows = event["selection"]["rows"]
    if rows:
        del st.session_state[key]
        row = int(frame.iloc[rows[0]][id_column])
        leave_list(key, row)
        go(opens, id=row, **(with_params or {}))


def in_reais(frame: pd.DataFrame, money: Sequence[str], key: str) -> Styler:
    """The frame with these columns shown as R$ 1.234,56, and sorted as numbers.

    `key` stands for the random word that pandas would give it, by which each run's table would be
    another to the browser: sent again, and drawn again.
    """
    return frame.style.set_uuid(key).format(dict.fromkeys(money, brl), na_rep="")


def brl(value: object) -> str:
    """R$ of a Decimal; empty for a missing one."""
    return "" if value is None or value != value else format_brl(Decimal(str(value)))


def pager(total: int, *, key: str, per_page: int = ROWS_A_PAGE) -> int:
    """Draw the page chooser of a list with `total` rows and return the OFFSET of the page."""
    pages = max(1, -(-total // per_page))
    if pages == 1:
        return 0
    number = st.pagination(pages, key=key)
    return (min(int(number or 1), pages) - 1) * per_page


def nothing_there(
    title: str, error: BusinessError, file: str, label: str, icon: str = ":material/search_off:"
) -> NoReturn:
    """Say that the address names nothing, lead to the list where it may be, and end the page."""
    header(title)
    st.info(plain(error.message), icon=icon)
    link(file, label, icon=":material/search:")
    st.stop()
