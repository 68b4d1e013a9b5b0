"""Who a person is and how to reach them: names, CPF and CNPJ, phones, addresses (R26).

CPF and CNPJ have check digits modulo 11, counted by python-stdnum. Since July 2026 the first
twelve places of a CNPJ may hold letters, each worth its ASCII code minus 48 (Instrução Normativa
RFB 2.229/2024; Nota Técnica Conjunta COCAD/SUARA/RFB 49/2024). They are stored without points.

>>> parse_tax_id("529.982.247-25"), parse_tax_id("12.abc.345/01de-35")
('52998224725', '12ABC34501DE35')
>>> format_tax_id("52998224725"), format_tax_id("12ABC34501DE35"), mask_tax_id("52998224725")
('529.982.247-25', '12.ABC.345/01DE-35', '***.982.247-**')
>>> labelled_tax_id("52998224725"), tax_id_kind("12ABC34501DE35")
('CPF 529.982.247-25', 'CNPJ')
>>> parse_tax_id("111.111.111-11")  # its check digits are right, and nobody's
Traceback (most recent call last):
    ...
credigestor.errors.InvalidInput: CPF inválido: os dígitos não podem ser todos iguais.

Phones are stored as E.164 (ITU-T). A Brazilian one has an area code in use and, when mobile,
nine digits (Anatel, Resolução 553/2010).

>>> parse_phone("(85) 98872-4443"), format_phone("+5585988724443")
('+5585988724443', '(85) 98872-4443')
>>> whatsapp_url("+5585988724443")
'https://wa.me/5585988724443'

>>> parse_name("  Zélia   D'Ávila "), fold("D'Ávila  Muñoz")
("Zélia D'Ávila", 'davila munoz')
>>> parse_email("Ana.Luz@Example.COM"), parse_uf("ce"), parse_cep("60.175-000")
('Ana.Luz@example.com', 'CE', '60175000')
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote as in_address

import phonenumbers
from stdnum.br import cnpj, cpf

from credigestor.errors import InvalidInput
from credigestor.rules.quoting import quote

# fmt: off
UFS = (
    "AC", "AL", "AP", "AM", "BA", "CE", "DF", "ES", "GO", "MA", "MT", "MS", "MG", "PA", "PB", "PR",
    "PE", "PI", "RJ", "RN", "RS", "RO", "RR", "SC", "SP", "SE", "TO",
)
# fmt: on

#: Characters of a name, of a person or of the shop.
MAX_NAME = 120

#: An anonymised customer's CPF is replaced by this and seven digits (R28), shown as the word.
ANONYMISED_PREFIX = "ANON"
ANONYMISED = "anonimizado"

#: The mark of a phone that was kept as it was written.
UNREAD = " (a conferir)"
_PUNCTUATION = str.maketrans("", "", " \xa0.-–/")
_BRAZILIAN = re.compile(r"[1-9]{2}(9[0-9]{8}|[2-5][0-9]{7})")
# WHATWG HTML, "valid e-mail address", with at least one dot in the domain.
_EMAIL = re.compile(
    r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]"
)
_NO_APOSTROPHES = str.maketrans("", "", "'´`‘’ʼ")
_EMOJI_JOINERS = {"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))}


def digits(text: str) -> str:
    """Keep only the digits 0 to 9."""
    return "".join(c for c in text if "0" <= c <= "9")


def parse_tax_id(text: str, *, field: str | None = "cpf_cnpj") -> str:
    """Read a CPF (11 digits) or CNPJ (14 digits or capital letters), without punctuation (R26).

    Raises InvalidInput, saying which: empty, strange character, length, equal or check digits.
    """
    typed = _typed(text, "o CPF ou o CNPJ", field)
    number = typed.translate(_PUNCTUATION)
    if not re.fullmatch("[0-9A-Za-z]+", number):
        raise InvalidInput(
            f"CPF ou CNPJ inválido: {quote(typed)}. Digite como 529.982.247-25 ou "
            "11.222.333/0001-81.",
            field=field,
        )
    number = number.upper()
    if len(number) not in (11, 14):
        raise InvalidInput(
            f"O CPF tem 11 dígitos e o CNPJ tem 14; o número digitado tem {len(number)}.",
            field=field,
        )
    kind, module = tax_id_kind(number), cpf if len(number) == 11 else cnpj
    if kind == "CPF" and not number.isdigit():
        problem = "só pode ter números"
    elif len(set(number)) == 1:
        problem = "os dígitos não podem ser todos iguais"
    elif not module.is_valid(number):
        problem = "os dígitos verificadores não conferem"
    else:
        return number
    raise InvalidInput(f"{kind} inválido: {problem}.", field=field)


def format_tax_id(number: str) -> str:
    """Show a stored CPF as 529.982.247-25, a CNPJ as 11.222.333/0001-81, a stand-in in words."""
    if _is_stand_in(number):
        return ANONYMISED
    if len(number) == 11:
        return f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"
    return f"{number[:2]}.{number[2:5]}.{number[5:8]}/{number[8:12]}-{number[12:]}"


def tax_id_kind(number: str) -> str:
    """Tell what a stored number is, "CPF" or "CNPJ"."""
    return "CPF" if len(number) == 11 else "CNPJ"


def labelled_tax_id(number: str) -> str:
    """Show a stored CPF or CNPJ after its name; empty for none."""
    return f"{tax_id_kind(number)} {format_tax_id(number)}" if number else ""


def mask_tax_id(number: str) -> str:
    """Show only the middle of a stored CPF, ***.982.247-**, or CNPJ, **.222.333/****-**."""
    if _is_stand_in(number):
        return ANONYMISED
    if len(number) == 11:
        return f"***.{number[3:6]}.{number[6:9]}-**"
    return f"**.{number[2:5]}.{number[5:8]}/****-**"


def _is_stand_in(number: str) -> bool:
    return len(number) == 11 and number.startswith(ANONYMISED_PREFIX)


def parse_phone(text: str, *, field: str | None = "phone") -> str:
    """Read a phone, Brazilian unless it begins with + and a country code, as E.164 (R26).

    Raises InvalidInput, saying what is missing.
    """
    typed = _typed(text, "o telefone com DDD, como (85) 98872-4443", field)
    if not re.fullmatch(r"\+?[0-9\s().\-–/]+", typed):
        raise InvalidInput(
            f"Telefone inválido: {quote(typed)}. Digite só números com DDD, como (85) 98872-4443.",
            field=field,
        )
    try:
        number = phonenumbers.parse(typed, "BR")
        problem = _phone_problem(number)
    except phonenumbers.NumberParseException:
        problem = "confira o número"
    if problem:
        raise InvalidInput(
            f"Telefone inválido: {problem}. Digite com DDD, como (85) 98872-4443.", field=field
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _phone_problem(number: phonenumbers.PhoneNumber) -> str | None:
    national = str(number.national_number)
    if number.country_code == 55 and not _BRAZILIAN.fullmatch(national):
        if len(national) in (8, 9):
            return "falta o DDD"
        if len(national) == 10 and national[2] in "6789":
            return "celular tem nove dígitos e começa com 9"
        return "confira o DDD e a quantidade de dígitos"
    if not phonenumbers.is_valid_number(number):
        return "confira o DDD" if number.country_code == 55 else "confira o número"
    return None


def format_phone(e164: str) -> str:
    """Show a stored phone as (85) 98872-4443; a foreign one as +1 650-253-0000.

    What no form would have let in, as a restored backup may bring it, is shown as it is.
    """
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    if number.country_code != 55:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    national = str(number.national_number)
    return f"({national[:2]}) {national[2:-4]}-{national[-4:]}"


def phone_shown(e164: str | None, as_written: str | None) -> str:
    """Show a stored phone; where there is none, what somebody wrote for one, marked; else nothing.

    >>> phone_shown("+5585988724443", None), phone_shown(None, "8872-444, Rita")
    ('(85) 98872-4443', '8872-444, Rita (a conferir)')
    """
    if e164:
        return format_phone(e164)
    return f"{as_written}{UNREAD}" if as_written else ""


def whatsapp_url(e164: str, text: str = "") -> str:
    """Give the address that opens a conversation with a stored phone in WhatsApp, a text written.

    >>> whatsapp_url("+5585988724443", "Olá & até já")
    'https://wa.me/5585988724443?text=Ol%C3%A1%20%26%20at%C3%A9%20j%C3%A1'
    """
    return f"https://wa.me/{digits(e164)}" + (f"?text={in_address(text, safe='')}" if text else "")


def parse_email(text: str, *, field: str | None = "email") -> str:
    """Read an e-mail address of at most 254 characters, its domain in small letters (RFC 5321).

    Raises InvalidInput when it cannot be one.
    """
    typed = _typed(text, "o e-mail", field)
    local, _, domain = typed.rpartition("@")
    address = f"{local}@{domain.lower()}"
    if len(address) > 254 or len(local) > 64 or not _EMAIL.fullmatch(address):
        raise InvalidInput(
            f"E-mail inválido: {quote(typed)}. Digite como nome@exemplo.com.br.", field=field
        )
    return address


def parse_name(text: str, *, field: str | None = "name", maximum: int = MAX_NAME) -> str:
    """Read a name: white space collapsed, Unicode NFC, at most `maximum` characters.

    Accents, apostrophes, emoji and "<b>" are plain text, escaped where they are shown. Raises
    InvalidInput when nothing visible is left, or for control and invisible characters.
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > maximum:
        raise InvalidInput(
            f"Texto longo demais: o limite é de {maximum} caracteres e foram digitados "
            f"{len(name)}.",
            field=field,
        )
    invisible = next(filter(_is_invisible, name), None)
    if invisible:
        raise InvalidInput(
            f"O texto tem um caractere invisível (U+{ord(invisible):04X}). Apague e digite de "
            "novo.",
            field=field,
        )
    if not any(unicodedata.category(c)[0] in "LNPS" for c in name):
        raise InvalidInput("Preencha este campo: não pode ficar em branco.", field=field)
    return name


def _is_invisible(character: str) -> bool:
    # Format characters (Cf) can reverse the order of writing, but some join the parts of an emoji.
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in _EMOJI_JOINERS


def _typed(text: str, what: str, field: str | None) -> str:
    typed = text.strip()
    if not typed:
        raise InvalidInput(f"Informe {what}.", field=field)
    return typed


def fold(text: str) -> str:
    """Fold case, accents and white space, without apostrophes: a search finds what looks alike."""
    plain = _without_marks(text.translate(_NO_APOSTROPHES))
    plain = _without_marks(plain.casefold()).translate(_NO_APOSTROPHES)
    return " ".join(plain.split())


def _without_marks(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def parse_uf(text: str, *, field: str | None = "state") -> str:
    """Read the two letters of a Brazilian state; raise InvalidInput when there is no such one."""
    typed = _typed(text, "a UF", field)
    if typed.upper() not in UFS:
        raise InvalidInput(f"UF inválida: {quote(typed)}. Digite a sigla, como CE.", field=field)
    return typed.upper()


def parse_cep(text: str, *, field: str | None = "cep") -> str:
    """Read a postal code as its eight digits, 01000-000 or above (Correios); else InvalidInput."""
    typed = _typed(text, "o CEP", field)
    number = typed.translate(_PUNCTUATION)
    if not re.fullmatch("[0-9]{8}", number) or number < "01000000":
        raise InvalidInput(
            f"CEP inválido: {quote(typed)}. Digite os oito dígitos, como 60175-000.", field=field
        )
    return number


def format_cep(number: str) -> str:
    """Show a stored postal code as 60175-000."""
    return f"{number[:5]}-{number[5:]}"
