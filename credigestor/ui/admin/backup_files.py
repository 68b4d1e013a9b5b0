"""The backups there are, each to be downloaded, verified or restored, and one sent by hand."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from credigestor import clock
from credigestor.backups import automatic
from credigestor.backups.backup_folder import BackupFile
from credigestor.backups.restore import Restored
from credigestor.rules.calendar import format_moment
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.progress import Progress
from credigestor.ui.admin.backup_restore import (
    RestoreTask,
    Task,
    contents,
    open_with_passphrase,
    restore_dialog,
)
from credigestor.ui.admin.backup_source import Source
from credigestor.ui.admin.backup_status import Status
from credigestor.ui.kit import background, downloads, forms, lists, messages, rows, session
from credigestor.ui.kit.figures import file_size, format_count

PER_PAGE = 8
#: Megabytes of a file sent by the browser, which the server holds in memory.
MAX_SENT = 200


def show_files(status: Status, zone: ZoneInfo) -> None:
    """The files, newest first."""
    if status.others:
        st.caption(
            "Backups de outra loja, ou de outra instalação desta, que há na pasta: "
            f"{format_count(status.others)}. Não aparecem aqui nem são apagados por esta "
            "instalação. Para restaurar um deles, use Outro arquivo."
        )
    if not status.files:
        st.info(
            "A pasta está vazia. O primeiro backup aparecerá aqui."
            if not status.others
            else "Nenhum backup foi feito por esta instalação. O primeiro aparecerá aqui."
        )
        return
    page = lists.page(len(status.files), key="backup-files", of="", size=PER_PAGE)
    for file in status.files[page.offset : page.offset + page.size]:
        with st.container(border=True):
            _row(file, status, zone)
    rows.pager(page)


def _row(file: BackupFile, status: Status, zone: ZoneInfo) -> None:
    verified = status.verified_at(file.name)
    kind = "com senha" if file.encrypted else "sem senha"
    lines = [
        f"**{format_moment(file.made_at, zone)}** · {file_size(file.size)} · {kind}",
        f":small[{messages.plain(file.name)}]",
    ]
    if verified is not None:
        lines.append(f":small[:material/verified: Verificado em {format_moment(verified, zone)}]")
    st.markdown("  \n".join(lines))
    with st.container(horizontal=True, vertical_alignment="top"):
        check = st.button(
            "Verificar", icon=":material/fact_check:", key=f"backup-check:{file.name}"
        )
        back = st.button("Restaurar", icon=":material/restore:", key=f"backup-back:{file.name}")
        # The last one: what a download tells of itself, under its button, moves no other.
        with st.container(width="stretch"):
            downloads.file_button("Baixar", file.name, key=f"backup-get:{file.name}")
    if check:
        verify_dialog(Task(Source(file.name)))
    if back:
        restore_dialog(RestoreTask(Source(file.name)))


def offer_sent_file() -> None:
    """Restoring a backup that the browser sends."""
    st.caption(
        f"Um backup de outro computador, com até {MAX_SENT} MB. Um maior se restaura no servidor: "
        "`python -m credigestor restore ARQUIVO`."
    )
    sent = st.file_uploader(
        "Arquivo de backup (ZIP)", type="zip", max_upload_size=MAX_SENT, key="backup-sent"
    )
    if sent is not None and st.button(
        "Ver o que há nele e restaurar", icon=":material/restore:", key="backup-sent-open"
    ):
        restore_dialog(RestoreTask(Source.of(sent)))


@st.dialog("Verificar backup", dismissible=False, icon=":material/fact_check:")
def verify_dialog(task: Task) -> None:
    """Restore a backup beside the live data, check it, and drop it again."""
    actor = session.require(Permission.BACKUP)
    st.markdown(f"**{messages.plain(task.source.name)}**")
    if task.job is None:
        with forms.Fields().catching():
            _offer_verification(task, actor)
    done = task.outcome()
    if done is not None:
        st.success(
            f"O backup está bom: {contents(done)}, tudo conferido.",
            icon=":material/check_circle:",
        )
    if st.button("Fechar", key="verify-close"):
        st.rerun()


def _offer_verification(task: Task, actor: Actor) -> None:
    st.write(
        "O backup é restaurado à parte, conferido por inteiro e apagado em seguida. Os dados da "
        "loja não são tocados. Com muitas notas demora alguns minutos."
    )
    if task.source.is_encrypted():
        task.passphrase = open_with_passphrase(task.source, task.passphrase, key="verify")
        if task.passphrase is None:
            return
    place = st.empty()
    with place.container():
        clicked = st.button("Verificar agora", type="primary", key="verify-run")
    if clicked:
        place.empty()
        task.job = background.Job(lambda progress: _verify(task, actor, progress))


def _verify(task: Task, actor: Actor, progress: Progress) -> Restored:
    with task.source.on_disk() as path:
        return automatic.verify(
            path, actor, now=clock.now(), passphrase=task.passphrase, progress=progress
        )
