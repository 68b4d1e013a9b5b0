"""Whatever a shop sends, as tables: a CSV is one, each sheet of a spreadsheet another.

A table's names are found below titles and blank lines, and its records are read again and again
from where they lie, one at a time: nothing of them is kept.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from credigestor.errors import InvalidInput
from credigestor.imports.csv_table import MAX_COLUMNS, text_of
from credigestor.imports.decoding import Fault, Lines, Unreadable, encoding_of
from credigestor.imports.headings import is_known
from credigestor.imports.workbooks import is_workbook, sheets_of

#: A file as it was sent: in memory, or where it lies.
Content = Path | bytes
Record = tuple[int, list[str] | Fault]

_SEPARATORS = ";,\t|"
_DECLARATION = "sep="
_SEARCHED = 40  # rows among which the names are looked for
_STEP = 2_000  # records between two words of progress


@dataclass(frozen=True)
class Table:
    """A table's place, its names and their line; `sheet` is empty for a CSV.

    `file` is the name under which it was sent. Rows of a spreadsheet are as wide as they are;
    those of a CSV that have not as many cells as there are names are faults.
    """

    file: str
    sheet: str
    header: tuple[str, ...]
    header_line: int
    content: Content
    encoding: str
    separator: str
    #: What must not go as long as the table is read.
    kept: object = None

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"{self.file}, planilha {self.sheet}" if self.sheet else self.file

    def records(self, progress: Callable[[float], None] = lambda _: None) -> Iterator[Record]:
        """The line of each record below the names, and its cells, trimmed, or its fault.

        Blank ones are left out. A fault may be the last where nothing more can be read. Raises
        InvalidInput when the file cannot be had any more.
        """
        width, wide = len(self.header), bool(self.sheet)
        with _opened(self.content) as file:
            size = max(file.seek(0, os.SEEK_END), 1)
            try:
                for count, (line, cells) in enumerate(_lines(file, self.encoding, self.separator)):
                    if count % _STEP == 0:
                        progress(file.tell() / size)
                    if line <= self.header_line:
                        continue
                    missing = width - len(cells)
                    if not missing:
                        yield line, list(map(str.strip, cells))
                    elif not wide and (missing > 0 or any(map(str.strip, cells[width:]))):
                        yield line, _uneven(line, len(cells), width)
                    else:
                        yield line, [*map(str.strip, cells[:width]), *[""] * missing]
            except Unreadable as error:
                for fault in error.faults:
                    yield fault.line, fault

    def first(self, count: int) -> list[Record]:
        """So many of its first records."""
        return list(islice(self.records(), count))


def tables_of(name: str, content: Content) -> list[Table]:
    """The tables of one file that was sent; a sheet with no row below its names is none.

    Raises Unreadable, saying why, for what is no table at all, and InvalidInput when it cannot be
    had.
    """
    with _opened(content) as file:
        if not is_workbook(file.read(8)):
            file.seek(0)
            return [_table(name, "", content, encoding_of(file))]
    found = [
        _table(name, sheet.name, sheet.path, "utf-8", sheet.folder)
        for sheet in sheets_of(content)
        if not sheet.hidden
    ]
    if not found:
        raise Unreadable(Fault(0, "A planilha está vazia."))
    return found


def _table(name: str, sheet: str, content: Content, encoding: str, kept: object = None) -> Table:
    with _opened(content) as file:
        separator = "," if sheet else _separator(file, encoding)
        rows: list[tuple[int, list[str]]] = []
        try:
            rows.extend(islice(_lines(file, encoding, separator), _SEARCHED))
        except Unreadable:
            if not rows:  # else the records tell it, where it is
                raise
    if not rows:
        raise Unreadable(Fault(0, "O arquivo está vazio."))
    line, cells = rows[find_header([cells for _, cells in rows])]
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > MAX_COLUMNS:
        reason = f"O cabeçalho tem {len(cells)} colunas; o limite é {MAX_COLUMNS}."
        raise Unreadable(Fault(line, reason))
    header = tuple(" ".join(cell.split()) for cell in cells)
    return Table(name, sheet, header, line, content, encoding, separator, kept)


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """Which of a file's first rows holds the names: the one with most of what columns are called.

    Where none does, the first that is as wide as the widest.
    """
    known = [len({cell.strip() for cell in row if is_known(cell)}) for row in rows]
    best = max(range(len(rows)), key=lambda k: (known[k], -k))
    if known[best] >= 2 or (known[best] == 1 and len(rows[best]) == 1):
        return best
    filled = [sum(map(bool, map(str.strip, row))) for row in rows]
    return filled.index(max(filled))


def _separator(file: IO[bytes], encoding: str) -> str:
    """The separator under which a row holds most names; where none does, most cells."""
    with text_of(file, encoding) as text:
        lines = [line for line in islice(Lines(text), _SEARCHED) if line.strip()]

    def likeness(separator: str) -> tuple[int, int]:
        split = [line.replace('"', "").strip().split(separator)[:MAX_COLUMNS] for line in lines]
        return (
            max((len(set(filter(is_known, cells))) for cells in split), default=0),
            sum(len(cells) - 1 for cells in split),
        )

    return max(_SEPARATORS, key=likeness)


def _lines(file: IO[bytes], encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The line on which each record begins, and its cells; blank ones are left out."""
    with text_of(file, encoding) as text:
        lines = Lines(text)
        reader = csv.reader(lines, delimiter=separator, strict=True)
        while True:
            line = reader.line_num + 1
            lines.begin(line)
            try:
                cells = next(reader, None)
            except csv.Error:
                reason = "Aspas fora do lugar ou que não se fecham a partir daqui."
                raise Unreadable(Fault(line, reason)) from None
            if cells is None:
                return
            declared = line == 1 and cells and cells[0].lower().startswith(_DECLARATION)
            if not declared and any(map(str.strip, cells)):
                yield line, cells


@contextmanager
def _opened(content: Content) -> Iterator[IO[bytes]]:
    if isinstance(content, bytes):
        yield io.BytesIO(content)
        return
    try:
        file = content.open("rb")
    except OSError as error:
        raise InvalidInput(f"Não foi possível ler {error.filename}: {error.strerror}.") from error
    with file:
        yield file


def _uneven(line: int, count: int, width: int) -> Fault:
    return Fault(
        line,
        f"A linha tem {count} campos e o cabeçalho tem {width}. Confira separadores e aspas.",
    )
