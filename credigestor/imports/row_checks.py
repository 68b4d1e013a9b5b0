"""Each row of an import by itself: cells to values, every wrong cell a problem of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from credigestor.errors import InvalidInput
from credigestor.imports import customer_cells
from credigestor.imports.batch import Ended, Ending, Given
from credigestor.imports.choices import STRICT, Choices, Rates
from credigestor.imports.decimal_marks import parse_amount
from credigestor.imports.lines import CustomerLine, NoteLine, PaymentLine, SaleLine
from credigestor.imports.problems import Problem, Problems
from credigestor.imports.reading import Row, Sheet
from credigestor.rules import identity
from credigestor.rules.address import LENGTHS
from credigestor.rules.calendar import format_date, parse_date
from credigestor.rules.charges import MAX_FINE_RATE
from credigestor.rules.installments import MAX_RATE
from credigestor.rules.methods import METHOD_NAMES, PLUS, UNKNOWN, Method, way_of
from credigestor.rules.money import CENT, ZERO, parse_rate
from credigestor.rules.quoting import quote
from credigestor.services import handing
from credigestor.services.inputs import text
from credigestor.services.sales import parse_description

METHODS = {identity.fold(name): method for method, name in METHOD_NAMES.items()}
_MAX_REF = 60
MAX_GRACE_DAYS = 60
_NO_RATES = Rates()
_GIVEN = ("juros", "multa", "desconto")
_NOTHING_GIVEN = [None] * len(_GIVEN)
#: How each situation begins, in the words of those who write them.
_ENDINGS: dict[Ending | None, tuple[str, ...]] = {
    Ending.PAID: ("pag", "quit", "liquid", "baix", "receb"),
    Ending.CANCELLED: ("canc", "estorn"),
    Ending.RETURNED: ("devol",),
    Ending.RENEGOTIATED: ("reneg",),
    None: ("abert", "em ", "pend", "venc", "atras", "parc", "a venc", "ativ"),
}
_LONGEST_KEPT = 64  # characters of a cell whose value is kept

T = TypeVar("T")
_REMEMBERED = 2**15  # values of one parser


class _Memory(dict[str, T]):
    """What a parser made of each cell: in a file of millions of rows they recur."""

    def __init__(self, parse: Callable[[str], T]) -> None:
        self._parse = parse

    def __missing__(self, cell: str) -> T:
        value = self._parse(cell)
        if len(cell) <= _LONGEST_KEPT:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[cell] = value
        return value


def _remembered(parse: Callable[[str], T]) -> Callable[[str], T]:
    """The parser with a memory."""
    return _Memory(parse).__getitem__


class Cells:
    """Reads one row's cells; what a parser refuses becomes a problem of that cell."""

    def __init__(self, sheet: Sheet, row: Row, problems: Problems) -> None:
        self.sheet = sheet
        self.row = row
        self.problems = problems
        self.right = True
        #: Whether the file has columns that it need not have.
        self.more = len(row.cells) > len(sheet.columns)

    def read(self, column: str, parse: Callable[[str], Any], *, optional: bool = False) -> Any:
        """The cell's value; None when it is wrong, or empty and optional."""
        cell = self.row.cells.get(column, "") if optional else self.row.cells[column]
        if optional and not cell:
            return None
        try:
            return parse(cell)
        except InvalidInput as error:
            self.refuse(column, error.message)
            return None

    def amount(self, column: str, *, minimum: Decimal = Decimal(0)) -> Any:
        """The cell's R$, read with the decimal mark of its file."""
        return self.read(column, _amounts(self.sheet.mark, minimum))

    def refuse(self, column: str, reason: str) -> None:
        """Keep a problem of this row."""
        self.problems.append(Problem(self.sheet.file, self.row.line, column, reason))
        self.right = False


