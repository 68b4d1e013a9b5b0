"""The shop's data as CSV files in a folder, each written beside and renamed into place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from credigestor.atomic_file import atomic_file
from credigestor.db.loading.copying import Rows
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
) -> Iterator[Written]:
    """Write each of TABLES into a folder, made if missing; give each when it is written.

    Files of the same name are replaced, each at once. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for kind, table in TABLES.items():
        name = f"{table.stem}.csv"
        order = Order(kind=kind, style=style, as_of=as_of)
        rows = Rows()
        with atomic_file(folder / name) as file:
            file.writelines(
                stream(session, order, today=today, generated_at=generated_at, rows=rows)
            )
        yield Written(name, rows.count)
