"""An address on one line, as it is printed.

>>> one_line("Rua Barão de Aracati", "1200", "sala 3", "Aldeota", "Fortaleza", "CE", "60115080")
'Rua Barão de Aracati, 1200, sala 3, Aldeota, Fortaleza/CE, CEP 60115-080'
>>> one_line(None, None, "", "", "Fortaleza", "CE", None), one_line()
('Fortaleza/CE', '')
"""

from __future__ import annotations

from typing import Protocol

from credigestor.rules.identity import format_cep

#: Longest text of what is free in an address, a customer's and the shop's.
LENGTHS = {"street": 120, "street_number": 20, "complement": 60, "district": 80, "city": 80}


class Addressed(Protocol):
    """What a customer and the shop's settings say about where they are."""

    @property
    def street(self) -> str | None: ...
    @property
    def street_number(self) -> str | None: ...
    @property
    def complement(self) -> str | None: ...
    @property
    def district(self) -> str | None: ...
    @property
    def city(self) -> str | None: ...
    @property
    def state(self) -> str | None: ...
    @property
    def zip_code(self) -> str | None: ...


def address_of(who: Addressed) -> str:
    """The address of a customer or the shop on one line; empty when none is known."""
    return one_line(
        *(who.street, who.street_number, who.complement, who.district),
        *(who.city, who.state, who.zip_code),
    )


def one_line(
    street: str | None = None,
    number: str | None = None,
    complement: str | None = None,
    district: str | None = None,
    city: str | None = None,
    state: str | None = None,
    zip_code: str | None = None,
) -> str:
    """The parts that there are, in the order of an envelope; empty when there is none."""
    place = "/".join(filter(None, (city, state)))
    cep = f"CEP {format_cep(zip_code)}" if zip_code else ""
    return ", ".join(filter(None, (street, number, complement, district, place, cep)))
