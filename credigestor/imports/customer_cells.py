"""What clientes.csv says of a customer beside name and CPF: phones, foreign documents, the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from credigestor.errors import InvalidInput
from credigestor.rules import identity
from credigestor.rules.address import LENGTHS
from credigestor.rules.calendar import parse_date
from credigestor.rules.countries import parse_country
from credigestor.rules.identification import parse_document
from credigestor.services.customers import EARLIEST_BIRTH_YEAR
from credigestor.services.inputs import text

_LONG, _LINE = 2_000, 120
#: Column of the file → column of the table, its greatest length, and what it is called.
_TEXTS = {
    "rua": ("street", LENGTHS["street"], "Rua"),
    "numero": ("street_number", LENGTHS["street_number"], "Número"),
    "complemento": ("complement", LENGTHS["complement"], "Complemento"),
    "bairro": ("district", LENGTHS["district"], "Bairro"),
    "observacoes": ("remarks", _LONG, "Observações"),
    "trabalho": ("workplace", _LINE, "Trabalho"),
    "conjuge": ("spouse", _LINE, "Cônjuge"),
    "referencias": ("personal_references", _LONG, "Referências"),
}
_PHONES = {"telefone": "phone", "telefone2": "second_phone"}


class Cells(Protocol):
    """`row_checks.Cells`, as far as it is used here."""

    row: Any

    def read(self, column: str, parse: Any, *, optional: bool = False) -> Any: ...
    def amount(self, column: str) -> Any: ...
    def refuse(self, column: str, reason: str) -> None: ...


def phones(cells: Cells) -> Mapping[str, Any]:
    """The phones; what is none that can be dialled is kept as it was written, to be looked at."""
    there, written = cells.row.cells, []
    found: dict[str, Any] = {}
    for column, name in _PHONES.items():
        if column not in there:
            continue
        found[name] = None
        try:
            found[name] = identity.parse_phone(there[column]) if there[column] else None
        except InvalidInput:
            written.append(there[column])
    found["phone_text"] = cells.read(
        "telefone", lambda _: _kept_phone(", ".join(written)) if written else None
    )
    return found


def more(cells: Cells) -> Mapping[str, Any]:
    """Columns of customers by the optional cells that the file has; what is wrong is refused."""
    there, found = cells.row.cells, {}
    for column, (name, maximum, label) in _TEXTS.items():
        if column in there:
            found[name] = cells.read(column, _text(column, maximum, label), optional=True)
    if "nascimento" in there:
        found["birth_date"] = cells.read("nascimento", _birth, optional=True)
    if "limite" in there:
        found["credit_limit"] = cells.amount("limite") if there["limite"] else None
    if "documento_estrangeiro" in there:
        found |= _foreign(cells)
    return found


def _foreign(cells: Cells) -> dict[str, Any]:
    document, country = (cells.row.cells.get(n, "") for n in ("documento_estrangeiro", "pais"))
    if document and not country:
        cells.refuse("pais", "Informe o país do documento.")
    if not document:  # a country alone is where somebody lives
        return {"foreign_document": None, "country": None}
    return {
        "foreign_document": cells.read("documento_estrangeiro", parse_document, optional=True),
        "country": cells.read("pais", parse_country, optional=True),
    }


def _kept_phone(written: str) -> str:
    return text(written, field="phone_text", maximum=_LINE, label="Telefone")


def _text(column: str, maximum: int, label: str) -> Any:
    return lambda cell: text(cell, field=column, maximum=maximum, label=label)


def _birth(cell: str) -> date:
    return parse_date(cell, earliest_year=EARLIEST_BIRTH_YEAR)
