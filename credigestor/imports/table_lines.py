"""A table's records by field: texts, days as ISO, amounts with a point, whatever they were."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial

from credigestor.imports.cell_values import is_nothing, plain, read_amount, read_date
from credigestor.imports.contents import AMOUNTS, DATES
from credigestor.imports.decoding import Fault
from credigestor.imports.recognising import Kind, Reading, Recognised, is_rate
from credigestor.imports.said_words import status_of, way_of
from credigestor.imports.tables import Table
from credigestor.imports.workbook_process import NUMBER as NUMBER
from credigestor.rules.identity import fold
from credigestor.rules.quoting import quote

#: Lines of one table; those of the next are counted from here on, so that none has two meanings.
LINES = 100_000_000

_REMEMBERED = 2**15  # different cells of a column
_TOTAL = re.compile(r"(sub)?\s*tota(l|is)\b|soma\b|saldo (final|geral)\b")


@dataclass(frozen=True)
class Sent:
    """A table with what it is, and what its words mean: `words["forma"]["CARTÃO"] == "cartão"`."""

    table: Table
    what: Recognised
    words: dict[str, dict[str, str]] = field(default_factory=dict)


class Group(IntEnum):
    """Fields that are read together, for each row."""

    WHO, KEY, NOTE, PAYMENT = range(4)


_PAID = ("pago_em", "valor_pago", "forma", "juros", "multa", "desconto")
GROUPS = {
    Group.WHO: ("cliente", "cpf", "nome"),
    Group.KEY: ("venda", "parcela", "data"),
    Group.NOTE: (
        *("parcela", "valor", "saldo", "vencimento", "situacao", "numero_antigo", "data_situacao"),
        *_PAID,
    ),
    Group.PAYMENT: _PAID,
}


class WrongCell(Exception):
    """A cell that cannot be read: its field and why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name, self.reason = name, reason


class Column(dict[str, str]):
    """What the cells of a column say, by what stands in them: in a column cells recur."""

    def __init__(self, place: int, read: Callable[[str], str]) -> None:
        self.place, self._read = place, read

    def __missing__(self, cell: str) -> str:
        said = self._read(cell)
        if len(self) < _REMEMBERED:
            self[cell] = said
        return said


class Line:
    """One record, by field."""

    __slots__ = ("_cells", "_lines", "number")

    def __init__(self, lines: TableLines, number: int, cells: list[str]) -> None:
        self._lines, self.number, self._cells = lines, number, cells

    def __getitem__(self, name: str) -> str:
        """A field as the import reads it: an amount as 1234.56, a day as ISO, a text as it is.

        Empty where a cell says nothing, or there is none. What is no day stays as it is, for the
        import to refuse; raises WrongCell for what is no amount.
        """
        column = self._lines.columns.get(name)
        return "" if column is None else column[self._cells[column.place]]

    def fields(self, group: Group) -> list[str]:
        """Many at once, in less time."""
        count, present = self._lines.groups[group]
        said, cells = [""] * count, self._cells
        for k, column in present:
            said[k] = column[cells[column.place]]
        return said

    def date(self, name: str, cell: str) -> str:
        """A part of a cell as a day of its column."""
        return _date_text(cell, self._lines.reading(name).month_first, False)

    def amount(self, name: str, cell: str) -> str:
        """A part of a cell as an amount of its column; raises WrongCell."""
        return _amount_text(name, cell, self._lines.reading(name).mark)


