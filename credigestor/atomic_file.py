"""Files that are there whole or not at all, and why one could not be written."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

#: The numbers of an OSError that mean that there is no room left.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_REASONS = {
    **dict.fromkeys(FULL, "o disco está cheio"),
    errno.EACCES: "falta permissão para gravar na pasta",
    errno.EPERM: "falta permissão para gravar na pasta",
    errno.EROFS: "o disco só permite leitura",
}


@contextmanager
def atomic_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears at `path`, whole and on disk, when the block ends well; else never.

    Only its owner may read it. Raises OSError.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def reason(error: OSError) -> str:
    """Why a file could not be written, in Portuguese where we have the words."""
    return _REASONS.get(error.errno or 0, error.strerror or str(error))
