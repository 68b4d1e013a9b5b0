"""A process of its own that reads one spreadsheet and writes each of its sheets as plain text.

Whoever sends a file chose every byte of it, and the library holds a whole sheet: a file of a few
bytes may ask for terabytes. So it is read where a limit of memory and of time ends nothing but the
reading. No macro is run and no link followed: only values that were saved are read.

Run as `python workbook_process.py FOLDER BYTES SECONDS < FILE`. Line n of the text is row n of the
sheet, so that a problem names the row that a person sees; a number stands behind `NUMBER`, with a
point, and a date as ISO: neither can be taken for another.
"""

from __future__ import annotations

import csv
import io
import json
import math
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

#: Stands before a number of a spreadsheet: a private character, and no text has it.
NUMBER = "\ue000"
#: Exit codes: what a person can do something about.
PROTECTED, UNREADABLE, TOO_MUCH, NUMBERS, OTHER_FILES = 3, 4, 5, 6, 7
#: Rows and columns that are read: what Excel has, and what a table may have.
MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 1_048_576, 500, 100
#: An archive of spreadsheets shrinks to a tenth or so; one to so little of it was made to burst.
_SHRINKS, _SMALL = 200, 16 * 1024 * 1024
_LONGEST = 32_767  # characters of a cell, as in Excel
_SPACED = str.maketrans({**dict.fromkeys(map(chr, range(32)), " "), NUMBER: None, "\x7f": " "})
_MIDNIGHT = time()


def text_of(value: object) -> str:
    """A cell as the text of one line.

    >>> text_of(1234.5).removeprefix(NUMBER), text_of(0.1 + 0.2).removeprefix(NUMBER)
    ('1234.5', '0.3')
    >>> text_of(datetime(2026, 1, 5)), text_of(datetime(2026, 1, 5, 8, 30)), text_of(True)
    ('2026-01-05', '2026-01-05 08:30:00', 'sim')
    """
    if isinstance(value, str):
        return value[:_LONGEST].translate(_SPACED).strip()
    if isinstance(value, bool):
        return "sim" if value else "não"
    if isinstance(value, int | float):
        # Excel shows 15 digits: the others are what binary fractions leave.
        return f"{NUMBER}{Decimal(f'{value:.15g}'):f}" if math.isfinite(value) else ""
    if isinstance(value, datetime):
        whole = value.time() == _MIDNIGHT
        return value.date().isoformat() if whole else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else ""


def _rows(rows: Iterable[Sequence[object]], left: int) -> Iterator[list[str]]:
    """Each row of the sheet from its first column on, without the empty cells at its end."""
    for row in rows:  # those before the first that has something too, but no columns before it
        cells = [""] * left + [text_of(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _limit(bytes_: int, seconds: int, written: int) -> None:
    """Make the system end this process beyond so much; where it cannot, the caller's clock does."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (bytes_, bytes_))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refused(content: bytes) -> int:
    """Why an archive is not even tried; 0 for what may be a spreadsheet."""
    if not content.startswith(b"PK"):
        return 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
    if sum(member.file_size for member in members) > _SMALL + _SHRINKS * len(content):
        return TOO_MUCH
    names = [member.filename for member in members]
    if any(name.endswith(".iwa") for name in names):
        return NUMBERS
    return 0 if any(name.startswith(("xl/", "content.xml")) for name in names) else OTHER_FILES


def main(folder: Path, bytes_: int, seconds: int) -> int:
    """Read the standard input; write `0.csv`, `1.csv`, … and, at the end, `sheets.json`."""
    import python_calamine as calamine

    _limit(bytes_, seconds, 4 * bytes_)
    content = sys.stdin.buffer.read()
    try:
        if refused := _refused(content):
            return refused
        book = calamine.load_workbook(io.BytesIO(content))
        sheets: list[dict[str, str | bool]] = []
        for data in book.sheets_metadata[:MAX_SHEETS]:
            if data.typ != calamine.SheetTypeEnum.WorkSheet:
                continue  # a chart, or macros
            sheet = book.get_sheet_by_name(data.name)
            if sheet.start is None:
                continue
            if sheet.start[1] + sheet.width > MAX_COLUMNS or (sheet.end or (0, 0))[0] >= MAX_ROWS:
                return TOO_MUCH
            with (folder / f"{len(sheets)}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(
                    _rows(sheet.iter_rows(), sheet.start[1])
                )
            sheets.append(
                {
                    "name": data.name.translate(_SPACED).strip(),
                    "hidden": data.visible != calamine.SheetVisibleEnum.Visible,
                }
            )
    except calamine.PasswordError:
        return PROTECTED
    except MemoryError:
        return TOO_MUCH
    except (calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError):
        return UNREADABLE
    (folder / "sheets.json").write_text(json.dumps(sheets), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
