"""The shop's data as CSV files in a folder, all written beside and then renamed into place."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from credigestor.atomic_file import FULL, atomic_file, reason
from credigestor.db.loading.copying import Rows
from credigestor.errors import DiskFull
from credigestor.exports.catalogue import TABLES, Order, Style, stream


@dataclass(frozen=True)
class Written:
    """One file written: its name, and its rows without the header."""

    name: str
    rows: int


def export_folder(
    session: Session,
    folder: Path,
    *,
    as_of: date,
    today: date,
    generated_at: datetime,
    style: Style = Style.EXCEL,
) -> list[Written]:
    """Write each of TABLES into a folder, made if missing.

    Files of the same name are replaced once all are written: none is, where one cannot be. Raises
    DiskFull then, and OSError.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as files:
            for kind, table in TABLES.items():
                name, rows = f"{table.stem}.csv", Rows()
                order = Order(kind=kind, style=style, as_of=as_of)
                file = files.enter_context(atomic_file(folder / name))
                blocks = stream(session, order, today=today, generated_at=generated_at, rows=rows)
                with closing(blocks):  # or the connection would still be busy with them
                    file.writelines(blocks)
                written.append(Written(name, rows.count))
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise DiskFull(
            f"A exportação não pôde ser gravada em {folder}: {reason(error)}."
        ) from error
    return written
