"""The watched folder: what came of its files, and the line of the first page that leads there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from credigestor.config import get_config
from credigestor.exports.csv_format import csv_bytes
from credigestor.imports.account import REPORT
from credigestor.reports import import_runs
from credigestor.reports.import_runs import Run
from credigestor.rules.calendar import format_moment
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import import_runs as services
from credigestor.ui.kit import data, links, messages, tables
from credigestor.ui.kit.figures import format_count

_COLUMNS = {
    "at": "Quando",
    "file": "Arquivo",
    "state": "Resultado",
    "rows": "O que entrou",
    "differences": "Diferenças",
    "problems": "Problemas",
}
_REPORT = {name: name for name in REPORT}
_CAME = {
    "customers": ("cliente", "clientes"),
    "sales": ("venda", "vendas"),
    "payments": ("pagamento", "pagamentos"),
}


def show(actor: Actor) -> None:
    """The folder, its newest files with what came of them, and the rows of one; or nothing."""
    config = get_config()
    found = data.read(import_runs.newest)
    if config.import_folder is None and not found:
        return
    st.header("Pasta observada", anchor=False)
    if config.import_folder is None:
        st.caption("Este processo não observa nenhuma pasta.")
    else:
        reading = f", pela leitura {config.import_mapping}" if config.import_mapping else ""
        st.caption(messages.plain(f"Pasta: {config.import_folder}{reading}."))
        if not config.import_folder.is_dir():
            st.error("A pasta não existe ou não pode ser lida.", icon=":material/folder_off:")
    if not found:
        st.info("Nada apareceu nela ainda.", icon=":material/folder_open:")
        return
    zone = ZoneInfo(data.settings().time_zone)
    frame = pd.DataFrame([_row(run, zone) for run in found])
    tables.table(frame, _COLUMNS, key="watched-runs")
    if any(run.unseen for run in found) and st.button(
        "Marcar como visto", icon=":material/done_all:", key="watched-seen"
    ):
        until = max(run.at for run in found)
        messages.act(lambda: _mark_seen(actor, until), "Marcado como visto.")
    _show_detail(found, zone)


def draw_notice(actor: Actor) -> None:
    """Say in one line that files differ or were refused, until somebody has seen it."""
    found = data.read(import_runs.to_see)
    if not found:
        return
    said = []
    if found.differing:
        said.append(
            format_count(found.differing, "arquivo com diferenças", "arquivos com diferenças")
        )
    if found.refused:
        said.append(format_count(found.refused, "recusa", "recusas"))
    may = actor.can(Permission.IMPORT)
    ask = "" if may else " Peça a um administrador que veja em Importar."
    st.warning(
        messages.plain(f"Pasta observada: {' e '.join(said)}.{ask}"), icon=":material/folder_eye:"
    )
    if may:
        links.link("admin/imports.py", "Ver em Importar", icon=":material/upload_file:")


def _mark_seen(actor: Actor, until: datetime) -> None:
    data.write(lambda db: services.mark_seen(db, actor, until=until))


def _row(run: Run, zone: ZoneInfo) -> dict[str, object]:
    state = "Recusado" if run.refused else "Diferenças" if run.differences else "Certo"
    return {
        "at": format_moment(run.at, zone),
        "file": run.file,
        "state": f"{state}, a ver" if run.unseen else state,
        "rows": _came(run),
        "differences": run.differences,
        "problems": run.problems,
    }


def _came(run: Run) -> str:
    counts = {name: getattr(run, name) for name in _CAME}
    said = [format_count(count, *_CAME[name]) for name, count in counts.items() if count]
    return ", ".join(said) or "nada"


def _show_detail(found: Sequence[Run], zone: ZoneInfo) -> None:
    """The rows of one run's report, and all of them as a file."""
    told = [run for run in found if run.refused or run.differences]
    if not told:
        return
    run = st.selectbox(
        "Diferenças e problemas de",
        told,
        format_func=lambda each: f"{each.file}, {format_moment(each.at, zone)}",
        key="watched-run",
    )
    rows = data.read(import_runs.detail, run.id)
    if rows is None:
        st.caption("O detalhe já foi apagado, para que os dados pessoais não fiquem guardados.")
        return
    frame = pd.DataFrame(rows, columns=list(REPORT))
    tables.table(frame, _REPORT, key="watched-detail")
    if len(rows) == services.MOST_DETAIL:
        st.caption(f"Aparecem as {format_count(services.MOST_DETAIL)} primeiras linhas.")
    st.download_button(
        "Baixar o detalhe (CSV)",
        csv_bytes(frame, _REPORT),
        "pasta-observada.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="watched-csv",
    )
