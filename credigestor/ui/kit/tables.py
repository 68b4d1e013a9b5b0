"""Tables of rows that lead on, money as R$ 1.234,56, their pager, and a page of nothing there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from credigestor.errors import BusinessError
from credigestor.rules.calendar import format_date
from credigestor.rules.identification import format_identity
from credigestor.rules.identity import phone_shown
from credigestor.rules.installments import MAX_INSTALLMENTS
from credigestor.rules.money import format_brl
from credigestor.ui.kit import lists, rows
from credigestor.ui.kit.links import link, row_address
from credigestor.ui.kit.messages import header, plain

#: A table that leads nowhere shows so many rows at once: a sale of the most notes is seen whole.
WHOLE = MAX_INSTALLMENTS


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
    title: str = "Lista",
    through: str | None = None,
    leads: Mapping[str, str] | None = None,
    phone: str | None = None,
    sorting: rows.Sorting | None = None,
    page: lists.Page | None = None,
) -> None:
    """Show the labelled columns of a frame, money as R$ 1.234,56.

    `opens` is a file under pages/, to which each row's column `through`, or its first, leads; it
    gets the row's `id_column` as `id`, and `with_params`.
    `leads` names columns of addresses elsewhere, and the word that stands for each. `phone` is a
    column of phones, as stored, by which a phone's cards call and write. Other columns without a
    label are not sent to the browser.
    """
    shown = frame[list(labels)]
    if opens is None:
        _grid(shown, labels, key, money, dates)
        return
    amount = next((name for name in labels if name in money), None)
    numbers = shown.select_dtypes("number").columns
    columns = {
        name: rows.Column(
            label,
            brl if name in money else _day if name in dates else str,
            right=name in money or name in numbers,
            leads=(leads or {}).get(name),
            amount=name == amount,
        )
        for name, label in labels.items()
    }
    addresses = [row_address(opens, id=int(id_), **(with_params or {})) for id_ in frame[id_column]]
    rows.show(
        shown.to_dict("records"),
        columns,
        addresses,
        title=title,
        through=through,
        phones=() if phone is None else list(frame[phone]),
        sorting=sorting,
        page=page,
    )


def _grid(
    shown: pd.DataFrame,
    labels: Mapping[str, str],
    key: str,
    money: Sequence[str],
    dates: Sequence[str],
) -> None:
    """All there is of something that leads nowhere: Streamlit's grid may sort it by itself.

    As high as its rows; of very many, one page of them.
    """
    config: dict[str, Any] = {
        name: st.column_config.Column(label) for name, label in labels.items()
    }
    for name in money:
        config[name] = st.column_config.NumberColumn(labels[name], alignment="right")
    for name in dates:
        config[name] = st.column_config.DateColumn(labels[name], format="DD/MM/YYYY")
    place = st.container()
    first = _pager(len(shown), key) if len(shown) > WHOLE else 0
    place.dataframe(
        in_reais(shown.iloc[first : first + WHOLE], money, key),
        hide_index=True,
        height="content",
        column_config=config,
        key=key,
        placeholder="",  # Streamlit's own is the word None
    )


def _pager(total: int, key: str) -> int:
    """Draw the pager of a long table, and which rows it shows; how many stand before them."""
    pages = -(-total // WHOLE)
    first = (min(int(st.pagination(pages, key=f"{key}:page") or 1), pages) - 1) * WHOLE
    shown = lists.Page(first // WHOLE + 1, total, WHOLE)
    st.caption(f"{shown.sentence}. O título de uma coluna ordena as linhas desta página.")
    return first


def _day(value: object) -> str:
    return format_date(pd.Timestamp(str(value)).date())


def in_reais(frame: pd.DataFrame, money: Sequence[str], key: str) -> Styler:
    """The frame with these columns shown as R$ 1.234,56, and sorted as numbers.

    `key` stands for the random word that pandas would give it, by which each run's table would be
    another to the browser: sent again, and drawn again.
    """
    return frame.style.set_uuid(key).format(dict.fromkeys(money, brl), na_rep="")


def phones(frame: pd.DataFrame) -> list[str]:
    """The phones of a list whose columns are `phone` and `phone_text`, as people read them."""
    stored, written = (frame[name].fillna("") for name in ("phone", "phone_text"))
    return list(map(phone_shown, stored, written))


def identities(frame: pd.DataFrame) -> list[str]:
    """Who the rows of a list with `identification` are known by, as people read it."""
    known_by = (each if isinstance(each, str) else None for each in frame["identification"])
    return list(map(format_identity, known_by))


def brl(value: object) -> str:
    """R$ of a Decimal; empty for a missing one."""
    return "" if value is None or value != value else format_brl(Decimal(str(value)))


def nothing_there(
    title: str, error: BusinessError, file: str, label: str, icon: str = ":material/search_off:"
) -> NoReturn:
    """Say that the address names nothing, lead to the list where it may be, and end the page."""
    header(title)
    st.info(plain(error.message), icon=icon)
    link(file, label, icon=":material/search:")
    st.stop()
