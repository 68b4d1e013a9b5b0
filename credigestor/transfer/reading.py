"""The three files of an import, from bytes to rows of text, whatever program wrote them.

Recognised by themselves: the separator (`;`, `,` or tab: the one under which the header holds
most of the known columns), the encoding (UTF-8 with or without BOM, UTF-16 with BOM, else
Windows-1252, which holds Latin-1's letters), and the decimal mark. The mark is decided for a
whole file by the values that can only be read one way:

>>> decimal_mark(["1.234,56", "12", "1.234"]), decimal_mark(["1,234.56", "0.5"])
(',', '.')
>>> decimal_mark(["1.234", "15"]) is None  # one thousand and something, or one and something?
True
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from credigestor.errors import InvalidInput
from credigestor.rules.identity import fold

CUSTOMERS, SALES, PAYMENTS = "clientes.csv", "vendas.csv", "pagamentos.csv"
#: The files of an import and the columns of each, in any order.
COLUMNS: dict[str, tuple[str, ...]] = {
    CUSTOMERS: ("ref", "nome", "cpf", "telefone", "email", "cidade", "uf", "cep"),
    SALES: (
        "ref",
        "cliente",
        "data",
        "descricao",
        "valor_total",
        "entrada",
        "parcelas",
        "primeiro_vencimento",
    ),
    PAYMENTS: ("venda", "parcela", "data", "valor", "forma"),
}
_MONEY = {CUSTOMERS: (), SALES: ("valor_total", "entrada"), PAYMENTS: ("valor",)}

#: Problems that a report names; the rest are counted.
MAX_PROBLEMS = 1_000
#: How Excel may tell the separator in a line of its own, above the header.
_DECLARATION = "sep="
SWAP_MARKS = str.maketrans(",.", ".,")
# What can only be read with the comma as the decimal mark; swapped, only with the point.
_ONLY_COMMA = re.compile(
    r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]{1,2}|[0-9]+,[0-9]{1,2}|"
    r"[0-9]{1,3}(?:\.[0-9]{3}){2,}"
)
_NOT_DIGITS = re.compile(r"[R$\s-]+")
# "Ã" and a symbol, in bytes: in Portuguese text that is a UTF-8 letter, never two of Latin-1.
_UTF8_LETTER = re.compile(rb"\xc3[\x80-\xbf]")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Why a row cannot be imported: file, line (the header's is usually 1), column, reason.

    `column` is empty when the whole line is meant; `line` is 0 when the whole file is.
    """

    file: str
    line: int
    column: str
    reason: str


class Problems:
    """Problems as they are found: the first of them by file and line are kept, all counted.

    Files full of wrong rows have millions of them.
    """

    def __init__(self, found: Iterable[Problem]) -> None:
        self._kept = list(found)
        self.count = len(self._kept)

    def append(self, problem: Problem) -> None:
        """Count a problem, and keep it unless enough come before it."""
        self.count += 1
        self._kept.append(problem)
        if len(self._kept) >= 2 * MAX_PROBLEMS:
            self._kept = self.first()

    def first(self) -> list[Problem]:
        """The first MAX_PROBLEMS of them, in order of file and line."""
        files = list(COLUMNS)
        ordered = sorted(self._kept, key=lambda problem: (files.index(problem.file), problem.line))
        return ordered[:MAX_PROBLEMS]


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line on which it begins, and its cells by column, trimmed."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """One file, read: its rows and its decimal mark (None when nothing in it tells)."""

    file: str
    rows: list[Row]
    mark: str | None


@dataclass
class Source:
    """The three files as read, what could not be read, and what was ignored."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def read_folder(folder: Path) -> Source:
    """Read clientes.csv, vendas.csv and pagamentos.csv of a folder; upper or lower case.

    Raises InvalidInput when the folder or one of the files is missing or cannot be read.
    """
    if not folder.is_dir():
        raise InvalidInput(f"A pasta {folder} não existe.")
    files = {path.name.lower(): path for path in sorted(folder.iterdir()) if path.is_file()}
    try:
        return read_files({name: files[name].read_bytes() for name in COLUMNS if name in files})
    except OSError as error:
        raise InvalidInput(f"Não foi possível ler {error.filename}: {error.strerror}.") from error


