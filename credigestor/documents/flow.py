"""Papers of a sale on credit: blocks that flow down A4 pages, conditions in type of 12 points.

CDC art. 54 §3 wants the clauses of an adhesion contract in no smaller type.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from credigestor.db.settings import ShopSettings
from credigestor.documents.blocks import Block, Blocks, beside, space, stack
from credigestor.documents.canvas import BAND, GREY, clean
from credigestor.documents.credit_words import Figure
from credigestor.documents.letterhead import phone, shop_address, shop_name
from credigestor.rules.identity import labelled_tax_id, tax_id_kind

LEFT, WIDTH = 12.0, 186.0  # mm
TOP, BOTTOM = 12.0, 282.0
LEGAL, _TABLE = 12.0, 8.5  # pt
TO_FILL_IN = "_" * 30
_APART, _GUTTER = 1.6, 3.0  # mm between the cells of a row, and between columns of rows
_COLUMN = WIDTH / 3
_FOOT = 58.0  # mm for what stands at the left of a page's foot


class Flow:
    """What is put on the page goes below what is there, over as many pages as it needs.

    `foot` words the left of a page's foot, given the page's number in this flow; `footer` is the
    shop's own text, at its right.
    """

    def __init__(self, page: Blocks, foot: Callable[[int], str], footer: str) -> None:
        self.page, self.foot, self.footer = page, foot, footer
        self.y, self.pages = TOP, 0

    def fresh_page(self) -> None:
        """Go on at the top of a new page."""
        page = self.page
        page.add_page()
        self.pages += 1
        self.y = TOP
        page.box(LEFT, BOTTOM + 2, _FOOT, 7, self.foot(self.pages), size=7, color=GREY)
        right, across = LEFT + _FOOT + 2, WIDTH - _FOOT - 2
        page.box(right, BOTTOM + 2, across, 7, self.footer, size=7, align="R", color=GREY)

    def put(self, block: Block) -> None:
        """Draw a block whole, on the next page where this one has no room for it."""
        if self.y + block.height > BOTTOM:
            self.fresh_page()
        block.draw(self.y)
        self.y += block.height

    def heading(self, text: str) -> None:
        """A heading, never alone at the end of a page."""
        heading = self.page.paragraph(text, 12, "B")
        if self.y + heading.height + 20 > BOTTOM:
            self.fresh_page()
        self.put(stack(space(3), heading, self.page.rule(1, 2)))

    def letterhead(self, shop: ShopSettings, logo: bytes | None) -> None:
        """Who the shop is and where, with lines to fill in what it has not said (54-B, IV)."""
        page, left = self.page, LEFT
        if logo:
            left = page.picture(logo, LEFT, self.y, 42, 20) + 5
        width = LEFT + WIDTH - left
        y = page.box(left, self.y, width, 10, shop_name(shop), size=20, style="B")
        number = labelled_tax_id(shop.tax_id) or f"CNPJ {TO_FILL_IN}"
        if shop.legal_name:
            number = f"{shop.legal_name} · {number}"
        elif tax_id_kind(shop.tax_id) == "CNPJ":
            number = f"Razão social: {TO_FILL_IN} · {number}"
        y = page.box(left, y + 0.5, width, 9, number, size=9)
        address = shop_address(shop)
        if not shop.street:
            address = ", ".join(filter(None, (f"Endereço: {TO_FILL_IN * 2}", address)))
        y = page.box(left, y, width, 9, address, size=9)
        y = page.box(left, y, width, 5, " · ".join(filter(None, (phone(shop), shop.email))), size=9)
        self.y = max(y, self.y + 21 if logo else 0) + 2

    def band(self, title: str, aside: str) -> None:
        """What the paper is, and which one."""
        page, y = self.page, self.y
        page.set_fill_color(*BAND)
        page.rect(LEFT, y, WIDTH, 11, "F")
        page.box(LEFT + 3, y + 1.6, 110, 7, title, size=15, style="B")
        page.box(LEFT + 113, y + 2.6, WIDTH - 116, 6, aside, size=11, align="R")
        self.y = y + 14

    def figures(
        self, rows: Sequence[Sequence[Figure]], *, labels: float = 8, headed: bool = False
    ) -> None:
        """Labels, in a type of their own, with what stands under them, in rows of three.

        A heading above them has drawn the first row's rule already.
        """
        page = self.page
        for place, row in enumerate(rows):
            cells = []
            for column, (label, value) in enumerate(row):
                at, width = column * _COLUMN, _COLUMN - 3
                cells.append(
                    (
                        page.paragraph(label, labels, at=at, width=width),
                        page.paragraph(value, LEGAL, "B", at=at, width=width),
                    )
                )
            tallest = max(label.height for label, _ in cells)
            made = [stack(label, space(tallest - label.height), value) for label, value in cells]
            rule = space(0) if headed and place == 0 else page.rule(0, 1.2)
            self.put(stack(rule, beside(*made), space(1.2)))

    def clause(self, lead: str, text: str) -> None:
        """A paragraph that its first words name; it may go on on the next page."""
        page = self.page
        page.set_type(LEGAL, "B")
        lead, text = f"{lead}. ", clean(text)
        indent = page.get_string_width(lead)
        page.set_type(LEGAL)
        first = page.wrapped(text, WIDTH - indent)[0]
        rest = text[len(first) :].lstrip(" ")
        for number, line in enumerate([first, *(page.wrapped(rest, WIDTH) if rest else [])]):
            if self.y + page.leading > BOTTOM:
                self.fresh_page()
            at = 0.0
            if number == 0:
                page.set_type(LEGAL, "B")
                page.set_xy(LEFT, self.y)
                page.cell(indent, page.leading, lead)
                at = indent
            page.set_type(LEGAL)
            page.set_xy(LEFT + at, self.y)
            page.cell(WIDTH - at, page.leading, line)
            self.y += page.leading
        self.y += 1.5

    def columns(
        self,
        rows: Sequence[Sequence[str]],
        aligns: str,
        *,
        size: float = _TABLE,
        apart: float = _APART,
    ) -> None:
        """Short rows, their cells `apart`, in as many columns as fit, read downwards."""
        page, left = self.page, list(rows)
        page.set_type(size)
        widths = [max(map(page.get_string_width, cells)) for cells in zip(*left, strict=True)]
        needed = sum(widths) + (len(widths) - 1) * apart
        gutter = _GUTTER * apart / _APART
        columns = int((WIDTH + gutter) / (needed + gutter))
        step = (WIDTH + gutter) / columns
        while left:
            room = int((BOTTOM - self.y) / page.leading)
            deep = min(room, -(-len(left) // columns))
            for place, row in enumerate(left[: deep * columns]):
                column, down = divmod(place, deep)
                x = LEFT + column * step
                for width, text, align in zip(widths, row, aligns, strict=True):
                    page.set_xy(x, self.y + down * page.leading)
                    page.cell(width, page.leading, text, align=align)
                    x += width + apart
            left = left[deep * columns :]
            self.y += deep * page.leading
            if left:
                self.fresh_page()
                page.set_type(size)
