"""A private PostgreSQL server, shared by the processes that use one data folder.

It listens on a Unix socket in a folder that only its user (and root) may enter, never on the
network: that folder is the whole authentication. The app's role there is no superuser (`roles`).
The server outlives who started it, until `stop`.

    data_dir/cluster/      the database cluster (PGDATA); `cluster.new-*` are unfinished ones
    data_dir/server.log    what the server said
    data_dir/start.lock    held while starting or stopping
    data_dir/cluster.path  only as root, where the server's user cannot enter data_dir: names the
                           folder under /var/lib/credigestor that holds the three above instead
"""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from filelock import FileLock, Timeout
from sqlalchemy import URL

from credigestor.postgres import binaries, postmaster
from credigestor.postgres.binaries import EmbeddedError
from credigestor.postgres.roles import NAME, PORT

__all__ = ["EmbeddedError", "Status", "disk_is_full", "start", "status", "stop"]


@dataclass(frozen=True)
class Status:
    """What runs for a data folder; `version` is the cluster's major version, such as "18"."""

    running: bool
    pid: int | None
    url: str | None
    version: str | None
    data_dir: Path


def start(data_dir: Path, *, fsync: bool = True) -> str:
    """Ensure that a server runs for the folder, and return its SQLAlchemy URL.

    `fsync=False` is for tests: a power cut would lose data. It has no effect on a server that
    already runs. Raises EmbeddedError with the end of the server's log when it cannot start.
    """
    with _explained(data_dir):
        data_dir = data_dir.resolve()
        data_dir.mkdir(parents=True, exist_ok=True)
        home = _home(data_dir)
        if home != data_dir:
            binaries.shelf(home.name)
        with _locked(home):
            cluster = home / "cluster"
            if not cluster.exists():
                postmaster.create(cluster, fsync=fsync)
            if home != data_dir:
                _write_pointer(data_dir, home)
            return _url(postmaster.serve(cluster, fsync=fsync))


def stop(data_dir: Path) -> bool:
    """Stop the folder's server, ending its connections; False if none was running."""
    with _explained(data_dir):
        home = _home(data_dir.resolve())
        if not (home / "cluster").exists():
            return False
        with _locked(home):
            process = postmaster.find(home / "cluster")
            if process:
                postmaster.end(process, home / "cluster")
            return process is not None


def status(data_dir: Path) -> Status:
    """Tell what runs for the folder; changes nothing."""
    with _explained(data_dir):
        data_dir = data_dir.resolve()
        cluster = _home(data_dir) / "cluster"
        if not cluster.exists():
            return Status(False, None, None, None, data_dir)
        process = postmaster.find(cluster)
        sockets = postmaster.listening(cluster) if process else None
        return Status(
            running=process is not None,
            pid=process.pid if process else None,
            url=_url(sockets) if sockets else None,
            version=postmaster.cluster_version(cluster),
            data_dir=data_dir,
        )


def disk_is_full(data_dir: Path) -> bool:
    """Whether a server for the folder lacks the room to work; raises EmbeddedError."""
    with _explained(data_dir):
        return postmaster.disk_is_full(_home(data_dir.resolve()))


@contextmanager
def _explained(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except Timeout as error:
        raise EmbeddedError(
            f"Outro processo está há muito tempo iniciando ou parando o banco em {data_dir}."
        ) from error
    except (OSError, psycopg.Error, subprocess.SubprocessError) as error:
        why = "o disco está cheio" if getattr(error, "errno", None) == errno.ENOSPC else error
        raise EmbeddedError(
            f"O banco de dados embutido em {data_dir} não pôde ser usado: {why}"
        ) from error


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    lock = home / "start.lock"
    with FileLock(lock, timeout=2 * postmaster.PATIENCE):
        if os.geteuid() == 0:  # the folder's owner must be able to take it after us
            found = home.stat()
            os.chown(lock, found.st_uid, found.st_gid, follow_symlinks=False)
        yield


def _home(data_dir: Path) -> Path:
    """The folder where the cluster lives, or shall live."""
    pointer = data_dir / "cluster.path"
    if pointer.exists():
        home = Path(pointer.read_text("utf-8").strip())
        if home.parent != binaries.STORE or not (home / "cluster").exists():
            raise EmbeddedError(
                f"{pointer} aponta para {home}, onde não há banco de dados. Restaure essa pasta;"
                " para começar com um banco vazio, apague o arquivo."
            )
        return home
    cluster = data_dir / "cluster"
    if os.geteuid() == 0 and data_dir.exists() and not cluster.exists():
        owner = binaries.owner_of(cluster)
        if owner and not binaries.can_enter(owner, data_dir):
            return binaries.STORE / postmaster.digest(data_dir)
    return data_dir


def _write_pointer(data_dir: Path, home: Path) -> None:
    pointer = data_dir / "cluster.path"
    if not pointer.exists():
        unfinished = data_dir / f"cluster.path.{os.getpid()}"
        unfinished.write_text(f"{home}\n", "utf-8")
        unfinished.rename(pointer)


def _url(sockets: Path) -> str:
    # The port is named so that a PGPORT in the environment does not lead elsewhere.
    query = {"host": str(sockets), "port": PORT}
    return URL.create("postgresql+psycopg", NAME, database=NAME, query=query).render_as_string()