class TableLines:
    """A table's lines, from the first again whenever they are asked for."""

    def __init__(self, sent: Sent, index: int) -> None:
        self.sent = sent
        self.kind = sent.what.kind
        self.first_line = index * LINES
        self.totals = 0
        places = sent.what.columns
        self.columns = {name: Column(place, self._reader(name)) for name, place in places.items()}
        #: The method of payments that say none.
        self.blank_way = sent.words.get("forma", {}).get("", "")
        #: How many fields a group has, and those that are here by their place in it.
        self.groups = [
            (len(names), [(k, self.columns[name]) for k, name in enumerate(names) if name in self])
            for names in GROUPS.values()
        ]
        #: The numbers of the instalments that stand one beside the other.
        self.repeated = sorted({int(name.split()[1]) for name in places if " " in name})

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def _reader(self, name: str) -> Callable[[str], str]:
        base, reading = name.partition(" ")[0], self.reading(name)
        if base in DATES:
            return partial(_date_text, month_first=reading.month_first, births=name == "nascimento")
        if base in AMOUNTS and not is_rate(base, self.kind):
            return partial(_amount_text, name, mark=reading.mark)
        if is_rate(base, self.kind):
            return _rate_text
        words = self.sent.words.get(base, {})
        if base == "situacao":
            return lambda cell: words.get(_text(cell), status_of(_text(cell)))
        if base == "forma":
            return lambda cell: words.get(_text(cell)) or way_of(_text(cell))
        return _text

    def reading(self, name: str) -> Reading:
        """How the cells of a field's column are read."""
        return self.sent.what.readings.get(name, _NO_READING)

    def lines(
        self, fault: Callable[[int, Fault], None], progress: Callable[[float], None]
    ) -> Iterator[Line]:
        """Each record that can be read; sums below them are left out, and counted."""
        self.totals = 0
        for number, cells in self.sent.table.records(progress):
            if isinstance(cells, Fault):
                fault(self.first_line + number, cells)
                continue
            first = cells[0] or next(filter(None, cells), "")
            line = Line(self, self.first_line + number, cells)
            if first[:3].lower() in _LIKE_TOTALS and self._is_total(line, first):
                self.totals += 1
                continue
            yield line

    def _is_total(self, line: Line, first: str) -> bool:
        """Whether a row is the sum of others: called so, and of no day; a customer may be, too."""
        if self.kind is Kind.CUSTOMERS or not _TOTAL.match(fold(first)):
            return False
        return not any(line[name] for name in self.columns if name.partition(" ")[0] in DATES)

    def of_cells(self, rows: Iterable[list[str]]) -> list[Line]:
        """Lines of cells whose numbers do not matter."""
        return [Line(self, 0, cells) for cells in rows]

    def title(self, *names: str) -> str:
        """What the table calls the first of these fields that it has."""
        header = self.sent.table.header
        return next((header[self.columns[name].place] for name in names if name in self), "")


_NO_READING = Reading()
_LIKE_TOTALS = {"tot", "sub", "som", "sal"}


def _text(cell: str) -> str:
    return "" if not cell or is_nothing(cell) else plain(cell)


def _date_text(cell: str, month_first: bool, births: bool) -> str:
    if not cell or is_nothing(cell):
        return ""
    day = read_date(cell, month_first, births)
    return plain(cell) if day is None else day.isoformat()


def _amount_text(name: str, cell: str, mark: str | None) -> str:
    if not cell or is_nothing(cell):
        return ""
    value = read_amount(cell, mark)
    if value is None:
        raise WrongCell(name, _why(cell))
    return f"{value:.2f}"


def _rate_text(cell: str) -> str:
    """A number of percent, with a comma, as the import reads it.

    >>> _rate_text("2.5"), _rate_text("2,5 % a.m."), _rate_text(f"{NUMBER}2"), _rate_text("-")
    ('2,5', '2,5', '2', '')
    """
    said = re.sub(r"\s*(%.*|a\.?\s*m\.?)$", "", _text(cell), flags=re.IGNORECASE)
    return said.replace(".", ",") if re.fullmatch(r"[0-9]+\.[0-9]+", said) else said


def _why(cell: str) -> str:
    if read_amount(cell, ",") is not None:
        return (
            f"Valor ambíguo: {quote(plain(cell))}. Nada na coluna diz se vírgula e ponto separam "
            "milhares ou centavos; indique na coluna qual separa os centavos."
        )
    return f"Valor inválido: {quote(plain(cell))}. Escreva como 1.234,56."


def cents(text: str) -> int:
    """An amount's text, as a line gives it, in cents; 0 of none."""
    return int(text.replace(".", "")) if text else 0


def in_reais(value: int) -> str:
    """Cents as an amount's text."""
    return f"{value // 100}.{value % 100:02d}" if value >= 0 else f"-{in_reais(-value)}"
