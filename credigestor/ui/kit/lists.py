"""What the address says of a list besides its filters: `order` and `page`; and ways to others.

order = lists.order(customers.ORDERS, usual="name")
shown = lists.page(total, key="customers", of=filters)
data.read(customers.page, filters, order=order, offset=shown.offset, limit=shown.size)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from credigestor.ui.kit.figures import format_count

ROWS_A_PAGE = 25
#: Of more rows than these what they owe is summed for who asks: it takes a moment.
SUMMED = 1_000


@dataclass(frozen=True)
class Page:
    """One page of a list: its number from 1, the rows that there are, the rows of a page.

    `first` where these are only the first rows of more, `prefix` as of `order`.
    """

    number: int
    total: int
    size: int
    first: bool = False
    prefix: str = ""

    @property
    def offset(self) -> int:
        """How many rows stand before it."""
        return (self.number - 1) * self.size

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // self.size))

    @property
    def sentence(self) -> str:
        """Which rows it shows: 1–25 de 4.942."""
        end = min(self.offset + self.size, self.total)
        begin = min(self.offset + 1, end)
        of = f"das {format_count(self.total)} primeiras" if self.first else None
        return f"{begin}–{end} {of or f'de {format_count(self.total)}'}"


def order(columns: Collection[str], *, usual: str, prefix: str = "") -> str:
    """The order in the address, a word of `reports.ordering`; `usual` where it names none.

    `prefix` begins the words of a list that stands on a page with another.
    """
    word = st.query_params.get(f"{prefix}order", usual)
    if word.removeprefix("-") not in columns:
        st.query_params.pop(f"{prefix}order", None)
        return usual
    return word


def page(
    total: int,
    *,
    key: str,
    of: object,
    size: int = ROWS_A_PAGE,
    first: bool = False,
    prefix: str = "",
) -> Page:
    """The page in the address; the last one where there are fewer.

    `of` is what limits and orders the list: once another is chosen, its first page is shown.
    """
    name = f"{prefix}page"
    word = st.query_params.get(name, "")
    was, slot = (word, str(of)), f"list:{key}"
    before = st.session_state.get(slot, was)
    changed = before[0] == word and before[1] != was[1]
    known = word.isascii() and word.isdigit() and len(word) <= 7 and int(word) > 1
    if word and (changed or not known):
        st.query_params.pop(name, None)
        word = ""
    st.session_state[slot] = (word, str(of))
    number = int(word or 1)
    return Page(min(number, Page(number, total, size).last), total, size, first, prefix)


def summed(total: int, label: str) -> bool:
    """Whether to sum over the notes of so many rows: at once of few, of more at a click."""
    return total <= SUMMED or st.button(label, icon=":material/functions:", type="tertiary")


def to_order(word: str, *, usual: str, prefix: str = "") -> str:
    """The address of this list in another order, from its first page."""
    chosen = None if word == usual else word
    return _address({f"{prefix}order": chosen, f"{prefix}page": None})


def to_page(number: int, prefix: str = "") -> str:
    """The address of another page of this list."""
    return _address({f"{prefix}page": None if number == 1 else str(number)})


def _address(changed: Mapping[str, str | None]) -> str:
    words = {name: st.query_params.get_all(name) for name in st.query_params if name not in changed}
    return "?" + urlencode(words | {k: [v] for k, v in changed.items() if v}, doseq=True)
