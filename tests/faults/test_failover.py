"""The primary killed under use and its standby promoted: payments go on, without a restart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from credigestor.config import get_config
from credigestor.db.engine import get_engine
from credigestor.postgres import binaries, launcher, postmaster
from credigestor.postgres.roles import PORT, SUPERUSER
from tests.faults.writers import assert_all_is_there, pay_under_kills
from tests.killing import embedded_shop, kill_server
from tests.postgres.servers import wait_for
from tests.superuser import as_superuser


@contextmanager
def standby_of(shop: Path) -> Iterator[str]:
    """A second server that has whatever the first one acknowledges; gives its URL."""
    primary = launcher.status(shop).url
    assert primary is not None
    home = shop.parent / "reserva"
    home.mkdir()
    cluster = home / "cluster"
    owner = binaries.owner_of(shop / "cluster")
    if owner:
        home.chmod(0o777)
    copied = binaries.run(
        binaries.find(owner).folder / "pg_basebackup",
        *("-h", str(make_url(primary).query["host"]), "-p", PORT, "-U", SUPERUSER),
        *("-D", cluster, "-R", "-X", "stream", "-c", "fast"),
        owner=owner,
    )
    assert copied.returncode == 0
    process = postmaster._launch(cluster, fsync=True)
    assert postmaster._answer(process, cluster) is not None
    with as_superuser(primary) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        connection.execute("SELECT pg_reload_conf()")
        streaming = "SELECT count(*) FROM pg_stat_replication WHERE sync_state <> 'async'"
        wait_for(lambda: connection.execute(streaming).fetchone() == (1,))
    url = launcher.status(home).url
    assert url is not None
    try:
        yield url
    finally:
        launcher.stop(home)


def test_payments_go_on_at_the_standby_and_each_acknowledged_one_is_there_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with embedded_shop(fsync=True) as shop, standby_of(shop) as standby:
        primary = make_url(launcher.status(shop).url or "")
        both = ",".join(str(url.query["host"]) for url in (primary, make_url(standby)))
        monkeypatch.setenv(
            "DATABASE_URL",
            f"postgresql://{primary.username}@/{primary.database}?host={both}&port={PORT},{PORT}",
        )
        get_engine().dispose()
        get_engine.cache_clear()
        get_config.cache_clear()

        def fail_over(first: Path) -> None:
            kill_server(first)
            with as_superuser(standby) as connection:
                connection.execute("SELECT pg_promote()")

        ledger, [away] = pay_under_kills(shop, 1, pause=1.5, kill=fail_over)
        assert_all_is_there(ledger)
        get_engine().dispose()
    assert away <= 10, away
