"""Rows set aside on disk until they are asked for, in their order; memory holds a thousand."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from tempfile import TemporaryFile

_AT_ONCE = 1_000
_LENGTH = 4  # bytes of a block's length
#: Texts and numbers alone: what a program of our own run writes and reads again.
Item = tuple[str | int, ...]


class Spool:
    """A list of tuples, written first and then read as often as wanted; it goes with its object."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - ends with the object
        self._some: list[Item] = []

    def append(self, item: Item) -> None:
        """Put one at the end."""
        self._some.append(item)
        if len(self._some) >= _AT_ONCE:
            packed = marshal.dumps(self._some)
            self._file.write(len(packed).to_bytes(_LENGTH) + packed)
            self._some = []

    def __iter__(self) -> Iterator[Item]:
        self._file.seek(0)
        while length := self._file.read(_LENGTH):
            # Our own, from a file without a name.
            yield from marshal.loads(self._file.read(int.from_bytes(length)))  # noqa: S302
        yield from self._some
