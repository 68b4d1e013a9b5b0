"""One PostgreSQL cluster and its server: made, launched, found and ended.

`cluster` is always the resolved PGDATA folder. Who changes something here holds the lock of
`embedded`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import psutil
import psycopg

from credigestor.postgres import binaries, roles
from credigestor.postgres.binaries import EmbeddedError, Owner
from credigestor.postgres.roles import NAME, PORT

PATIENCE = 120  # seconds, for recovery after a crash or a long last checkpoint
ROOM = 20_000_000  # bytes without which the server cannot go on: its journal grows by 16 MiB
LOG_LIMIT = 5_000_000  # bytes, looked at when the server starts

# The log names what failed and never whose: no row, no statement, no value.
TERSE = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
}
SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    # systemd empties /dev/shm of a user who logs out, under a server that stays
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "logging_collector": "off",
    **TERSE,
}
UNSAFE_BUT_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def create(cluster: Path, *, fsync: bool) -> None:
    """Make the cluster, built beside its place and renamed: what is there is always whole."""
    owner = binaries.owner_of(cluster)
    programs = binaries.find(owner)
    home = cluster.parent
    for unfinished in home.glob("cluster.new-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    building = Path(tempfile.mkdtemp(prefix="cluster.new-", dir=home))
    if owner:
        os.chown(building, owner.uid, owner.gid)
    options = ["--encoding=UTF8", "--auth-local=trust", "--auth-host=reject"]
    if int(programs.major) >= 17:  # needs no locale of the machine
        options += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        options += ["--locale=C.UTF-8"]
    if not fsync:
        options += ["--no-sync"]
    said = binaries.run(
        programs.folder / "initdb",
        "-D",
        building,
        f"--username={roles.SUPERUSER}",
        *options,
        owner=owner,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if said.returncode != 0:
        shutil.rmtree(building, ignore_errors=True)
        raise EmbeddedError(
            f"O banco de dados não pôde ser criado em {cluster}{_full(home)}:\n"
            f"{said.stdout[-2000:]}"
        )
    building.rename(cluster)
    if fsync:  # the rename too must survive a power cut
        descriptor = os.open(home, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def serve(cluster: Path, *, fsync: bool) -> Path:
    """See to it that a server answers, with our database and role; return its socket's folder."""
    process = find(cluster)
    if process and _has_lost_its_socket(cluster):
        end(process, cluster)
    sockets = _answer(process, cluster) if process else None
    if process and sockets and roles.app_is_superuser(sockets):
        end(process, cluster)  # it runs with an older version's settings too
        sockets = None
    if sockets is None:
        sockets = _answer(_launch(cluster, fsync=fsync), cluster)
    if sockets is None:
        raise _failure(cluster)
    if roles.app_is_superuser(sockets):
        _forget_log(cluster.parent)
    roles.set_apart(sockets)
    return sockets


def find(cluster: Path) -> psutil.Process | None:
    """The cluster's living server, or None; EmbeddedError if the cluster is another user's."""
    binaries.owner_of(cluster)
    lines = _pid_file(cluster)
    pid = lines[0].strip().lstrip("-") if lines else ""  # "-": maintenance in single-user mode
    return _processes(cluster).get(int(pid)) if pid.isdigit() else None


def listening(cluster: Path) -> Path | None:
    """The folder of the living server's socket, once it listens."""
    lines = _pid_file(cluster)
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def end(process: psutil.Process, cluster: Path) -> None:
    """Stop the server: ends its connections, writes a checkpoint."""
    sockets = listening(cluster)
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGINT)
    if not _ends(process, PATIENCE):
        raise EmbeddedError(f"O banco de dados em {cluster} não parou em {PATIENCE} segundos.")
    if sockets and sockets.name.endswith(digest(cluster)):
        with suppress(OSError):
            sockets.rmdir()


def cluster_version(cluster: Path) -> str:
    """The major version that made the cluster, such as "18"."""
    return (cluster / "PG_VERSION").read_text("utf-8").strip()


def disk_is_full(folder: Path) -> bool:
    """Whether the folder's disk lacks the room that a server needs; raises OSError."""
    return shutil.disk_usage(folder).free < ROOM


