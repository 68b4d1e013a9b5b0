"""A backup that the page was pointed at: a file of the backup folder, or one that was sent."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from streamlit.runtime.uploaded_file_manager import UploadedFile

from credigestor.atomic_file import reason
from credigestor.backups import archive, backup_folder
from credigestor.backups.archive import BadArchive
from credigestor.backups.manifest import Manifest
from credigestor.config import get_config
from credigestor.errors import Conflict
from credigestor.reports import backups
from credigestor.ui.kit import data


@dataclass(frozen=True)
class Source:
    """A backup by its name; `sent` holds one that came from the browser."""

    name: str
    sent: UploadedFile | None = None

    @classmethod
    def of(cls, sent: UploadedFile) -> Source:
        """One that the browser sent; what it calls the file may be anything."""
        name = "".join(c for c in sent.name if c.isprintable() and c not in "/\\")[-100:]
        return cls(name.lstrip(".") or "backup.zip", sent)

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """Its path; one that was sent lies there inside the block only. NotFound if it is gone."""
        if self.sent is None:
            owner = data.read(backups.owner)
            yield backup_folder.path_of(get_config().backups, self.name, owner)
            return
        with tempfile.TemporaryDirectory(prefix="credigestor-") as folder:
            path = Path(folder) / self.name
            self.sent.seek(0)
            try:
                with path.open("wb") as file:
                    shutil.copyfileobj(self.sent, file)
            except OSError as error:
                where, why = Path(folder).parent, reason(error)
                raise Conflict(f"O arquivo não pôde ser guardado em {where}: {why}.") from error
            yield path

    def is_encrypted(self) -> bool:
        """Whether a passphrase is needed."""
        with self.on_disk() as path:
            return archive.is_encrypted(path)

    def manifest(self, passphrase: str | None) -> Manifest:
        """What it says it holds, once its structure was found right; raises BadArchive."""
        with self.on_disk() as path, archive.opened(path, passphrase=passphrase) as opened:
            return opened.manifest

    def opens_with_ours(self) -> bool:
        """Whether the passphrase of the automatic backups opens it."""
        try:
            self.manifest(get_config().passphrase)
        except BadArchive:
            return False
        return True
