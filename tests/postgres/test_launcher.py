"""The embedded server's life, on real PostgreSQL servers in temporary folders."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from credigestor.postgres import launcher
from credigestor.postgres.launcher import EmbeddedError
from tests.postgres.servers import (
    MAJOR,
    PROJECT,
    ask,
    connect,
    gone,
    kill,
    pid_of,
    sockets_of,
    start,
    wait_for,
)


def starter(data_dir: Path) -> subprocess.Popen[str]:
    """Another process that starts the server and then ends."""
    code = (
        "import sys; from pathlib import Path; from credigestor.postgres import launcher;"
        "launcher.start(Path(sys.argv[1]), fsync=False);"
        "print(launcher.status(Path(sys.argv[1])).pid)"
    )
    command = [sys.executable, "-c", code, str(data_dir)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def test_it_starts_and_answers_a_query(new_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    url = start(new_dir)
    assert ask(url, "SELECT current_user || '@' || current_database()") == "credigestor@credigestor"
    assert ask(url, "SELECT upper('ação') || current_setting('server_encoding')") == "AÇÃOUTF8"
    assert ask(url, "SELECT current_setting('TimeZone') || current_setting('jit')") == "UTCoff"


def test_starting_again_finds_the_same_server(running: Path) -> None:
    url = start(running)
    pid = pid_of(running)
    assert start(running) == url
    assert pid_of(running) == pid


def test_processes_that_start_at_once_share_one_server_that_outlives_them(new_dir: Path) -> None:
    starters = [starter(new_dir) for _ in range(3)]
    pids = {process.communicate(timeout=60)[0].strip() for process in starters}
    assert pids == {str(pid_of(new_dir))}
    assert ask(start(new_dir), "SELECT 1") == 1


def test_the_server_does_not_hear_the_terminals_ctrl_c(running: Path) -> None:
    pid = pid_of(running)
    assert os.getsid(pid) != os.getsid(0)
    assert os.getpgid(pid) != os.getpgid(0)
    assert psutil.Process(pid).ppid() != os.getpid()


@pytest.mark.parametrize("folders_can_be_asked", [True, False])
def test_it_recovers_after_the_server_was_killed_in_the_middle_of_work(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, folders_can_be_asked: bool
) -> None:
    def denied(process: psutil.Process) -> str:
        raise psutil.AccessDenied(process.pid)

    if not folders_can_be_asked:  # as for root in a container
        monkeypatch.setattr(psutil.Process, "cwd", denied)
    url = launcher.start(data_dir)  # with fsync: what was committed must be there
    with connect(url) as connection:
        connection.execute("CREATE SCHEMA kept; CREATE TABLE kept.it AS SELECT 42 AS answer")
    busy = connect(url)
    orphan = busy.info.backend_pid

    def work() -> None:
        with suppress(psycopg.OperationalError):
            busy.execute("SELECT count(*) FROM generate_series(1, 1000000000)")

    worker = threading.Thread(target=work)
    worker.start()
    wait_for(lambda: ask(url, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'") == 2)
    kill(pid_of(data_dir))
    assert not gone(orphan)
    assert launcher.status(data_dir).running is False

    assert ask(start(data_dir), "SELECT answer FROM kept.it") == 42
    assert gone(orphan)
    worker.join(10)
    busy.close()


def test_a_stale_pid_that_now_belongs_to_another_program_does_not_block(data_dir: Path) -> None:
    url = start(data_dir)
    kill(pid_of(data_dir))
    owner = (data_dir / "cluster").stat()
    identity: dict[str, Any] = (
        {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    )
    with subprocess.Popen(["sleep", "60"], **identity) as other:
        for left in (data_dir / "cluster/postmaster.pid", sockets_of(url) / ".s.PGSQL.5432.lock"):
            lines = left.read_text().splitlines()
            left.write_text("\n".join([str(other.pid), *lines[1:]]))
        assert launcher.status(data_dir).running is False
        assert ask(start(data_dir), "SELECT 1") == 1
        assert other.poll() is None
        other.kill()


def test_an_empty_pid_file_does_not_block(data_dir: Path) -> None:
    start(data_dir)
    kill(pid_of(data_dir))
    (data_dir / "cluster/postmaster.pid").write_text("")
    assert ask(start(data_dir), "SELECT 1") == 1


def test_a_cluster_whose_making_was_killed_is_ignored(new_dir: Path) -> None:
    killed = starter(new_dir)
    wait_for(lambda: any(new_dir.glob("cluster.new-*/*")))
    killed.kill()
    killed.communicate()
    assert not (new_dir / "cluster").exists()
    assert ask(start(new_dir), "SELECT 1") == 1


def test_unfinished_clusters_are_removed(new_dir: Path) -> None:
    (new_dir / "cluster.new-x").mkdir(parents=True)
    (new_dir / "cluster.new-x" / "PG_VERSION").write_text("18\n")
    start(new_dir)
    assert not (new_dir / "cluster.new-x").exists()


def test_stop_ends_the_server_and_status_tells(new_dir: Path) -> None:
    nothing = launcher.status(new_dir)
    assert (nothing.running, nothing.pid, nothing.url, nothing.version) == (False,) + (None,) * 3
    assert not new_dir.exists()
    assert launcher.stop(new_dir) is False

    url = start(new_dir)
    running = launcher.status(new_dir)
    assert (running.running, running.url) == (True, url)
    assert running.version == str(ask(url, MAJOR))
    assert running.pid is not None
    with connect(url):  # an open connection does not hold it up
        assert launcher.stop(new_dir) is True
    assert gone(running.pid)
    assert not sockets_of(url).exists()
    assert launcher.stop(new_dir) is False
    assert launcher.status(new_dir).running is False


def test_only_its_user_may_enter_the_sockets_folder_and_no_tcp_port_listens(running: Path) -> None:
    url = start(running)
    server = psutil.Process(pid_of(running))
    found = sockets_of(url).stat()
    assert stat.S_IMODE(found.st_mode) == 0o700
    assert found.st_uid == server.uids().real
    assert ask(url, "SELECT current_setting('listen_addresses')") == ""
    assert server.net_connections("inet") == []


@pytest.mark.parametrize("trap", ["link", "open to others", "another user's"])
def test_a_sockets_folder_laid_by_somebody_else_is_refused(data_dir: Path, trap: str) -> None:
    sockets = sockets_of(start(data_dir))
    launcher.stop(data_dir)
    try:
        if trap == "link":
            sockets.symlink_to(data_dir / "cluster")  # the right owner and mode, even
        else:
            sockets.mkdir()
            sockets.chmod(0o755 if trap == "open to others" else 0o700)
        if trap == "another user's":
            if os.geteuid() != 0:
                pytest.skip("only root can give a folder away")
            os.chown(sockets, 12345, 12345)
        with pytest.raises(EmbeddedError, match=f"{sockets} existe mas não é"):
            start(data_dir)
    finally:
        sockets.unlink() if trap == "link" else sockets.rmdir()


def test_a_server_whose_socket_was_swept_away_is_restarted(data_dir: Path) -> None:
    url = start(data_dir)
    shutil.rmtree(sockets_of(url))
    assert ask(start(data_dir), "SELECT 1") == 1


def test_the_server_of_a_deleted_folder_does_not_stand_in_the_way(data_dir: Path) -> None:
    start(data_dir)
    old = pid_of(data_dir)
    shutil.rmtree(data_dir)
    assert launcher.status(data_dir).running is False
    assert ask(start(data_dir), "SELECT 1") == 1
    assert gone(old)


def test_a_database_of_another_major_version_is_refused(data_dir: Path) -> None:
    start(data_dir)
    launcher.stop(data_dir)
    (data_dir / "cluster" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError, match=r"é do PostgreSQL 12, e o programa .* PostgreSQL \d"):
        start(data_dir)


def test_what_the_server_said_is_told_when_it_cannot_start(data_dir: Path) -> None:
    sockets = sockets_of(start(data_dir))
    launcher.stop(data_dir)
    with (data_dir / "cluster" / "postgresql.conf").open("a") as settings:
        settings.write("nao_existe = 1\n")
    with pytest.raises(EmbeddedError, match=r"(?s)não iniciou.*nao_existe"):
        start(data_dir)
    sockets.rmdir()
