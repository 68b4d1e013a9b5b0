"""The dialog that restores a backup: what is in it beside what is there, then the proof of who.

Once the data was exchanged nobody is logged in any more, whoever restored it neither: what the
dialog then shows comes from what it kept, and names nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from credigestor.backups import restore
from credigestor.backups.manifest import Manifest
from credigestor.backups.restore import Restored
from credigestor.config import get_config
from credigestor.errors import BusinessError, InvalidInput
from credigestor.reports.shop_contents import COUNTED, Contents, shop_contents
from credigestor.rules.calendar import format_moment
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.progress import Progress
from credigestor.ui.admin import backup_making
from credigestor.ui.admin.backup_source import Source
from credigestor.ui.kit import background, confirm, data, forms, messages, session
from credigestor.ui.kit.figures import format_count

WORD = "RESTAURAR"
NAMES = {
    "customers": "Clientes",
    "sales": "Vendas",
    "notes": "Notas",
    "payments": "Pagamentos",
    "reversals": "Estornos",
    "users": "Usuários",
    "audit_log": "Registros de auditoria",
}


@dataclass
class Task:
    """What a dialog keeps from one of its runs to the next; `job` once the work has begun."""

    source: Source
    passphrase: str | None = None
    job: background.Job[Restored] | None = None

    def outcome(self) -> Restored | None:
        """Follow the work to its end, show its error, and forget the work that failed."""
        if self.job is None:
            return None
        try:
            return background.follow(self.job)
        except BusinessError as error:
            self.job = None
            forms.Fields().show(error)
            return None
        except Exception:
            self.job = None
            raise


@dataclass
class RestoreTask(Task):
    """The same for a restore: what the backup holds, and the shop when the dialog opened."""

    manifest: Manifest | None = None
    live: Contents | None = None


@st.dialog("Restaurar backup", width="medium", dismissible=False, icon=":material/restore:")
def restore_dialog(task: RestoreTask) -> None:
    """Open the backup, show it, ask for password and word, and restore it."""
    if task.job is None:
        actor = session.require(Permission.BACKUP)
        st.markdown(f"**{messages.plain(task.source.name)}**")
        with forms.Fields().catching():
            _open(task)
        if task.manifest is not None and task.live is not None:
            _show(task.manifest, task.live)
            _ask(task, actor)
    if _is_done(task):
        if st.button("Entrar de novo", type="primary", key="restore-leave"):
            st.rerun()
    elif st.button("Cancelar", key="restore-cancel"):
        st.rerun()


def open_with_passphrase(source: Source, given: str | None, *, key: str) -> str | None:
    """The passphrase that opens the backup, asked for if ours does not; None until it was given.

    Only for an encrypted one. Raises BadArchive for a file that is no backup.
    """
    if given is not None:
        return given
    if source.opens_with_ours():
        return get_config().passphrase
    with st.form(f"{key}-passphrase", border=False):
        typed = st.text_input("Senha do backup", type="password", key=f"{key}-passphrase-typed")
        sent = st.form_submit_button("Abrir", type="primary")
    if not sent or not typed:
        return None
    source.manifest(typed)
    return typed


def _open(task: RestoreTask) -> None:
    if task.manifest is not None:
        return
    if task.source.is_encrypted():
        place = st.empty()
        with place.container():
            task.passphrase = open_with_passphrase(task.source, task.passphrase, key="restore")
        if task.passphrase is None:
            return
        place.empty()
    task.manifest = task.source.manifest(task.passphrase)
    task.live = data.read(shop_contents)


def _show(manifest: Manifest, live: Contents) -> None:
    """The backup's contents beside the live data, and what would be lost."""
    zone = ZoneInfo(data.settings().time_zone)
    made = format_moment(manifest.generated_at, zone)
    stored = {name: table.rows for name in COUNTED if (table := manifest.table(name))}
    rows = [
        ("Loja", manifest.shop or "—", live.shop or "—"),
        ("Momento", made, "agora"),
        *(
            (NAMES[name], format_count(stored.get(name, 0)), format_count(live.rows[name]))
            for name in COUNTED
        ),
        ("Revisão do banco", manifest.schema_revision, live.revision),
    ]
    frame = pd.DataFrame(rows, columns=["", "No backup", "Na loja, agora"]).set_index("")
    st.table(frame.map(messages.plain), border="horizontal")
    if manifest.schema_revision != live.revision:
        st.info(
            "O backup é de uma versão anterior e será atualizado ao restaurar.",
            icon=":material/upgrade:",
        )
    if manifest.shop != live.shop:
        st.warning("O nome da loja no backup é outro. É mesmo este?", icon=":material/store:")
    st.warning(
        messages.plain(
            f"Tudo o que foi gravado depois de {made} será trocado pelo que está no backup. Todas "
            "as pessoas terão de entrar de novo, com as senhas que tinham naquele momento."
        ),
        icon=":material/warning:",
    )


def _ask(task: RestoreTask, actor: Actor) -> None:
    """Password, word and the button; then the work."""
    fields = forms.Fields()
    place = st.empty()
    with place.form("restore-confirm", border=False):
        safe = st.toggle("Antes, fazer um backup do que há agora", True, key="restore-safe")
        password = st.text_input("Sua senha", type="password", key="restore-password")
        fields.slot("password")
        word = st.text_input(
            f"Digite {WORD} para confirmar", key="restore-word", autocomplete="off"
        )
        fields.slot("word")
        sent = st.form_submit_button(
            "Restaurar agora", type="primary", icon=":material/restore:", key="restore-run"
        )
    if not sent:
        return
    with fields.catching():
        _confirm(actor, password, word)
        place.empty()
        task.job = _begin(task, actor, backup_first=safe)


def _confirm(actor: Actor, password: str, word: str) -> None:
    if password and word.strip() != WORD:
        raise InvalidInput(f"Digite {WORD}, em maiúsculas.", field="word")
    confirm.confirm(actor, Permission.BACKUP, password)


def _begin(task: RestoreTask, actor: Actor, *, backup_first: bool) -> background.Job[Restored]:
    today = data.today()
    share = 0.3 if backup_first else 0.0

    def work(progress: Progress) -> Restored:
        if backup_first:
            backup_making.make(
                actor,
                None,
                progress=lambda part, what: progress(part * share, what),
                spared=task.source.name,
            )
        with task.source.on_disk() as path:
            restored = restore.restore(
                path,
                actor,
                passphrase=task.passphrase,
                today=today,
                progress=lambda part, what: progress(share + part * (1 - share), what),
            )
        st.cache_data.clear()
        return restored

    return background.Job(work)


def _is_done(task: RestoreTask) -> bool:
    done = task.outcome()
    if done is None:
        return False
    st.success(
        f"Backup restaurado: {contents(done)}, tudo conferido.", icon=":material/check_circle:"
    )
    st.info(
        "Agora todos precisam entrar de novo, você também, com a senha que valia quando o backup "
        "foi feito.",
        icon=":material/login:",
    )
    return True


def contents(done: Restored) -> str:
    """How much was in a backup: 106.703 linhas em 25 tabelas."""
    rows = format_count(done.rows, "linha", "linhas")
    return f"{rows} em {format_count(done.tables, 'tabela', 'tabelas')}"
