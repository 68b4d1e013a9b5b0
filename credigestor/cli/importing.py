"""What the import command is given: a folder of our three files, or files of any shape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from credigestor.db.engine import snapshot
from credigestor.errors import InvalidInput
from credigestor.imports import importer, mappings
from credigestor.imports.decoding import Unreadable
from credigestor.imports.mappings import KeptMapping
from credigestor.imports.reading import Names, Source
from credigestor.imports.recognising import KIND_NAMES, Kind
from credigestor.imports.table_lines import Sent
from credigestor.imports.tables import Table, tables_of
from credigestor.imports.translating import translation
from credigestor.rules.quoting import quote
from credigestor.services import import_mappings

PATHS = click.Path(path_type=Path)
SHAPES = click.Choice([str(kind) for kind in Kind if kind is not Kind.NOTHING])


def source(
    paths: Sequence[Path], names: Names, shape: str | None, mapping: str | None, *, today: date
) -> Source:
    """The files as they are read, and a word on each to stderr; raises InvalidInput."""
    if len(paths) == 1 and paths[0].is_dir() and shape is None and mapping is None:
        return importer.read_folder(paths[0], names)
    kind, kept = Kind(shape) if shape else None, _kept(mapping)
    sent = [
        mappings.chosen(mappings.apply(kept, table), kind, names.get(table.file.lower(), {}))
        for path in _files(paths)
        for table in _tables(path)
    ]
    for each in sent:
        header = each.table.header
        columns = ", ".join(f"{name}={header[at]}" for name, at in each.what.columns.items())
        click.echo(f"{each.table.name}: {KIND_NAMES[each.what.kind]} ({columns})", err=True)
        _check_asked(each)
    if all(each.what.kind is Kind.NOTHING for each in sent):
        raise InvalidInput("Nenhuma tabela foi reconhecida. Diga com --shape o que é uma linha.")
    return translation(sent, on=today)


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InvalidInput(f"{path} não existe.")
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [each for each in inside if each.is_file() and not each.name.startswith(".")]
    return found


def _tables(path: Path) -> list[Table]:
    try:
        return tables_of(path.name, path)
    except Unreadable as error:
        fault = error.faults[0]
        place = f"{path.name}, linha {fault.line}" if fault.line else path.name
        raise InvalidInput(f"{place}: {fault.reason}") from None


def _kept(name: str | None) -> KeptMapping | None:
    if name is None:
        return None
    with snapshot() as session:
        return KeptMapping.model_validate(import_mappings.find(session, name))


def _check_asked(sent: Sent) -> None:
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
            "Importar, responda e guarde a leitura; depois use --mapping."
        )
