"""Rows set aside on disk until they are asked for, in their order; memory holds few of them."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from tempfile import TemporaryFile

_AT_ONCE = 500
#: Texts and numbers alone: what a program of our own run writes and reads again.
Item = tuple[str | int, ...]


class Spool:
    """Lists of tuples, one a part, written first and then read as often as wanted.

    It goes with its object.
    """

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - ends with the object
        self._end = 0
        self._some: dict[int, list[Item]] = {}
        #: Where the blocks of each part lie, and how long they are.
        self._blocks: dict[int, list[tuple[int, int]]] = {}

    def append(self, item: Item, part: int) -> None:
        """Put one at the end of its part."""
        some = self._some.setdefault(part, [])
        some.append(item)
        if len(some) >= _AT_ONCE:
            packed = marshal.dumps(some)
            self._file.seek(self._end)
            self._file.write(packed)
            self._blocks.setdefault(part, []).append((self._end, len(packed)))
            self._end += len(packed)
            some.clear()

    def of(self, part: int) -> Iterator[Item]:
        """Those of one part."""
        for start, length in self._blocks.get(part, ()):
            self._file.seek(start)
            # Our own, from a file without a name.
            yield from marshal.loads(self._file.read(length))  # noqa: S302
        yield from self._some.get(part, ())
