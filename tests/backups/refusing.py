"""Archives refused in tests: a good one to spoil, and why one is refused, within the limits."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

from credigestor.backups import archive
from credigestor.backups.archive import BadArchive
from tests.backups.forging import manifest, member, table

SECONDS = 2.0
MEGABYTES = 100
NAME = "tables/people.csv"
PEOPLE = member(NAME)
GOOD = [PEOPLE, manifest([table()])]


def refusal(path: Path, passphrase: str | None = None) -> str:
    """Why a file is refused, found out within the limits; all of it is read if it must be."""
    tracemalloc.start()
    started = time.thread_time()  # of work: a busy machine may let it wait
    try:
        with (
            pytest.raises(BadArchive) as caught,
            archive.opened(path, passphrase=passphrase) as opened,
        ):
            archive.verify(opened)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.thread_time() - started < SECONDS
    assert peak < MEGABYTES * 10**6
    return caught.value.message
