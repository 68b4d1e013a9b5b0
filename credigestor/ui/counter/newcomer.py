"""A customer looked for and not there: what was typed goes along to the form of a new one.

From a sale (`?new=1&sale=1`) it comes back to the sale, with the customer chosen.
"""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from credigestor.errors import InvalidInput
from credigestor.rules.identity import digits, parse_phone, parse_tax_id
from credigestor.rules.mending import title_case
from credigestor.ui.kit import keyboard, links

#: Word of the address of the form that a sale waits for.
FOR_SALE = "sale"
_TYPED, _ASKED = "newcomer:typed", "newcomer:asked"


def offer(typed: str | None) -> None:
    """Draw the button of a sale that leads to the form of a new customer."""
    st.button(
        "Cadastrar novo cliente",
        icon=":material/person_add:",
        shortcut="Alt+N",
        on_click=_ask,  # a run that is ended here is followed by one that leads there
    )
    if st.session_state.pop(_ASKED, False):
        st.session_state[_TYPED] = typed or ""
        links.go("counter/customers.py", new=1, **{FOR_SALE: 1})


def _ask() -> None:
    st.session_state[_ASKED] = True


def waited_for() -> bool:
    """Tell whether a sale waits for this customer."""
    return st.query_params.get(FOR_SALE) == "1"


def begin(key: str) -> None:
    """Write what was typed into the field of the form that it is for, once.

    The caret goes to the first field that is left.
    """
    kept, caret = st.session_state, f"{key}:caret"
    there = told(kept.pop(_TYPED, ""))
    for name, value in there.items():
        kept[f"{key}:{name}"] = value
    if there or caret not in kept:
        kept[caret] = "tax_id" if "name" in there else "name"
    keyboard.put_caret(f"{key}:{kept[caret]}", len(there))


def told(typed: str) -> dict[str, str]:
    """The field that a text of the search belongs in: the name, or else CPF, CNPJ or phone.

    >>> told("zilda nogueira"), told("11888888888"), told("85 98872-4443")
    ({'name': 'Zilda Nogueira'}, {'tax_id': '11888888888'}, {'phone': '85 98872-4443'})
    """
    typed = typed.strip()
    if not digits(typed) or any(letter.isalpha() for letter in typed):
        return {"name": title_case(typed.upper() if typed.islower() else typed)} if typed else {}
    try:
        parse_tax_id(typed)
    except InvalidInput:
        try:
            parse_phone(typed)
        except InvalidInput:
            return {"tax_id": typed}
        return {"phone": typed}
    return {"tax_id": typed}


def leave(customer_id: int) -> NoReturn:
    """Go on with a customer who is registered: to the sale that waits, or to their page."""
    if waited_for():
        links.go("counter/new_sale.py", customer=customer_id)
    links.go("counter/customer.py", id=customer_id)
