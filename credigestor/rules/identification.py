"""By what a customer is known: a CPF or CNPJ, a foreign document with its country, or nothing yet.

All three are one text, so that what names a person is handed on as one value (R26):

>>> who = identification(None, "AB123456", "AR")
>>> who, identification("52998224725", "AB123456", "AR"), identification(None, None, None)
('AR AB123456', '52998224725', None)
>>> format_identity(who), label_identity(who), mask_identity(who)
('AB123456 (Argentina)', 'Documento AB123456 (Argentina)', '***456 (Argentina)')
>>> format_identity("52998224725"), label_identity("52998224725"), mask_identity("52998224725")
('529.982.247-25', 'CPF 529.982.247-25', '***.982.247-**')

Who has neither, as an older system may have kept people, is marked. Nobody sells them on credit,
and no note of theirs is printed, until it is filled in: a note names its issuer by it (R23).

>>> format_identity(None), label_identity(None), mask_identity(None), label_identity("")
('sem CPF', 'sem CPF', 'sem CPF', '')

>>> parse_document(" ab  123.456 ")
'AB 123.456'
>>> parse_document("passaporte")
Traceback (most recent call last):
    ...
credigestor.errors.InvalidInput: Digite o número do documento, como PASSAPORTE AB123456.
"""

from __future__ import annotations

from credigestor.errors import InvalidInput
from credigestor.rules.countries import country_name
from credigestor.rules.identity import (
    format_tax_id,
    labelled_tax_id,
    mask_tax_id,
    parse_name,
    tax_id_kind,
)

#: The mark of a customer who is known by nothing yet.
NO_TAX_ID = "sem CPF"
#: Characters of a foreign document.
MAX_DOCUMENT = 40
#: Why nothing more is sold on credit, and what to do.
NO_CREDIT = (
    "O cliente está sem CPF: só compra à vista, com tudo de entrada. Para vender a prazo, preencha "
    "no cadastro o CPF ou o documento estrangeiro."
)
NOT_PRINTED = (
    "O cliente está sem CPF, e o papel que ele assina precisa dizer quem deve. Preencha no "
    "cadastro o CPF ou o documento estrangeiro."
)


def identification(tax_id: str | None, document: str | None, country: str | None) -> str | None:
    """The one text of these; of a document "AR AB123456", which no CPF is: it has a space."""
    return tax_id or (f"{country} {document}" if document else None)


def parse_document(text: str, *, field: str | None = "foreign_document") -> str:
    """Read a passport or another foreign document, in capitals; raises InvalidInput."""
    document = parse_name(text, field=field, maximum=MAX_DOCUMENT).upper()
    if not any(character.isdigit() for character in document):
        raise InvalidInput("Digite o número do documento, como PASSAPORTE AB123456.", field=field)
    return document


def format_identity(known_by: str | None) -> str:
    """Show it as people write it, or the mark of who has none."""
    if known_by is None:
        return NO_TAX_ID
    if foreign := _foreign(known_by):
        return "{1} ({0})".format(*foreign)
    return format_tax_id(known_by)


def identity_kind(known_by: str | None) -> str:
    """What it is: "CPF", "CNPJ" or "Documento"; "CPF" of who has none."""
    if known_by is None:
        return "CPF"
    return "Documento" if _foreign(known_by) else tax_id_kind(known_by)


def label_identity(known_by: str | None) -> str:
    """Show it after what it is; the mark alone of who has none, nothing of an empty text."""
    if known_by is None:
        return NO_TAX_ID
    if _foreign(known_by):
        return f"{identity_kind(known_by)} {format_identity(known_by)}"
    return labelled_tax_id(known_by)


def mask_identity(known_by: str | None) -> str:
    """Show only a part of it."""
    if known_by is None:
        return NO_TAX_ID
    if foreign := _foreign(known_by):
        country, document = foreign
        return f"***{document[-3:]} ({country})"
    return mask_tax_id(known_by)


def _foreign(known_by: str) -> tuple[str, str] | None:
    """The country's name and the document, where it is one."""
    code, space, document = known_by.partition(" ")
    return (country_name(code), document) if space else None