def customer(sheet: Sheet, row: Row, problems: Problems) -> CustomerLine | None:
    """A row of clientes.csv; None when a cell is wrong (R26). All but the name may be empty."""
    cells = Cells(sheet, row, problems)
    ref = cells.read("ref", parse_ref)
    name = cells.read("nome", identity.parse_name)
    values = {
        "name": name,
        "name_folded": identity.fold(name or ""),
        "tax_id": cells.read("cpf", identity.parse_tax_id, optional=True),
        **customer_cells.phones(cells),
        "email": cells.read("email", identity.parse_email, optional=True),
        "city": cells.read("cidade", _city, optional=True),
        "state": cells.read("uf", identity.parse_uf, optional=True),
        "zip_code": cells.read("cep", identity.parse_cep, optional=True),
        **(customer_cells.more(cells) if cells.more else {}),
    }
    return CustomerLine(row.line, ref, values) if cells.right else None


def sale(
    sheet: Sheet, row: Row, problems: Problems, *, today: date, listed: Container[str] = ()
) -> SaleLine | None:
    """A row of vendas.csv; None when a cell is wrong. The first due date may be empty.

    And how many notes there are, of one of the `listed`.
    """
    cells = Cells(sheet, row, problems)
    ref = cells.read("ref", parse_ref)
    line = SaleLine(
        line=row.line,
        ref=ref,
        customer_ref=cells.read("cliente", parse_ref),
        sold_on=cells.read("data", _date),
        description=cells.read("descricao", _description),
        total=cells.amount("valor_total", minimum=CENT),
        down_payment=cells.amount("entrada"),
        installments=cells.read("parcelas", _count, optional=ref in listed) or 0,
        first_due_date=cells.read("primeiro_vencimento", _date, optional=True),
        rates=_rates(cells) if cells.more else None,
        ended=_ended(cells, today) if cells.more else None,
    )
    return line if cells.right else None


def _rates(cells: Cells) -> Rates | None:
    """What a sale's own columns say of its rates (R5); None where they say nothing."""
    found = Rates(
        late_rate=cells.read("mora", _rate, optional=True),
        fine_rate=cells.read("multa", _fine, optional=True),
        grace_days=cells.read("carencia", _grace, optional=True),
        contract_rate=cells.read("taxa", _rate, optional=True),
    )
    return None if found == _NO_RATES else found


def note(sheet: Sheet, row: Row, problems: Problems, *, today: date) -> NoteLine | None:
    """A row of parcelas.csv; None when a cell is wrong."""
    cells = Cells(sheet, row, problems)
    line = NoteLine(
        line=row.line,
        sale_ref=cells.read("venda", parse_ref),
        number=cells.read("parcela", _count),
        due_date=cells.read("vencimento", _date),
        amount=cells.amount("valor", minimum=CENT),
        old_number=cells.read("numero_antigo", parse_ref, optional=True) or "",
        ended=_ended(cells, today),
    )
    return line if cells.right else None


def _ended(cells: Cells, today: date) -> Ended | None:
    """How a sale or note ended, where its row says that it did."""
    how = cells.read("situacao", _situation, optional=True)
    if how is None:
        return None
    on = cells.read("data_situacao", _date, optional=True)
    if on is not None and on > today:
        cells.refuse("data_situacao", f"A data está no futuro: hoje é {format_date(today)}.")
    return Ended(how, on, cells.row.line)


