"""Blocks: pieces of a page whose height is known before they are drawn.

A document that must know how long it becomes (half a page or two, a roll as long as its text) is
made of blocks, placed, and only then drawn. Lengths in mm, sizes of type in points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from credigestor.documents.canvas import BAND, BLACK, SMALLEST, Canvas, clean

Align = Literal["L", "C", "R"]
Color = tuple[int, int, int]


@dataclass(frozen=True)
class Block:
    """What is drawn below a y, and how much room it takes there."""

    height: float
    draw: Callable[[float], object]


class Blocks(Canvas):
    """A canvas that makes blocks of one width, beginning at `left`."""

    def __init__(
        self,
        title: str,
        made_at: datetime,
        *,
        left: float,
        width: float,
        format: str | tuple[float, float] = "A4",
    ) -> None:
        super().__init__(title, made_at, format=format)
        self.left, self.width = left, width

    def paragraph(
        self,
        text: str,
        size: float,
        style: str = "",
        *,
        at: float = 0.0,
        width: float | None = None,
        align: Align = "L",
        color: Color = BLACK,
    ) -> Block:
        """A text wrapped to `width`, `at` mm from the left; without room where it is empty."""
        text, across = clean(text), self.width - at if width is None else width
        if not text:
            return space(0)
        self.set_type(size, style, color)
        lines, leading = self.wrapped(text, across), self.leading

        def draw(y: float) -> None:
            self.set_type(size, style, color)
            self.lines_at(self.left + at, y, across, lines, align)

        return Block(len(lines) * leading, draw)

    def fitting(self, texts: Iterable[tuple[str, float]], size: float, style: str = "") -> float:
        """The size, at most `size`, at which each text is one line of its width, in mm."""
        self.set_type(1, style)
        widest = max(self.get_string_width(clean(text)) / width for text, width in texts)
        return max(min(size, 0.99 / widest) if widest else size, SMALLEST)

    def rule(self, above: float = 0.0, below: float = 0.0, *, dashed: bool = False) -> Block:
        """A line over the whole width, with room above and below it."""

        def draw(y: float) -> None:
            line = self.dashed if dashed else self.line
            line(self.left, y + above, self.left + self.width, y + above)

        return Block(above + below, draw)

    def band(self, block: Block, pad: float) -> Block:
        """A block on a light ground, `pad` above and below it."""

        def draw(y: float) -> None:
            self.set_fill_color(*BAND)
            self.rect(self.left, y, self.width, block.height + 2 * pad, "F")
            block.draw(y + pad)

        return Block(block.height + 2 * pad, draw)


def space(height: float) -> Block:
    """Room without anything."""
    return Block(height, lambda _: None)


def stack(*blocks: Block, gap: float = 0.0) -> Block:
    """Blocks under each other, `gap` between those that take room."""
    kept = [block for block in blocks if block.height]

    def draw(y: float) -> None:
        for block in kept:
            block.draw(y)
            y += block.height + gap

    return Block(total(kept) + gap * max(len(kept) - 1, 0), draw)


def beside(*blocks: Block) -> Block:
    """Blocks that begin at one height, each with a place and width of its own."""

    def draw(y: float) -> None:
        for block in blocks:
            block.draw(y)

    return Block(max(block.height for block in blocks), draw)


def total(blocks: Sequence[Block]) -> float:
    """How tall blocks are together."""
    return sum(block.height for block in blocks)
