"""What lies in a folder to be imported: files by themselves, and files that belong together.

Our own files (clientes.csv, vendas.csv …) belong together, and so does all that lies in a folder
within. Nothing here is ever moved or deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from credigestor.imports.problems import FILES

#: Megabytes of one delivery: a larger one is imported by the command, where somebody looks on.
MOST_MB = 300
#: How files end that are not there yet, or are no business of ours.
_UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".filepart")
_OF_SYSTEMS = ("thumbs.db", "desktop.ini")
_BLOCK = 1024 * 1024


class Changed(Exception):
    """A file is another one than it was when it was found."""


@dataclass(frozen=True, slots=True)
class Lying:
    """A file as it lies there: its size in bytes and when it was last written to."""

    path: Path
    size: int
    written: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is imported together; equal to what it was while nobody writes to it."""

    name: str
    files: tuple[Lying, ...]

    @property
    def too_large(self) -> bool:
        """Whether it is too much for nobody to look on."""
        return sum(file.size for file in self.files) > MOST_MB * _BLOCK

    def digest(self) -> str:
        """The SHA-256 of the content; of several files of their names too. Raises OSError."""
        found = [(file.path.name, _digest(file.path)) for file in self.files]
        if len(found) == 1:
            return found[0][1]
        return digest_of("\n".join(f"{digest} {name}" for name, digest in found))

    def stand_in(self) -> str:
        """What stands for the digest of what cannot be read."""
        told = (f"{each.path} {each.size} {each.written}" for each in self.files)
        return digest_of("\n".join(told))

    def copied(self, folder: Path) -> list[Path]:
        """Copies of the files in a folder, which nobody writes to meanwhile.

        Raises Changed where one is not any more what it was, and OSError.
        """
        copies = []
        for file in self.files:
            copies.append(folder / file.path.name)
            with file.path.open("rb") as source, copies[-1].open("wb") as target:
                while block := source.read(_BLOCK):
                    target.write(block)
            if _lying(file.path) != file:
                raise Changed
        return copies


def digest_of(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def found_in(folder: Path) -> list[Delivery]:
    """All that lies there, those first that were written first. Raises OSError."""
    entries = [entry for entry in folder.iterdir() if not _is_passed_over(entry)]
    files = _lying_of(entries)
    ours = _in_order(file for file in files if file.path.name.lower() in FILES)
    found = [Delivery(file.path.name, (file,)) for file in files if file not in ours]
    if ours:
        found.append(Delivery(", ".join(file.path.name for file in ours), tuple(ours)))
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink():
            within = [each for each in entry.iterdir() if not _is_passed_over(each)]
            inside = _in_order(_lying_of(within))
            if inside:
                found.append(Delivery(f"{entry.name}/", tuple(inside)))
    return sorted(found, key=lambda each: (max(file.written for file in each.files), each.name))


def _is_passed_over(path: Path) -> bool:
    """Whether it is hidden, not whole yet by its name, or of the system."""
    name = path.name.lower()
    return name.startswith((".", "~")) or name.endswith((*_UNFINISHED, "~", *_OF_SYSTEMS))


def _lying_of(paths: Iterable[Path]) -> list[Lying]:
    """The files among them. A link may lead out of the folder, to what its owner may not read."""
    found = []
    for path in paths:
        if path.is_file() and not path.is_symlink():
            with suppress(FileNotFoundError):  # gone meanwhile
                found.append(_lying(path))
    return found


def _lying(path: Path) -> Lying:
    found = path.stat()
    return Lying(path, found.st_size, found.st_mtime_ns)


def _in_order(files: Iterable[Lying]) -> list[Lying]:
    return sorted(files, key=lambda file: file.path.name.lower())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
