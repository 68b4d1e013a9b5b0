"""The schema as the program expects it is the one that its migrations make."""

from __future__ import annotations

import pytest

from credigestor.db import catalogue
from credigestor.db.engine import snapshot


@pytest.mark.usefixtures("db")
def test_the_kept_catalogue_is_what_the_migrations_make() -> None:
    with snapshot() as session:
        made = catalogue.read(session)
    again = "write it anew: python -m tests.db.catalogue_file"
    assert made == catalogue.expected(), again
