"""What a cell of an old file most likely was: offered to a person, and never taken unasked (R26).

A spreadsheet takes a CPF for a number, and its leading zeros go. They are offered back where the
check digits then fit, which of a hundred other numbers one does:

>>> padded_tax_id("1234567-97"), padded_tax_id("123456797"), padded_tax_id("191.000001-3")
('00123456797', '00123456797', None)
>>> padded_tax_id("191000198"), padded_tax_id("6990590000123")
(None, '06990590000123')
>>> padded_tax_id("529.982.247-25"), padded_tax_id("isento"), padded_tax_id("")
(None, None, None)

Phones were written without the area code of the shop's own town, and before the ninth digit:

>>> whole_phone("8872-4443", "85"), whole_phone("98872-4443", "85"), whole_phone("3231 4455", "85")
('+5585988724443', '+5585988724443', '+558532314455')
>>> whole_phone("(88) 8872-4443", "85"), whole_phone("0 88 98872-4443", "85")
('+5588988724443', '+5588988724443')
>>> whole_phone("55 85 8872-4443", "11"), whole_phone("+5585988724443", "11")
('+5585988724443', '+5585988724443')
>>> whole_phone("8872-444", "85"), whole_phone("recado com Rita", "85"), whole_phone("", "85")
(None, None, None)

Names in capitals are offered as people write them; one with small letters is left as it is:

>>> title_case("MARIA D'ÁVILA DA SILVA E SOUZA"), title_case("JOSÉ DOS SANTOS FILHO")
("Maria D'Ávila da Silva e Souza", 'José dos Santos Filho')
>>> title_case("ANA McGREGOR"), title_case("Ronald McDonald"), title_case("MARY MCDONALD")
('ANA McGREGOR', 'Ronald McDonald', 'Mary McDonald')
>>> title_case("DA LUZ, J. P. SANT'ANNA-REIS"), title_case("PEDRO II"), title_case("LUZ LTDA ME")
("Da Luz, J. P. Sant'Anna-Reis", 'Pedro II', 'Luz Ltda ME')
"""

from __future__ import annotations

import re

from credigestor.errors import InvalidInput
from credigestor.rules.identity import digits, parse_phone, parse_tax_id

#: Fewer digits than these are too few to be a CPF that lost only zeros.
_FEWEST_DIGITS = 8
_NUMBER = re.compile(r"[0-9\s.\-–/]+")
_PHONE = re.compile(r"\+?[0-9\s().\-–/]+")
_SMALL = {"da", "das", "de", "del", "della", "di", "do", "dos", "du", "e", "van", "von", "y"}
_LARGE = {"II", "III", "IV", "VI", "VII", "VIII", "ME", "MEI", "EPP", "S/A", "S.A.", "SA"}
_PIECE = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*")


def padded_tax_id(text: str) -> str | None:
    """The CPF or CNPJ that this is with the zeros it lost in front; None where it lacks none."""
    number = digits(text)
    if not _NUMBER.fullmatch(text) or len(number) < _FEWEST_DIGITS or len(number) in (11, 14):
        return None
    try:
        return parse_tax_id(number.zfill(11 if len(number) < 11 else 14))
    except InvalidInput:
        return None


def whole_phone(text: str, area_code: str) -> str | None:
    """The phone, E.164, with the area code and the ninth digit where they lack; None for no phone.

    `area_code` is the shop's, two digits.
    """
    if not _PHONE.fullmatch(text):
        return None
    number = digits(text).lstrip("0")
    if len(number) in (12, 13) and number.startswith("55"):
        number = number[2:]
    if len(number) in (8, 9):
        number = area_code + number
    if len(number) == 10 and number[2] in "6789":
        number = f"{number[:2]}9{number[2:]}"
    try:
        return parse_phone(number if len(number) in (10, 11) else text)
    except InvalidInput:
        return None


def title_case(name: str) -> str:
    """A name that is all capitals as people write it; any other as it is."""
    if not name.isupper():
        return name
    words = name.split(" ")
    return " ".join(_word(word, first=not place) for place, word in enumerate(words))


def _word(word: str, *, first: bool) -> str:
    if word in _LARGE:
        return word
    if word.lower() in _SMALL and not first:
        return word.lower()
    return _PIECE.sub(lambda piece: _piece(piece[0]), word)


def _piece(letters: str) -> str:
    if letters.startswith("MC") and len(letters) > 4:
        return "Mc" + letters[2:].capitalize()
    return letters if "." in letters else letters.capitalize()
