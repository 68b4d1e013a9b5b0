"""Cells as PostgreSQL writes them: what Python's own formatters say, whatever the text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, Integer, Numeric, Text, func, select, values

from credigestor.db.engine import snapshot, transaction
from credigestor.exports import sql_format
from credigestor.exports.csv_format import CONTROLS, FORMULA_SIGNS, UNSEEN, cell, guard
from credigestor.exports.sql_format import CellWriter, Style
from credigestor.rules.identity import format_cep, format_phone, format_tax_id, parse_phone
from credigestor.rules.numbering import note_number, receipt_number, sale_number
from tests.portfolio import add_customer

pytestmark = pytest.mark.usefixtures("database")

TODAY = date(2026, 11, 23)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
#: What begins a text decides: mostly characters that a guard has to know.
begun = st.builds(
    lambda beginning, rest: "".join(beginning) + rest,
    st.lists(st.sampled_from([*CONTROLS, *FORMULA_SIGNS, *UNSEEN]), max_size=4),
    texts,
)


def shown(expression: Any, given_values: Sequence[Any], kind: Any = Text) -> list[Any]:
    """The values as the expression, a function of a cells and a column, writes them."""
    table = values(Column("place", Integer), Column("value", kind), name="given")
    table = table.data(list(enumerate(given_values)))
    with snapshot() as session:
        cells = CellWriter(session, Style.EXCEL, TODAY, TODAY)
        cells.prepare()
        written = select(expression(cells, table.c.value)).order_by(table.c.place)
        return list(session.scalars(written))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts | begun, min_size=1, max_size=50))
@example(["=1", " =1", "\u200b\u3000-1", "a\t=1", " \t", "\x1c+", "'", "", "\\.", "＝1"])
def test_a_formula_is_disarmed_by_the_server_as_by_python(samples: list[str]) -> None:
    assert shown(CellWriter.text, samples) == [guard(text) for text in samples]


def test_documents_are_written_as_the_pages_show_them() -> None:
    numbers = ["52998224725", "11222333000181", "12ABC34501DE35", "ANON0000123", "ANON1234000155"]
    assert shown(lambda _, value: sql_format.tax_id(value), numbers) == [
        format_tax_id(number) for number in numbers
    ]
    assert format_tax_id("ANON0000123") == "anonimizado"
    codes = ["60175000", "01000000", None]
    assert shown(lambda _, value: sql_format.cep(value), codes) == [
        code and format_cep(code) for code in codes
    ]


@pytest.mark.usefixtures("db")
def test_phones_of_any_country_are_written_as_the_pages_show_them() -> None:
    typed = ["(85) 98872-4443", "(11) 3224-5000", "+1 650 253 0000", "+351 912 345 678"]
    phones = [parse_phone(phone) for phone in [*typed, "+39 06 698 12345", "+54 9 11 2345-6789"]]
    with transaction() as session:
        for place, phone in enumerate(phones):
            add_customer(session, f"Cliente {place}", phone=phone)
    assert shown(CellWriter.phone, [*phones, None]) == [
        *(guard(format_phone(phone)) for phone in phones),
        None,
    ]


def test_numbers_of_sales_notes_and_receipts_are_written_as_they_are_printed() -> None:
    ids = [1, 9, 10, 99, 123, 4_567, 99_999, 100_000, 999_999, 1_000_000, 2_147_483_647]
    for number, count in [(1, 1), (9, 10), (10, 12), (99, 120), (100, 100), (120, 120)]:
        assert shown(
            lambda _, value, n=number, c=count: sql_format.note_number(
                value, func.abs(n, type_=Integer), func.abs(c, type_=Integer)
            ),
            ids,
            Integer,
        ) == [note_number(sale_id, number, count) for sale_id in ids]
    numbers = shown(lambda _, value: sql_format.sale_number(value), ids, BigInteger)
    assert numbers == [sale_number(id_) for id_ in ids] == [receipt_number(id_) for id_ in ids]


def test_a_number_has_the_decimal_sign_of_its_style() -> None:
    amounts = [Decimal("1234.50"), Decimal("0.00"), Decimal("-5.00"), None]
    assert shown(CellWriter.number, amounts, Numeric) == ["1234,50", "0,00", "-5,00", None]
    assert shown(CellWriter.owed, [Decimal(0), Decimal("0.00"), Decimal("7.10")], Numeric) == [
        "0,00", "0,00", "7,10",
    ]  # fmt: skip
    rates = [Decimal("1.5000"), Decimal("10.0000"), Decimal("0.0000"), Decimal("0.0333")]
    assert shown(CellWriter.rate, rates, Numeric) == ["1,5", "10", "0", "0,0333"]
    with snapshot() as session:
        plain = CellWriter(session, Style.PLAIN, TODAY, TODAY)
        cells = [plain.number(func.round(Decimal("2.5"), 2)), plain.owed(func.round(0, 0))]
        assert session.execute(select(*cells)).one() == ("2.50", "0.00")


def test_dates_and_times_are_those_of_the_shops_zone() -> None:
    at = datetime(2026, 1, 2, 2, 4, 5, 678, tzinfo=UTC)  # still the day before in Fortaleza
    wanted = {
        Style.EXCEL: ("01/01/2026 23:04", "sim", "não", "31/12/2026"),
        Style.PLAIN: ("2026-01-01 23:04:05-03", "true", "false", "2026-12-31"),
    }
    for style, texts_wanted in wanted.items():
        with snapshot() as session:
            cells = CellWriter(session, style, TODAY, TODAY)
            cells.prepare()
            columns = (
                cells.moment(func.timezone("UTC", at.replace(tzinfo=None))),
                cells.yes_no(func.bool("t")),
                cells.yes_no(func.bool("f")),
                func.make_date(2026, 12, 31).cast(Text),
            )
            assert session.execute(select(*columns)).one() == texts_wanted
    assert cell(date(2026, 12, 31)) == "31/12/2026"
