"""The eye for printed documents: where each text stands on its page, and what is wrong with it.

    pdf = receipt.pdf(data, made_at=AT, logo=None)
    assert_sound(pdf)                        # nothing overlaps, runs off the page or is struck
    assert qr_codes(pdf) == [payload]        # as a telephone reads them
    assert positions(pdf) == golden("receipt-one", positions(pdf))
    rendered(pdf)[0].save("/tmp/page.png")   # for one's own eyes

Lengths in mm from the page's top left corner. Boxes are those of the ink, not of the type: two
lines set close to each other do not overlap as long as their letters do not touch.
"""

from __future__ import annotations

import ctypes
import math
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import zxingcpp
from PIL.Image import Image

GOLDEN = Path(__file__).parent / "golden"
_MM = 25.4 / 72
_EDGE = 2.0  # no printer reaches further
_TOUCH = 0.15  # mm of ink that two boxes may share: anti-aliasing, an accent above a capital
_THIN = 0.6  # a path narrower than this is a line
_DARK = 128
_TURNED = 0.02  # rad
_ROW = 3.0  # what shares no row of the page, of so many mm, does not meet


@dataclass(frozen=True)
class Box:
    """A rectangle of ink, mm from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, allowed: float = _TOUCH) -> bool:
        """Whether they share more than `allowed` mm in both directions."""
        return (
            min(self.right, other.right) - max(self.left, other.left) > allowed
            and min(self.bottom, other.bottom) - max(self.top, other.top) > allowed
        )

    def holds(self, other: Box) -> bool:
        """Whether the other one lies within."""
        return (
            self.left <= other.left + _TOUCH
            and self.right >= other.right - _TOUCH
            and self.top <= other.top + _TOUCH
            and self.bottom >= other.bottom - _TOUCH
        )


@dataclass(frozen=True)
class Text:
    """One written line: page from 1, box of its ink, x and y where its baseline begins."""

    page: int
    box: Box
    x: float
    y: float
    text: str
    size: float  # pt
    turned: bool

    @property
    def shown(self) -> str:
        """For messages: what it says and where."""
        text = self.text if len(self.text) <= 40 else f"{self.text[:39]}…"
        return f"“{text}” ({self.box.left:.1f}, {self.box.top:.1f})"


@dataclass(frozen=True)
class Mark:
    """A line, a filled area or an image."""

    box: Box
    kind: str  # "image", "line", "dark", "frame" or "area"


def rendered(pdf: bytes, dpi: int = 150) -> list[Image]:
    """Every page as an image."""
    with _opened(pdf) as document:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]


def texts(pdf: bytes) -> list[Text]:
    """Every written line, in the order of the file; those of spaces alone are left out."""
    return [text for lines, _ in _read(pdf) for text in lines if text.text]


def words(pdf: bytes) -> str:
    """All that is written, with one space for every white space: wrapping does not matter."""
    return " ".join(" ".join(text.text for text in texts(pdf)).split())


def qr_codes(pdf: bytes, dpi: int = 200) -> list[str]:
    """What the QR codes say, page by page, from top to bottom, then from left to right."""
    found: list[str] = []
    only = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    for image in rendered(pdf, dpi):
        codes = zxingcpp.read_barcodes(image.convert("L"), formats=only)
        corners = [(c.position.top_left.y // dpi, c.position.top_left.x, c.text) for c in codes]
        found += [text for _, _, text in sorted(corners)]
    return found


def positions(pdf: bytes) -> list[str]:
    """Page, x, y of the baseline, size and text of every line: what a golden test compares."""
    return [f"{t.page} {t.x:.1f} {t.y:.1f} {t.size:.4g} {t.text}" for t in texts(pdf)]


def golden(name: str, found: list[str]) -> list[str]:
    """The positions kept under golden/`name`.txt; with UPDATE_GOLDEN=1 they become the found."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text("\n".join(found) + "\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").splitlines()


def assert_sound(pdf: bytes, *, edge: float = _EDGE) -> None:
    """Fails with what is wrong when something overlaps, is struck or runs off its page."""
    found = faults(pdf, edge=edge)
    assert found == [], "\n".join([f"{len(found)} faults", *found[:20]])


def faults(pdf: bytes, *, edge: float = _EDGE) -> list[str]:
    """What is wrong with a document, in words; `edge` is the blank margin that all keep, mm.

    Texts and marks off the page or too close to its edge; lines of text over each other, or
    written twice at one place; text under a line, an image, a dark area or across a frame's or
    area's edge; pages without text. Turned text (a stamp across the page) may lie over all else,
    but not run off the page.
    """
    found = []
    with _opened(pdf) as document:
        for number, page in enumerate(document, 1):
            width, height = (length * _MM for length in page.get_size())
            inside = Box(edge, edge, width - edge, height - edge)
            lines, hidden = _read(pdf)[number - 1]
            marks = list(_marks(page))
            wrong = [] if lines else ["page without text"]
            wrong += [f"off the page: {t.shown}" for t in lines if not inside.holds(t.box)]
            # A line to cut along may reach the page's edge (and half its own width beyond it).
            paper = Box(-_THIN, -_THIN, width + _THIN, height + _THIN)
            wrong += [f"off the page: {m.kind} {m.box}" for m in marks if not paper.holds(m.box)]
            wrong += [f"written twice at one place ({hidden} texts)"] if hidden else []
            level = sorted((t for t in lines if not t.turned), key=lambda t: t.box.top)
            wrong += [f"overlap: {a.shown} and {b.shown}" for a, b in _meeting(level)]
            wrong += [f"{m.kind} over text: {t.shown}" for t, m in _struck(level, marks)]
            found += [f"page {number}: {what}" for what in wrong]
    return found


