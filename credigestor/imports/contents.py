"""Whether what stands in a column can be what its name says: a day, an amount, a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from credigestor.imports.cell_values import plain, read_amount, read_date
from credigestor.imports.documents import amounts_in, days_in, is_entry, number_of
from credigestor.imports.workbook_process import NUMBER

DATES = {"data", "primeiro_vencimento", "vencimento", "pago_em", "nascimento", "data_situacao"}
AMOUNTS = {
    *("valor_total", "entrada", "valor", "valor_pago", "juros", "multa", "desconto", "saldo"),
    "limite",
}
#: Columns whose words mean something to us, and are asked about where they do not.
WORDS = ("forma", "situacao")

_MOST = 0.6  # share of the cells
Test = Callable[[str], bool]


def suits(name: str, cells: Sequence[str], *, rate: bool = False) -> bool:
    """Whether a column of these cells can be this field; one with nothing in it can be any."""
    if not cells:
        return True
    if rate:
        test: Test | None = _is_rate
    elif name in DATES:
        test = _is_day
    elif name in AMOUNTS:
        test = _is_amount
    else:
        test = _TESTS.get(name)
    return test is None or sum(map(test, cells)) >= _MOST * len(cells)


def _is_day(cell: str) -> bool:
    return read_date(cell) is not None or read_date(cell, True) is not None


def _is_written_day(cell: str) -> bool:
    """A day, and not a number that may be one."""
    return not cell.startswith(NUMBER) and not cell.isdigit() and _is_day(cell)


def _is_amount(cell: str) -> bool:
    return read_amount(cell, ",") is not None and not _is_written_day(cell)


def _is_rate(cell: str) -> bool:
    return read_amount(re.sub(r"\s*%.*$", "", cell), ",") is not None


def _has_words(cell: str) -> bool:
    return re.search(r"[^\W\d]{2}", cell) is not None


def _matches(pattern: str) -> Test:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda cell: compiled.fullmatch(plain(cell)) is not None


_TESTS: dict[str, Test] = {
    "vencimentos": lambda cell: len(days_in(cell)) > 1,
    "valores": lambda cell: len(amounts_in(cell)) > 1,
    "parcelas": _matches(r"[0-9]{1,3}\s*x?"),
    "parcela": lambda cell: number_of(plain(cell)) > 0 or is_entry(plain(cell)),
    "nome": _has_words,
    # A code is no name: "Cliente" may head either.
    "cliente": lambda cell: not re.search(r"[^\W\d]{2,}\W+[^\W\d]{2,}", cell),
    "cpf": lambda cell: (
        re.fullmatch(r"[0-9A-Z]{8,14}", re.sub(r"[.\-/\s]", "", plain(cell).upper())) is not None
    ),
    "forma": lambda cell: _has_words(cell) and not _is_written_day(cell),
    "situacao": lambda cell: not _is_amount(cell) and not _is_written_day(cell),
    "uf": _matches(r"[a-z]{2}"),
    "venda": lambda cell: not _is_written_day(cell),
    "numero_antigo": lambda cell: not _is_written_day(cell),
    "carencia": _matches(r"[0-9]{1,3}"),
    "email": lambda cell: "@" in cell,
    "cep": _matches(r"[0-9.\- ]{7,10}"),
}
