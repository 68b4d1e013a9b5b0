"""Pix static code: the text that a payer's bank reads from a QR code or pastes (R25; BR Code, EMV).

>>> from decimal import Decimal
>>> text = payload(key="11222333000181", name="LOJA MODELO LTDA", city="FORTALEZA",
...     amount=Decimal("205.00"), txid=note_txid(123, 2))
>>> text[:58]
'00020126360014br.gov.bcb.pix011411222333000181520400005303'
>>> text[58:]
'9865406205.005802BR5916LOJA MODELO LTDA6009FORTALEZA62150511NP000123P0263043036'

What a shop lacks for one is named:

>>> from types import SimpleNamespace
>>> shop = SimpleNamespace(pix_key="", legal_name="", shop_name="Loja Ágata", city="")
>>> missing(shop)
['chave Pix', 'cidade']
>>> shop_payload(shop, Decimal("1"), customer_txid(7)) is None
True
"""

from __future__ import annotations

import re
import unicodedata
from binascii import crc_hqx
from decimal import Decimal
from typing import Protocol

from credigestor.rules.money import CENT, MAX_MONEY
from credigestor.rules.numbering import sale_number

MAX_KEY, MAX_NAME, MAX_CITY = 77, 25, 15
_TXID = re.compile("[A-Za-z0-9]{1,25}")
_PLAIN = str.maketrans("‘’´`“”–—", "''''\"\"--")


class Payee(Protocol):
    """What a shop's settings say about who is paid."""

    @property
    def pix_key(self) -> str: ...
    @property
    def legal_name(self) -> str: ...
    @property
    def shop_name(self) -> str: ...
    @property
    def city(self) -> str: ...


def payload(*, key: str, name: str, city: str, amount: Decimal, txid: str) -> str:
    """The code that pays R$ `amount` to a key, printable ASCII only (R25).

    Name and city lose their accents and what passes 25 and 15 characters. Raises ValueError for
    a key that is no ASCII or too long, a name or city of which nothing is left, an amount that
    is no positive number of cents, or a `txid` other than 1 to 25 letters and digits.
    """
    name, city = _ascii(name, MAX_NAME), _ascii(city, MAX_CITY)
    if not (_usable(key) and name and city):
        raise ValueError("a Pix code needs a key, a name and a city")
    if not CENT <= amount <= MAX_MONEY or amount != amount.quantize(CENT):
        raise ValueError(f"no amount of a Pix code: {amount}")
    if not _TXID.fullmatch(txid):
        raise ValueError(f"no txid of a Pix code: {txid!r}")
    account = _field("00", "br.gov.bcb.pix") + _field("01", key)
    text = (
        _field("00", "01")
        + _field("26", account)
        + _field("52", "0000")
        + _field("53", "986")
        + _field("54", f"{amount:.2f}")
        + _field("58", "BR")
        + _field("59", name)
        + _field("60", city)
        + _field("62", _field("05", txid))
        + "6304"
    )
    return f"{text}{crc_hqx(text.encode('ascii'), 0xFFFF):04X}"


def note_txid(sale_id: int, number: int) -> str:
    """What a payment of one note is known by on the shop's bank statement: NP000123P02."""
    return f"NP{sale_number(sale_id)}P{number:02d}"


def customer_txid(customer_id: int) -> str:
    """The same for a payment of several notes of one customer: C7."""
    return f"C{customer_id}"


def missing(shop: Payee) -> list[str]:
    """What a shop must still fill in to be paid by Pix, in Portuguese; empty when it can be."""
    lacking = {
        "chave Pix": not _usable(shop.pix_key),
        "razão social ou nome": not _name(shop),
        "cidade": not _ascii(shop.city, MAX_CITY),
    }
    return [what for what, lacks in lacking.items() if lacks]


def shop_payload(shop: Payee, amount: Decimal, txid: str) -> str | None:
    """The code that pays R$ `amount` to a shop; None while it lacks what `missing` names."""
    if missing(shop):
        return None
    return payload(key=shop.pix_key, name=_name(shop), city=shop.city, amount=amount, txid=txid)


def _name(shop: Payee) -> str:
    return _ascii(shop.legal_name, MAX_NAME) or _ascii(shop.shop_name, MAX_NAME)


def _usable(key: str) -> bool:
    return 0 < len(key) <= MAX_KEY and key.isascii() and key.isprintable() and " " not in key


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def _ascii(text: str, length: int) -> str:
    """The printable ASCII of a text without its accents, in at most `length` characters."""
    parted = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    kept = "".join(" " if char.isspace() else char for char in parted)
    kept = "".join(char for char in kept if " " <= char <= "~")
    return " ".join(kept.split())[:length].rstrip()
