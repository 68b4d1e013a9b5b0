"""Reading import files: separators, encodings, decimal marks, lines."""

from __future__ import annotations

import doctest
import io
import tracemalloc
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from credigestor.errors import InvalidInput
from credigestor.imports import reading
from credigestor.imports.decimal_marks import decimal_mark, parse_amount
from credigestor.imports.decoding import MAX_RECORD
from credigestor.imports.problems import (
    CUSTOMERS,
    ENOUGH_PROBLEMS,
    MAX_PROBLEMS,
    PAYMENTS,
    SALES,
    Problem,
    Problems,
)
from credigestor.imports.reading import Names, Row, Sheet, read_files
from tests.imports.files import GOOD, csv_file, shop, source


class Read:
    """A shop's files, read to their end: rows by file, problems in order, notices."""

    def __init__(self, contents: Mapping[str, bytes], names: Names | None = None) -> None:
        files = source(contents, names)
        found = Problems()
        self.rows: dict[str, list[Row]] = {
            name: list(sheet.rows(found)) for name, sheet in files.sheets.items()
        }
        self.problems: list[Problem] = found.first()
        self.count = found.count
        self.notices = files.notices
        self.marks = {name: sheet.mark for name, sheet in files.sheets.items()}


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(reading).failed == 0


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_separator_and_encoding_are_recognised(separator: str, encoding: str) -> None:
    contents = {
        file: csv_file(file, rows, separator=separator, encoding=encoding)
        for file, rows in GOOD.items()
    }
    read = Read(contents)
    assert read.problems == []
    for file, rows in GOOD.items():
        assert [tuple(row.cells.values()) for row in read.rows[file]] == list(rows)
        assert [row.line for row in read.rows[file]] == list(range(2, len(rows) + 2))


def test_columns_come_in_any_order_and_their_names_in_any_case_or_accent() -> None:
    contents = shop() | {
        PAYMENTS: b"Valor;FORMA; Parcela ;Venda;Data\r\n10,00;pix;1;V1;05/02/2026\r\n"
    }
    [row] = Read(contents).rows[PAYMENTS]
    assert row.cells == {
        "venda": "V1",
        "parcela": "1",
        "data": "05/02/2026",
        "valor": "10,00",
        "forma": "pix",
    }
    accented = csv_file(SALES, GOOD[SALES], header=["Ref", "Cliente", "Data", "Descrição",
                        "Valor total", "Entrada", "Parcelas", "Primeiro vencimento"])  # fmt: skip
    assert Read(shop() | {SALES: accented}).problems == []


def test_lines_are_those_of_the_file_with_blank_ones_and_quoted_line_breaks() -> None:
    text = (
        "\n"
        "ref;cliente;data;descricao;valor_total;entrada;parcelas;primeiro_vencimento\n"
        'V1;C1;05/01/2026;"sofá ""azul""\nde canto";10,00;0;1;05/02/2026\n'
        ";;;;;;;\n"
        "V2;C1;05/01/2026;x;10,00;0;1;05/02/2026;;\n"
    )
    rows = Read(shop() | {SALES: text.encode()}).rows[SALES]
    assert [row.line for row in rows] == [3, 6]
    assert rows[0].cells["descricao"] == 'sofá "azul"\nde canto'


