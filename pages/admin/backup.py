"""Backup: how it stands, making one, the files there are, restoring, and when it runs by itself."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from credigestor.rules.permissions import Permission
from credigestor.ui.admin.backup_files import offer_sent_file, show_files
from credigestor.ui.admin.backup_making import offer_backup
from credigestor.ui.admin.backup_settings import backup_form
from credigestor.ui.admin.backup_status import (
    read_status,
    show_cards,
    show_history,
    show_problems,
    watch,
)
from credigestor.ui.kit import address, data, links, messages, session

actor = session.require(Permission.BACKUP)
settings = data.settings()
zone = ZoneInfo(settings.time_zone)
now = session.now()
status = read_status()

messages.header(
    "Backup",
    "Uma cópia de tudo o que a loja tem, para restaurar: cadastros, vendas, pagamentos, usuários "
    "e o registro de auditoria.",
)
show_problems(status, settings, now, zone)
if status.running is not None:
    watch()
show_cards(status, settings, now, zone)
offer_backup(actor, busy=status.running is not None)

address.tabs(
    {
        "Arquivos": lambda: show_files(status, zone),
        "Outro arquivo": offer_sent_file,
        "Automático": lambda: backup_form(actor, settings),
        "Histórico": lambda: show_history(status, zone),
    },
    name="backup_tab",
)

st.caption(
    "O backup leva também as senhas (cifradas) de quem entra e os dados pessoais dos clientes: "
    "guarde-o como guarda o caixa, e uma cópia fora deste computador. Para abrir os dados em uma "
    "planilha, use Exportar: de lá não sai senha nenhuma, e nada do que sai pode ser restaurado."
)
links.link("analytics/exports.py", "Exportar", icon=":material/download:")
