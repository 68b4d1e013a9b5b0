"""Filters kept in the address: fields for the common ones, badges for the others.

    seller = address.choice("Vendedor", names, name="seller")
    address.badge("Só as primeiras parcelas", "first")
    address.clear(NAMES)

The address wins whenever it is another than what these wrote last: on arriving by a link or by
Back, and after a badge or a reset took words out of it. What is no such value is ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Literal, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from credigestor.reports import filter_choices, notes, sales
from credigestor.reports.note_filters import NO_CITY
from credigestor.reports.scope import NO_SELLER
from credigestor.rules.calendar import format_date
from credigestor.rules.value_ranges import VALUE_RANGE_NAMES
from credigestor.ui.kit import data, folds, forms, keyboard, links, messages

T = TypeVar("T")

#: The page of the run before, and the row and the tabs that were looked at on it.
_PAGE, _LOOKED_AT = "page", "looked-at"

_read_cities = data.cached(filter_choices.cities, primary=True)


def arrive(page_path: str) -> None:
    """Begin a visit where the page is another than that of the run before: see `tabs`, `folds`."""
    if st.session_state.get(_PAGE) != page_path:
        st.session_state[_PAGE] = page_path
        st.session_state.pop(_LOOKED_AT, None)
        folds.forget()


def tabs(contents: Mapping[str, Callable[[], object]], *, name: str) -> None:
    """Draw a page's tabs, label → what draws one; a message kept in a tab is told in it.

    A tab is read and drawn from when one first looks at it until one leaves the page or its row:
    what was typed in it is there when one comes back from another. Back to the page comes to the
    tab that was shown, and is never a step between them. Each page has a name of its own, or the
    tab of one would be another's too.
    """
    drawn = st.tabs(list(contents), key=name, bind="query-params")
    row, looked_at = st.session_state.get(_LOOKED_AT, (None, frozenset()))
    if row != links.row_id():
        looked_at = frozenset()
    looked_at |= {label for label, tab in zip(contents, drawn, strict=True) if tab.open}
    st.session_state[_LOOKED_AT] = links.row_id(), looked_at
    for (label, draw), tab in zip(contents.items(), drawn, strict=True):
        if label in looked_at:
            with messages.part(tab, label):
                draw()


def text(label: str, *, name: str, placeholder: str, live: str | bool = False) -> str:
    """Draw a search field and give what is typed."""
    key = _follow(name, lambda words: "".join(words[:1]))
    typed = st.text_input(
        label,
        key=key,
        type="search",
        live=live,
        icon=":material/search:",
        placeholder=placeholder,
        autocomplete="off",
    )
    keyboard.put_caret(key)
    return _keep(name, typed or "", [typed] if typed else [])


def choice(
    label: str, names: Mapping[str, str], *, name: str, default: str = "", segmented: bool = False
) -> str:
    """Draw a select box over code → label and give the code.

    `segmented` shows the labels side by side instead, where they are few and short.
    """
    key = _follow(name, lambda words: next((word for word in words if word in names), default))
    shared: dict[str, Any] = {
        "format_func": lambda code: names.get(code, code),
        "key": key,
        "on_change": _write_choice,
        "args": (name, default),
    }
    code: str = (
        st.segmented_control(label, list(names), required=True, **shared)
        if segmented
        else st.selectbox(label, list(names), **shared)
    )
    # A default that the address names stays: to take it out would be a step for Back to undo.
    named = code != default or st.query_params.get_all(name) == [code]
    return _keep(name, code, [code] if named else [])


def words(*names: str) -> dict[str, list[str]]:
    """What the address says of these, those left out that it says nothing of."""
    return {name: st.query_params.get_all(name) for name in names if name in st.query_params}


def several(label: str, names: Mapping[str, str], *, name: str) -> tuple[str, ...]:
    """Draw a box for any of code → label and give the codes in that order; none means all."""
    key = _follow(name, lambda words: [code for code in names if code in words])
    codes = st.multiselect(
        label, list(names), format_func=lambda c: names.get(c, c), key=key, placeholder="Todas"
    )
    return _keep(name, tuple(code for code in names if code in codes), codes)


def day(
    label: str, *, name: str, default: date | None = None, help: str | None = None
) -> date | None:
    """Draw a date field and give its date; the default for none, and for an impossible year.

    A field that shows the default goes on with it when it changes, as today's does at midnight.
    """
    key = _follow(name, lambda words: forms.filter_date("".join(words[:1])) or default)
    former = f"{key}:default"
    if st.session_state[key] == st.session_state.get(former, default):
        st.session_state[key] = default
    st.session_state[former] = default
    chosen = forms.date_field(label, None, key=key, help=help, filters=True) or default
    return _keep(name, chosen, [] if chosen in (None, default) else [str(chosen)])


def seller() -> int | Literal["none"] | None:
    """Draw the choice of a seller; a user's id, NO_SELLER, or None for all."""
    return seller_of(choice("Vendedor", seller_names(data.read(sales.sellers)), name="seller"))


