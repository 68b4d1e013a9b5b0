"""Small import files for tests: a shop of two customers, two sales, two payments."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from credigestor.imports.problems import CUSTOMERS, PAYMENTS, SALES
from credigestor.imports.reading import COLUMNS, Names, Source, read_files

SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "loja"
needs_sample = pytest.mark.skipif(
    not SAMPLE.is_dir(), reason="the sample shop is not part of the project and is not here"
)

#: The rows of a shop that has nothing wrong with it, by file.
GOOD: dict[str, tuple[tuple[str, ...], ...]] = {
    CUSTOMERS: (
        ("C1", "Conceição Muñoz", "52998224725", "85988724443", "", "São Paulo", "SP", "01310100"),
        ("C2", "Ana D'Ávila", "111.444.777-35", "", "ana@example.com", "", "", ""),
    ),
    SALES: (
        ("V1", "C1", "05/01/2026", "Móveis", "1.300,00", "100,00", "3", "05/02/2026"),
        ("V2", "C2", "06/01/2026", "", "50,00", "50,00", "0", ""),
    ),
    PAYMENTS: (
        ("V1", "1", "05/02/2026", "400,00", "Dinheiro"),
        ("V1", "2", "10/02/2026", "150,00", "cartão"),
    ),
}


def csv_file(
    file: str,
    rows: Sequence[Sequence[str]],
    *,
    separator: str = ";",
    encoding: str = "utf-8-sig",
    header: Sequence[str] | None = None,
) -> bytes:
    """A file of the import with these rows; cells that hold the separator are quoted."""
    lines = [header or COLUMNS[file], *rows]
    return "".join(
        separator.join(f'"{cell}"' if separator in cell else cell for cell in line) + "\r\n"
        for line in lines
    ).encode(encoding)


def shop(**more: Sequence[Sequence[str]]) -> dict[str, bytes]:
    """The good files, with more rows at the end: shop(vendas=[(…)])."""
    return {
        file: csv_file(file, [*rows, *more.get(file.removesuffix(".csv"), ())])
        for file, rows in GOOD.items()
    }


def source(contents: Mapping[str, bytes], names: Names | None = None) -> Source:
    """The files of an import, from their contents by name."""
    return read_files({file: io.BytesIO(content) for file, content in contents.items()}, names)
