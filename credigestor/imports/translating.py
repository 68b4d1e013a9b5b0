"""Tables of any shape as the canonical rows of an import: customers, sales, instalments, payments.

A table is read once, while its customers are given; what it says of sales waits on disk, since it
takes all of them to know a sale. References and sums are held. Each row keeps the line that it
came from, and a problem is told by the file, sheet, line and column that the person sent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from credigestor.imports.identities import People
from credigestor.imports.mending import AS_OFFERED, Mending
from credigestor.imports.problems import CUSTOMERS, PAYMENTS, SALES, Problem, Problems
from credigestor.imports.reading import COLUMNS, Row, Sheet, Source
from credigestor.imports.recognising import Kind
from credigestor.imports.sale_rows import Made, SaleRows
from credigestor.imports.table_lines import LINES, Sent, TableLines, WrongCell

NOTES = "parcelas.csv"
#: The columns of each file's rows; "" where a table has nothing for one.
CANONICAL: dict[str, tuple[str, ...]] = {
    CUSTOMERS: (
        *("ref", "nome", "cpf", "telefone", "email", "cidade", "uf", "cep", "rua", "numero"),
        *("complemento", "bairro", "nascimento", "limite", "observacoes", "telefone2"),
        *("trabalho", "conjuge", "referencias", "documento_estrangeiro", "pais"),
    ),
    SALES: (
        *("ref", "cliente", "data", "descricao", "valor_total", "entrada", "parcelas"),
        *("primeiro_vencimento", "taxa", "mora", "multa", "carencia", "situacao", "data_situacao"),
    ),
    NOTES: (
        *("venda", "parcela", "numero_antigo", "vencimento", "valor", "situacao"),
        "data_situacao",
    ),
    PAYMENTS: ("venda", "parcela", "data", "valor", "forma", "juros", "multa", "desconto"),
}
#: What a row of instalments always has.
_NOTE_COLUMNS = ("venda", "parcela", "vencimento", "valor")
#: The fields from which a column comes where it is not the field of its name.
_FIELDS = {
    (CUSTOMERS, "ref"): ("cliente", "cpf", "nome"),
    (SALES, "ref"): ("venda", "cliente", "nome"),
    (SALES, "cliente"): ("cliente", "cpf", "nome"),
    (SALES, "valor_total"): ("valor_total", "valor", "saldo", "valor 1"),
    (SALES, "primeiro_vencimento"): ("primeiro_vencimento", "vencimento", "vencimento 1"),
    (NOTES, "venda"): ("venda", "cliente", "nome"),
    (NOTES, "valor"): ("valor", "saldo", "valor 1"),
    (NOTES, "vencimento"): ("vencimento", "vencimento 1"),
    (PAYMENTS, "data"): ("pago_em", "pago_em 1"),
    (PAYMENTS, "valor"): ("valor_pago", "valor", "valor_pago 1"),
}
_STEP = 5_000  # rows between two words of progress
#: Each needs those before it.
_ORDER = (Kind.CUSTOMERS, Kind.SALES, Kind.NOTES, Kind.BALANCES, Kind.PAYMENTS)
_ENCODED_LINE = re.compile(r"\blinha ([0-9]{9,})")
Progress = Callable[[float], None]


class TranslatedSheet(Sheet):
    """The canonical rows of one file, made of what was sent."""

    def __init__(
        self, file: str, rows: Callable[[Problems, Progress, Sheet], Iterator[Row]]
    ) -> None:
        self.file = file
        self.columns = COLUMNS.get(file, _NOTE_COLUMNS)
        self.mark = "."
        self.notices = []
        self.whole = True
        self._made = rows

    def rows(self, problems: Problems, progress: Progress = lambda _: None) -> Iterator[Row]:
        """As those of a file; ends early when there are enough problems."""
        self.notices.clear()
        if not problems.enough:
            yield from self._made(problems, progress, self)


@dataclass(frozen=True)
class Translation(Source):
    """What was sent, as the four files of an import."""

    tables: tuple[TableLines, ...]
    made: _Rows

    @property
    def parts(self) -> int:
        """As many as the sales that were found make."""
        return self.made.parts

    def turn_to(self, part: int) -> None:
        """Have the sheets give the rows of one part, where they had given all."""
        self.made.turned_to = range(part, part + 1)

    def told(self, problem: Problem) -> Problem:
        """A problem as the person who sent the files can find it."""
        index, line = divmod(problem.line, LINES)
        if not line or index >= len(self.tables):
            return problem
        table = self.tables[index]
        names = _FIELDS.get((problem.file, problem.column), ())
        return Problem(
            table.sent.table.name,
            line,
            table.title(*names, problem.column) or problem.column,
            _ENCODED_LINE.sub(lambda match: self._line_of(int(match[1])), problem.reason),
        )

    def _line_of(self, encoded: int) -> str:
        index, line = divmod(encoded, LINES)
        return f"linha {line} de {self.tables[index].sent.table.name}"


def translation(tables: Sequence[Sent], *, on: date, mending: Mending = AS_OFFERED) -> Translation:
    """The tables as the source of an import; `on` is the day after which nothing was sold."""
    rows = _Rows(tables, on, mending)
    made = {
        CUSTOMERS: rows.customers,
        SALES: rows.sales,
        NOTES: rows.notes,
        PAYMENTS: rows.payments,
    }
    sheets: dict[str, Sheet] = {file: TranslatedSheet(file, each) for file, each in made.items()}
    return Translation(sheets, tuple(rows.tables), rows)


class _Rows:
    """Makes the rows; the tables are read for those of customers, which come first."""

    def __init__(self, tables: Sequence[Sent], on: date, mending: Mending) -> None:
        self.tables = [TableLines(sent, index) for index, sent in enumerate(tables)]
        self._people = People()
        self._sales = SaleRows(on)
        self._mending = mending
        self._mended = Counter[str]()
        self._whole = True
        #: The parts whose rows are given; all of them where nobody turned to one.
        self.turned_to: range | None = None

    @property
    def parts(self) -> int:
        """How many there are of the sales."""
        return self._sales.parts

    def _turned_to(self) -> range:
        return range(self.parts) if self.turned_to is None else self.turned_to

    def _of_parts(self, made: Callable[[int], Made]) -> Made:
        return chain.from_iterable(map(made, self._turned_to()))

    def _notices(self, *kinds: str) -> list[str]:
        """What was taken from elsewhere, once the last part is read."""
        last = self.parts - 1 in self._turned_to()
        return self._sales.notices(*kinds) if last else []

    def customers(self, problems: Problems, progress: Progress, sheet: Sheet) -> Iterator[Row]:
        """Each customer once, where first named; meanwhile all else is taken in."""
        self._people, self._sales, self._whole = People(), self._sales.anew(), True
        self.turned_to = None
        self._mended.clear()
        emitted: set[str] = set()
        tables = [table for kind in _ORDER for table in self.tables if table.kind is kind]
        for done, table in enumerate(tables):
            share = _part(progress, done, len(tables))
            if table.kind is Kind.PAYMENTS:
                self._sales.close()
            yield from self._customers_of(table, emitted, problems, share, sheet)
            if problems.enough:
                return
        self._sales.close()
        sheet.notices.extend(f"{what}: {count}." for what, count in self._mended.items())

    def _customers_of(
        self,
        table: TableLines,
        emitted: set[str],
        problems: Problems,
        progress: Progress,
        sheet: Sheet,
    ) -> Iterator[Row]:
        def refuse(line: int, column: str, reason: str) -> None:
            self._whole = sheet.whole = False
            problems.append(Problem(sheet.file, line, column, reason))

        own = table.kind is Kind.CUSTOMERS
        keys = self._sales.keys(table)
        self._people.begin()
        for line in table.lines(lambda number, fault: refuse(number, "", fault.reason), progress):
            if problems.enough:
                return
            ref = self._people.add(line) if own else self._people.of(line)
            try:
                if not own:
                    self._sales.add(keys, line, ref)
                if own or (ref not in emitted and line["nome"]):
                    emitted.add(ref)
                    cells = {column: line[column] for column in CANONICAL[CUSTOMERS][1:]}
                    if not own:  # what a table of sales calls so is none of theirs
                        cells["numero"] = cells["observacoes"] = ""
                    yield Row(line.number, {"ref": ref, **self._mending.of(cells, self._mended)})
            except WrongCell as wrong:
                refuse(line.number, wrong.name, wrong.reason)
        if table.totals:
            name = table.sent.table.name
            sheet.notices.append(f"{name}: linhas de total não lidas: {table.totals}.")

    def sales(self, problems: Problems, progress: Progress, sheet: Sheet) -> Iterator[Row]:
        """Those that have rows of their own, then those known by their instalments."""
        # Who names a sale of which a row could not be read is not told that it does not exist.
        sheet.whole = self._whole
        yield from _rows(self._of_parts(self._sales.sales), problems, progress)
        sheet.notices.extend(self._notices("undated", "remaining"))

    def notes(self, problems: Problems, progress: Progress, sheet: Sheet) -> Iterator[Row]:
        """The instalments of sales that say them one by one."""
        sheet.whole = self._whole
        yield from _rows(self._of_parts(self._sales.notes), problems, progress)

    def payments(self, problems: Problems, progress: Progress, sheet: Sheet) -> Iterator[Row]:
        """What was paid, from rows of payments and from instalments that say so."""
        yield from _rows(self._of_parts(self._sales.payments), problems, progress)
        sheet.notices.extend(self._notices("unpriced"))


def _rows(made: Made, problems: Problems, progress: Progress) -> Iterator[Row]:
    for count, (line, cells) in enumerate(made):
        if count % _STEP == 0:
            progress(count / (count + _STEP))  # how many there are nobody counted
        yield Row(line, cells)
        if problems.enough:
            return


def _part(progress: Progress, done: int, count: int) -> Progress:
    return lambda share: progress((done + share) / max(count, 1))
