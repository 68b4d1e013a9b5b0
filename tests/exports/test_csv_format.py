"""CSV as Brazilian Excel opens it, and nobody's formula in it."""

from __future__ import annotations

import csv
import doctest
import io
import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from credigestor.exports import csv_format
from credigestor.exports.csv_format import cell, csv_bytes, guard, write_rows

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(csv_format).failed == 0


def test_a_frame_becomes_a_file_that_brazilian_excel_opens() -> None:
    frame = pd.DataFrame(
        {
            "id": [1, 2],
            "name": ['Ana; a "boa"', '=HYPERLINK("http://x")'],
            "owed": [Decimal("1234.50"), Decimal("-5.00")],
            "due": [date(2026, 11, 23), None],
            "hidden": ["segredo", "segredo"],
        }
    )
    labels = {"name": "Nome", "owed": "Devido", "due": "Vencimento"}
    assert (
        csv_bytes(frame, labels)
        == (
            "\ufeffNome;Devido;Vencimento\r\n"
            '"Ana; a ""boa""";1234,50;23/11/2026\r\n'
            '"\'=HYPERLINK(""http://x"")";-5,00;\r\n'
        ).encode()
    )


def test_an_empty_frame_still_has_its_header() -> None:
    assert csv_bytes(pd.DataFrame({"a": []}), {"a": "A"}) == "\ufeffA\r\n".encode()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("0.00"), "0,00"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-5.00"), "-5,00"),
        (-3, "-3"),
        (2.0, "2"),
        (2.5, "2,5"),
        (math.nan, ""),
        (pd.NaT, ""),
        (pd.NA, ""),
        (None, ""),
        (False, "não"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "02/01/2026 03:04"),
        (pd.Timestamp(2026, 1, 2, 3, 4), "02/01/2026 03:04"),
    ],
)
def test_each_kind_of_value_has_its_form(value: object, shown: str) -> None:
    assert cell(value) == shown


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
@pytest.mark.parametrize("before", ["", " ", "  \xa0", "\u3000", "\u200b", "\ufeff "])
def test_a_text_that_could_be_a_formula_gets_an_apostrophe(sign: str, before: str) -> None:
    text = before + sign + "cmd"
    assert guard(text) == "'" + text


@given(texts)
@example("-5,00")
@example("\t=1")
def test_no_text_ever_begins_like_a_formula(text: str) -> None:
    shown = guard(text)
    assert shown in (text, "'" + text)
    assert not shown.lstrip().startswith(("=", "+", "-", "@"))
    assert not shown.startswith(("\t", "\r"))


@given(st.lists(st.lists(texts, min_size=3, max_size=3), max_size=5))
def test_what_is_written_is_read_back_cell_by_cell(rows: list[list[str]]) -> None:
    file = io.BytesIO()
    assert write_rows(file, ["a", "b", "c"], rows) == len(rows)
    assert rows_of(file.getvalue()) == [
        ["a", "b", "c"],
        *([guard(text) for text in row] for row in rows),
    ]
