"""Small pieces that every page uses: messages, links, field errors, tables, operation ids."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NoReturn

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from credigestor.errors import BusinessError, InvalidInputs
from credigestor.rules.money import format_brl
from credigestor.ui.kit.navigation import page

MAX_ROW_ID = 2**31 - 1
ROWS_A_PAGE = 50
FILTER_YEARS = (1900, 2200)


def flash(message: str, icon: str = ":material/check_circle:") -> None:
    """Keep a message for the next page drawn, across a rerun or a change of page."""
    st.session_state["flash"] = (message, icon)


def header(title: str, caption: str = "") -> None:
    """Title of the page, and the message that was kept for it."""
    st.title(title)
    if caption:
        st.caption(caption)
    # A place of its own: when the message goes, nothing below it moves, so that no click on what
    # is below gets lost in a browser that is drawing it anew.
    place = st.empty()
    kept = st.session_state.pop("flash", None)
    if kept:
        place.success(plain(kept[0]), icon=kept[1])


def nothing_there(
    title: str, error: BusinessError, file: str, label: str, icon: str = ":material/search_off:"
) -> NoReturn:
    """Say that the address names nothing, lead to the list where it may be, and end the page."""
    header(title)
    st.info(plain(error.message), icon=icon)
    link(file, label, icon=":material/search:")
    st.stop()


def go(file: str, **params: object) -> NoReturn:
    """Leave for another page, e.g. `go("counter/note.py", id=7)`; a list's parameter repeats."""
    st.switch_page(page(file).path, query_params=address_words(params))


def link(file: str, label: str, *, icon: str | None = None, **params: object) -> None:
    """A link to another page."""
    st.page_link(
        page(file).path,
        label=plain(label),
        icon=icon,
        query_params=address_words(params),
    )


def address_words(params: Mapping[str, object]) -> dict[str, str | list[str]]:
    """Parameters as they stand in an address: each a text, or a list of them where it repeats."""
    return {
        name: [str(item) for item in value] if isinstance(value, (list, tuple)) else str(value)
        for name, value in params.items()
    }


def row_id(name: str = "id") -> int | None:
    """A row's id from the address; None for anything that cannot be one."""
    raw = str(st.query_params.get(name, ""))
    if raw.isascii() and raw.isdigit() and len(raw) <= 10 and int(raw) <= MAX_ROW_ID:
        return int(raw)
    return None


def plain(text: str) -> str:
    """A text with Markdown's own characters disarmed, for labels, messages and st.markdown.

    Needed for whatever a person typed, and for money: `R$ … R$` would be read as LaTeX.
    """
    for char in "\\`*_{}[]()<>#+-!|~$:":
        text = text.replace(char, "\\" + char)
    return text


def operation_id(form: str) -> uuid.UUID:
    """The operation id of a form; it stays the same until `renew_operation`.

    Two fast clicks run side by side with the same id, and the database keeps one row.
    """
    return uuid.UUID(st.session_state.setdefault(f"operation:{form}", str(uuid.uuid4())))


def renew_operation(form: str) -> None:
    """Give the form a new operation id, once what it held was saved."""
    st.session_state.pop(f"operation:{form}", None)


class Fields:
    """The places under a form's inputs where their messages go.

    Call `slot("tax_id")` right below the input; `show(error)` fills the places the error
    names, and puts what belongs to no field into `general`.
    """

    def __init__(self) -> None:
        self._slots: dict[str, DeltaGenerator] = {}

    def slot(self, name: str) -> None:
        """Reserve the place below the input just drawn."""
        self._slots[name] = st.empty()

    def show(self, error: BusinessError) -> None:
        """Show each message at its field, or as a general error."""
        errors = error.errors if isinstance(error, InvalidInputs) else {error.field: error.message}
        for field, message in errors.items():
            slot = self._slots.get(field or "")
            if slot is None:
                st.error(plain(message), icon=":material/error:")
            else:
                slot.error(plain(message), icon=":material/error:")

    def refuse(self, error: BusinessError) -> None:
        """Show it, and beside the button, which may be screens below, that nothing was saved."""
        self.show(error)
        st.warning("Nada foi gravado. Corrija o que está marcado acima.")

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Show a BusinessError raised inside, instead of letting it end the page."""
        try:
            yield
        except BusinessError as error:
            self.show(error)


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
        "data": shown.style.format(dict.fromkeys(money, brl), na_rep=""),
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


def leave_list(key: str, row: int) -> None:
    """Remember the filters in the address of a list that is left for one of its rows."""
    filters = {name: st.query_params.get_all(name) for name in st.query_params}
    st.session_state[f"left:{key}"] = (str(row), filters)


def return_to_list(file: str, key: str) -> None:
    """Give a list its filters again after the browser's Back; call it before drawing them.

    Streamlit writes the row's address under the list's own path before it changes the page, so
    Back leads to the list with `?id=` and nothing else.
    """
    row, filters = st.session_state.pop(f"left:{key}", (None, {}))
    if filters and st.query_params.get("id") == row:
        st.switch_page(page(file).path, query_params=filters)


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


def filter_date(word: str) -> date | None:
    """A filter's date from a word of the address; None for nonsense."""
    try:
        day = date.fromisoformat(word)
    except ValueError:
        return None
    return day if _may_filter(day) else None


def date_field(
    label: str,
    value: date | None,
    *,
    key: str | None = None,
    help: str | None = None,
    bind: Literal["query-params"] | None = None,
    persist_state: Literal["page", "session"] | None = None,
    filters: bool = False,
) -> date | None:
    """A date input that shows dd/mm/aaaa.

    Any year may be typed: of one out of its range Streamlit would complain in English and go on
    with the date before it. The rules judge what is written; a filter's date (`filters`, or one
    that is bound) is judged here, and None with a word on it.
    """
    options: dict[str, Any] = {"bind": bind, "persist_state": persist_state}
    chosen = st.date_input(
        label,
        value=value,
        min_value=date.min,
        max_value=date(9998, 12, 31),  # its calendar never ends on the last month of all
        format="DD/MM/YYYY",
        key=key,
        help=help,
        **options,
    )
    if not isinstance(chosen, date):
        return None
    if (bind or filters) and not _may_filter(chosen):
        st.error("O ano deve ficar entre {} e {}.".format(*FILTER_YEARS), icon=":material/error:")
        return None
    return chosen


def _may_filter(day: date) -> bool:
    return FILTER_YEARS[0] <= day.year <= FILTER_YEARS[1]