def read_files(contents: Mapping[str, bytes]) -> Source:
    """Read the contents of the three files, by name; raises InvalidInput naming missing ones."""
    missing = [name for name in COLUMNS if name not in contents]
    if missing:
        raise InvalidInput(f"Falta o arquivo {' e o '.join(missing)}.")
    source = Source()
    for name in COLUMNS:
        source.sheets[name] = _Reader(name, source).read(contents[name])
    return source


def decimal_mark(values: Iterable[str]) -> str | None:
    """The decimal mark of a file's amounts, "," or "."; None when no value tells.

    Where values contradict each other the more frequent mark is taken, and the others are
    wrong under it.
    """
    comma = point = 0
    for value in values:
        digits = _NOT_DIGITS.sub("", value)
        comma += _ONLY_COMMA.fullmatch(digits) is not None
        point += _ONLY_COMMA.fullmatch(digits.translate(SWAP_MARKS)) is not None
    if comma == point == 0:
        return None
    return "." if point > comma else ","


class _Reader:
    def __init__(self, file: str, source: Source) -> None:
        self.file = file
        self.source = source
        self.columns = COLUMNS[file]

    def read(self, content: bytes) -> Sheet:
        text = self._decode(content)
        rows = [] if text is None else list(self._rows(text))
        amounts = (row.cells[column] for row in rows for column in _MONEY[self.file])
        return Sheet(self.file, rows, decimal_mark(amounts))

    def _problem(self, line: int, reason: str, column: str = "") -> None:
        self.source.problems.append(Problem(self.file, line, column, reason))

    def _decode(self, content: bytes) -> str | None:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = content.decode("utf-16", "replace")
        else:
            try:
                text = content.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                if content.startswith(codecs.BOM_UTF8) or _UTF8_LETTER.search(content):
                    # Reading it all as Latin-1 would turn every "é" of the file into "Ã©".
                    self._problem(
                        error.object.count(b"\n", 0, error.start) + 1,
                        "O arquivo é UTF-8, mas esta linha tem um byte que não é. "
                        "Salve-o de novo como UTF-8.",
                    )
                    return None
                text = _decode_windows(content)
        if "\0" in text:
            self._problem(0, "Não é um arquivo CSV. Salve a planilha como CSV.")
            return None
        return text

    def _rows(self, text: str) -> Iterator[Row]:
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=self._separator(text), strict=True
        )
        header: list[str] | None = None
        last = 0
        try:
            for cells in reader:
                line, last = last + 1, reader.line_num
                if not any(cell.strip() for cell in cells):
                    continue
                if header is None:
                    if line == 1 and cells[0].lower().startswith(_DECLARATION):
                        continue
                    header = [_column_name(cell) for cell in cells]
                    if not self._accepts(header, line):
                        return
                    continue
                extra = cells[len(header) :]
                if len(cells) < len(header) or any(cell.strip() for cell in extra):
                    self._problem(
                        line,
                        f"A linha tem {len(cells)} campos e o cabeçalho tem {len(header)}. "
                        "Confira separadores e aspas.",
                    )
                    continue
                named = dict(zip(header, cells, strict=False))
                yield Row(line, {name: named[name].strip() for name in self.columns})
        except csv.Error:
            self._problem(last + 1, "Aspas fora do lugar ou que não se fecham a partir daqui.")
        if header is None:
            self._problem(0, f"O arquivo está vazio. Colunas esperadas: {', '.join(self.columns)}.")

    def _separator(self, text: str) -> str:
        lines = (line for line in io.StringIO(text, newline=None) if line.strip())
        first = next(lines, "")
        if first.replace('"', "").lower().startswith(_DECLARATION):
            first = next(lines, "")

        def known(separator: str) -> int:
            names = {_column_name(cell) for cell in first.replace('"', "").split(separator)}
            return len(names & set(self.columns))

        return max(";,\t", key=known)

    def _accepts(self, header: list[str], line: int) -> bool:
        missing = [name for name in self.columns if name not in header]
        for name in missing:
            self._problem(line, f"Falta a coluna “{name}”.", name)
        repeated = [name for name in self.columns if header.count(name) > 1]
        for name in repeated:
            self._problem(line, f"A coluna “{name}” aparece mais de uma vez.", name)
        unknown = [name for name in header if name and name not in self.columns]
        if unknown:
            self.source.notices.append(
                f"{self.file}: colunas desconhecidas ignoradas: {', '.join(unknown)}."
            )
        return not missing and not repeated


def _column_name(cell: str) -> str:
    return fold(cell).replace(" ", "_")


def _decode_windows(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")