@pytest.mark.parametrize(
    ("content", "line", "column", "reason"),
    [
        (b"", 0, "", "vazio"),
        (b"venda;parcela;data;valor\nV1;1;05/02/2026;1,00\n", 1, "forma", "Falta a coluna"),
        (b"venda;venda;parcela;data;valor;forma\n", 1, "venda", "mais de uma vez"),
        (b"venda;parcela;data;valor;forma\nV1;1;05/02/2026;1,00\n", 2, "", "4 campos"),
        (b"venda,parcela,data,valor,forma\nV1,1,05/02/2026,1,00,pix\n", 2, "", "6 campos"),
        (b'venda;parcela;data;valor;forma\n\nV1;1;"05/02/2026;1,00;pix\n', 3, "", "Aspas"),
        (b"venda;parcela;data;valor;forma\nV1;1;05/02/2026;1,00;p\0\n", 2, "", "não é de texto"),
        ("venda;parcela;data;valor;forma\n\0".encode("utf-16"), 2, "", "não é de texto"),
        (b"PK\x03\x04[Content_Types].xml", 0, "", "planilha do Excel"),
        (b"PK\x03\x04\0\0\0", 0, "", "ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", 0, "", "planilha do Excel"),
        (b"%PDF-1.7\n", 0, "", "PDF"),
        (b"a" * 2 * MAX_RECORD, 1, "", "sem fim"),
        (b"venda;parcela;data;valor;forma\nV1;1;x;1,00;" + b"a" * MAX_RECORD, 2, "", "sem fim"),
        (b"venda;parcela;data;valor;forma\n" + b'"a\n";' * MAX_RECORD, 2, "", "sem fim"),
        (b'venda;parcela;data;valor;forma\n"' + b"a\n" * MAX_RECORD, 2, "", "Aspas"),
        (b";".join(b"c%d" % k for k in range(600)), 1, "", "600 colunas"),
        ("venda;parcela;data;valor;forma\né;1\n".encode() + b"\xe9;1\n", 3, "", "UTF-8"),
        (b"\xef\xbb\xbfvenda;parcela;data;valor;forma\n\xe9;1\n", 2, "", "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(
    content: bytes, line: int, column: str, reason: str
) -> None:
    [problem] = Read(shop() | {PAYMENTS: content}).problems
    assert (problem.file, problem.line, problem.column) == (PAYMENTS, line, column)
    assert reason in problem.reason


@pytest.mark.parametrize(
    "declaration", ["sep=;\r\n", '"sep=;"\r\n', "SEP=;;;;;;;\r\n", "sep=,\r\n"]
)
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_line_in_which_excel_tells_the_separator_is_no_header(
    declaration: str, separator: str
) -> None:
    good = csv_file(PAYMENTS, GOOD[PAYMENTS], separator=separator, encoding="utf-8")
    read = Read(shop() | {PAYMENTS: declaration.encode() + good})
    assert (read.problems, read.notices) == ([], [])
    assert [row.line for row in read.rows[PAYMENTS]] == [3, 4]


def test_unknown_columns_are_ignored_with_a_notice() -> None:
    contents = shop() | {PAYMENTS: b"venda;caixa;parcela;data;valor;forma;obs\n"}
    read = Read(contents)
    assert read.problems == []
    assert read.notices == ["pagamentos.csv: colunas desconhecidas ignoradas: caixa, obs."]


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"vendas\.csv e o pagamentos\.csv"):
        read_files({CUSTOMERS: io.BytesIO()})
    with pytest.raises(InvalidInput, match="não existe"):
        reading.read_folder(tmp_path / "nada")
    (tmp_path / "CLIENTES.CSV").write_bytes(shop()[CUSTOMERS])
    with pytest.raises(InvalidInput, match=r"^Falta o arquivo vendas\.csv e o pagamentos\.csv"):
        reading.read_folder(tmp_path)


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (["1.234,56"], ","),
        (["1234,5", "1.234"], ","),
        (["1.234.567"], ","),
        (["R$ 10,00"], ","),
        (["1234.56"], "."),
        (["1,234.56"], "."),
        (["1,234,567", "0"], "."),
        (["10.00", "10.00", "10,00"], "."),
        (["10.00", "10,00", "10,00"], ","),
        (["1.234", "1,234", "15", ""], None),
        (["abc", "1.2.3"], None),
    ],
)
def test_the_decimal_mark_is_decided_by_values_that_read_only_one_way(
    values: list[str], mark: str | None
) -> None:
    assert decimal_mark(values) == mark


@pytest.mark.parametrize(
    ("cell", "mark", "amount"),
    [
        ("1.234,56", ",", "1234.56"),
        ("1.234", ",", "1234.00"),
        ("1234.56", ".", "1234.56"),
        ("1,234.56", ".", "1234.56"),
        ("1,234", ".", "1234.00"),
        ("15", None, "15.00"),
        ("R$ 7.5", ".", "7.50"),
    ],
)
def test_an_amount_is_read_under_the_mark_of_its_file(cell: str, mark: str, amount: str) -> None:
    assert str(parse_amount(cell, mark, Decimal(0))) == amount


