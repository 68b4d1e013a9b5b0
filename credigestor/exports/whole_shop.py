"""All of a shop's tables in one ZIP, and somebody's notes found in it again."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from typing import IO

from sqlalchemy.orm import Session

from credigestor.db.loading.copying import Rows
from credigestor.exports.catalogue import TABLES, Order, Style, stream
from credigestor.exports.sql_format import SEPARATORS
from credigestor.rules.identity import fold


def write_whole_shop(
    session: Session, file: IO[bytes], *, today: date, generated_at: datetime
) -> None:
    """Write the ZIP of all TABLES, as the session sees them."""
    order = Order(kind="everything")
    file.writelines(stream(session, order, today=today, generated_at=generated_at, rows=Rows()))


def notes_in(file: IO[bytes], name: str, *, most: int) -> list[dict[str, str]]:
    """Notes of customers whose name holds these words, from such a ZIP, so many at most."""
    words = fold(name).split()
    found: list[dict[str, str]] = []
    with (
        zipfile.ZipFile(file) as archive,
        archive.open(f"{TABLES['notes'].stem}.csv") as member,
        io.TextIOWrapper(member, "utf-8-sig", newline="") as text,
    ):
        for row in csv.DictReader(text, delimiter=SEPARATORS[Style.EXCEL]):
            folded = fold(row["Cliente"])
            if all(word in folded for word in words):
                found.append(row)
                if len(found) == most:
                    break
    return found
