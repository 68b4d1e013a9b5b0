"""A standby of a test's server: a second one that streams what the first one commits."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from sqlalchemy import make_url

from credigestor.postgres import binaries, launcher, postmaster
from credigestor.postgres.roles import PORT, SUPERUSER
from tests.postgres.servers import open_folder, pid_of, wait_for
from tests.superuser import as_superuser


class Standby:
    """A server that follows another; its URL leads to the same shop."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.start()
        self.url = launcher.status(home).url or ""

    def start(self) -> None:
        """Serve, and follow again from where it was."""
        cluster = self._home / "cluster"
        process = postmaster._launch(cluster, fsync=False)
        assert postmaster._answer(process, cluster) is not None

    def stop(self) -> None:
        """End the server, and whatever it was answering."""
        launcher.stop(self._home)

    def replay(self, goes_on: bool) -> None:
        """Let it take in what the first one did, or only receive that."""
        with as_superuser(self.url) as connection:
            connection.execute(f"SELECT pg_wal_replay_{'resume' if goes_on else 'pause'}()")
            state = "paused" if not goes_on else "not paused"
            asked = "SELECT pg_get_wal_replay_pause_state()"
            wait_for(lambda: connection.execute(asked).fetchone() == (state,))

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Within the block none of its processes runs; their sockets stay open."""
        server = psutil.Process(pid_of(self._home))
        pids = [server.pid, *(child.pid for child in server.children(recursive=True))]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)


@contextmanager
def standby_of(shop: Path, *, synchronous: bool = False) -> Iterator[Standby]:
    """A standby of the server of a data folder; `synchronous`, it has whatever is acknowledged."""
    primary = launcher.status(shop).url
    assert primary is not None
    owner = binaries.owner_of(shop / "cluster")
    with open_folder() as home:
        if owner:
            home.chmod(0o777)
        copied = binaries.run(
            binaries.find(owner).folder / "pg_basebackup",
            *("-h", str(make_url(primary).query["host"]), "-p", PORT, "-U", SUPERUSER),
            *("-D", home / "cluster", "-R", "-X", "stream", "-c", "fast"),
            owner=owner,
        )
        assert copied.returncode == 0
        standby = Standby(home)
        try:
            if synchronous:
                _make_synchronous(primary)
            yield standby
        finally:
            standby.stop()


def _make_synchronous(primary: str) -> None:
    with as_superuser(primary) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        connection.execute("SELECT pg_reload_conf()")
        streaming = "SELECT count(*) FROM pg_stat_replication WHERE sync_state <> 'async'"
        wait_for(lambda: connection.execute(streaming).fetchone() == (1,))