@pytest.mark.parametrize(
    ("cell", "mark", "reason"),
    [
        ("1.234", None, "ambíguo"),
        ("1,234", None, "ambíguo"),
        ("R$ 1.234", None, "ambíguo"),
        ("12.50", ",", "inválido"),
        ("1.234,567", ",", "inválido"),
        ("12,5", ".", "o ponto separa os centavos"),
        ("1.234", ".", "o ponto separa os centavos"),
        ("-5.00", ".", "negativo"),
        ("", ".", "Informe o valor"),
        ("1e30", None, "inválido"),
        ("99999999999.00", ".", "alto demais"),
    ],
)
def test_an_amount_that_could_mean_something_else_is_refused(
    cell: str, mark: str | None, reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_amount(cell, mark, Decimal(0))


def test_one_latin_letter_in_the_middle_of_a_long_utf_8_file_is_named_by_its_line() -> None:
    row = "V1;1;05/02/2026;1,00;crédito\n"
    content = "venda;parcela;data;valor;forma\n" + row * 60_000
    at = content.encode().index(row.encode(), 1_200_000)
    line = content.encode().count(b"\n", 0, at) + 1
    spoilt = content.encode()[:at] + row.encode("latin-1") + content.encode()[at:]
    read = Read(shop() | {PAYMENTS: spoilt})
    assert [(problem.line, "UTF-8" in problem.reason) for problem in read.problems] == [
        (line, True)
    ]
    assert read.rows[PAYMENTS] == []


@pytest.mark.parametrize("more", range(3))
def test_a_letter_may_lie_across_two_blocks_of_the_file(more: int) -> None:
    row = "V1;1;05/02/2026;1,00;" + "€" * 1_000 + "\n"
    text = "venda;parcela;data;valor;forma\n" + "\n" * more + row * 800
    read = Read(shop() | {PAYMENTS: text.encode()})
    assert read.problems == []
    assert {row.cells["forma"] for row in read.rows[PAYMENTS]} == {"€" * 1_000}


def test_reading_stops_where_there_are_enough_problems_and_says_where() -> None:
    content = b"venda;parcela;data;valor;forma\n" + b"V1;1\n" * 20_000
    read = Read(shop() | {PAYMENTS: content})
    assert (len(read.problems), read.count) == (MAX_PROBLEMS, ENOUGH_PROBLEMS)
    assert read.notices == ["pagamentos.csv: a leitura parou na linha 10001, com 10 mil problemas."]


def test_a_spreadsheet_called_csv_is_told_to_be_saved_as_one() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            archive.writestr(name, "<xml/>")
    [problem] = Read(shop() | {SALES: file.getvalue()}).problems
    assert "planilha do Excel" in problem.reason
    assert "salve como CSV" in problem.reason


NAMES = {PAYMENTS: {"venda": "Pedido nº", "valor": "Quanto pagou"}}
RENAMED = "Pedido nº;parcela;data;Quanto pagou;forma;valor\nV1;1;05/02/2026;1.50;pix;9,9\n".encode()


def test_columns_may_have_names_of_their_own_and_the_names_given_win() -> None:
    read = Read(shop() | {PAYMENTS: RENAMED}, NAMES)
    assert read.problems == []
    [row] = read.rows[PAYMENTS]
    assert (row.cells["venda"], row.cells["valor"], read.marks[PAYMENTS]) == ("V1", "1.50", ".")
    assert read.notices == ["pagamentos.csv: colunas desconhecidas ignoradas: valor."]


def test_a_name_that_is_not_in_the_file_is_said() -> None:
    [problem] = Read(shop(), {PAYMENTS: {"valor": "Total"}}).problems
    assert (problem.line, problem.column) == (1, "valor")
    assert problem.reason == "Não há a coluna “Total”, indicada para “valor”."


@pytest.mark.parametrize("names", [{PAYMENTS: {"cor": "x"}}, {"notas.csv": {"ref": "x"}}])
def test_only_columns_of_an_import_can_be_given_a_name(names: Names) -> None:
    with pytest.raises(InvalidInput, match="não lê a coluna"):
        source(shop(), names)


def test_a_preview_shows_the_first_rows_and_which_column_is_which() -> None:
    preview = Sheet(PAYMENTS, io.BytesIO(RENAMED)).preview()
    assert preview.missing == ["venda"]
    assert (preview.found["valor"], preview.found["parcela"]) == ("valor", "parcela")
    preview = Sheet(PAYMENTS, io.BytesIO(RENAMED), NAMES[PAYMENTS]).preview()
    assert (preview.missing, preview.faults) == ([], [])
    assert preview.found["venda"] == "Pedido nº"
    assert [row.cells["venda"] for row in preview.rows] == ["V1"]
    many = csv_file(PAYMENTS, [["V1", "1", "x", "1", "pix"]] * 20 + [["V1"]])
    assert len(Sheet(PAYMENTS, io.BytesIO(many)).preview(5).rows) == 5


def test_a_preview_says_why_a_file_cannot_be_read() -> None:
    preview = Sheet(SALES, io.BytesIO(b"%PDF-1.7")).preview()
    assert preview.header == []
    assert "PDF" in preview.faults[0].reason


def test_the_share_that_is_read_grows_to_the_whole() -> None:
    heard: list[float] = []
    many = csv_file(PAYMENTS, [["V1", "1", "05/02/2026", "1,00", "pix"]] * 5_000)
    list(Sheet(PAYMENTS, io.BytesIO(many)).rows(Problems(), heard.append))
    assert heard == sorted(heard)
    assert 0 <= heard[0] < 0.1
    assert 0.9 < heard[-1] <= 1


def test_reading_a_file_takes_no_more_memory_than_a_few_blocks_of_it() -> None:
    row = f"V1;1;05/02/2026;1,00;{'é' * 1_000}\n"
    file = io.BytesIO(("venda;parcela;data;valor;forma\n" + row * 15_000).encode())
    assert file.getbuffer().nbytes > 30_000_000
    tracemalloc.start()
    try:
        count = sum(1 for _ in Sheet(PAYMENTS, file).rows(Problems()))
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
    assert count == 15_000
