"""Tables of what is sent: names below titles, any separator, records again and again."""

from __future__ import annotations

import doctest
from datetime import date
from pathlib import Path

import pytest

from credigestor.errors import InvalidInput
from credigestor.imports import cell_values, documents, headings
from credigestor.imports.decoding import Fault, Unreadable
from credigestor.imports.tables import tables_of
from tests.imports.spreadsheets import ods, xlsx

TITLED = (
    "Loja da Ana;;\r\nRelatório de contas a receber;;\r\n\r\n"
    "Cliente;Vencto;Vlr.\r\nZélia;05/02/2026;10,00\r\n;;\r\nAna;06/02/2026;20,00\r\n"
)


@pytest.mark.parametrize("module", [headings, cell_values, documents])
def test_the_examples_in_the_modules_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_names_are_found_below_titles_whatever_the_separator(separator: str, encoding: str) -> None:
    text = TITLED.replace(",00", ".00").replace(";", separator)
    [table] = tables_of("lista.csv", text.encode(encoding))
    assert (table.header, table.header_line) == (("Cliente", "Vencto", "Vlr."), 4)
    assert list(table.records()) == [
        (5, ["Zélia", "05/02/2026", "10.00"]),
        (7, ["Ana", "06/02/2026", "20.00"]),
    ]


def test_each_sheet_is_a_table_with_the_rows_that_a_person_sees() -> None:
    rows: list[list[object]] = [
        ["Contas"],
        [],
        ["Nome", "Vencimento"],
        ["Ana", date(2026, 2, 5)],
        [],
        ["Bia"],
    ]
    content = xlsx({"Capa": [["x"]], "A receber": rows, "Velha": rows}, hidden="Velha")
    cover, table = tables_of("loja.xlsx", content)
    assert (cover.name, table.name) == (
        "loja.xlsx, planilha Capa",
        "loja.xlsx, planilha A receber",
    )
    assert table.header_line == 3
    assert list(table.records()) == [(4, ["Ana", "2026-02-05"]), (6, ["Bia", ""])]
    assert tables_of("loja.ods", ods(rows[2:4]))[0].first(5) == [(2, ["Ana", "2026-02-05"])]


def test_a_row_of_a_csv_with_other_columns_is_a_fault_and_one_unclosed_quote_the_last() -> None:
    text = 'Nome;Valor\nAna\nBia;1;2\nCaio;3;;\n"x;4\n'
    [table] = tables_of("lista.csv", text.encode())
    records = dict(table.records())
    assert records[4] == ["Caio", "3"]
    faults = {line: found.reason for line, found in records.items() if isinstance(found, Fault)}
    assert faults.keys() == {2, 3, 5}
    assert "1 campos e o cabeçalho tem 2" in faults[2]
    assert "Aspas" in faults[5]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "vazio"),
        (b"%PDF-1.7", "PDF"),
        (b"a\0b", "não é de texto"),
        (b";".join(b"c%d" % k for k in range(600)), "600 colunas"),
        (xlsx({"S": []}), "vazia"),
    ],
)
def test_what_is_no_table_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as error:
        tables_of("x", content)
    assert reason in error.value.faults[0].reason


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lista.csv"
    path.write_bytes(TITLED.encode())
    [table] = tables_of("lista.csv", path)
    path.unlink()
    with pytest.raises(InvalidInput, match=r"Não foi possível ler .*lista\.csv"):
        list(table.records())


HTML = "<html><table><tr><td>Sacado</td><td>Vencto</td></tr></table></html>"
MHT = "MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (HTML.encode(), "página da internet (HTML), mesmo que se chame .xls"),
        (b"\xef\xbb\xbf\r\n  <TABLE border=1>", "HTML"),
        (HTML.encode("utf-16"), "HTML"),
        (MHT.encode(), "MHT"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "É um XML"),
        (b"%PDF-1.7 x", "gere o mesmo relatório em Excel (.xlsx) ou CSV"),
        (b"{\\rtf1\\ansi Sacado}", "RTF"),
        (b'[{"sacado": "Ana"}]', "JSON"),
    ],
)
def test_what_programs_call_a_spreadsheet_and_is_none_is_told_how_to_be_saved(
    content: bytes, told: str
) -> None:
    with pytest.raises(Unreadable) as error:
        tables_of("carteira.xls", content)
    [fault] = error.value.faults
    assert (fault.line, told in fault.reason, ".xlsx" in fault.reason) == (0, True, True)


def test_a_text_that_is_called_a_spreadsheet_is_read_as_the_table_that_it_is() -> None:
    [table] = tables_of("carteira.xls", b"Sacado\tVencto\r\nAna\t05/02/2026\r\n")
    assert (table.header, table.first(1)) == (("Sacado", "Vencto"), [(2, ["Ana", "05/02/2026"])])
