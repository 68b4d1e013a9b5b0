"""How many connections a restore makes, and that what they share comes back all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from credigestor.db.engine import get_engine
from credigestor.db.loading import bulk_load
from credigestor.rules.permissions import Actor
from tests.backups.restoring import anatomy, backed_up, hashes, restored, shop

pytestmark = pytest.mark.usefixtures("db")

#: What a restore asks for besides the tables' rows: locks, schema, settings, parts of the check.
OTHERS = 30


@pytest.mark.parametrize(
    "many",
    [pytest.param(5_000, id="small"), pytest.param(4, id="mixed"), pytest.param(0, id="large")],
)
def test_small_tables_come_back_over_one_connection_and_large_ones_over_their_own(
    many: int, admin: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(admin)
    before, path = hashes(), backed_up(tmp_path / "loja.zip")
    with get_engine().connect() as connection:
        anatomy_before = anatomy(connection)
    monkeypatch.setattr(bulk_load, "_MANY", many)
    opened: list[Any] = []

    def count(connection: Any) -> None:
        opened.append(connection)

    event.listen(Engine, "engine_connect", count)
    try:
        result = restored(path)
    finally:
        event.remove(Engine, "engine_connect", count)
    assert hashes() == before
    with get_engine().connect() as connection:
        assert anatomy(connection) == anatomy_before
    if many == 0:  # filled by one, its references proved by another
        assert len(opened) > 2 * result.tables
    elif many == 5_000:
        assert len(opened) < OTHERS
    else:
        assert OTHERS < len(opened) < 2 * result.tables
