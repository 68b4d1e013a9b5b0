"""What clientes.csv may say beside what it must: address, birth, limit, remarks, other contacts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from credigestor.db.models import Customer
from credigestor.rules import identity
from credigestor.rules.address import LENGTHS
from credigestor.rules.calendar import parse_date
from credigestor.services.customers import EARLIEST_BIRTH_YEAR
from credigestor.services.inputs import text

_LONG = 2_000
#: Column of the file → column of the table, its greatest length, and what it is called.
_TEXTS = {
    "rua": ("street", LENGTHS["street"], "Rua"),
    "numero": ("street_number", LENGTHS["street_number"], "Número"),
    "complemento": ("complement", LENGTHS["complement"], "Complemento"),
    "bairro": ("district", LENGTHS["district"], "Bairro"),
    "observacoes": ("remarks", _LONG, "Observações"),
    "trabalho": ("workplace", 120, "Trabalho"),
    "conjuge": ("spouse", 120, "Cônjuge"),
    "referencias": ("references", _LONG, "Referências"),
}
_PHONE = "second_phone"
#: Those that this program has a place for.
_THERE = frozenset(Customer.__table__.c.keys())


class Cells(Protocol):
    """`row_checks.Cells`, as far as it is used here."""

    row: Any

    def read(self, column: str, parse: Any, *, optional: bool = False) -> Any: ...
    def amount(self, column: str) -> Any: ...


def more(cells: Cells) -> Mapping[str, Any]:
    """Columns of customers by the optional cells that the file has; what is wrong is refused."""
    there, found = cells.row.cells, {}
    for column, (name, maximum, label) in _TEXTS.items():
        if column in there and name in _THERE:
            found[name] = cells.read(column, _text(column, maximum, label), optional=True)
    if "nascimento" in there:
        found["birth_date"] = cells.read("nascimento", _birth, optional=True)
    if "limite" in there:
        found["credit_limit"] = cells.amount("limite") if there["limite"] else None
    if "telefone2" in there and _PHONE in _THERE:
        found[_PHONE] = cells.read("telefone2", identity.parse_phone, optional=True)
    return found


def _text(column: str, maximum: int, label: str) -> Any:
    return lambda cell: text(cell, field=column, maximum=maximum, label=label)


def _birth(cell: str) -> date:
    return parse_date(cell, earliest_year=EARLIEST_BIRTH_YEAR)
