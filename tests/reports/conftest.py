"""The sample shop, imported once a run."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from credigestor.imports import importer
from credigestor.services import summaries
from tests import tables
from tests.imports.files import SAMPLE
from tests.imports.importing import CLI
from tests.portfolio import TODAY


@pytest.fixture
def sample(db: str) -> None:
    """The sample shop with its summaries up to TODAY."""

    def make(session: Session) -> None:
        importer.run(session, CLI, importer.read_folder(SAMPLE), today=TODAY)
        summaries.refresh(session, today=TODAY)

    tables.once("sample", make)
