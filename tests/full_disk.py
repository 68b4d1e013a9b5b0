"""A disk of a few bytes, which a test can fill."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A disk of its own, of a size such as "64k"; the test is skipped where none can be mounted."""
    folder = Path(tempfile.mkdtemp(prefix="credigestor-disk-"))
    try:
        _mount(folder, f"size={size},mode=755")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def resize(folder: Path, size: str) -> None:
    """Give the disk another size: somebody made room."""
    _mount(folder, f"remount,size={size}")


def fill(folder: Path, *, leaving: int = 0) -> Path:
    """Fill the disk but for so many bytes, with a file that can be removed."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while (left := shutil.disk_usage(folder).free - leaving) > 0:
            file.write(bytes(min(left, 2**20)))
    return path


def _mount(folder: Path, options: str) -> None:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True
    )
    if done.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
