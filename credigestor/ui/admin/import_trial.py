"""A trial of an import: the shop as it would be, to look at before the import itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from credigestor import clock
from credigestor.exports.csv_format import write_rows
from credigestor.exports.whole_shop import notes_in, write_whole_shop
from credigestor.imports.choices import Choices
from credigestor.imports.plan import Plan
from credigestor.imports.reading import Source
from credigestor.imports.trial import DEBTORS, Trial, figures, rows_of_debtors, trial
from credigestor.rules.permissions import Actor
from credigestor.rules.progress import Progress
from credigestor.ui.kit import data, tables
from credigestor.ui.kit.figures import format_count, shown_figure

_FIGURES = {"name": "", "now": "Hoje na loja", "then": "Com os arquivos", "more": "Diferença"}
_WHO = {
    name: name
    for name in ("Cliente", "Total", "Vencido", "Juros e multa", "Deve hoje na loja", "Notas")
}
_NOTES = {
    name: name
    for name in (
        *("Cliente", "Vencimento", "Total devido", "Situação", "Valor", "Parcela"),
        "Data da venda",
    )
}
#: Who is shown, all being in the file; problems, and notes, that are shown.
MOST, MOST_PROBLEMS, MOST_NOTES = 20, 1_000, 200


@dataclass(frozen=True)
class Tried:
    """A trial that is over, and all of the shop as it was then, in a file without a name."""

    found: Trial
    at: datetime
    files: IO[bytes]


def try_out(
    actor: Actor, source: Source, choices: Choices, progress: Progress, *, today: date
) -> Tried | Plan:
    """Try the import; the plan alone where it has problems. Nothing of the shop changes."""
    at, files = clock.now(), TemporaryFile()  # noqa: SIM115 - it is looked at after this

    def keep(session: Session) -> None:
        write_whole_shop(session, files, today=today, generated_at=at)

    found = trial(actor, source, today=today, choices=choices, keep=keep, progress=progress)
    return found if isinstance(found, Plan) else Tried(found, at, files)


def show(tried: Tried) -> None:
    """The figures beside the shop's, what a check found, who would owe, and anybody's notes."""
    found = tried.found
    st.header("Ensaio", anchor=False)
    at = tried.at.astimezone(ZoneInfo(data.settings().time_zone))
    st.caption(
        f"Às {at:%H:%M} a importação foi feita inteira, olhada e desfeita. A loja está como antes; "
        "o que se vê aqui some com esta página."
    )
    rows = [
        {
            "name": name,
            "now": shown_figure(now),
            "then": shown_figure(then),
            "more": shown_figure(then - now),
        }
        for name, now, then in figures(found)
    ]
    tables.table(pd.DataFrame(rows), _FIGURES, key="import-trial-figures")
    if found.problems:
        count = format_count(len(found.problems), "diferença", "diferenças")
        st.error(f"A conferência da loja achou {count} nas contas.")
        frame = pd.DataFrame(
            {"Diferença": [each.detail for each in found.problems[:MOST_PROBLEMS]]}
        )
        tables.table(frame, {"Diferença": "Diferença"}, key="import-trial-problems")
    else:
        st.success(
            "Conferência da loja ensaiada: todas as contas fecham.", icon=":material/check_circle:"
        )
    _who(found)
    _notes(tried)
    _downloads(tried)


def _who(found: Trial) -> None:
    st.header("Quem deveria à loja", anchor=False)
    rows = rows_of_debtors(found)
    if not rows:
        st.caption("Ninguém deveria nada.")
        return
    frame = pd.DataFrame(rows[:MOST], columns=list(DEBTORS)).rename(
        columns={"Notas em aberto": "Notas"}
    )
    money = ("Total", "Vencido", "Juros e multa", "Deve hoje na loja")
    tables.table(frame, _WHO, key="import-trial-who", money=money)
    if len(rows) > MOST:
        st.caption(
            f"Aparecem os {MOST} que mais deveriam, de {format_count(len(rows))}; "
            "no CSV estão todos."
        )


def _notes(tried: Tried) -> None:
    name = st.text_input(
        "Ver as notas de um cliente",
        key="import-trial-name",
        placeholder="Nome, ou parte dele",
        icon=":material/search:",
        width=420,
    )
    if not name.strip():
        return
    notes = notes_in(tried.files, name, most=MOST_NOTES)
    if not notes:
        st.caption("Nenhum cliente com notas tem esse nome.")
        return
    frame = pd.DataFrame(notes)
    money = ("Valor", "Total devido")
    for column in money:
        frame[column] = frame[column].map(lambda cell: Decimal(cell.replace(",", ".")))
    tables.table(frame, _NOTES, key="import-trial-notes", money=money)
    if len(notes) == MOST_NOTES:
        st.caption(f"Aparecem as {MOST_NOTES} primeiras notas.")


def _downloads(tried: Tried) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Baixar quem deve (CSV)",
            lambda: _debtors(tried.found),
            "ensaio-quem-deve.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            "Baixar a loja ensaiada (ZIP)",
            lambda: _whole(tried.files),
            "ensaio-loja.zip",
            "application/zip",
            on_click="ignore",
            icon=":material/folder_zip:",
            help="Clientes, vendas, notas, pagamentos e o mais, como ficariam, em arquivos CSV.",
        )


def _debtors(found: Trial) -> bytes:
    file = BytesIO()
    write_rows(file, DEBTORS, rows_of_debtors(found))
    return file.getvalue()


def _whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
