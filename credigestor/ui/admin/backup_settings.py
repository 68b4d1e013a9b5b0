"""The form of the automatic backup: at which hour, and how many of the old ones stay."""

from __future__ import annotations

import streamlit as st

from credigestor.config import get_config
from credigestor.db.settings import ShopSettings, bounds
from credigestor.reports.settings_history import LABELS
from credigestor.rules.permissions import Actor
from credigestor.ui.admin.settings_form import save
from credigestor.ui.kit import forms

#: In place of an hour: Streamlit takes an option that is None for no choice.
_NEVER = -1
_NUMBERS = {
    "backups_daily": ("Dias guardados", "O último backup de cada um destes dias fica."),
    "backups_weekly": ("Semanas guardadas", "O último de cada uma destas semanas fica."),
    "backups_monthly": ("Meses guardados", "O último de cada um destes meses fica."),
}


def backup_form(actor: Actor, current: ShopSettings) -> None:
    """Draw the hour and the numbers, and save them as a new version of the settings."""
    form, fields = "settings-backup", forms.Fields()
    key = forms.key(form)
    hours = [_NEVER, *range(24)]
    with st.form(key, border=False):
        hour = st.selectbox(
            LABELS["backup_hour"],
            hours,
            index=hours.index(_NEVER if current.backup_hour is None else current.backup_hour),
            format_func=lambda hour: "Não fazer sozinho" if hour == _NEVER else f"{hour:02d}:00",
            key=f"{key}:hour",
            help="No fuso horário da loja. Se o computador estiver desligado nessa hora, o backup "
            "é feito assim que ele ligar.",
        )
        with st.grid(3, min_column_width=180):
            kept = {
                name: st.number_input(
                    label,
                    *bounds(name),
                    getattr(current, name),
                    key=f"{key}:{name}",
                    help=help,
                )
                for name, (label, help) in _NUMBERS.items()
            }
        st.caption(
            "Os arquivos que não cabem mais nesses números são apagados depois de cada backup. "
            "O mais novo que deu certo nunca é apagado."
        )
        saved = st.form_submit_button("Salvar", type="primary", icon=":material/save:")
    if saved:
        chosen = None if hour == _NEVER else hour
        save(form, fields, actor, lambda: {"backup_hour": chosen, **kept})
    _passphrase()


def _passphrase() -> None:
    if get_config().passphrase is not None:
        st.info(
            "Os backups automáticos são protegidos pela senha da variável "
            "`CREDIGESTOR_BACKUP_PASSPHRASE`. Guarde-a também fora deste computador: sem ela "
            "ninguém abre os arquivos.",
            icon=":material/lock:",
        )
    else:
        st.info(
            "Os backups automáticos não são protegidos por senha: quem lê a pasta lê os dados. "
            "Para protegê-los, defina a variável `CREDIGESTOR_BACKUP_PASSPHRASE` no servidor.",
            icon=":material/lock_open:",
        )
