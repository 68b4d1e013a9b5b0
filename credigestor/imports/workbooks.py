"""Spreadsheets (XLSX, XLSM, XLSB, XLS, ODS) as one text file a sheet, whatever was sent for one.

The reading is done by a process of its own (`workbook_process`), whose memory and time grow with
the size of the file and with nothing else, so that a small file never costs much.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from credigestor.imports import workbook_process as process
from credigestor.imports.decoding import Fault, Unreadable

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MEGABYTE = 1024 * 1024
#: Memory of the reading: what the program itself takes, and so many times the file.
_BASE, _TIMES, _MOST = 64 * _MEGABYTE, 26, 640 * _MEGABYTE
#: The library holds a whole sheet, and a larger file would need more than `_MOST`.
_LARGEST = 40 * _MEGABYTE
#: One of more than this that needs too much has many rows, and is not made to burst.
_SMALL = 4 * _MEGABYTE
_TOO_LARGE = (
    "A planilha é grande demais para ser lida inteira. Salve como CSV (no Excel: Arquivo, Salvar "
    "como, CSV UTF-8) e envie o CSV, que é lido linha a linha, quantas forem."
)
#: Seconds of the machine's clock beyond those of computing: other programs run too.
_PATIENCE = 20
_WHY = {
    process.PROTECTED: "A planilha tem senha. Abra-a, tire a senha e salve de novo.",
    process.UNREADABLE: (
        "A planilha está estragada ou não é do Excel nem do LibreOffice. Abra-a no programa que a "
        "fez e salve de novo, ou salve como CSV."
    ),
    process.NUMBERS: (
        "É uma planilha do Numbers. No Numbers, escolha Arquivo, Exportar Para, Excel, e envie o "
        "arquivo .xlsx."
    ),
    process.OTHER_FILES: (
        "É um arquivo com outros dentro (ZIP), ou um documento, e não uma planilha. Extraia dele "
        "as planilhas ou os CSV e envie-os, ou salve-o como Excel (.xlsx)."
    ),
    process.TOO_MUCH: (
        "A planilha pede memória ou tempo demais para o tamanho dela. Copie só as linhas "
        "preenchidas para uma planilha nova, ou salve como CSV."
    ),
}


@dataclass(frozen=True)
class SheetText:
    """One sheet: its name, and where its text lies; line n of it is row n of the sheet."""

    name: str
    hidden: bool
    path: Path
    #: Keeps the folder there as long as anybody reads from it.
    folder: TemporaryDirectory[str]


def is_workbook(head: bytes) -> bool:
    """Whether a file that begins like this is a spreadsheet, or an archive that may be one."""
    return head.startswith((b"PK\x03\x04", _OLE))


def sheets_of(content: Path | bytes) -> list[SheetText]:
    """The sheets that have something in them, in their order; raises Unreadable, saying why."""
    folder = TemporaryDirectory(prefix="credigestor-planilha-", ignore_cleanup_errors=True)
    with _as_file(content) as file:
        size = os.fstat(file.fileno()).st_size
        if size > _LARGEST:
            raise Unreadable(Fault(0, _TOO_LARGE))
        most = min(_BASE + _TIMES * size, _MOST)
        seconds = 1 - -size // _MEGABYTE
        command = [sys.executable, "-P", process.__file__, folder.name, str(most), str(seconds)]
        try:
            code = subprocess.run(  # noqa: S603 - our own program; the file is its input
                command,
                stdin=file,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=seconds + _PATIENCE,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            code = process.TOO_MUCH
    # Ended by a limit, it has no code of its own; a process that failed inside has 1.
    if code:
        code = code if code in _WHY else process.UNREADABLE if code == 1 else process.TOO_MUCH
        many_rows = code == process.TOO_MUCH and size > _SMALL
        raise Unreadable(Fault(0, _TOO_LARGE if many_rows else _WHY[code]))
    place = Path(folder.name)
    told = json.loads((place / "sheets.json").read_text(encoding="utf-8"))
    return [
        SheetText(each["name"], each["hidden"], place / f"{number}.csv", folder)
        for number, each in enumerate(told)
    ]


@contextmanager
def _as_file(content: Path | bytes) -> Iterator[IO[bytes]]:
    """The content as a file of the system, which another process can read."""
    with content.open("rb") if isinstance(content, Path) else TemporaryFile() as file:
        if isinstance(content, bytes):
            file.write(content)
            file.seek(0)
        yield file
