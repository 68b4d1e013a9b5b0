"""Whatever is sent is read, refused in words, or told row by row; and all of it or nothing.

CREDIGESTOR_IMPORT_FUZZ=10000 tries so many files instead of a few.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.errors import BusinessError
from credigestor.imports import importer
from credigestor.imports.decoding import Unreadable
from credigestor.imports.mappings import apply, asked, keep
from credigestor.imports.problems import FILES, Problems
from credigestor.imports.recognising import Kind, Reading, recognise_one
from credigestor.imports.table_lines import Sent
from credigestor.imports.tables import Table, tables_of
from credigestor.imports.translating import CANONICAL, Translation, translation
from credigestor.reports.check.report import check
from tests.imports.importing import CLI, everything
from tests.imports.random_files import likely_file, random_file
from tests.imports.shapes import ON
from tests.portfolio import TODAY

MANY = int(os.environ.get("CREDIGESTOR_IMPORT_FUZZ", "0"))


def _tables(seed: int, *, workbooks: bool) -> list[Table]:
    name, content = random_file(seed, workbooks=workbooks)
    try:
        return tables_of(name, content)
    except Unreadable:
        return []


def _answered(sent: Sent) -> Sent:
    """As if a person had answered what is asked."""
    readings = {
        name: Reading(",") if reading.asks else reading
        for name, reading in sent.what.readings.items()
    }
    meant = {"forma": "Pix", "situacao": "aberta"}
    words = {name: dict.fromkeys(said, meant[name]) for name, said in asked(sent).words.items()}
    return Sent(sent.table, replace(sent.what, readings=readings), words)


def _source(tables: Sequence[Table], kind: Kind | None = None) -> Translation:
    sent = [
        Sent(table, recognise_one(table, kind)) if kind else apply(None, table) for table in tables
    ]
    assert keep(sent)
    return translation([_answered(each) for each in sent], on=ON)


def _read(source: Translation, seed: int) -> None:
    problems = Problems()
    for sheet in source.sheets.values():
        for row in sheet.rows(problems):
            assert row.cells.keys() == set(CANONICAL[sheet.file]), seed
            assert row.cells.keys() > set(sheet.columns), seed
            assert all(isinstance(cell, str) for cell in row.cells.values()), seed
    for problem in problems.first():
        assert problem.file in FILES
        assert source.told(problem).reason, seed


def _read_all(seeds: Iterable[int], *, workbooks: bool) -> None:
    for seed in seeds:
        tables = _tables(seed, workbooks=workbooks)
        for kind in (None, list(Kind)[seed % len(Kind)]):
            _read(_source(tables, kind), seed)


def test_no_file_ends_the_reading_otherwise_than_in_words() -> None:
    _read_all(range(MANY or 120), workbooks=False)


def test_no_spreadsheet_does() -> None:
    _read_all(range(MANY // 10 or 6), workbooks=True)


@pytest.mark.usefixtures("db")
def test_of_a_file_all_comes_in_or_nothing_and_the_books_are_right() -> None:
    came_in = refused = 0
    before = everything()
    for seed in range(MANY // 10 or 12):
        try:
            with transaction() as session:
                source = _source(tables_of("carteira.csv", likely_file(seed)))
                plan = importer.run(session, CLI, source, today=TODAY)
        except BusinessError:
            plan = None
        after = everything()
        if plan is None or plan.problem_count:
            refused += 1
            assert after == before, seed
        else:
            came_in += plan.new.sales > 0
        before = after
    assert came_in > 0
    assert refused > 0
    with snapshot() as session:
        assert check(session) == []