@lru_cache(maxsize=2)  # a test asks of the same document several times
def _read(pdf: bytes) -> list[tuple[list[Text], int]]:
    """What `_texts` says of each page."""
    with _opened(pdf) as document:
        return [_texts(page, number) for number, page in enumerate(document, 1)]


def _meeting(level: list[Text]) -> Iterator[tuple[Text, Text]]:
    for place, one in enumerate(level):
        for other in level[place + 1 :]:
            if other.box.top >= one.box.bottom:
                break
            if one.box.meets(other.box):
                yield one, other


def _struck(level: list[Text], marks: list[Mark]) -> Iterator[tuple[Text, Mark]]:
    near: dict[int, list[Mark]] = defaultdict(list)  # a page with QR codes has hundreds
    for mark in marks:
        for row in _rows(mark.box):
            near[row].append(mark)
    for text in level:
        for mark in chain.from_iterable(near[row] for row in _rows(text.box)):
            thin = mark.kind in ("line", "dark", "image")
            if not text.box.meets(mark.box, 0.0 if mark.kind == "line" else _TOUCH):
                continue
            if thin or not (mark.box.holds(text.box) or text.box.holds(mark.box)):
                yield text, mark
                break


def _rows(box: Box) -> range:
    return range(int(box.top // _ROW), int(box.bottom // _ROW) + 1)


def _texts(page: Any, number: int) -> tuple[list[Text], int]:
    """The written lines of a page, and how many texts lie hidden under the same text.

    Lines that are one text when copied (ActualText) are read with the first of them; those that
    follow it have a box and no words.
    """
    text_page = page.get_textpage()
    written = {
        _address(obj.raw): obj for obj in page.get_objects() if obj.type == raw.FPDF_PAGEOBJ_TEXT
    }
    runs: dict[int, list[int]] = {}
    for k in range(raw.FPDFText_CountChars(text_page)):
        # Spaces and line ends that the reader has made up belong to no text on the page.
        if raw.FPDFText_IsGenerated(text_page, k) != 1:
            runs.setdefault(_address(raw.FPDFText_GetTextObject(text_page, k)), []).append(k)
    found = [_line(text_page, page, number, run) for run in runs.values()]
    unread = [obj for place, obj in written.items() if place and place not in runs]
    going_on = [obj for obj in unread if raw.FPDFPageObj_CountMarks(obj.raw)]
    found += [_going_on(page, number, obj) for obj in going_on]
    return [text for text in found if text is not None], len(unread) - len(going_on)


def _going_on(page: Any, number: int, found: Any) -> Text:
    height = page.get_height()
    left, bottom, right, top = found.get_bounds()
    box = Box(left * _MM, (height - top) * _MM, right * _MM, (height - bottom) * _MM)
    return Text(page=number, box=box, x=box.left, y=box.bottom, text="", size=0, turned=False)


def _line(text_page: Any, page: Any, number: int, run: list[int]) -> Text | None:
    height = page.get_height()
    boxes, chars = [], []
    left, right, low, high = (ctypes.c_double() for _ in range(4))
    for k in run:
        code = raw.FPDFText_GetUnicode(text_page, k)
        char = "-" if raw.FPDFText_IsHyphen(text_page, k) == 1 else chr(code)
        chars.append(char)
        if char.isspace():
            continue
        raw.FPDFText_GetCharBox(text_page, k, left, right, low, high)
        boxes.append((left.value, height - high.value, right.value, height - low.value))
    if not boxes:
        return None
    raw.FPDFText_GetCharOrigin(text_page, run[0], left, low)
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    angle = raw.FPDFText_GetCharAngle(text_page, run[0]) % (2 * math.pi)
    return Text(
        page=number,
        box=Box(min(lefts) * _MM, min(tops) * _MM, max(rights) * _MM, max(bottoms) * _MM),
        x=left.value * _MM,
        y=(height - low.value) * _MM,
        text="".join(chars),
        size=round(raw.FPDFText_GetFontSize(text_page, run[0]), 2),
        turned=min(angle, 2 * math.pi - angle) > _TURNED,
    )


def _marks(page: Any) -> Iterator[Mark]:
    height = page.get_height()
    for found in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = found.get_bounds()
        box = Box(left * _MM, (height - top) * _MM, right * _MM, (height - bottom) * _MM)
        if found.type == raw.FPDF_PAGEOBJ_IMAGE:
            yield Mark(box, "image")
        elif min(box.right - box.left, box.bottom - box.top) < _THIN:
            yield Mark(box, "line")
        elif not _filled(found):
            yield Mark(box, "frame")
        else:
            yield Mark(box, "dark" if _brightness(found) < _DARK else "area")


def _filled(path: Any) -> bool:
    mode, stroke = ctypes.c_int(), raw.FPDF_BOOL()
    raw.FPDFPath_GetDrawMode(path.raw, mode, stroke)
    return mode.value != raw.FPDF_FILLMODE_NONE


def _brightness(path: Any) -> int:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    raw.FPDFPageObj_GetFillColor(path.raw, red, green, blue, alpha)
    return (red.value + green.value + blue.value) // 3


def _address(pointer: Any) -> int:
    return ctypes.addressof(pointer.contents) if pointer else 0


@contextmanager
def _opened(pdf: bytes) -> Iterator[Any]:
    document = pdfium.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()
