"""What the page's script (`web/keys.js`) is told: where the caret is to be, and what Enter may do.

Streamlit has no word for either. The script is constant; these marks are texts in the page that
hold names of inputs and, where what was typed must be compared, that text percent-encoded.
A container's key beginning with `cg-` names a part of the page that the script knows: `cg-key-…`
for what a key of the keyboard does, `PICK` for a search whose first result Enter opens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import quote, urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

#: Begins the key of a container with a search and its results.
PICK = "cg-pick-"
#: The container of what is shown before Enter confirms it, and that of the button.
PREVIEW, CONFIRM = "cg-preview", "cg-confirm"
#: The container of a table that is typed into: no key of it is one of the page's.
TABLE = "cg-table"
#: The container of a row of choices, which Alt and a digit choose.
DIGITS = "cg-key-alt-digit"


def put_caret(key: str, turn: object = "") -> None:
    """Put the caret into the input of a widget's key: on arrival, and again at another `turn`.

    It is not taken away from who is typing in another field.
    """
    context = get_script_run_ctx()
    page = context.page_script_hash if context else ""
    turn = sha256(f"{page}|{key}|{turn}".encode()).hexdigest()[:12]
    _mark("cg-caret", field=_name(key), turn=turn)


def tell_found(query: str) -> None:
    """Say of which text the results above are, so that Enter never picks from others."""
    # As JavaScript's encodeURIComponent has it.
    _mark("cg-found", of=quote(query, safe="!'()*~"))


def tell_seen(values: Mapping[str, object]) -> None:
    """Say from which texts, by their widgets' keys, what is shown above was made.

    A choice of a box over codes is none: its field shows the code's name.
    """
    texts = {_name(key): value for key, value in values.items() if type(value) is str}
    _mark("cg-seen", fields=urlencode(texts))


def _mark(name: str, **data: str) -> None:
    told = "".join(f' data-{key}="{value.replace("&", "&amp;")}"' for key, value in data.items())
    st.html(f'<i class="{name}"{told} hidden></i>')


def _name(key: str) -> str:
    """The class that Streamlit gives the widget of a key."""
    return "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())