def city() -> str | None:
    """Draw the choice of the customer's city; NO_CITY for none known, or None for all."""
    cities = {city: city for city in _read_cities()}
    names = {"": "Todas", **cities, NO_CITY: "Sem cidade"}
    return choice("Cidade do cliente", names, name="city") or None


def value() -> str | None:
    """Draw the choice of a range of the sale's total; None for all."""
    return choice("Valor da venda", {"": "Todos", **VALUE_RANGE_NAMES}, name="value") or None


def seller_names(people: Iterable[tuple[int, str]]) -> dict[str, str]:
    """What may be chosen of sellers, given as ids and names: word in the address → label."""
    names = {str(user_id): name for user_id, name in people}
    return {"": "Todos", NO_SELLER: "Sem vendedor", **names}


def seller_of(word: str) -> int | Literal["none"] | None:
    """The seller that a word of `seller_names` stands for, as in a Scope."""
    return NO_SELLER if word == NO_SELLER else int(word) if word else None


def asked_day(name: str) -> date | None:
    """A date that has no field, from the address."""
    return _drop_nonsense(name, forms.filter_date("".join(st.query_params.get_all(name)[:1])))


def asked_number(name: str, among: tuple[int, ...]) -> int | None:
    """One of a few numbers that has no field, from the address."""
    words = {str(number): number for number in among}
    return _drop_nonsense(name, words.get(st.query_params.get(name, "")))


def customer(sentence: str, name: str = "customer") -> int | None:
    """The customer whose id the address names, shown after the sentence with a way back to all."""
    customer_id = links.row_id(name)
    found = None if customer_id is None else data.read(notes.customer_name, customer_id)
    if found is None:
        st.query_params.pop(name, None)
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{sentence} **{messages.plain(found)}**", width="content")
        if st.button("Ver todos os clientes", type="tertiary", icon=":material/close:"):
            st.query_params.pop(name, None)
            st.rerun()
    return customer_id


def more() -> DeltaGenerator:
    """A button behind which the rarer filters are; each that is in force has its badge outside.

    The browser draws them once it is opened: ten date fields and boxes cost it more than a list.
    """
    return st.popover("Mais filtros", icon=":material/tune:", width="stretch")


def between_badge(what: str, first: date | None, last: date | None, *names: str) -> None:
    """A badge for what lies between two dates, if either is chosen."""
    if first or last:
        badge(between(what, first, last), *names)


def as_of_badge(day: date | None, today: date) -> None:
    """A badge for an as-of date that is not today's."""
    if day not in (None, today):
        badge(f"Data-base: {format_date(day)}", "as_of")


def seller_badge(chosen: int | str | None) -> None:
    """A badge for the chosen seller, if any."""
    if chosen is not None:
        names = seller_names(data.read(sales.sellers))
        badge(f"Vendedor: {names.get(str(chosen), chosen)}", "seller")


def badge(sentence: str, *names: str) -> None:
    """Say that a filter is in force; a click takes its words out of the address."""
    st.button(
        messages.plain(sentence),
        key=f"drop:{'+'.join(names)}",
        icon=":material/close:",
        help="Tirar este filtro",
        on_click=_take_out,
        args=names,
        wrap=True,
    )


def clear(names: tuple[str, ...]) -> None:
    """Offer to take all filters out of the address, where there are any."""
    if any(name in st.query_params for name in names):
        st.button(
            "Limpar filtros",
            key="clear-filters",
            type="tertiary",
            icon=":material/filter_alt_off:",
            on_click=_take_out,
            args=names,
        )


def between(what: str, first: date | None, last: date | None) -> str:
    """What lies between two dates, in words; None is an open end."""
    if first and last:
        return f"{what} de {format_date(first)} a {format_date(last)}"
    since = f" desde {format_date(first)}" if first else ""
    until = f" até {format_date(last)}" if last else ""
    return f"{what}{since}{until}"


def customers_of(city: str) -> str:
    """The customers of a city, or of none that is known, in words."""
    return "Clientes sem cidade" if city == NO_CITY else f"Clientes de {city}"


def _take_out(*names: str) -> None:
    for name in names:
        st.query_params.pop(name, None)


def _drop_nonsense(name: str, value: T | None) -> T | None:
    if value is None:
        st.query_params.pop(name, None)
    return value


def _key(name: str) -> str:
    return f"address:{name}"


def _follow(name: str, parse: Callable[[list[str]], Any]) -> str:
    """Put what the address says into the state of a widget; its key."""
    key, words = _key(name), st.query_params.get_all(name)
    if key not in st.session_state or words != st.session_state.get(f"{key}:seen", []):
        st.session_state[key] = parse(words)
    return key


def _write_choice(name: str, default: str) -> None:
    """Put a choice into the address before the page runs: what is drawn above it reads it there."""
    code = st.session_state[_key(name)]
    _keep(name, code, [] if code == default else [code])


def _keep(name: str, value: T, words: list[str]) -> T:
    """Write a widget's value into the address."""
    if not words:
        st.query_params.pop(name, None)
    elif words != st.query_params.get_all(name):
        st.query_params[name] = words
    st.session_state[f"{_key(name)}:seen"] = words
    return value
