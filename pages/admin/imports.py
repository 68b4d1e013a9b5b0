"""Bringing in customers, sales and payments from CSV files: look, check, then import."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from credigestor.exports.csv_format import csv_bytes
from credigestor.imports import importer
from credigestor.imports.batch import Batch
from credigestor.imports.importer import Counts, Plan
from credigestor.imports.reading import COLUMNS, Source
from credigestor.rules.calendar import format_date
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.progress import Progress
from credigestor.services.inputs import MAX_REASON
from credigestor.ui.admin import demonstration, import_columns
from credigestor.ui.kit import background, data, forms, messages, session, tables
from credigestor.ui.kit.figures import format_count

LABELS = {"file": "Arquivo", "line": "Linha", "column": "Coluna", "reason": "Problema"}
KINDS = {
    "customers": ("cliente", "clientes"),
    "sales": ("venda", "vendas"),
    "notes": ("nota", "notas"),
    "payments": ("pagamento", "pagamentos"),
}
MAX_MB = 100

person = session.require(Permission.IMPORT)


def choose_files(*, disabled: bool) -> dict[str, UploadedFile]:
    """One place for each file; emptied after an import by a new key."""
    turn = st.session_state.setdefault("import-turn", 0)
    chosen = {}
    with st.grid(3, min_column_width=220):
        for name in COLUMNS:
            file = st.file_uploader(
                name,
                type="csv",
                key=f"import-{name}-{turn}",
                max_upload_size=MAX_MB,
                disabled=disabled,
            )
            if file is not None:
                chosen[name] = file
    return chosen


def explain_files() -> None:
    """What the files must look like."""
    with st.expander("Como devem ser os arquivos"):
        st.markdown("A primeira linha traz os nomes das colunas, em qualquer ordem:")
        for name, columns in COLUMNS.items():
            st.markdown(f"- **{messages.plain(name)}**: {messages.plain(', '.join(columns))}")
        st.markdown(
            "Se uma coluna tem outro nome no seu arquivo, você indica qual é depois do envio. São "
            "reconhecidos sozinhos: separador (ponto e vírgula, vírgula ou tabulação), acentos em "
            "UTF-8 ou Latin-1, centavos com vírgula ou com ponto, datas dd/mm/aaaa ou aaaa-mm-dd. "
            "O que já foi importado não entra de novo."
        )
        st.markdown(
            f"Cada arquivo pode ter até {MAX_MB} MB. Os maiores entram pela linha de comando: "
            "`python -m credigestor import PASTA`."
        )


def source_of(files: dict[str, UploadedFile], names: import_columns.Names) -> Source:
    """The files as they were sent; a job reads them while the page is drawn again."""
    return importer.read_files(
        {name: io.BytesIO(file.getvalue()) for name, file in files.items()}, names
    )


def check(source: Source, progress: Progress) -> Plan:
    """Read and check everything; nothing is written."""
    plan = data.read(importer.prepare, source, today=data.today(), progress=progress)
    return replace(plan, batch=Batch())


def write(actor: Actor, source: Source, why: str | None, progress: Progress) -> Plan:
    """Check everything again and write it, in one transaction."""
    today = data.today()
    plan = data.write(
        lambda db: importer.run(db, actor, source, today=today, why=why, progress=progress)
    )
    return replace(plan, batch=Batch())


def show_plan(plan: Plan) -> None:
    """What an import would do, or why it cannot be."""
    for notice in plan.notices:
        st.info(messages.plain(notice), icon=":material/info:")
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
    tables.table(frame, LABELS, key="import-problems")


def ask_why(plan: Plan) -> str | None:
    """The reason to import what is dated in closed days; None where nothing is (R37)."""
    if not plan.closed or plan.closed_until is None:
        return None
    rows = format_count(plan.closed, "linha tem data", "linhas têm data")
    st.warning(
        f"{rows} de dias fechados (até {format_date(plan.closed_until)}): aparecem como mudanças "
        "depois do fechamento.",
        icon=":material/lock_clock:",
    )
    return st.text_input(
        "Motivo para lançar em dias fechados", key="import-why", max_chars=MAX_REASON
    )


def sentence(counts: Counts) -> str:
    """The counts in words: 2 clientes, 1 venda, 3 notas e 0 pagamentos."""
    *first, last = [format_count(getattr(counts, name), *words) for name, words in KINDS.items()]
    return f"{', '.join(first)} e {last}"


@st.fragment(run_every=1.0)
def show_progress() -> None:
    """What the running job is doing, and its way out."""
    session.require(Permission.IMPORT)
    _, _, job = st.session_state["import-job"]
    background.watch(job, "import-cancel")


def take_result() -> None:
    """What the job gave that has ended: a plan to show, or an import to tell about."""
    kind, about, job = st.session_state.pop("import-job")
    try:
        plan = job.result()
    except background.Cancelled:
        messages.flash("Cancelado. Nada foi gravado.", icon=":material/undo:")
        st.rerun()
    if kind == "check" or plan.problem_count:  # an import: something changed since the check
        st.session_state["import-plan"] = (about, plan)
        return
    st.session_state["import-turn"] += 1
    st.session_state.pop("import-plan", None)
    if plan.new == Counts():  # somebody else imported them after the check
        messages.flash("Estes arquivos já estão importados.")
    else:
        messages.flash(f"Importação concluída: {sentence(plan.new)}.")
    st.rerun()


def begin(kind: str, about: object, work: Callable[[Progress], Plan]) -> None:
    """Start a job about these files, and draw the page as it is meanwhile."""
    st.session_state["import-job"] = (kind, about, background.Job(work))
    st.rerun()


messages.header(
    "Importar",
    "Clientes, vendas e pagamentos de outro sistema. Tudo é conferido antes, e só entra se "
    "estiver tudo certo.",
)
if "import-job" in st.session_state and st.session_state["import-job"][2].done():
    with forms.Fields().catching():
        take_result()
running = "import-job" in st.session_state
uploaded = choose_files(disabled=running)
explain_files()
if running:
    show_progress()
    st.stop()
chosen_names, readable = import_columns.show(uploaded)
this = ([file.file_id for file in uploaded.values()], chosen_names)
complete = len(uploaded) == len(COLUMNS)
may_check = complete and readable
if st.button("Conferir", disabled=not may_check, icon=":material/fact_check:", key="import-check"):
    begin("check", this, partial(check, source_of(uploaded, chosen_names)))
if not complete:
    st.caption("Envie os três arquivos para conferir.")
    demonstration.area(person)
seen, seen_plan = st.session_state.get("import-plan", (None, None))
if seen_plan is not None and seen == this:
    show_plan(seen_plan)
    if not seen_plan.problem_count and seen_plan.new != Counts():
        st.write(f"Serão gravados {sentence(seen_plan.new)}.")
        why = ask_why(seen_plan)
        if st.button("Importar", type="primary", icon=":material/upload:", key="import-run"):
            begin("import", this, partial(write, person, source_of(uploaded, chosen_names), why))
