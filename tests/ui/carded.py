"""The cards of figures on a page, which are plain HTML, as a person reads them."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

from streamlit.testing.v1 import AppTest

_FIELDS = {
    "cg-value": "value",
    "cg-delta": "change",
    "cg-since": "since",
    "cg-detail": "details",
}


@dataclass
class Card:
    """One card: what stands on it, what its question mark tells, and its sparkline's address."""

    label: str
    classes: str
    value: str = ""
    change: str = ""
    since: str = ""
    details: str = ""
    help: str = ""
    spark: str = ""


class _Cards(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Card] = []
        self._field = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        kind = of.get("class", "")
        if kind.startswith("cg-card "):
            self.found.append(Card(of["aria-label"], kind))
        elif kind == "cg-help":
            self.found[-1].help = of["aria-label"]
        elif kind == "cg-spark":
            self.found[-1].spark = of["style"]
        elif tag == "p" or kind in _FIELDS:
            self._field = _FIELDS.get(kind, "")

    def handle_data(self, data: str) -> None:
        if self._field and self.found and data.strip() not in ("↑", "↓"):
            card = self.found[-1]
            apart = " · " if self._field == "details" and card.details else ""
            setattr(card, self._field, getattr(card, self._field) + apart + data)


def cards_of(app: AppTest) -> list[Card]:
    """The cards of a page, in their order, with plain spaces."""
    return read("".join(part.value for part in app.html if 'class="cg-cards' in part.value))


def read(html: str) -> list[Card]:
    """The cards of this HTML."""
    parser = _Cards()
    parser.feed(html.replace("\xa0", " "))
    return parser.found


def totals_of(app: AppTest) -> dict[str, str]:
    """The sums above the lists of a page, by label, with plain spaces."""
    return {each.label: each.value for each in cards_of(app) if "cg-plain" in each.classes}
