"""Backups: made, listed, verified and fetched, by the road of their page.

What takes long is begun in a thread and answered with its run, which says how it stands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Annotated, Literal

from fastapi import Path as InPath
from pydantic import Field, SecretStr
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Call, Caller
from credigestor.api.exports import FileAsked, ask
from credigestor.api.fields import Answer, Body, PathId, examples
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.paging import Page, Paging
from credigestor.api.problems import Problem
from credigestor.backups import automatic, backup_folder
from credigestor.backups.backup import MIN_PASSPHRASE, check_passphrase
from credigestor.config import get_config
from credigestor.db.engine import snapshot, transaction
from credigestor.errors import BusinessError, Busy, InvalidInput, NotAllowed
from credigestor.reports import backups as reports
from credigestor.reports.backups import State
from credigestor.rules.permissions import Permission
from credigestor.services import confirmation, known_browsers

log = logging.getLogger("credigestor")
router = Operations("/backups", "Backup")

#: Threads of this name make and verify.
THREAD = "api-backup"
#: Seconds within which a run has begun, or something is in its way.
_PATIENCE = 20.0
#: Among so many of the newest runs it is looked whether a file was verified, as on the page.
_RUNS = 200
#: Seconds after which a locked account is worth another try: the sentence tells the minutes.
_LOCKED = 60

Name = Annotated[
    str, InPath(max_length=100, examples=["credigestor-backup-2026-11-23T060000Z.zip"])
]
_Secret = Annotated[SecretStr, Field(max_length=1000)]


class BackupToMake(Body):
    """A backup; without a passphrase it has that of the automatic ones, if they have any."""

    model_config = examples({"passphrase": "quatro palavras que só eu sei"})

    passphrase: _Secret | None = Field(
        None, description=f"Pelo menos {MIN_PASSPHRASE} caracteres. Sem ela ninguém o abre."
    )


class Verification(Body):
    """A verification; without a passphrase that of the automatic backups is tried."""

    model_config = examples({"passphrase": "quatro palavras que só eu sei"})

    passphrase: _Secret | None = None


class FileToFetch(Body):
    """Who carries everything away proves once more who they are."""

    model_config = examples({"password": "a senha de quem entrou"})

    password: _Secret | None = Field(
        None, description="A de quem entrou; um programa com chave não tem nenhuma."
    )


class Begun(Answer):
    """A run that has begun; GET /backups/runs/{run_id} says how it stands."""

    run_id: int


class Run(Answer):
    """A backup, a verification or a restore, and how it stands; `size` in bytes."""

    id: int
    kind: Literal["backup", "verify", "restore"]
    state: State
    automatic: bool
    actor_name: str
    started_at: datetime
    finished_at: datetime | None
    file: str
    size: int | None
    encrypted: bool
    detail: str


class BackupFile(Answer):
    """A backup in the folder: bytes, when it was made, and when it was last found good."""

    name: str
    size: int
    made_at: datetime
    encrypted: bool
    verified_at: datetime | None


@router.reads("", Permission.BACKUP, "Os backups que há na pasta, do mais novo ao mais antigo")
def search(paging: Paging) -> Page[BackupFile]:
    """The files of this installation."""
    after = paging.after(int)
    with snapshot() as session:
        owner, runs = reports.owner(session), reports.runs(session, _RUNS)
    found = [
        BackupFile(
            name=file.name,
            size=file.size,
            made_at=file.made_at,
            encrypted=file.encrypted,
            verified_at=reports.verified_at(runs, file.name),
        )
        for file in backup_folder.files(get_config().backups, owner)
        if after is None or file.made_at.timestamp() < after[0]
    ]
    shown, cursor = paging.cut(found, lambda file: [int(file.made_at.timestamp())])
    return Page(items=list(shown), next_cursor=cursor)


@router.writes("", Permission.BACKUP, "Fazer um backup", answers=Begun, status=202)
def create(call: Caller, once: Once, data: BackupToMake) -> Response:
    """Begin a backup."""
    passphrase = _revealed(data.passphrase)
    if passphrase is not None:
        check_passphrase(passphrase)
    config = get_config()

    def work(begun: Callable[[int], None]) -> None:
        automatic.make(
            config.backups,
            call.actor,
            now=call.now,
            passphrase=passphrase or config.passphrase,
            begun=begun,
        )

    return once(data, lambda _: Begun(run_id=_begin(work)), status=202)


@router.reads("/runs", Permission.BACKUP, "Backups, verificações e restaurações, como andaram")
def runs(paging: Paging) -> Page[Run]:
    """The history, newest first."""
    after = paging.after(int)
    with snapshot() as session:
        found = reports.runs(session, paging.rows, after=after[0] if after else None)
    shown, cursor = paging.cut(found, lambda run: [run.id])
    return Page(items=[Run.model_validate(run) for run in shown], next_cursor=cursor)


@router.reads("/runs/{run_id}", Permission.BACKUP, "Como anda um backup ou uma verificação")
def run(run_id: PathId) -> Run:
    """One run."""
    with snapshot() as session:
        return Run.model_validate(reports.run(session, run_id))


@router.writes(
    "/{name}/verification", Permission.BACKUP, "Verificar um backup", answers=Begun, status=202
)
def verify(name: Name, call: Caller, once: Once, data: Verification) -> Response:
    """Begin to restore a backup beside the shop's data and to check it."""
    passphrase = _revealed(data.passphrase) or get_config().passphrase

    def act(session: Session) -> Begun:
        path = _path(session, name)

        def work(begun: Callable[[int], None]) -> None:
            automatic.verify(path, call.actor, now=call.now, passphrase=passphrase, begun=begun)

        return Begun(run_id=_begin(work))

    return once(data, act, status=202)


@router.writes("/{name}/download", Permission.BACKUP, "Pedir o arquivo", answers=FileAsked)
def download(name: Name, call: Caller, once: Once, data: FileToFetch) -> Response:
    """Ask for a backup's file, which is fetched as an export is."""
    _confirm(call, _revealed(data.password))

    def describe(session: Session) -> tuple[str, None]:
        return _path(session, name).name, None

    return ask(call, once, data, Permission.BACKUP, {"file": name}, describe)


def _confirm(call: Call, password: str | None) -> None:
    """As the page asks before a download; who calls by a key has no password to give."""
    if call.login_session < 0:
        return
    if not password:
        raise InvalidInput("Digite a sua senha.", field="password")
    with transaction() as session:
        place = known_browsers.place_of(session, login_session=call.login_session)
        refusal = confirmation.refusal(
            session, call.actor, Permission.BACKUP, password=password, address=place, now=call.now
        )
    if isinstance(refusal, NotAllowed):
        raise Problem(429, "too_many_attempts", refusal.message, {"Retry-After": str(_LOCKED)})
    if refusal is not None:
        raise refusal


def _begin(work: Callable[[Callable[[int], None]], None]) -> int:
    """Run the work in a thread; the id of its run once it has begun, or what was in its way."""
    begun: Future[int] = Future()

    def run() -> None:
        try:
            work(begun.set_result)
        except Exception as error:
            if not begun.done():
                begun.set_exception(error)
            elif not isinstance(error, BusinessError):  # that one stands in the history
                log.exception("A backup or its verification failed.")

    Thread(target=run, name=THREAD).start()
    try:
        return begun.result(timeout=_PATIENCE)
    except TimeoutError as error:
        raise Busy("O backup não começou a tempo. Veja em /backups/runs se ele andou.") from error


def _path(session: Session, name: str) -> Path:
    return backup_folder.path_of(get_config().backups, name, reports.owner(session))


def _revealed(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() or None if secret else None
