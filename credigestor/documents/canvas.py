"""What every printed document stands on: fonts, clean text, texts fitted into boxes, lines.

Lengths in mm, sizes of type in points. The same content and moment give the same bytes: nothing
in the file depends on the clock.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from fpdf import FPDF
from fpdf.image_parsing import preload_image

from credigestor.documents import faces, qr

#: What stands for a character that the fonts do not have, such as an emoji.
UNKNOWN = "□"
GREY, RULE, BAND = (95, 105, 104), (205, 214, 212), (236, 241, 240)
BLACK = (0, 0, 0)
_LEADING = 1.35  # height of a line over the size of its type
_MM_A_POINT = 25.4 / 72
#: Which share of a box's empty height lies above its text.
_ABOVE = {"top": 0.0, "middle": 0.5, "bottom": 1.0}
#: No text is set smaller than this, whatever has to fit.
SMALLEST = 5.0


class Canvas(FPDF):
    """Pages of one size without any content of their own."""

    def __init__(
        self,
        title: str,
        made_at: datetime,
        *,
        format: str | tuple[float, float] = "A4",
        orientation: Literal["portrait", "landscape"] = "portrait",
    ) -> None:
        super().__init__(orientation, "mm", format)
        self.set_title(clean(title))
        self.set_lang("pt-BR")
        self.set_creator("CrediGestor")
        self.set_creation_date(made_at)
        faces.add(self)
        self._widths_at_one: dict[tuple[str, str], float] = {}  # for a type of one point
        self.c_margin = 0.0  # texts keep their own distance
        self.alias_nb_pages("")  # a name with "{nb}" in it stays as it is
        self.set_auto_page_break(False)
        self.set_draw_color(*RULE)

    def finished(self) -> bytes:
        """The finished PDF."""
        faces.embed(self)
        return bytes(self.output())

    def set_type(self, size: float, style: str = "", color: tuple[int, int, int] = BLACK) -> None:
        """Set the type that is written with from now on; style "B" is bold."""
        self.set_font(faces.FAMILY, style, size)
        self.set_text_color(*color)

    @property
    def leading(self) -> float:
        """Height of a line of the type in use."""
        return float(self.font_size_pt) * _MM_A_POINT * _LEADING

    def wrapped(self, text: str, width: float) -> list[str]:
        """The lines of a clean text in the type in use; words wider than `width` are parted."""
        lines, line, used = [], "", 0.0
        space = self._width(" ")
        for word in text.split(" "):
            needed = self._width(word)
            if line and used + space + needed <= width:
                line, used = f"{line} {word}", used + space + needed
                continue
            if line:
                lines.append(line)
            if needed > width:
                *parts, word = self._parted(word, width)
                lines.extend(parts)
                needed = self._width(word)
            line, used = word, needed
        return [*lines, line]

    def _parted(self, word: str, width: float) -> list[str]:
        parts, used = [""], 0.0
        for char in word:
            step = self._width(char)
            if parts[-1] and used + step > width:
                parts.append("")
                used = 0.0
            parts[-1] += char
            used += step
        return parts

    def _width(self, word: str) -> float:
        """What `get_string_width` gives, kept for each word: a form has the same ones often."""
        key = (self.font_style, word)
        if key not in self._widths_at_one:
            self._widths_at_one[key] = self.get_string_width(word) / self.font_size_pt
        return self._widths_at_one[key] * self.font_size_pt

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        text: str,
        *,
        size: float,
        style: str = "",
        align: Literal["L", "C", "R"] = "L",
        color: tuple[int, int, int] = BLACK,
        stands: Literal["top", "middle", "bottom"] = "top",
    ) -> float:
        """A text in a box whose top left corner is x, y; gives the y below its last line.

        It stands at the box's top, in its middle, or at its bottom as on a line to write on.

        Set smaller, down to SMALLEST, until all of it fits into the height, which is at least
        one line: nothing is cut off. A text that does not fit even then goes on below the box,
        so boxes are made for the longest text that may be stored.
        """
        text = clean(text)
        while True:
            self.set_type(size, style, color)
            lines = self.wrapped(text, width)
            if len(lines) * self.leading <= max(height, self.leading) + 0.01 or size <= SMALLEST:
                break
            size = max(size - 0.25, SMALLEST)
        y += max(height - len(lines) * self.leading, 0) * _ABOVE[stands]
        return self.lines_at(x, y, width, lines, align)

    def lines_at(
        self,
        x: float,
        y: float,
        width: float,
        lines: Sequence[str],
        align: str = "L",
    ) -> float:
        """Lines of the type in use, one under the other; gives the y below the last."""
        for number, line in enumerate(lines):
            self.set_xy(x, y + number * self.leading)
            self.cell(width, self.leading, line, align=align)
        return y + len(lines) * self.leading

    def cut_line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """A line to cut along, dark enough for any printer."""
        self.set_draw_color(*GREY)
        self.dashed(x1, y1, x2, y2)
        self.set_draw_color(*RULE)

    def dashed(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """A dashed line in the color in use."""
        self.set_dash_pattern(dash=1.5, gap=1.5)
        self.line(x1, y1, x2, y2)
        self.set_dash_pattern()

    def fitted(self, content: bytes, width: float, height: float) -> tuple[float, float]:
        """Width and height of an image as large as a box allows, its proportions kept."""
        _, _, image = preload_image(self.image_cache, content)
        scale = min(width / image.width, height / image.height)
        return image.width * scale, image.height * scale

    def picture(
        self, content: bytes, x: float, y: float, width: float, height: float, *, align: str = "L"
    ) -> float:
        """An image in a box, at its left (or center) and middle; gives the x where it ends.

        The same image on many pages is in the file once.
        """
        across, tall = self.fitted(content, width, height)
        if align == "C":
            x += (width - across) / 2
        self.image(content, x, y + (height - tall) / 2, across, tall)
        return x + across

    def copyable(self, text: str, x: float, y: float, width: float, *, size: float) -> float:
        """A code of printable ASCII over as many lines as it takes; gives the y below the last.

        Marked and copied it is one text without line breaks (ActualText), as a bank's app needs
        it. No line begins or ends with a space, which would be lost where that is not known.
        """
        actual = text.encode("utf-16-be").hex().upper()
        self._out(f"/Span <</ActualText <FEFF{actual}>>> BDC")
        self.set_type(size)
        lines = self._parted(text, width - 3 * self._width(" "))
        for place in range(1, len(lines)):
            while " " in (lines[place - 1][-1], lines[place][0]):
                lines[place] = lines[place - 1][-1] + lines[place]
                lines[place - 1] = lines[place - 1][:-1]
        y = self.lines_at(x, y, width, lines)
        self._out("EMC")
        return y

    def code(self, text: str, x: float, y: float, side: float) -> None:
        """The QR code of a text in a square whose top left corner is x, y, quiet zone included."""
        rows = qr.matrix(text)
        unit = side / (len(rows) + 2 * qr.QUIET_ZONE)
        self.bars(x + qr.QUIET_ZONE * unit, y + qr.QUIET_ZONE * unit, unit, rows)

    def bars(self, x: float, y: float, unit: float, rows: Sequence[Sequence[bool]]) -> None:
        """The dark squares of a matrix, each `unit` wide; those side by side as one bar."""
        self.set_fill_color(*BLACK)
        for row_number, row in enumerate(rows):
            start: int | None = None
            for column, dark in enumerate([*row, False]):
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    width = (column - start) * unit
                    self.rect(x + start * unit, y + row_number * unit, width, unit, "F")
                    start = None


def clean(text: str) -> str:
    """A text that can be printed rightly: white space collapsed, UNKNOWN for all that cannot.

    That is what the fonts do not have, and letters written from right to left: the fonts have
    them, but unjoined and in the wrong order they would be another name. Marks and joiners that
    only change the character before them vanish with it.
    """
    known = faces.known()
    kept = []
    for char in unicodedata.normalize("NFC", text):
        if char.isspace():
            kept.append("\xa0" if char == "\xa0" else " ")
        elif unicodedata.category(char) in ("Cf", "Cc", "Cs", "Co", "Mn", "Me"):
            continue
        else:
            backwards = unicodedata.bidirectional(char) in ("R", "AL", "AN")
            kept.append(char if ord(char) in known and not backwards else UNKNOWN)
    return " ".join(part for part in "".join(kept).split(" ") if part)
