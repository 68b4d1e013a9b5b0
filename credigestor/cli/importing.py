"""What the import command is given: a folder of our three files, or files of any shape."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from threading import Event

import click

from credigestor import clock
from credigestor.db.engine import snapshot
from credigestor.errors import InvalidInput
from credigestor.imports import importer, mappings
from credigestor.imports.choices import Choices
from credigestor.imports.mappings import KeptMapping
from credigestor.imports.reading import Names, Source
from credigestor.imports.recognising import KIND_NAMES, Kind
from credigestor.imports.translating import translation
from credigestor.imports.unattended import (
    check_asked,
    check_recognised,
    find_kept,
    mending_of,
    read_tables,
)
from credigestor.imports.watching import Watcher

PATHS = click.Path(path_type=Path)
SHAPES = click.Choice([str(kind) for kind in Kind if kind is not Kind.NOTHING])


def source(
    paths: Sequence[Path], names: Names, shape: str | None, kept: KeptMapping | None, *, today: date
) -> Source:
    """The files as they are read, and a word on each to stderr; raises InvalidInput."""
    if len(paths) == 1 and paths[0].is_dir() and shape is None and kept is None:
        return importer.read_folder(paths[0], names)
    kind = Kind(shape) if shape else None
    sent = [
        mappings.chosen(mappings.apply(kept, table), kind, names.get(table.file.lower(), {}))
        for path in _files(paths)
        for table in read_tables(path)
    ]
    for each in sent:
        header = each.table.header
        columns = ", ".join(f"{name}={header[at]}" for name, at in each.what.columns.items())
        click.echo(f"{each.table.name}: {KIND_NAMES[each.what.kind]} ({columns})", err=True)
        check_asked(each)
    check_recognised(sent)
    return translation(sent, on=today, mending=mending_of(kept))


def check_watched(paths: Sequence[Path], *others: object) -> None:
    """Raise InvalidInput for what makes no sense where nobody looks on."""
    if len(paths) != 1 or paths[0].is_file():
        raise InvalidInput("Com --watch, indique uma pasta só.")
    if any(others):
        raise InvalidInput(
            "Com --watch valem --mapping e as escolhas das linhas; o que mudou só é dito."
        )


def watch(folder: Path, mapping: str, choices: Choices) -> None:
    """Import what appears in the folder, until the process is asked to end."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    watcher = Watcher(folder.absolute(), now=clock.now, mapping=mapping, choices=choices)
    click.echo(f"Observando {folder.absolute()}. Ctrl+C encerra.", err=True)
    watcher.run_forever(stop)


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InvalidInput(f"{path} não existe.")
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [each for each in inside if each.is_file() and not each.name.startswith(".")]
    return found


def kept_reading(name: str | None) -> KeptMapping | None:
    """The reading of that name, if one is named; raises InvalidInput where there is none."""
    if name is None:
        return None
    with snapshot() as session:
        return find_kept(session, name)
