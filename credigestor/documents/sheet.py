"""The page that printed documents share: head with logo, foot, headings, tables, clean text.

    sheet = Sheet(shop, "Dados pessoais", made_at)
    sheet.heading("Vendas")
    sheet.grid(["Venda", "Total"], [["000012", Decimal("90.00")]])
    sheet.finished()

The same content and moment give the same bytes: nothing in the file depends on the clock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

from babel.numbers import format_decimal
from fpdf.enums import XPos, YPos

from credigestor.db.settings import ShopSettings
from credigestor.documents.canvas import BAND, BLACK, GREY, Canvas, clean
from credigestor.documents.letterhead import shop_lines, shop_name
from credigestor.rules.calendar import format_date, format_moment

#: Where the count of pages goes, up to 9999. Of the private use area: no cleaned text has it.
_PAGES = "\ue000" * 4

MARGIN, _FOOT = 15.0, 16.0  # mm
_TITLE, _BODY, _SMALL = 11.0, 9.0, 7.0  # pt
_LOGO_WIDTH, _LOGO_HEIGHT = 32.0, 12.0  # mm, at most
_GAP = 4.0  # mm between the parts of head and foot
_PAGE_COUNT = 26.0  # mm for "Página 1 de 9999"
_PAD, _CLOSE = 1.3, 0.5  # mm around a cell's text, and above and below that of a faint row
#: Lines of a row that stand on one page.
_KEPT_TOGETHER = 8
#: A column is at least as wide as its longest word, up to here, and takes texts up to there; mm.
_WIDEST_WORD, _WIDEST_TEXT = 30.0, 120.0


class Sheet(Canvas):
    """A document of A4 pages in the shop's name; lengths in mm, sizes of type in points."""

    def __init__(
        self,
        shop: ShopSettings,
        title: str,
        made_at: datetime,
        *,
        orientation: Literal["portrait", "landscape"] = "portrait",
        logo: bytes | None = None,
    ) -> None:
        super().__init__(title, made_at, orientation=orientation)
        self.shop, self.heading_text, self.made_at = shop, clean(title), made_at
        self.logo = logo
        self.alias_nb_pages(_PAGES)
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, _FOOT)
        self.add_page()

    def header(self) -> None:
        """On every page: logo and who the shop is; the document's title and when it was made."""
        top, left = self.t_margin, self.l_margin
        self.set_type(_TITLE, "B")
        aside = min(max(self.get_string_width(self.heading_text) + 1, 45.0), self.epw / 2)
        below = self.box(
            self.w - self.r_margin - aside,
            top,
            aside,
            self.leading,
            self.heading_text,
            size=_TITLE,
            style="B",
            align="R",
        )
        made = self.made_at
        day = shown(made.date() if made.time() == time() else made)
        below = self.box(
            self.w - self.r_margin - aside,
            below,
            aside,
            0,
            f"Emitido em {day}",
            size=_SMALL,
            align="R",
            color=GREY,
        )
        if self.logo:
            left = self.picture(self.logo, left, top, _LOGO_WIDTH, _LOGO_HEIGHT) + _GAP
            below = max(below, top + _LOGO_HEIGHT)
        width, y = self.w - self.r_margin - aside - _GAP - left, top
        lines = [shop_name(self.shop), *map(" · ".join, shop_lines(self.shop))]
        for number, line in enumerate(lines):
            name = number == 0
            height, size = (2 * self.leading, _TITLE) if name else (0.0, _SMALL)
            style, color = ("B", BLACK) if name else ("", GREY)
            y = self.box(left, y, width, height, line, size=size, style=style, color=color)
        self.set_y(max(below, y) + 1.5)
        self.line(self.l_margin, self.y, self.w - self.r_margin, self.y)
        self.ln(3)

    def footer(self) -> None:
        """Which page of how many, and what the shop wants at the foot of its documents."""
        self.set_y(-_FOOT + 4)
        top = self.y
        self.set_type(_SMALL, color=GREY)
        self.cell(_PAGE_COUNT, self.leading, f"Página {self.page_no()} de {_PAGES}")
        if self.shop.document_footer:
            left = self.l_margin + _PAGE_COUNT + _GAP
            width = self.w - self.r_margin - left
            text, lines = self.shop.document_footer, 2 * self.leading
            self.box(left, top, width, lines, text, size=_SMALL, align="R", color=GREY)

    def heading(self, text: str) -> None:
        """A heading, never alone at the end of a page."""
        if self.y + 24 > self.page_break_trigger:
            self.add_page()
        self.ln(3)
        self.set_type(11.5, "B")
        self._written(text)
        self.ln(1)

    def paragraph(self, text: str, *, bold: str = "") -> None:
        """A paragraph over the whole width, `bold` leading it in."""
        self.set_type(_BODY)
        if bold:
            self.set_type(_BODY, "B")
            self.write(self.leading, f"{clean(bold)}: ")
            self.set_type(_BODY)
        self.write(self.leading, clean(text))
        self.ln(self.leading + 1.2)

    def pairs(self, values: Mapping[str, Any]) -> None:
        """Labels and their values, one under the other; what is empty is left out."""
        rows = [[label, value] for label, value in values.items() if value not in (None, "")]
        self._rows(
            [],
            [[shown(cell) for cell in row] for row in rows],
            "LL",
            [self.epw * share for share in (0.22, 0.78)],
            size=_BODY,
        )
        self.ln(2)

    def grid(
        self,
        labels: Sequence[str],
        rows: Sequence[Sequence[Any]],
        *,
        bold: Collection[int] = (),
        faint: Collection[int] = (),
    ) -> None:
        """A table: numbers to the right, columns as wide as they need, labels on each page.

        Columns in which every cell is empty are left out. A row that does not fit on what is
        left of the page begins on the next one; a very tall one begins here and goes on there.
        `bold` and `faint` name rows by their place; a faint one belongs to the row above it, and
        a few of them stay on its page.
        """
        used = [k for k in range(len(labels)) if any(row[k] not in (None, "") for row in rows)]
        columns = [[row[k] for row in rows] for k in used]
        heads = [clean(labels[k]) for k in used]
        texts = [[shown(value) for value in column] for column in columns]
        aligns = "".join("R" if all(map(_is_number, column)) else "L" for column in columns)
        self.set_type(_SMALL, "B")
        widths = self._widths(heads, texts)
        tones: dict[int, tuple[str, tuple[int, int, int]]] = {
            **dict.fromkeys(bold, ("B", BLACK)),
            **dict.fromkeys(faint, ("", GREY)),
        }
        whole = list(zip(*texts, strict=True))
        self._rows(heads, whole, aligns, widths, size=_SMALL, tones=tones)
        self.ln(2)

    def _widths(self, heads: Sequence[str], columns: Sequence[Sequence[str]]) -> list[float]:
        """Each column as wide as its longest word; what is left goes where texts are long."""
        least, more = [], []
        for head, texts in zip(heads, columns, strict=True):
            longest = sorted({w for text in texts for w in text.split()}, key=len)[-5:]
            word = max(map(self.get_string_width, [*head.split(), *longest]))
            whole = max(map(self.get_string_width, [head, max(texts, key=len, default="")]))
            least.append(min(word, _WIDEST_WORD) + 2 * _PAD + 0.2)
            more.append(max(min(whole, _WIDEST_TEXT) - min(word, _WIDEST_WORD), 0.0))
        share = min(max((self.epw - sum(least)) / (sum(more) or 1), 0), 1)
        widths = [width + share * wanted for width, wanted in zip(least, more, strict=True)]
        return [self.epw * width / sum(widths) for width in widths]

    def _rows(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        aligns: str,
        widths: Sequence[float],
        *,
        size: float,
        tones: Mapping[int, tuple[str, tuple[int, int, int]]] | None = None,
    ) -> None:
        tones = tones or {}
        self.set_type(size)
        if heads:
            self._head(heads, widths, aligns)
        for place, row in enumerate(rows):
            tone = tones.get(place, ("", BLACK))
            self.set_type(size, *tone)
            lines = self._wrapped(row, widths)
            kept = self._kept_together(rows, place, widths, tones)
            fresh = False  # whether the page has just begun: then whatever fits goes on it
            while any(lines):
                room = int((self.page_break_trigger - self.y - 2 * _PAD) / self.leading)
                if not fresh and room < min(max(max(map(len, lines)), kept), _KEPT_TOGETHER):
                    self.add_page()
                    self.set_type(size)
                    if heads:
                        self._head(heads, widths, aligns)
                    self.set_type(size, *tone)
                    fresh = True
                    continue
                room, fresh = max(room, 1), False
                ruled = tones.get(place + 1, ("", BLACK))[1] != GREY
                pad = _CLOSE if tone[1] == GREY else _PAD
                self._lines([cell[:room] for cell in lines], widths, aligns, pad=pad, ruled=ruled)
                lines, kept = [cell[room:] for cell in lines], 0

    def _kept_together(
        self,
        rows: Sequence[Sequence[str]],
        place: int,
        widths: Sequence[float],
        tones: Mapping[int, tuple[str, tuple[int, int, int]]],
    ) -> int:
        """The lines of a row and of the faint ones that follow it; no more than are counted."""
        if tones.get(place, ("", BLACK))[1] == GREY:
            return 0
        lines = 0
        for each in range(place, len(rows)):
            if lines > _KEPT_TOGETHER or (each > place and tones.get(each, ("", BLACK))[1] != GREY):
                break
            lines += max(map(len, self._wrapped(rows[each], widths)))
        return lines + 1  # their rules and pads

    def _head(self, heads: Sequence[str], widths: Sequence[float], aligns: str) -> None:
        size = self.font_size_pt
        self.set_type(size, "B")
        self._lines(self._wrapped(heads, widths), widths, aligns, band=True)
        self.set_type(size)

    def _lines(
        self,
        cells: Sequence[Sequence[str]],
        widths: Sequence[float],
        aligns: str,
        *,
        band: bool = False,
        ruled: bool = True,
        pad: float = _PAD,
    ) -> None:
        top, left = self.y, self.l_margin
        height = max(map(len, cells)) * self.leading + 2 * pad
        if band:
            self.set_fill_color(*BAND)
            self.rect(left, top, self.epw, height, "F")
        for lines, width, align in zip(cells, widths, aligns, strict=True):
            self.lines_at(left + _PAD, top + pad, width - 2 * _PAD, lines, align)
            left += width
        if ruled:
            self.line(self.l_margin, top + height, self.w - self.r_margin, top + height)
        self.set_xy(self.l_margin, top + height)

    def _wrapped(self, cells: Sequence[str], widths: Sequence[float]) -> list[list[str]]:
        return [
            self.wrapped(text, width - 2 * _PAD) for text, width in zip(cells, widths, strict=True)
        ]

    def _written(self, text: str) -> None:
        self.multi_cell(
            self.epw, self.leading, clean(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )


def shown(value: Any) -> str:
    """A cell's value as Brazilians write it, and clean; numbers with all their decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "sim" if value else "não"
    if isinstance(value, Decimal):
        return format_decimal(value, "#,##0.00##", locale="pt_BR")
    if isinstance(value, datetime):
        return format_moment(value)
    if isinstance(value, date):
        return format_date(value)
    return clean(str(value))


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, Decimal)) and not isinstance(value, bool))
