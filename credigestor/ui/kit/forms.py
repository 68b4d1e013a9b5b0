"""What forms share: operation ids, messages at their fields, dates as dd/mm/aaaa."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from credigestor.errors import BusinessError, InvalidInputs
from credigestor.rules.money import parse_money
from credigestor.ui.kit.messages import plain

FILTER_YEARS = (1900, 2200)


def key(form: str) -> str:
    """Key of a form, and the beginning of its widgets' keys; the same until `renew`.

    It is the same in a process that takes over from one that died: what a browser still holds
    of the form is found again. A form saved before is known by the widgets that the browser
    sends.
    """
    times: int = st.session_state.setdefault(f"saved:{form}", _times_saved(form))
    return f"{form}:{times}"


def renew(form: str) -> None:
    """Let the form show what is stored, once what it held was saved: its widgets are new."""
    st.session_state[f"saved:{form}"] = st.session_state.get(f"saved:{form}", 0) + 1


def sent(key: str) -> bool:
    """Tell whether the browser sent a value of this widget, drawn here already or not."""
    return any(name.endswith(f"-{key}") for name in _sent())


def _times_saved(form: str) -> int:
    found = (re.search(rf"-(?:FormSubmitter:)?{re.escape(form)}:(\d+)\b", w) for w in _sent())
    return max((int(match[1]) for match in found if match), default=0)


def _sent() -> list[str]:
    """The ids of the widgets whose values came with this run; an id ends with its key."""
    context = get_script_run_ctx()
    return [state.id for state in context.session_state.get_widget_states()] if context else []


def alike(one: object, other: object) -> bool:
    """Tell whether two values of an input are the same, or one number in two ways of writing it.

    >>> alike("1500", "1.500,00"), alike("150", "1.50"), alike("529.982.247-25", "52998224725")
    (True, False, True)
    """
    return one == other or _number(one) == _number(other)


def _number(value: object) -> object:
    """A CPF's or CNPJ's digits, R$ of an amount, or the value itself."""
    if not isinstance(value, str):
        return value
    digits = re.sub(r"[./-]", "", value)
    if digits.isdecimal() and len(digits) in (11, 14):
        return digits
    try:
        return parse_money(value, field="")
    except BusinessError:
        return value


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
