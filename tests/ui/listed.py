"""What a person reads in the lists whose rows are links (`ui/kit/rows.py`)."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from tests.ui.support import Visit


class _Table(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.columns: list[str] = []
        self.labels: list[str] = []
        self.rows: list[list[str]] = []
        self.hrefs: list[str] = []
        self.orders: dict[str, str] = {}
        self.sorted: dict[str, str] = {}
        self.pages: dict[str, str] = {}
        self.text = ""
        self.words = ""
        self.phones: list[str | None] = []
        self.amounts: set[str] = set()
        self._head = self._body = self._cell = self._elsewhere = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found: dict[str, Any] = dict(attrs)
        if tag in ("thead", "tbody"):
            self._head, self._body = tag == "thead", tag == "tbody"
        elif tag == "table":
            self.words = found["style"]
        elif tag == "tr" and self._body:
            self.rows.append([])
            self.phones.append(found.get("data-phone"))
        elif tag in ("th", "td"):
            self._cell = True
            if self._head:
                self._column(found["data-column"], found)
            else:
                self.rows[-1].append("")
        elif tag == "a" and self._cell and self._head:
            self.orders[self.columns[-1]] = found["href"]
        elif tag == "a" and self._cell and found.get("class") == "cg-follow":
            self.hrefs.append(found["href"])
        elif tag == "a" and self._cell:
            self.rows[-1][-1], self._elsewhere = found["href"], True
        elif tag == "a":
            self.pages[found["aria-label"]] = found["href"]

    def _column(self, name: str, found: dict[str, Any]) -> None:
        self.columns.append(name)
        self.labels.append("")
        kinds = found.get("class", "").split()
        if "aria-sort" in found:
            self.sorted[name] = found["aria-sort"]
        if "cg-amount" in kinds:
            self.amounts.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self._cell = self._elsewhere = False
        elif tag == "tbody":
            self._body = False

    def handle_data(self, text: str) -> None:
        text = text.replace("\xa0", " ")
        self.text += text
        if self._cell and not self._elsewhere:
            cells = self.labels if self._head else self.rows[-1]
            cells[-1] += text


class Listed:
    """One list: its rows as a frame of texts by column, and where its links lead.

    `phones` are those by which each row's card calls, `words` the style that tells a card its
    labels, `amounts` the columns that cards are about. A cell that leads out of the house is its
    address. `hrefs` are the rows', `orders` the labels', by column, `pages` the pager's, by name.
    """

    def __init__(self, html: str) -> None:
        table = _Table()
        table.feed(html)
        self.value = pd.DataFrame(table.rows, columns=table.columns, dtype=object)
        self.phones, self.words, self.amounts = table.phones, table.words, table.amounts
        self.labels = dict(zip(table.columns, table.labels, strict=True))
        self.hrefs, self.orders, self.sorted = table.hrefs, table.orders, table.sorted
        self.pages, self.text = table.pages, table.text


def lists(app: Visit) -> list[Listed]:
    """The lists of a page, from the top."""
    return [Listed(part.value) for part in app.html if 'class="cg-scroll"' in part.value]


def leads(app: AppTest) -> dict[str, str]:
    """The links behind the charts of a page: where each leads, by what it says."""
    html = "".join(part.value for part in app.html if 'class="cg-leads"' in part.value)
    found = re.findall(r'href="([^"]+)">([^<]+)</a>', html)
    return {unescape(label).replace("\xa0", " "): unescape(address) for address, label in found}
