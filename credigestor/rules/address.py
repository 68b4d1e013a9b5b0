"""An address on one line, as it is printed.

>>> one_line("Rua Barão de Aracati", "1200", "sala 3", "Aldeota", "Fortaleza", "CE", "60115080")
'Rua Barão de Aracati, 1200, sala 3, Aldeota, Fortaleza/CE, CEP 60115-080'
>>> one_line(None, None, "", "", "Fortaleza", "CE", None), one_line()
('Fortaleza/CE', '')
"""

from __future__ import annotations

from credigestor.rules.identity import format_cep


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