def digest(path: Path) -> str:
    """A short name for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _launch(cluster: Path, *, fsync: bool) -> psutil.Process:
    owner = binaries.owner_of(cluster)
    programs = binaries.find(owner)
    version = cluster_version(cluster)
    if programs.major != version:
        raise EmbeddedError(
            f"O banco de dados em {cluster} é do PostgreSQL {version}, e o programa desta"
            f" instalação é o PostgreSQL {programs.version}. Com a versão do programa que o criou,"
            " faça um backup; depois restaure-o em uma pasta nova."
        )
    sockets = _socket_folder(cluster, owner)
    _clear(cluster, sockets)
    settings = SETTINGS | {"unix_socket_directories": str(sockets), "cluster_name": sockets.name}
    if not fsync:
        settings |= UNSAFE_BUT_QUICK
    with _open_log(cluster.parent) as log:
        # The shell goes away at once, so the server is nobody's child: no zombie of the app.
        shell = binaries.run(
            *("/bin/sh", "-c", '"$@" >&2 & echo $!', "sh"),
            *(programs.folder / "postgres", "-D", cluster),
            *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            owner=owner,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    try:
        return psutil.Process(int(shell.stdout))
    except psutil.NoSuchProcess:
        raise _failure(cluster) from None


def _answer(process: psutil.Process, cluster: Path) -> Path | None:
    """Wait for the server to answer; None when it ends instead."""
    until = time.monotonic() + PATIENCE
    while _alive(process):
        sockets = listening(cluster)
        if sockets:
            with suppress(psycopg.OperationalError):  # still starting up, or shutting down
                roles.app_is_superuser(sockets)
                return sockets
        if time.monotonic() > until:
            raise _failure(cluster)
        time.sleep(0.05)
    return None


def _has_lost_its_socket(cluster: Path) -> bool:
    """Somebody swept /tmp under the living server: nobody can reach it any more."""
    sockets = listening(cluster)
    return sockets is not None and not (sockets / f".s.PGSQL.{PORT}").exists()


def _socket_folder(cluster: Path, owner: Owner | None) -> Path:
    """The server's own folder for its socket, whose whole path may have some 100 bytes."""
    uid = owner.uid if owner else os.geteuid()
    folder = Path("/tmp", f"{NAME}-{uid}-{digest(cluster)}")  # noqa: S108 - checked below
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if owner and found.st_uid == 0 and stat.S_ISDIR(found.st_mode):
        os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)
        found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o077:
        raise EmbeddedError(
            f"{folder} existe mas não é uma pasta só do usuário do banco (uid {uid}, modo 0700)."
            " Verifique quem a criou e apague-a."
        )
    return folder


def _open_log(home: Path) -> BinaryIO:
    log = home / "server.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(home / "server.log.1")
    # Root may be writing in another user's folder: follow no link laid there.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    descriptor = os.open(log, flags, mode=0o600)
    if os.geteuid() == 0:
        found = home.stat()
        os.fchown(descriptor, found.st_uid, found.st_gid)
    return os.fdopen(descriptor, "ab")


def _forget_log(home: Path) -> None:
    """What an older version's server wrote: customers' CPFs are in it."""
    (home / "server.log.1").unlink(missing_ok=True)
    with _open_log(home) as log:
        log.truncate(0)


def _full(folder: Path) -> str:
    return ", porque o disco está cheio" if disk_is_full(folder) else ""


def _failure(cluster: Path) -> EmbeddedError:
    log = cluster.parent / "server.log"
    said = log.read_text("utf-8", errors="replace") if log.exists() else ""
    return EmbeddedError(
        f"O servidor do banco de dados em {cluster} não iniciou{_full(cluster)}. Fim de {log}:\n"
        + "\n".join(said.splitlines()[-20:])
    )


def _processes(cluster: Path) -> dict[int, psutil.Process]:
    """The living postgres processes of this cluster by pid, orphans of a dead server too."""
    mark = f"-{digest(cluster)}"  # in the server's arguments and in its children's titles
    found = {}
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != "postgres":
            continue
        with suppress(psutil.NoSuchProcess):
            try:
                ours = process.cwd() == str(cluster)
            except psutil.AccessDenied:  # root in a container may not ask for another user's
                ours = any(mark in part for part in process.cmdline())
            if ours and _alive(process):
                found[process.pid] = process
    return found


def _pid_file(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _clear(cluster: Path, sockets: Path) -> None:
    """With no server alive: end what a killed one left running, remove what it left lying."""
    orphans = list(_processes(cluster).values())
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for process in orphans:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        orphans = [process for process in orphans if not _ends(process, 10)]
    for left in (
        cluster / "postmaster.pid",
        sockets / f".s.PGSQL.{PORT}",
        sockets / f".s.PGSQL.{PORT}.lock",
    ):
        left.unlink(missing_ok=True)


def _ends(process: psutil.Process, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while _alive(process):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
