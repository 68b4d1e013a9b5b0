"""Tables whose rows are links, drawn as plain HTML: `web/pt_br.js` follows them in the same visit.

Streamlit's own grid is a picture: its rows open by mouse alone, its headers sort only what it was
sent, and it scrolls inside the page. On a phone the same HTML is laid out as cards, by style alone
(`web/phone.css`): the first cell is the title, the one of the amount stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

import streamlit as st

from credigestor.ui.kit import lists
from credigestor.ui.kit.figures import format_count


@dataclass(frozen=True)
class Column:
    """One column: its label, the text of a value, and where a value leads out of the house.

    `amount` marks the one that a card is about.
    """

    label: str
    text: Callable[[object], str] = str
    right: bool = False
    leads: str | None = None
    amount: bool = False

    @cached_property
    def kind(self) -> str:
        """The attribute of its cells' classes; nothing where they have none."""
        of = {"cg-right": self.right, "cg-amount": self.amount, "cg-elsewhere": self.leads}
        names = " ".join(name for name, has in of.items() if has)
        return f' class="{names}"' if names else ""


@dataclass(frozen=True)
class Sorting:
    """In which order the rows are, which columns may be sorted by, and the usual order.

    A first click on a label shows the greatest first of those in `greatest_first`. `too_many` are
    columns that so many rows as there are, more than `most`, are not sorted by.
    """

    order: str
    columns: Collection[str]
    usual: str
    greatest_first: Collection[str] = ()
    too_many: Collection[str] = ()
    most: int = 0
    prefix: str = ""

    def told(self, labels: Mapping[str, str]) -> str:
        """Why some columns do not sort here; empty where all of them do."""
        names = [labels[name] for name in self.too_many if name in labels]
        if not names:
            return ""
        return (
            f" Por {', '.join(names)} a lista ordena até {format_count(self.most)} linhas: use os "
            "filtros."
        )


def sorting(
    columns: Collection[str],
    *,
    usual: str,
    many: tuple[Collection[str], int, int] = ((), 0, 0),
    greatest_first: Collection[str] = (),
    prefix: str = "",
) -> Sorting:
    """The order that the address asks for; `many` are columns that only so many rows sort by.

    They come with that number and with how many rows there are; `prefix` as of `lists.order`.
    """
    dear, most, total = many
    allowed = (*columns, *(dear if total <= most else ()))
    return Sorting(
        lists.order(allowed, usual=usual, prefix=prefix),
        allowed,
        usual,
        greatest_first,
        dear if total > most else (),
        most,
        prefix,
    )


def show(
    rows: Sequence[Mapping[Any, object]],
    columns: Mapping[str, Column],
    addresses: Sequence[str],
    *,
    title: str,
    through: str | None = None,
    phones: Sequence[object] = (),
    sorting: Sorting | None = None,
    page: lists.Page | None = None,
) -> None:
    """Draw the rows, each one's column `through`, or its first, a link to its address.

    `phones` are as stored, one a row or none at all: by them a phone's cards call and write
    (`web/phone.js`). The pager stands below.
    """
    through = through or next(iter(columns))
    words = "".join(
        f"--cg-{place}:'{_quoted(column.label)}';"
        for place, column in enumerate(columns.values(), 1)
    )
    heads = "".join(_head(name, column, sorting) for name, column in columns.items())
    body = "".join(
        f"<tr{_reached(phone)}>{_cells(row, columns, address, through)}</tr>"
        for row, address, phone in zip(rows, addresses, phones or [None] * len(rows), strict=True)
    )
    st.html(
        f'<div class="cg-rows"><div class="cg-scroll" role="region" tabindex="0" '
        f'aria-label="{escape(title)}"><table style="{words}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{_pager(page) if page else ''}</div>"
    )


def pager(page: lists.Page) -> None:
    """Draw the pager of a list that is no table, below it."""
    st.html(f'<div class="cg-rows">{_pager(page)}</div>')


def way(address: str, text: str) -> None:
    """Draw a link that is followed as a row's is, so that Back finds it again."""
    st.html(f'<a class="cg-follow" href="{escape(address)}">{escape(text)}</a>')


def _cells(
    row: Mapping[Any, object], columns: Mapping[str, Column], address: str, through: str
) -> str:
    cells = []
    for name, column in columns.items():
        text = escape(_text(column, row[name]))
        if name == through:
            inside = f'<a class="cg-follow" href="{escape(address)}">{text or "(sem nome)"}</a>'
        elif column.leads and text:
            inside = f'<a href="{text}" target="_blank" rel="noopener">{escape(column.leads)}</a>'
        else:
            inside = text
        tag = 'th scope="row"' if name == through else "td"
        cells.append(f"<{tag}{column.kind}>{inside}</{tag.split()[0]}>")
    return "".join(cells)


def _quoted(label: str) -> str:
    """A label as a string of a style, of which nothing can end it."""
    return re.sub(r"[^\w .]", lambda found: f"\\{ord(found[0]):06x}", label)


def _reached(phone: object) -> str:
    return f' data-phone="{escape(phone)}"' if isinstance(phone, str) else ""


def _text(column: Column, value: object) -> str:
    return "" if value is None or value != value else column.text(value)


def _head(name: str, column: Column, sorting: Sorting | None) -> str:
    label, said = escape(column.label), ""
    if sorting and name in sorting.columns:
        now = sorting.order.removeprefix("-") == name
        down = sorting.order.startswith("-")
        if now:
            said = f' aria-sort="{"descending" if down else "ascending"}"'
            word = name if down else f"-{name}"
        else:
            word = f"-{name}" if name in sorting.greatest_first else name
        arrow = f'<span aria-hidden="true"> {"▼" if down else "▲"}</span>' if now else ""
        address = escape(lists.to_order(word, usual=sorting.usual, prefix=sorting.prefix))
        label = (
            f'<a class="cg-follow" href="{address}" title="Ordenar por {label}">{label}{arrow}</a>'
        )
    return f'<th scope="col" data-column="{name}"{column.kind}{said}>{label}</th>'


def _pager(page: lists.Page) -> str:
    """Which rows these are, and links to the pages beside this one, the first and the last."""
    near = {1, page.number - 1, page.number, page.number + 1, page.last}
    links, before = [], 0
    for number in sorted(n for n in near if 1 <= n <= page.last):
        if number > before + 1:
            links.append("<span>…</span>")
        before = number
        if number == page.number:
            links.append(f'<span aria-current="page">{number}</span>')
        else:
            links.append(_way(page, number, str(number), f"Página {number}"))
    if page.number > 1:
        links.insert(0, _way(page, page.number - 1, "‹ Anterior", "Página anterior"))
    if page.number < page.last:
        links.append(_way(page, page.number + 1, "Próxima ›", "Próxima página"))
    ways = f'<nav aria-label="Páginas da lista">{"".join(links)}</nav>' if page.last > 1 else ""
    return f'<div class="cg-pager"><span>{page.sentence}</span>{ways}</div>'


def _way(page: lists.Page, number: int, text: str, label: str) -> str:
    address = escape(lists.to_page(number, page.prefix))
    return f'<a class="cg-follow" href="{address}" aria-label="{label}">{text}</a>'
