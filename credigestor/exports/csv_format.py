"""CSV as Brazilian Excel opens it, and as nobody can make it run a formula.

Separator `;`, decimal comma, dates dd/mm/yyyy, CRLF, UTF-8 with BOM (without it Excel reads
Windows-1252). A text that a spreadsheet could take for a formula gets an apostrophe in front,
also when blanks come first (OWASP, "CSV Injection"). Numbers are no text: -5,00 stays one.

>>> cell(Decimal("-1234.50")), cell(date(2026, 11, 23)), cell(True), cell(None)
('-1234,50', '23/11/2026', 'sim', '')
>>> cell("=1+1"), cell(" @soma"), cell("-5,00"), cell("D'Ávila")
("'=1+1", "' @soma", "'-5,00", "D'Ávila")
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO

import pandas as pd

from credigestor.rules.calendar import format_date, format_moment

#: Some spreadsheets read the full-width signs of East Asian keyboards as the plain ones.
FORMULA_SIGNS = tuple("=+-@＝＋－＠")
#: A cell that begins with one of these is taken for two cells, or rows, by some.
CONTROLS = tuple("\t\r\n")
_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))
#: Other white space, and what is not even seen: zero-width characters, the byte order mark.
UNSEEN = _SPACES.translate(str.maketrans("", "", "\t\r\n")) + "\u200b\u200c\u200d\u2060\ufeff"


def csv_bytes(frame: pd.DataFrame, labels: Mapping[str, str]) -> bytes:
    """The labelled columns of a frame as a CSV file, in the order of the labels."""
    file = io.BytesIO()
    columns = [frame[name].tolist() for name in labels]
    write_rows(file, list(labels.values()), zip(*columns, strict=True))
    return file.getvalue()


def write_rows(file: IO[bytes], header: Sequence[str], rows: Iterable[Iterable[object]]) -> int:
    """Write a CSV file row by row and give how many rows there were; the file stays open."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(map(cell, header))
    count = 0
    for row in rows:
        writer.writerow(map(cell, row))
        count += 1
    text.flush()
    text.detach()
    return count


def cell(value: object) -> str:
    """One value as it stands in a cell; None and pandas' missing values become empty."""
    if isinstance(value, str):
        return guard(value)
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, bool):
        return "sim" if value else "não"
    if isinstance(value, datetime):
        return format_moment(value)
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, float):  # a count that pandas widened for a missing value
        return f"{value:.15g}".replace(".", ",")
    return guard(str(value)) if not isinstance(value, int) else str(value)


def guard(text: str) -> str:
    """The text, behind an apostrophe when a spreadsheet could take it for a formula."""
    beginning = text.lstrip(UNSEEN)[:1]
    return f"'{text}" if beginning in FORMULA_SIGNS or beginning in CONTROLS else text
