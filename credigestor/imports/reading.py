"""The three files of an import, row by row, whatever program wrote them.

Recognised by themselves: the separator (`;`, `,` or tab: the one under which the header holds
most of the known columns), the encoding (UTF-8 with or without BOM, UTF-16 with BOM, else
Windows-1252, which holds Latin-1's letters), and the decimal mark. A file is read from its
beginning once for its encoding, once for its mark and once for its rows, and one row of it is
held at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from credigestor.errors import InvalidInput
from credigestor.imports import csv_table
from credigestor.imports.decimal_marks import decimal_mark
from credigestor.imports.decoding import Fault, Unreadable, encoding_of
from credigestor.imports.problems import (
    CUSTOMERS,
    ENOUGH_PROBLEMS,
    FILES,
    NOTES,
    PAYMENTS,
    SALES,
    Problem,
    Problems,
)
from credigestor.rules.quoting import quote

#: The files that every import has and the columns of each, in any order.
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
#: The columns of a file that may be missing, where it is there.
NOTE_COLUMNS = ("venda", "parcela", "vencimento", "valor")
#: Columns that a file need not have; an empty cell says as little as none.
OPTIONAL: dict[str, tuple[str, ...]] = {
    CUSTOMERS: (
        *("rua", "numero", "complemento", "bairro", "nascimento", "limite", "observacoes"),
        *("telefone2", "trabalho", "conjuge", "referencias", "documento_estrangeiro", "pais"),
    ),
    SALES: ("taxa", "mora", "multa", "carencia", "situacao", "data_situacao"),
    NOTES: ("numero_antigo", "situacao", "data_situacao"),
    PAYMENTS: ("juros", "multa", "desconto"),
}
_MONEY = {
    CUSTOMERS: (),
    SALES: ("valor_total", "entrada"),
    NOTES: ("valor",),
    PAYMENTS: ("valor", "juros", "multa", "desconto"),
}

#: The name in a file of each column that is called otherwise there, by file and column.
Names = Mapping[str, Mapping[str, str]]

_STEP = 500  # rows between two words of progress
_MARK_SHARE = 0.3  # of the time that a file takes goes into finding its mark
_NAMED_COLUMNS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line on which it begins, and its cells by column, trimmed."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Preview:
    """How a file begins: the names in its header, which of them is which column, the first rows.

    `faults` tell why the file, or one of these rows, cannot be read; missing columns are no
    fault here.
    """

    header: list[str]
    found: dict[str, str]
    missing: list[str]
    rows: list[Row]
    faults: list[Fault]


class Sheet:
    """One file to read, from a path or from a file object that can be read again and again.

    `mark` is its decimal mark, None when nothing in it tells, and `notices` say what was
    ignored: both are known from the first row on. `whole` turns false where something could not
    be read.
    """

    def __init__(
        self, file: str, content: Path | IO[bytes], names: Mapping[str, str] | None = None
    ) -> None:
        self.file = file
        self.columns = _columns_of(file)
        self.optional = OPTIONAL[file]
        self.mark: str | None = None
        self.notices: list[str] = []
        self.whole = True
        self._content = content
        self._names = dict(names or {})

    def rows(
        self, problems: Problems, progress: Callable[[float], None] = lambda _: None
    ) -> Iterator[Row]:
        """The rows that can be read; what cannot, and a file that ends there, becomes a problem.

        `progress` hears the share of the file that is read. Ends early when there are enough
        problems. Raises InvalidInput when the file itself cannot be had.
        """
        if problems.enough:
            return
        try:
            with self._opened() as file:
                yield from self._rows(file, problems, progress)
        except Unreadable as error:
            for fault in error.faults:
                problems.append(self._problem(fault))

    def preview(self, count: int = 8) -> Preview:
        """The file's header and its first rows; raises InvalidInput when it cannot be had."""
        try:
            with (
                self._opened() as file,
                self._table(file, encoding_of(file)) as found,
            ):
                rows, faults = [], []
                for (line, cells), _ in zip(found.records(), range(count), strict=False):
                    if isinstance(cells, Fault):
                        faults.append(cells)
                    else:
                        rows.append(Row(line, _named(found, cells)))
                return Preview(
                    header=found.header,
                    found={name: found.header[place] for name, place in found.places.items()},
                    missing=[name for name in self.columns if name not in found.places],
                    rows=rows,
                    faults=[*(f for f in found.faults() if f.column in found.places), *faults],
                )
        except Unreadable as error:
            return Preview([], {}, [], [], list(error.faults))

    def _rows(
        self, file: IO[bytes], problems: Problems, progress: Callable[[float], None]
    ) -> Iterator[Row]:
        encoding = encoding_of(file)
        done = 0.0
        if _MONEY[self.file]:
            done = _MARK_SHARE
            with self._table(file, encoding) as found:
                amounts = self._amounts(found, lambda share: progress(share * _MARK_SHARE))
                self.mark = decimal_mark(amounts)
        with self._table(file, encoding) as found:
            if faults := found.faults():
                raise Unreadable(*faults)
            if found.unknown:
                self.notices.append(_ignored(self.file, found.unknown))
            for index, (line, cells) in enumerate(found.records()):
                if index % _STEP == 0:
                    progress(done + (1 - done) * found.share)
                if isinstance(cells, Fault):
                    problems.append(self._problem(cells))
                else:
                    yield Row(line, _named(found, cells))
                if problems.enough:
                    self.notices.append(
                        f"{self.file}: a leitura parou na linha {line}, com "
                        f"{ENOUGH_PROBLEMS // 1_000} mil problemas."
                    )
                    return

    def _amounts(self, found: csv_table.Table, progress: Callable[[float], None]) -> Iterator[str]:
        if faults := found.faults():
            raise Unreadable(*faults)
        places = [found.places[name] for name in _MONEY[self.file] if name in found.places]
        for index, (_, cells) in enumerate(found.records()):
            if index % _STEP == 0:
                progress(found.share)
            if not isinstance(cells, Fault):
                for place in places:
                    yield cells[place]

    def _table(self, file: IO[bytes], encoding: str) -> AbstractContextManager[csv_table.Table]:
        return csv_table.opened(file, encoding, self.columns, self._names, self.optional)

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        if not isinstance(self._content, Path):
            self._content.seek(0)
            yield self._content
            return
        try:
            file = self._content.open("rb")
        except OSError as error:
            raise InvalidInput(
                f"Não foi possível ler {error.filename}: {error.strerror}."
            ) from error
        with file:
            yield file

    def _problem(self, fault: Fault) -> Problem:
        self.whole = False
        return Problem(self.file, fault.line, fault.column, fault.reason)


