"""One CSV file as a table: its separator, its header, and its records one by one."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO

from credigestor.imports.decoding import Fault, Lines, Unreadable
from credigestor.rules.identity import fold
from credigestor.rules.quoting import quote

MAX_COLUMNS = 500
#: How Excel may tell the separator in a line of its own, above the header.
_DECLARATION = "sep="
_SEPARATORS = ";,\t"


class Table:
    """The columns that are wanted, found in the file's header, and the records below it.

    `header` has the file's names, `places` the number of the cell for each wanted column that
    is there.
    """

    def __init__(
        self,
        file: IO[bytes],
        text: io.TextIOWrapper,
        separator: str,
        columns: Sequence[str],
        names: Mapping[str, str],
        size: int,
        optional: Sequence[str] = (),
    ) -> None:
        self.separator = separator
        self._file = file
        self._size = size
        self._lines = Lines(text)
        self._reader = csv.reader(self._lines, delimiter=separator, strict=True)
        self._columns = columns
        self._names = names
        self.header_line, self.header = self._find_header()
        self._folded = [column_name(name) for name in self.header]
        self._wanted = {
            column: column_name(names.get(column, column)) for column in (*columns, *optional)
        }
        self.places = {
            column: self._folded.index(name)
            for column, name in self._wanted.items()
            if name in self._folded
        }
        #: Columns that nobody asked for, by their own names.
        self.unknown = [
            name for k, name in enumerate(self.header) if name and k not in self.places.values()
        ]

    @property
    def share(self) -> float:
        """How much of the file has been read, as a share of 1."""
        return self._file.tell() / max(self._size, 1)

    def faults(self) -> list[Fault]:
        """What the header lacks or has twice."""
        line, names = self.header_line, self._names
        missing = [
            Fault(line, _missing(column, names.get(column)), column)
            for column in self._columns
            if column not in self.places
        ]
        repeated = [
            Fault(line, f"A coluna “{column}” aparece mais de uma vez.", column)
            for column, name in self._wanted.items()
            if self._folded.count(name) > 1
        ]
        return missing + repeated

    def records(self) -> Iterator[tuple[int, list[str] | Fault]]:
        """The line on which each record below the header begins, and its cells or their fault.

        Blank ones are left out. Raises Unreadable where nothing more can be read.
        """
        width = len(self.header)
        for line, cells in self._all():
            if len(cells) < width or any(cell.strip() for cell in cells[width:]):
                reason = (
                    f"A linha tem {len(cells)} campos e o cabeçalho tem {width}. "
                    "Confira separadores e aspas."
                )
                yield line, Fault(line, reason)
            else:
                yield line, cells

    def _all(self) -> Iterator[tuple[int, list[str]]]:
        while True:
            line = self._reader.line_num + 1
            self._lines.begin(line)
            try:
                cells = next(self._reader, None)
            except csv.Error:
                reason = "Aspas fora do lugar ou que não se fecham a partir daqui."
                raise Unreadable(Fault(line, reason)) from None
            if cells is None:
                return
            if any(map(str.strip, cells)):
                yield line, cells

    def _find_header(self) -> tuple[int, list[str]]:
        for line, cells in self._all():
            if line == 1 and cells[0].lower().startswith(_DECLARATION):
                continue
            if len(cells) > MAX_COLUMNS:
                reason = f"O cabeçalho tem {len(cells)} colunas; o limite é {MAX_COLUMNS}."
                raise Unreadable(Fault(line, reason))
            return line, [" ".join(cell.split()) for cell in cells]
        expected = ", ".join(self._columns)
        raise Unreadable(Fault(0, f"O arquivo está vazio. Colunas esperadas: {expected}."))


@contextmanager
def opened(
    file: IO[bytes],
    encoding: str,
    columns: Sequence[str],
    names: Mapping[str, str],
    optional: Sequence[str] = (),
) -> Iterator[Table]:
    """The table in a file, read from its beginning; the file stays open.

    `names` has the file's name for each column that is called otherwise there; `optional` are
    columns that it need not have. Raises Unreadable.
    """
    wanted = {column_name(names.get(column, column)) for column in (*columns, *optional)}
    with text_of(file, encoding) as text:
        separator = _separator(Lines(text), wanted)
    size = file.seek(0, os.SEEK_END)
    with text_of(file, encoding) as text:
        yield Table(file, text, separator, columns, names, size, optional)


@contextmanager
def text_of(file: IO[bytes], encoding: str) -> Iterator[io.TextIOWrapper]:
    """The file from its beginning as text, which is closed by itself alone."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        yield text
    finally:
        text.detach()  # or the file would be closed with it


def _separator(lines: Iterator[str], wanted: set[str]) -> str:
    filled = (line for line in lines if line.strip())
    first = next(filled, "").replace('"', "")
    if first.lower().startswith(_DECLARATION):
        first = next(filled, "").replace('"', "")

    def likeness(separator: str) -> tuple[int, int]:
        names = {column_name(cell) for cell in first.split(separator)[:MAX_COLUMNS]}
        return len(names & wanted), first.count(separator)

    return max(_SEPARATORS, key=likeness)


def column_name(cell: str) -> str:
    """A column's name as it is compared: no accents, no capitals, no spaces."""
    return fold(cell).replace(" ", "_")


def _missing(column: str, name: str | None) -> str:
    if name is None:
        return f"Falta a coluna “{column}”."
    return f"Não há a coluna {quote(name)}, indicada para “{column}”."
