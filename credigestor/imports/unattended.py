"""Files of any shape that nobody looks at while they are read: by a kept reading, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from credigestor.errors import InvalidInput
from credigestor.imports import mappings
from credigestor.imports.choices import STRICT, Choices
from credigestor.imports.decoding import Unreadable
from credigestor.imports.headings import tokens
from credigestor.imports.mappings import KeptMapping
from credigestor.imports.mending import AS_OFFERED, Mending
from credigestor.imports.problems import NOTES
from credigestor.imports.reading import COLUMNS, NOTE_COLUMNS, OPTIONAL, Source
from credigestor.imports.recognising import Kind
from credigestor.imports.table_lines import Sent
from credigestor.imports.tables import Table, tables_of
from credigestor.imports.templates import TEMPLATES
from credigestor.imports.translating import translation
from credigestor.rules.quoting import quote
from credigestor.services import import_mappings

#: Columns that say by themselves how a table is read, ours and those of our templates: which
#: have to be there, and which may be.
_OURS = [
    (frozenset(map(tokens, names)), frozenset(map(tokens, (*names, *more))))
    for names, more in (
        *((names, OPTIONAL[file]) for file, names in COLUMNS.items()),
        (NOTE_COLUMNS, OPTIONAL[NOTES]),
        *((list(map(str, rows[0])), ()) for each in TEMPLATES for rows in each.tables.values()),
    )
]


def find_kept(session: Session, name: str) -> KeptMapping:
    """The reading of that name; raises InvalidInput where there is none."""
    return KeptMapping.model_validate(import_mappings.find(session, name))


def choices_of(kept: KeptMapping | None, said: Choices) -> Choices:
    """What is chosen for the rows: what was said here, or else was kept with the reading."""
    return said if said != STRICT or kept is None else kept.choices or STRICT


def mending_of(kept: KeptMapping | None) -> Mending:
    """What is put right in customers' cells."""
    return kept.mending or AS_OFFERED if kept else AS_OFFERED


def read_tables(path: Path) -> list[Table]:
    """A file's tables; raises InvalidInput, saying why, for what is none."""
    try:
        return tables_of(path.name, path)
    except Unreadable as error:
        fault = error.faults[0]
        place = f"{path.name}, linha {fault.line}" if fault.line else path.name
        raise InvalidInput(f"{place}: {fault.reason}") from None


def check_asked(sent: Sent) -> None:
    """Raise InvalidInput where somebody has to say something before a table can be read."""
    asked = mappings.asked(sent)
    said = [
        f"se vírgula ou ponto separa os centavos em {quote(title)}"
        for title in (sent.table.header[sent.what.columns[name]] for name in asked.amounts)
    ]
    said += [
        "o que é " + ", ".join(quote(word or "(em branco)") for word in words[:10])
        for words in asked.words.values()
    ]
    if said:
        raise InvalidInput(
            f"{sent.table.name}: falta dizer {'; '.join(said)}. Envie o arquivo na página "
            "Importar, responda e guarde a leitura; depois diga o nome dela (--mapping, ou "
            "CREDIGESTOR_IMPORT_MAPPING na pasta observada)."
        )


def check_recognised(sent: Sequence[Sent]) -> None:
    """Raise InvalidInput where no table is anything."""
    if all(each.what.kind is Kind.NOTHING for each in sent):
        raise InvalidInput(
            "Nenhuma tabela foi reconhecida. Diga o que é uma linha, na página Importar ou com "
            "--shape."
        )


def unattended(paths: Sequence[Path], kept: KeptMapping | None, *, on: date) -> Source:
    """The files as a source, where a kept reading or their own names leave no doubt of any.

    `on` is the day after which nothing was sold. Raises InvalidInput.
    """
    sent = [mappings.apply(kept, table) for path in paths for table in read_tables(path)]
    check_recognised(sent)
    for each in sent:
        if each.what.kind is Kind.NOTHING:
            continue
        if not (mappings.fits(kept, each.table) or _is_ours(each)):
            raise InvalidInput(
                f"{each.table.name}: ninguém conferiu ainda como se lê. Envie o arquivo na página "
                "Importar, confira e guarde a leitura; depois diga o nome dela em "
                "CREDIGESTOR_IMPORT_MAPPING (ou --mapping)."
            )
        check_asked(each)
    return translation(sent, on=on, mending=mending_of(kept))


def _is_ours(sent: Sent) -> bool:
    """Whether its columns are called as ours are; what is owed alone is no export of each night."""
    said = [tokens(title) for title in sent.table.header]
    read = {said[place] for place in sent.what.columns.values()}
    return sent.what.kind is not Kind.BALANCES and any(
        names.issubset(said) and read <= allowed for names, allowed in _OURS
    )
