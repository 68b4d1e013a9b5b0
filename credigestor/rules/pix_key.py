"""Pix keys: CPF or CNPJ, e-mail, mobile phone, or a random key (Banco Central, Manual do DICT).

>>> parse_pix_key(PixKind.TAX_ID, "11.222.333/0001-81")
'11222333000181'
>>> parse_pix_key(PixKind.PHONE, "(85) 98872-4443")
'+5585988724443'
>>> parse_pix_key(PixKind.RANDOM, "123E4567-E89B-42D3-A456-426614174000")
'123e4567-e89b-42d3-a456-426614174000'
>>> kind_of("loja@exemplo.com.br").value, kind_of("").value
('email', 'none')
"""

from __future__ import annotations

import re
from enum import StrEnum

from credigestor.errors import InvalidInput
from credigestor.rules.identity import parse_email, parse_phone, parse_tax_id

MAX_EMAIL = 77
_RANDOM = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class PixKind(StrEnum):
    """What a Pix key is."""

    NONE = "none"
    TAX_ID = "tax_id"
    EMAIL = "email"
    PHONE = "phone"
    RANDOM = "random"


PIX_KIND_NAMES = {
    PixKind.NONE: "Sem chave",
    PixKind.TAX_ID: "CPF ou CNPJ",
    PixKind.EMAIL: "E-mail",
    PixKind.PHONE: "Celular",
    PixKind.RANDOM: "Chave aleatória",
}


def kind_of(key: str) -> PixKind:
    """What a stored key is."""
    if not key:
        return PixKind.NONE
    if "@" in key:
        return PixKind.EMAIL
    if key.startswith("+"):
        return PixKind.PHONE
    return PixKind.RANDOM if _RANDOM.fullmatch(key) else PixKind.TAX_ID


def parse_pix_key(kind: PixKind, text: str, *, field: str | None = "pix_key") -> str:
    """Read a key of a kind in the form the Pix uses; empty for none. Raises InvalidInput."""
    if kind is PixKind.NONE:
        return ""
    if kind is PixKind.TAX_ID:
        return parse_tax_id(text, field=field)
    if kind is PixKind.PHONE:
        return _mobile(parse_phone(text, field=field), field)
    if kind is PixKind.EMAIL:
        address = parse_email(text, field=field).lower()
        if len(address) > MAX_EMAIL:
            raise InvalidInput(f"A chave Pix tem no máximo {MAX_EMAIL} caracteres.", field=field)
        return address
    key = text.strip().lower()
    if not _RANDOM.fullmatch(key):
        raise InvalidInput(
            "Chave aleatória inválida. Copie do aplicativo do banco os 32 caracteres com os "
            "hífens, como 123e4567-e89b-42d3-a456-426614174000.",
            field=field,
        )
    return key


def _mobile(phone: str, field: str | None) -> str:
    if not re.fullmatch(r"\+55[1-9]{2}9[0-9]{8}", phone):
        raise InvalidInput("A chave Pix precisa ser um celular do Brasil.", field=field)
    return phone
