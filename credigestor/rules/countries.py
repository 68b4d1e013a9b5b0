"""Countries by their ISO 3166 code of two letters, with the names that people here give them.

>>> country_name("AR"), country_name("US"), country_name("XQ")
('Argentina', 'Estados Unidos', 'XQ')
>>> parse_country("ar"), parse_country("Venezuela"), parse_country("coreia do sul")
('AR', 'VE', 'KR')
>>> parse_country("Mú")
Traceback (most recent call last):
    ...
credigestor.errors.InvalidInput: País desconhecido: “Mú”. Escreva o nome ou a sigla, como Argentina.
>>> parse_country("Brasil")
Traceback (most recent call last):
    ...
credigestor.errors.InvalidInput: Quem é do Brasil tem CPF: informe-o no lugar do documento.
"""

from __future__ import annotations

from functools import cache

import phonenumbers
from babel import Locale

from credigestor.errors import InvalidInput
from credigestor.rules.identity import fold
from credigestor.rules.quoting import quote

HOME = "BR"


@cache
def countries() -> dict[str, str]:
    """Every country that people have a phone in, code to name, by name; but for ours."""
    names = Locale("pt", "BR").territories
    named = {code: names[code] for code in phonenumbers.SUPPORTED_REGIONS if code != HOME}
    return dict(sorted(named.items(), key=lambda each: fold(each[1])))


def country_name(code: str) -> str:
    """What people call a country; its code where there is no such one."""
    return countries().get(code, code)


def parse_country(text: str, *, field: str | None = "country") -> str:
    """Read a country's name or code; raises InvalidInput for another text, and for our own."""
    typed = " ".join(text.split())
    if fold(typed) in ("br", "brasil", "brazil"):
        raise InvalidInput(
            "Quem é do Brasil tem CPF: informe-o no lugar do documento.", field=field
        )
    if typed.upper() in countries():
        return typed.upper()
    for code, name in countries().items():
        if fold(name) == fold(typed):
            return code
    raise InvalidInput(
        f"País desconhecido: {quote(typed)}. Escreva o nome ou a sigla, como Argentina.",
        field=field,
    )
