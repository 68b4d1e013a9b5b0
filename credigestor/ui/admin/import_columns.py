"""How the files to import are being read: their first rows, and columns that have other names."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from credigestor.imports.csv_table import column_name
from credigestor.imports.reading import Preview, Sheet
from credigestor.ui.kit import messages, tables

Names = dict[str, dict[str, str]]
_SEEN = "import-previews"
_CHOSEN = "import-names"  # what was chosen last, for the next files of the same program


def show(files: Mapping[str, UploadedFile]) -> tuple[Names, bool]:
    """Draw how each file is read; give the names chosen, and whether all can be checked."""
    names: Names = {}
    ready = True
    for name, file in files.items():
        plain = _preview(name, file, {})
        if plain.missing:
            names[name] = _choose(name, file, plain)
        preview = _preview(name, file, names.get(name, {}))
        ready = ready and bool(preview.header) and not preview.missing
        _draw(name, preview)
    return names, ready


def _preview(name: str, file: UploadedFile, names: Mapping[str, str]) -> Preview:
    """The preview of an upload, kept for the next run: it takes a reading of the whole file."""
    seen: dict[str, tuple[object, Preview]] = st.session_state.setdefault(_SEEN, {})
    slot = f"{name} {'com nomes' if names else ''}"
    wanted = (file.file_id, dict(names))
    if slot not in seen or seen[slot][0] != wanted:
        seen[slot] = (wanted, Sheet(name, io.BytesIO(file.getvalue()), names).preview())
    return seen[slot][1]


def _choose(name: str, file: UploadedFile, preview: Preview) -> dict[str, str]:
    """A choice among the file's other columns for each one that is missing."""
    remembered: dict[str, str] = st.session_state.setdefault(_CHOSEN, {}).setdefault(name, {})
    others = [title for title in preview.header if title and title not in preview.found.values()]
    with st.container(border=True):
        st.markdown(
            f"**{messages.plain(name)}**: indique que coluna do arquivo faz o papel de cada uma "
            "destas."
        )
        with st.grid(3, min_column_width=220):
            for column in preview.missing:
                before = remembered.get(column)
                choice = st.selectbox(
                    column,
                    others,
                    index=others.index(before) if before in others else None,
                    placeholder="Escolha a coluna",
                    key=f"import-column-{name}-{column}-{file.file_id}",
                    disabled=not others,
                )
                if choice is not None:
                    remembered[column] = choice
                else:
                    remembered.pop(column, None)
    return {column: remembered[column] for column in preview.missing if column in remembered}


def _draw(name: str, preview: Preview) -> None:
    for fault in preview.faults:
        place = f"{name}, linha {fault.line}" if fault.line else name
        st.error(messages.plain(f"{place}: {fault.reason}"), icon=":material/error:")
    if not preview.header:
        return
    if preview.missing:
        missing = ", ".join(preview.missing)
        st.warning(messages.plain(f"{name}: falta indicar {missing}."), icon=":material/rule:")
    renamed = any(not _same(column, title) for column, title in preview.found.items())
    with st.expander(
        f"{messages.plain(name)}: as primeiras linhas, como estão sendo lidas",
        expanded=renamed and not preview.missing,
    ):
        if not preview.rows:
            st.caption("Abaixo do cabeçalho não há nenhuma linha.")
            return
        labels = {
            column: column if _same(column, title) else f"{column} (“{title}”)"
            for column, title in preview.found.items()
        }
        frame = pd.DataFrame([{"line": row.line, **row.cells} for row in preview.rows])
        tables.table(frame, {"line": "Linha", **labels}, key=f"import-first-{name}")


def _same(column: str, title: str) -> bool:
    return column == column_name(title)
