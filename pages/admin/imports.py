"""Bringing in customers, sales and payments from CSV files: check first, then import."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from credigestor.rules.permissions import Actor, Permission
from credigestor.transfer import importer
from credigestor.transfer.csv_format import csv_bytes
from credigestor.transfer.importer import Counts, Plan
from credigestor.transfer.loading import Batch
from credigestor.transfer.reading import COLUMNS
from credigestor.ui import background, data, kit, session
from credigestor.ui.figures import format_count

LABELS = {"file": "Arquivo", "line": "Linha", "column": "Coluna", "reason": "Problema"}
KINDS = {
    "customers": ("cliente", "clientes"),
    "sales": ("venda", "vendas"),
    "notes": ("nota", "notas"),
    "payments": ("pagamento", "pagamentos"),
}

person = session.require(Permission.TRANSFER)


def choose_files() -> dict[str, UploadedFile]:
    """One place for each file; emptied after an import by a new key."""
    turn = st.session_state.setdefault("import-turn", 0)
    chosen = {}
    with st.grid(3, min_column_width=220):
        for name in COLUMNS:
            file = st.file_uploader(name, type="csv", key=f"import-{name}-{turn}")
            if file is not None:
                chosen[name] = file
    return chosen


def explain_files() -> None:
    """What the files must look like."""
    with st.expander("Como devem ser os arquivos"):
        st.markdown("A primeira linha traz os nomes das colunas, em qualquer ordem:")
        for name, columns in COLUMNS.items():
            st.markdown(f"- **{kit.plain(name)}**: {kit.plain(', '.join(columns))}")
        st.markdown(
            "São reconhecidos sozinhos: separador (ponto e vírgula, vírgula ou tabulação), "
            "acentos em UTF-8 ou Latin-1, centavos com vírgula ou com ponto, datas dd/mm/aaaa ou "
            "aaaa-mm-dd. O que já foi importado não entra de novo."
        )


def check(files: dict[str, UploadedFile]) -> Plan:
    """Read and check everything; nothing is written."""
    contents = {name: file.getvalue() for name, file in files.items()}

    def work(progress: background.Progress) -> Plan:
        source = importer.read_files(contents)
        return data.read(importer.prepare, source, today=data.settings().today, progress=progress)

    return replace(background.with_bar(work), batch=Batch())


def run_import(actor: Actor, files: dict[str, UploadedFile], today: date) -> Plan:
    """Check everything again and write it, in one transaction."""
    contents = {name: file.getvalue() for name, file in files.items()}

    def work(progress: background.Progress) -> Plan:
        source = importer.read_files(contents)
        return data.write(
            lambda db: importer.run(db, actor, source, today=today, progress=progress)
        )

    return replace(background.with_bar(work), batch=Batch())


def show_plan(plan: Plan) -> None:
    """What an import would do, or why it cannot be."""
    for notice in plan.notices:
        st.info(kit.plain(notice), icon=":material/info:")
    if plan.problem_count:
        show_problems(plan)
        return
    with st.grid(4, min_column_width=150):
        for name, (_, many) in KINDS.items():
            new, known = getattr(plan.new, name), getattr(plan.known, name)
            st.metric(
                f"{many.capitalize()} a importar",
                format_count(new),
                border=True,
                help=f"Já importados antes: {format_count(known)}",
            )
    if plan.new == Counts():
        st.success("Tudo o que está nos arquivos já foi importado. Não há nada a fazer.")
    else:
        st.success("Nenhum problema encontrado. Nada foi gravado ainda.")


def show_problems(plan: Plan) -> None:
    """Each wrong row, and all of them as a file."""
    count = format_count(plan.problem_count, "problema", "problemas")
    st.error(f"{count}. Corrija os arquivos e confira de novo; nada foi gravado.")
    if plan.more_problems:
        st.caption(f"Aparecem os {format_count(len(plan.problems))} primeiros.")
    frame = pd.DataFrame(plan.problems, columns=list(LABELS)).astype({"line": object})
    frame["line"] = [line or None for line in frame["line"]]
    st.download_button(
        "Baixar a lista de problemas (CSV)",
        csv_bytes(frame, LABELS),
        "problemas-da-importacao.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )
    kit.table(frame, LABELS, key="import-problems")


def sentence(counts: Counts) -> str:
    """The counts in words: 2 clientes, 1 venda, 3 notas e 0 pagamentos."""
    *first, last = [format_count(getattr(counts, name), *words) for name, words in KINDS.items()]
    return f"{', '.join(first)} e {last}"


def offer_import(actor: Actor, files: dict[str, UploadedFile], plan: Plan) -> None:
    """The button that writes, once the same files were found right."""
    st.write(f"Serão gravados {sentence(plan.new)}.")
    if not st.button("Importar", type="primary", icon=":material/upload:", key="import-run"):
        return
    with kit.Fields().catching():
        done = run_import(actor, files, data.settings().today)
        if done.problem_count:  # something changed since the check
            st.session_state["import-plan"] = (ids_of(files), done)
            st.rerun()
        st.session_state["import-turn"] += 1
        st.session_state.pop("import-plan", None)
        if done.new == Counts():  # two fast clicks: the first one did it all
            kit.flash("Estes arquivos já estão importados.")
        else:
            kit.flash(f"Importação concluída: {sentence(done.new)}.")
        st.rerun()


def ids_of(files: dict[str, UploadedFile]) -> list[str]:
    """What tells these uploads from any others."""
    return [file.file_id for file in files.values()]


kit.header(
    "Importar",
    "Clientes, vendas e pagamentos de outro sistema. Tudo é conferido antes, e só entra se "
    "estiver tudo certo.",
)
uploaded = choose_files()
explain_files()
complete = len(uploaded) == len(COLUMNS)
if st.button("Conferir", disabled=not complete, icon=":material/fact_check:", key="import-check"):
    with kit.Fields().catching():
        st.session_state["import-plan"] = (ids_of(uploaded), check(uploaded))
if not complete:
    st.caption("Envie os três arquivos para conferir.")
seen_ids, seen_plan = st.session_state.get("import-plan", (None, None))
if seen_plan is not None and seen_ids == ids_of(uploaded):
    show_plan(seen_plan)
    if not seen_plan.problem_count and seen_plan.new != Counts():
        offer_import(person, uploaded, seen_plan)
