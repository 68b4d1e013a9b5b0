"""A folder for tests that is watched: what lies in it, looks at it, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from credigestor.db.engine import snapshot
from credigestor.imports.choices import STRICT, Choices
from credigestor.imports.watching import Watcher
from credigestor.reports import import_runs
from credigestor.reports.import_runs import Run
from tests.moments import NOW


def watcher(folder: Path, mapping: str = "", choices: Choices = STRICT) -> Watcher:
    """What a process has that watches the folder."""
    return Watcher(folder, now=lambda: NOW, mapping=mapping, choices=choices)


def drop(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Put files into the folder, or others in the place of those of their names."""
    folder.mkdir(exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def look(watching: Watcher) -> None:
    """Look twice: in the first what lies there is found, in the second it is as it was."""
    watching.look()
    watching.look()


def runs() -> Sequence[Run]:
    """What came of it, the newest first."""
    with snapshot() as session:
        return import_runs.newest(session)


def told(run: Run) -> list[str]:
    """The last column of a run's report."""
    with snapshot() as session:
        rows = import_runs.detail(session, run.id)
    assert rows is not None
    return [row[-1] for row in rows]