@dataclass(frozen=True)
class Source:
    """The files of an import, by name; nothing of them is read yet."""

    sheets: dict[str, Sheet]

    @property
    def parts(self) -> int:
        """In how many parts the sales come, each with its notes and payments.

        Known when the customers are read.
        """
        return 1

    def turn_to(self, part: int) -> None:
        """Have all sheets but that of the customers give the rows of one part."""

    @property
    def notices(self) -> list[str]:
        """What was ignored in the files read so far."""
        return [notice for sheet in self.sheets.values() for notice in sheet.notices]

    def told(self, problem: Problem) -> Problem:
        """A problem by the names that the person knows, who may have sent other files."""
        return problem

    def place(self, file: str, line: int) -> tuple[str, int]:
        """A row's file and line by those names."""
        told = self.told(Problem(file, line, "", ""))
        return told.file, told.line


def read_folder(folder: Path, names: Names | None = None) -> Source:
    """The clientes.csv, vendas.csv and pagamentos.csv of a folder; upper or lower case.

    And its parcelas.csv, where it has one. Raises InvalidInput when the folder or one of the others
    is missing.
    """
    if not folder.is_dir():
        raise InvalidInput(f"A pasta {folder} não existe.")
    files = {path.name.lower(): path for path in sorted(folder.iterdir()) if path.is_file()}
    return read_files({name: files[name] for name in FILES if name in files}, names)


def read_files(files: Mapping[str, Path | IO[bytes]], names: Names | None = None) -> Source:
    """The files, by name; raises InvalidInput naming missing ones. parcelas.csv may be.

    `names` maps columns that have another name in a file: {"vendas.csv": {"ref": "Pedido"}}; it
    is refused when a file or column in it is none of an import's.
    """
    missing = [name for name in COLUMNS if name not in files]
    if missing:
        raise InvalidInput(f"Falta o arquivo {' e o '.join(missing)}.")
    names = names or {}
    for file, columns in names.items():
        known = (*_columns_of(file), *OPTIONAL.get(file, ()))
        unknown = [column for column in columns if column not in known]
        if unknown:
            raise InvalidInput(f"O CrediGestor não lê a coluna {quote(unknown[0])} de {file}.")
    return Source({n: Sheet(n, files[n], names.get(n)) for n in FILES if n in files})


def _columns_of(file: str) -> tuple[str, ...]:
    return NOTE_COLUMNS if file == NOTES else COLUMNS.get(file, ())


def _named(found: csv_table.Table, cells: list[str]) -> dict[str, str]:
    return {name: cells[place].strip() for name, place in found.places.items()}


def _ignored(file: str, unknown: list[str]) -> str:
    names = ", ".join(csv_table.column_name(name)[:30] for name in unknown[:_NAMED_COLUMNS])
    more = len(unknown) - _NAMED_COLUMNS
    rest = f" e mais {more}" if more > 0 else ""
    return f"{file}: colunas desconhecidas ignoradas: {names}{rest}."