def payment(
    sheet: Sheet, row: Row, problems: Problems, *, today: date, choices: Choices = STRICT
) -> PaymentLine | None:
    """A row of pagamentos.csv; None when a cell is wrong or its date is after `today` (R11)."""
    cells = Cells(sheet, row, problems)
    number = cells.read("parcela", _count, optional=choices.spill)
    sale_ref = cells.read("venda", parse_ref)
    paid_on = cells.read("data", _date, optional=choices.settled_on_due)
    amount = cells.amount("valor", minimum=CENT) if _says_amount(row, choices) else None
    given = _given(cells) if cells.more else None
    bare, way = paid_on is None or amount is None, UNKNOWN
    if row.cells["forma"] or "" in choices.methods or not (bare and choices.settled_on_due):
        own, mark = choices.methods, sheet.mark
        way = cells.read("forma", lambda cell: _way(cell, amount, mark, own))
    line = PaymentLine(row.line, sale_ref, number or 0, paid_on, amount, way, given, number is None)
    if bare and cells.right and number is None:
        cells.refuse("parcela", "Informe de que parcela é o pagamento sem data ou valor.")
    if cells.right and line.paid_on and line.paid_on > today:
        cells.refuse("data", f"O pagamento está no futuro: hoje é {format_date(today)}.")
    return line if cells.right else None


def _says_amount(row: Row, choices: Choices) -> bool:
    """Whether a row says, or has to say, how much was paid."""
    return bool(row.cells["valor"]) or not choices.settled_on_due


def _given(cells: Cells) -> Given | None:
    """How a payment's row says that it splits; None where it leaves that to the rules."""
    there = cells.row.cells
    found = [cells.amount(name) if there.get(name) else None for name in _GIVEN]
    if found == _NOTHING_GIVEN:
        return None
    return Given(*(amount or ZERO for amount in found))


@cache
def _amounts(mark: str | None, minimum: Decimal) -> Callable[[str], Decimal]:
    """The reader of amounts that are written with a mark, and are no less than the minimum."""
    return _remembered(lambda cell: parse_amount(cell, mark, minimum))


@_remembered
def parse_ref(cell: str) -> str:
    """A reference: anything visible of up to 60 characters; else InvalidInput."""
    return identity.parse_name(cell, maximum=_MAX_REF)


@_remembered
def _city(cell: str) -> str:
    return text(cell, field="city", maximum=LENGTHS["city"], label="Cidade")


@_remembered
def _description(cell: str) -> str:
    return parse_description(cell)


@_remembered
def _date(cell: str) -> date:
    return parse_date(cell)


@_remembered
def _count(cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", cell):
        raise InvalidInput(f"Número inteiro inválido: {quote(cell)}. Escreva como 3.")
    return int(cell)


@_remembered
def _situation(cell: str) -> Ending | None:
    word = identity.fold(cell)
    for how, stems in _ENDINGS.items():
        if word.startswith(stems):
            return how
    raise InvalidInput(
        f"Situação desconhecida: {quote(cell)}. Use aberta, paga, cancelada, devolvida ou "
        "renegociada."
    )


@_remembered
def _rate(cell: str) -> Decimal:
    return parse_rate(cell, maximum=MAX_RATE)


@_remembered
def _fine(cell: str) -> Decimal:
    return parse_rate(cell, maximum=MAX_FINE_RATE)


@_remembered
def _grace(cell: str) -> int:
    days = _count(cell)
    if days > MAX_GRACE_DAYS:
        raise InvalidInput(f"A carência é de 0 a {MAX_GRACE_DAYS} dias.")
    return days


def _way(cell: str, amount: Decimal | None, mark: str | None, own: Mapping[str, str]) -> str:
    """One method, or "Dinheiro 40,00 + Pix 47,48" as the exports write it; `own` are the file's."""
    if own and (known := own.get(cell)):
        return known
    if PLUS.strip() not in cell:
        return _method(cell).value
    told = (part.strip().rpartition(" ") for part in cell.split(PLUS.strip()))
    parts = [(_method(name), _amounts(mark, CENT)(value)) for name, _, value in told]
    return way_of(parts if amount is None else handing.parts(amount, None, parts))


@_remembered
def _method(cell: str) -> Method:
    method = METHODS.get(identity.fold(cell))
    if method is None:
        known = ", ".join(name.lower() for name in METHOD_NAMES.values())
        raise InvalidInput(f"Forma de pagamento desconhecida: {quote(cell)}. Use {known}.")
    return method
