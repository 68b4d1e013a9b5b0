"""Spreadsheets as text: exact days and numbers, and nothing that a file can do to the shop."""

from __future__ import annotations

import doctest
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest

from credigestor.imports import workbook_process, workbooks
from credigestor.imports.decoding import Unreadable
from credigestor.imports.workbook_process import NUMBER
from credigestor.imports.workbooks import sheets_of
from tests.imports.spreadsheets import ods, raw_xlsx, xlsb, xlsx

#: Saved as .xls by a library of that format: a shop's notes, and a cell at the sheet's far end.
DATA = Path(__file__).parent / "data"
Rows = list[list[object]]
#: Spreadsheets know no time zones.
HALF_PAST_EIGHT = datetime.fromisoformat("2026-02-05 08:30:00")
HEADER = (
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>Cliente</t></is></c>'
    b'<c r="B1" t="inlineStr"><is><t>Valor</t></is></c></row>'
)


def texts(content: bytes) -> dict[str, list[str]]:
    return {
        sheet.name: sheet.path.read_text(encoding="utf-8").splitlines()
        for sheet in sheets_of(content)
    }


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(workbook_process).failed == 0


def test_days_numbers_and_words_of_a_workbook_are_exact_and_lines_are_its_rows() -> None:
    content = xlsx(
        {
            "Clientes": [["Nome"], [], ["Zélia, “a boa”\nde Souza"]],
            "Parcelas": [
                ["Vencimento", "Valor", "CPF", "Pago"],
                [date(2026, 2, 5), 0.1 + 0.2, 7933791565, True],
                [HALF_PAST_EIGHT, 1234.5, 46027, None],
            ],
        }
    )
    assert texts(content) == {
        "Clientes": ["Nome", "", '"Zélia, “a boa” de Souza"'],
        "Parcelas": [
            "Vencimento,Valor,CPF,Pago",
            f"2026-02-05,{NUMBER}0.3,{NUMBER}7933791565,sim",
            f"2026-02-05 08:30:00,{NUMBER}1234.5,{NUMBER}46027",
        ],
    }


def test_a_sheet_of_libreoffice_is_read_alike() -> None:
    rows: Rows = [["Vencimento", "Valor"], [date(2026, 2, 5), 100.1]]
    assert texts(ods(rows)) == {"Parcelas": ["Vencimento,Valor", f"2026-02-05,{NUMBER}100.1"]}


def test_old_and_binary_workbooks_of_excel_are_read_alike() -> None:
    head = "Sacado,CPF,Nº Doc,Parc,Emissão,Vencto,Valor,Pago em,Valor pago,Forma"
    paid = (
        f"Conceição Muñoz,{NUMBER}52998224725,77,1/2,2026-01-05,2026-02-05,{NUMBER}100,"
        f"2026-02-05,{NUMBER}100,Dinheiro"
    )
    left = f"Conceição Muñoz,{NUMBER}52998224725,77,2/2,2026-01-05,2026-03-05,{NUMBER}100.5"
    assert texts((DATA / "carteira.xls").read_bytes())["Carteira"] == [head, paid, left]
    [hidden] = [each.name for each in sheets_of(DATA / "carteira.xls") if each.hidden]
    assert hidden == "Oculta"
    sold, due, later = date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)
    who = ("Conceição Muñoz", 52998224725, "77")
    rows: list[tuple[int, list[object]]] = [
        (0, list(head.split(","))),
        (1, [*who, "1/2", sold, due, 100, due, 100, "Dinheiro"]),
        (2, [*who, "2/2", sold, later, 100.5]),
    ]
    assert texts(xlsb(rows)) == {"Carteira": [head, paid, left]}


def test_rows_and_columns_before_the_first_cell_are_counted() -> None:
    assert texts(xlsx({"S": [[], [], [None, "Nome"]]})) == {"S": ["", "", ",Nome"]}


def test_a_workbook_has_macros_and_links_that_are_never_touched() -> None:
    """What a formula gave when it was saved is a value; what it points to is not asked."""
    linked = xlsx({"S": [["Valor"], [1]]})
    file = BytesIO(linked)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 macros")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    formula = (
        HEADER
        + b'<row r="2"><c r="B2"><f>WEBSERVICE("http://127.0.0.1:1/x")</f><v>12.5</v></c></row>'
    )
    assert texts(file.getvalue()) == {"S": ["Valor", f"{NUMBER}1"]}
    assert texts(raw_xlsx([formula]))["Plan1"] == ["Cliente,Valor", f",{NUMBER}12.5"]


