"""Reading import files: separators, encodings, decimal marks, lines."""

from __future__ import annotations

import doctest
from decimal import Decimal
from pathlib import Path

import pytest

from credigestor.errors import InvalidInput
from credigestor.transfer import reading
from credigestor.transfer.checking import parse_amount
from credigestor.transfer.reading import CUSTOMERS, PAYMENTS, SALES, decimal_mark, read_files
from tests.transfer.files import GOOD, csv_file, shop


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(reading).failed == 0


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_separator_and_encoding_are_recognised(separator: str, encoding: str) -> None:
    contents = {
        file: csv_file(file, rows, separator=separator, encoding=encoding)
        for file, rows in GOOD.items()
    }
    source = read_files(contents)
    assert source.problems == []
    for file, rows in GOOD.items():
        sheet = source.sheets[file]
        assert [tuple(row.cells.values()) for row in sheet.rows] == list(rows)
        assert [row.line for row in sheet.rows] == list(range(2, len(rows) + 2))


def test_columns_come_in_any_order_and_their_names_in_any_case_or_accent() -> None:
    contents = shop() | {
        PAYMENTS: b"Valor;FORMA; Parcela ;Venda;Data\r\n10,00;pix;1;V1;05/02/2026\r\n"
    }
    [row] = read_files(contents).sheets[PAYMENTS].rows
    assert row.cells == {
        "venda": "V1",
        "parcela": "1",
        "data": "05/02/2026",
        "valor": "10,00",
        "forma": "pix",
    }
    accented = csv_file(SALES, GOOD[SALES], header=["Ref", "Cliente", "Data", "Descrição",
                        "Valor total", "Entrada", "Parcelas", "Primeiro vencimento"])  # fmt: skip
    assert read_files(shop() | {SALES: accented}).problems == []


def test_lines_are_those_of_the_file_with_blank_ones_and_quoted_line_breaks() -> None:
    text = (
        "\n"
        "ref;cliente;data;descricao;valor_total;entrada;parcelas;primeiro_vencimento\n"
        'V1;C1;05/01/2026;"sofá ""azul""\nde canto";10,00;0;1;05/02/2026\n'
        ";;;;;;;\n"
        "V2;C1;05/01/2026;x;10,00;0;1;05/02/2026;;\n"
    )
    rows = read_files(shop() | {SALES: text.encode()}).sheets[SALES].rows
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
        (b"PK\x03\x04\0\0\0", 0, "", "CSV"),
        ("venda;parcela;data;valor;forma\né;1\n".encode() + b"\xe9;1\n", 3, "", "UTF-8"),
        (b"\xef\xbb\xbfvenda;parcela;data;valor;forma\n\xe9;1\n", 2, "", "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(
    content: bytes, line: int, column: str, reason: str
) -> None:
    [problem] = read_files(shop() | {PAYMENTS: content}).problems
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
    source = read_files(shop() | {PAYMENTS: declaration.encode() + good})
    assert (source.problems, source.notices) == ([], [])
    assert [row.line for row in source.sheets[PAYMENTS].rows] == [3, 4]


def test_unknown_columns_are_ignored_with_a_notice() -> None:
    contents = shop() | {PAYMENTS: b"venda;caixa;parcela;data;valor;forma;obs\n"}
    source = read_files(contents)
    assert source.problems == []
    assert source.notices == ["pagamentos.csv: colunas desconhecidas ignoradas: caixa, obs."]


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"vendas\.csv e o pagamentos\.csv"):
        read_files({CUSTOMERS: b""})
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
