"""How the backups stand: what is wrong, the headline figures, what is running, the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from credigestor.backups import automatic, backup_folder
from credigestor.backups.backup import MIN_PASSPHRASE
from credigestor.backups.backup_folder import BackupFile
from credigestor.config import get_config
from credigestor.db.settings import ShopSettings
from credigestor.reports import backups
from credigestor.reports.backups import STATE_NAMES, Run, State
from credigestor.rules.calendar import format_moment
from credigestor.rules.permissions import Permission
from credigestor.ui.admin.backup_words import ago, next_at, span
from credigestor.ui.kit import data, messages, session, tables
from credigestor.ui.kit.figures import NOTHING, file_size, format_count

#: A backup older than this is warned of: one daily one was missed, and half a day has passed.
OLD = timedelta(hours=36)
RUNS_SHOWN = 200
#: Among so many of the newest is the one that runs: there is one of each kind at a time.
_FEW = 10
_SECONDS_BETWEEN_LOOKS = 2

KIND_NAMES = {"backup": "Backup", "verify": "Verificação", "restore": "Restauração"}
_COLUMNS = {
    "at": "Quando",
    "kind": "O quê",
    "state": "Resultado",
    "who": "Quem",
    "detail": "Detalhe",
    "took": "Duração",
    "size": "Tamanho",
    "file": "Arquivo",
}


@dataclass(frozen=True)
class Status:
    """What the page knows: the newest runs, the last ones of each kind, and the files there are."""

    runs: Sequence[Run]
    last_good: Run | None
    last_try: Run | None
    last_verified: Run | None
    last_verification: Run | None
    files: Sequence[BackupFile]
    #: How many backups of others there are in the folder.
    others: int

    @property
    def running(self) -> Run | None:
        """The run that is under way."""
        return _running(self.runs)

    def verified_at(self, name: str) -> datetime | None:
        """When the file of that name was last verified, if it was found good."""
        return backups.verified_at(self.runs, name)


def read_status() -> Status:
    """The status as of now."""
    found = backup_folder.files(get_config().backups)

    def read(db: Session) -> Status:
        owner = backups.owner(db)
        files = [file for file in found if owner.lists(file.mark)]
        return Status(
            runs=backups.runs(db, RUNS_SHOWN),
            last_good=backups.last_good(db),
            last_try=backups.last_try(db),
            last_verified=backups.last_good(db, "verify"),
            last_verification=backups.last_try(db, "verify"),
            files=files,
            others=len(found) - len(files),
        )

    return data.read(read)


def show_problems(status: Status, settings: ShopSettings, now: datetime, zone: ZoneInfo) -> None:
    """Say what somebody must act on; nothing when all is well."""
    _check_passphrase()
    for run, what in (
        (status.last_try, "O último backup"),
        (status.last_verification, "A última verificação"),
    ):
        if run is not None and run.state in (State.FAILED, State.INTERRUPTED):
            st.error(messages.plain(_failure(run, what, zone)), icon=":material/error:")
    good = status.last_good
    if good is None:
        st.warning("Ainda não há nenhum backup. Faça o primeiro agora.", icon=":material/warning:")
    elif now - good.started_at > OLD:
        advice = (
            "Faça um agora, e escolha em Automático a hora de fazê-los todo dia."
            if settings.backup_hour is None
            else "Faça um agora, e veja no Histórico por que o automático não foi feito."
        )
        age = span(now - good.started_at)
        st.warning(
            f"O último backup que deu certo foi feito há {age}. {advice}",
            icon=":material/warning:",
        )
    elif all(file.name != good.file for file in status.files):
        st.warning(
            messages.plain(
                f"O último backup que deu certo ({good.file}) não está na pasta. Se ele não foi "
                "guardado em outro lugar, faça outro agora."
            ),
            icon=":material/warning:",
        )


def _check_passphrase() -> None:
    passphrase = get_config().passphrase
    if passphrase is not None and len(passphrase) < MIN_PASSPHRASE:
        st.error(
            f"A senha da variável `CREDIGESTOR_BACKUP_PASSPHRASE` tem menos de {MIN_PASSPHRASE} "
            "caracteres: nenhum backup automático será feito até que ela seja trocada por uma "
            "mais longa e o CrediGestor, reiniciado.",
            icon=":material/error:",
        )


def show_cards(status: Status, settings: ShopSettings, now: datetime, zone: ZoneInfo) -> None:
    """The figures that one looks for first, and where the files are."""
    good, verified = status.last_good, status.last_verified
    config = get_config()
    with st.grid(4, min_column_width=170):
        st.metric(
            "Último backup",
            ago(good.started_at, now) if good else NOTHING,
            help=_whence(good, zone),
            border=True,
        )
        st.metric(
            "Próximo",
            _next(settings.backup_hour, good, now, zone),
            help="O próximo backup automático. A hora se escolhe abaixo, em Automático.",
            border=True,
        )
        st.metric(
            "Última verificação",
            ago(verified.started_at, now) if verified else NOTHING,
            help="Uma vez por semana o backup mais novo é restaurado à parte e conferido, sem "
            "tocar nos dados da loja.",
            border=True,
        )
        st.metric(
            "Guardados",
            format_count(len(status.files), "arquivo", "arquivos"),
            help=file_size(sum(file.size for file in status.files)),
            border=True,
        )
    kind = "com senha" if config.passphrase else "sem senha"
    elsewhere = "" if config.automatic_backup else " Quem os faz é outro processo."
    st.caption(f"Pasta: {messages.plain(str(config.backups))} · automáticos {kind}.{elsewhere}")


@st.fragment(run_every=_SECONDS_BETWEEN_LOOKS)
def watch() -> None:
    """Tell of the run that is under way, whoever began it, and draw the page anew at its end."""
    session.require(Permission.BACKUP)
    running = _running(data.read(backups.runs, _FEW))
    if running is None:
        st.rerun()
    what = {
        "backup": "Um backup está sendo feito",
        "verify": "Um backup está sendo verificado",
        "restore": "Um backup está sendo restaurado",
    }[running.kind]
    st.info(
        messages.plain(
            f"{what}: começou {ago(running.started_at, session.now())}, por {_who(running)}."
        ),
        icon=":material/hourglass_top:",
    )


def show_history(status: Status, zone: ZoneInfo) -> None:
    """Every run with how it ended."""
    if not status.runs:
        st.info("Nada ainda. Cada backup, verificação e restauração aparecerá aqui.")
        return
    rows = [
        {
            "at": format_moment(run.started_at, zone),
            "kind": KIND_NAMES[run.kind],
            "who": _who(run),
            "state": STATE_NAMES[run.state],
            "took": span(run.finished_at - run.started_at) if run.finished_at else "",
            "size": "" if run.size is None else file_size(run.size),
            "file": run.file,
            "detail": run.detail,
        }
        for run in status.runs
    ]
    tables.table(pd.DataFrame(rows), _COLUMNS, key="backup-history")
    if len(rows) == RUNS_SHOWN:
        st.caption(f"Aparecem as {RUNS_SHOWN} mais recentes.")


def _next(hour: int | None, good: Run | None, now: datetime, zone: ZoneInfo) -> str:
    if hour is None:
        return "desligado"
    if good is None or good.started_at < automatic.last_slot(now, hour=hour, zone=zone):
        return "em instantes"
    return next_at(hour, now, zone)


def _running(runs: Sequence[Run]) -> Run | None:
    return next((run for run in runs if run.state is State.RUNNING), None)


def _who(run: Run) -> str:
    return "automático" if run.automatic else run.actor_name


def _whence(run: Run | None, zone: ZoneInfo) -> str:
    if run is None:
        return "Nenhum deu certo até agora."
    secret = "com senha" if run.encrypted else "sem senha"
    return messages.plain(f"{format_moment(run.started_at, zone)}, {_who(run)}, {secret}.")


def _failure(run: Run, what: str, zone: ZoneInfo) -> str:
    if run.state is State.INTERRUPTED:
        ended = "foi interrompid" + ("o" if run.kind == "backup" else "a")
        return f"{what}, de {format_moment(run.started_at, zone)}, {ended} no meio."
    return f"{what}, de {format_moment(run.started_at, zone)}, falhou. {run.detail}".rstrip()