def _rows(count: int, cells: str) -> Iterator[bytes]:
    for first in range(2, count, 20_000):
        numbers = range(first, min(first + 20_000, count))
        yield "".join(f'<row r="{k}">{cells.replace("#", str(k))}</row>' for k in numbers).encode()


BOMBS: dict[str, Iterable[bytes]] = {
    "one cell at the far end": [HEADER, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'],
    "a far cell of few columns": [HEADER, b'<row r="1048576"><c r="CV1048576"><v>1</v></c></row>'],
    "a text of 300 million letters": [
        *(HEADER, b'<row r="2"><c r="A2" t="inlineStr"><is><t>', *[b"A" * 1_000_000] * 300),
        b"</t></is></c></row>",
    ],
}


def bomb(what: str) -> bytes:
    if what in BOMBS:
        return raw_xlsx(BOMBS[what])
    if what == "an old workbook's far cell":
        return (DATA / "longe.xls").read_bytes()
    return xlsb([(0, ["Cliente"]), (1_048_575, [*[None] * 499, 1])])


@pytest.mark.parametrize(
    "what", [*BOMBS, "an old workbook's far cell", "a binary workbook's far cell"]
)
def test_a_bomb_is_refused_at_once_and_with_little_memory(what: str, tmp_path: Path) -> None:
    path = tmp_path / "bomba"
    path.write_bytes(bomb(what))
    start = time.monotonic()
    refused, megabytes = read_apart(path)
    assert "memória ou tempo demais" in refused
    assert megabytes < 100
    assert time.monotonic() - start < 10  # with the start of two programs, on a busy machine


def test_a_million_empty_rows_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "vazia.xlsx"
    path.write_bytes(raw_xlsx([HEADER, *_rows(1_000_000, "")]))
    read, megabytes = read_apart(path)
    assert read == "[14]"  # the bytes of the names
    assert megabytes < 100


def test_a_row_of_libreoffice_said_to_come_a_million_times_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "repetida.ods"
    path.write_bytes(ods([["Nome"], ["x" * 500]], repeated=1_000_000))
    told, megabytes = read_apart(path)
    assert megabytes < 100
    assert "demais" in told


def test_a_workbook_too_large_to_be_held_is_to_be_saved_as_csv(
    tmp_path: Path,
) -> None:
    path = tmp_path / "dez-anos.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(40 * 1024 * 1024 + 1)
    start = time.monotonic()
    with pytest.raises(Unreadable, match="Salve como CSV") as error:
        sheets_of(path)
    assert time.monotonic() - start < 1  # nobody began to read it
    assert error.value.faults[0].line == 0


def test_one_of_many_rows_that_asks_for_too_much_is_told_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbooks, "_SMALL", 100_000)
    monkeypatch.setattr(workbooks, "_TIMES", 1)
    rows = _rows(400_000, "<c><v>#</v></c><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c>")
    with pytest.raises(Unreadable, match="Salve como CSV"):
        sheets_of(raw_xlsx([HEADER, *rows]))


def read_apart(path: Path) -> tuple[str, int]:
    """What a process of its own read of a file or why not, and the most memory of its reading."""
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from credigestor.imports.workbooks import sheets_of\n"
        "from credigestor.imports.decoding import Unreadable\n"
        "try: told = [each.path.stat().st_size for each in sheets_of(Path(sys.argv[1]))]\n"
        "except Unreadable as error: told = error.faults[0].reason\n"
        "print(told)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    )
    told, megabytes = done.stdout.splitlines()
    return told, int(megabytes)


def archive(*names: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        for name in names:
            written.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 nothing more", "estragada"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "estragada"),
        (raw_xlsx([HEADER, b"<row"]), "estragada"),
        (archive("Index/Document.iwa", "Metadata/Properties.plist"), "Exportar Para, Excel"),
        (archive("clientes.csv"), "outros dentro (ZIP)"),
        (archive("[Content_Types].xml", "word/document.xml"), "salve-o como Excel (.xlsx)"),
    ],
)
def test_what_is_no_spreadsheet_says_so(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as error:
        sheets_of(content)
    assert reason in error.value.faults[0].reason
