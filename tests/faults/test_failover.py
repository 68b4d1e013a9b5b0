"""The primary killed under use and its standby promoted: payments go on, without a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from credigestor.config import get_config
from credigestor.db.engine import get_engine
from credigestor.postgres import launcher
from credigestor.postgres.roles import PORT
from tests.faults.writers import assert_all_is_there, pay_under_kills
from tests.killing import embedded_shop, kill_server
from tests.standby import standby_of
from tests.superuser import as_superuser


def test_payments_go_on_at_the_standby_and_each_acknowledged_one_is_there_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with embedded_shop(fsync=True) as shop, standby_of(shop, synchronous=True) as standby:
        primary = make_url(launcher.status(shop).url or "")
        both = ",".join(str(url.query["host"]) for url in (primary, make_url(standby.url)))
        monkeypatch.setenv(
            "DATABASE_URL",
            f"postgresql://{primary.username}@/{primary.database}?host={both}&port={PORT},{PORT}",
        )
        get_engine().dispose()
        get_engine.cache_clear()
        get_config.cache_clear()

        def fail_over(first: Path) -> None:
            kill_server(first)
            with as_superuser(standby.url) as connection:
                connection.execute("SELECT pg_promote()")

        ledger, [away] = pay_under_kills(shop, 1, pause=1.5, kill=fail_over)
        assert_all_is_there(ledger)
        get_engine().dispose()
    assert away <= 10, away
