"""Bringing in a shop's past from spreadsheets and CSV files: look, check, then import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from credigestor.exports.csv_format import csv_bytes
from credigestor.imports import importer, mappings, templates
from credigestor.imports.choices import STRICT, Choices
from credigestor.imports.importer import Counts, Plan
from credigestor.imports.mappings import KeptMapping
from credigestor.imports.mending import Mending
from credigestor.imports.reading import Source
from credigestor.imports.table_lines import Sent
from credigestor.imports.translating import translation
from credigestor.rules.calendar import format_date
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.progress import Progress
from credigestor.services import import_mappings
from credigestor.services.inputs import MAX_REASON
from credigestor.ui.admin import (
    demonstration,
    import_check,
    import_choices,
    import_tables,
    watched_folder,
)
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


def choose_files(*, disabled: bool) -> list[UploadedFile]:
    """The place for all files; emptied after an import by a new key."""
    turn = st.session_state.setdefault("import-turn", 0)
    return st.file_uploader(
        "Planilhas ou arquivos CSV",
        type=["csv", "txt", "xlsx", "xlsm", "xlsb", "xls", "ods"],
        accept_multiple_files=True,
        key=f"import-files-{turn}",
        max_upload_size=MAX_MB,
        disabled=disabled,
    )


def explain_files() -> None:
    """What the files may look like, and examples to fill in."""
    with st.expander("Como podem ser os arquivos"):
        st.markdown(
            "Uma planilha (Excel ou LibreOffice) ou arquivos CSV, com uma linha por cliente, por "
            "venda, por parcela ou por pagamento, ou só com o que cada cliente deve. Pode ser "
            "tudo numa planilha só, ou em várias abas e arquivos. Os nomes das colunas são "
            "reconhecidos, e você confere e muda o que quiser antes de importar. O que já foi "
            "importado não entra de novo."
        )
        st.markdown(
            f"Cada arquivo pode ter até {MAX_MB} MB. Os maiores entram pela linha de comando: "
            "`python -m credigestor import ARQUIVO…`."
        )
        st.markdown("Modelos com dois exemplos, para preencher:")
        for template in templates.TEMPLATES:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(messages.plain(template.title))
                for kind, make in (("CSV", template.as_csv), ("XLSX", template.as_xlsx)):
                    st.download_button(
                        kind,
                        make,
                        f"{template.name}.{kind.lower()}",
                        on_click="ignore",
                        icon=":material/download:",
                        key=f"import-template-{template.name}-{kind}",
                        help=f"{template.title} ({kind})",
                    )


def choose_mapping() -> tuple[str, KeptMapping | None]:
    """A reading that was kept, for files of the same program."""
    names = data.read(import_mappings.names)
    if not names:
        return "", None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Leitura guardada", names, index=None, placeholder="Nenhuma")
        if name is not None and st.button(
            "Apagar esta leitura", icon=":material/delete:", key="import-mapping-forget"
        ):
            messages.act(partial(forget_mapping, name), f"Leitura {name} apagada.")
    if name is None:
        return "", None
    return name, KeptMapping.model_validate(data.read(import_mappings.find, name))


def forget_mapping(name: str) -> None:
    """Keep it no longer."""
    data.write(lambda db: import_mappings.forget(db, person, name=name))


def offer_to_keep(sent: Sequence[Sent], choices: Choices, mending: Mending) -> None:
    """Keep how these files are read and taken, for the next ones."""
    with st.expander("Guardar esta leitura para a próxima vez"):
        name = st.text_input(
            "Nome da leitura",
            max_chars=import_mappings.MAX_NAME,
            key="import-mapping-name",
            placeholder="Caderno da loja",
        )
        if st.button("Guardar", icon=":material/save:", key="import-mapping-keep"):
            kept = mappings.keep(sent, choices, mending).model_dump(mode="json")
            messages.act(
                lambda: data.write(
                    lambda db: import_mappings.keep(db, person, name=name, data=kept)
                ),
                "Leitura guardada.",
            )


def source_of(sent: Sequence[Sent], mending: Mending) -> Source:
    """The tables as they are read; a job reads them while the page is drawn again."""
    return translation(sent, on=data.today(), mending=mending)


def check(source: Source, choices: Choices, progress: Progress) -> Plan:
    """Read and check everything; nothing is written."""
    today = data.today()
    return data.read(
        importer.prepare, source, today=today, choices=choices, progress=progress, account=True
    )


def write(
    actor: Actor, source: Source, choices: Choices, why: str | None, progress: Progress
) -> Plan:
    """Check everything again and write it, in one transaction."""
    today = data.today()
    return data.write(
        lambda db: importer.run(
            db, actor, source, today=today, choices=choices, why=why, progress=progress
        )
    )


def has_nothing(plan: Plan, choices: Choices) -> bool:
    """Whether an import would write nothing."""
    return plan.new == Counts() and not (choices.apply_changes and plan.changes)


def show_plan(plan: Plan, choices: Choices) -> None:
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
    if has_nothing(plan, choices):
        st.success("Tudo o que está nos arquivos já foi importado. Não há nada a fazer.")
    else:
        st.success("Nenhum problema encontrado. Nada foi gravado ainda.")
    import_check.show(plan)


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


def take(uploaded: list[UploadedFile]) -> None:
    """How the files are read and taken, what the check finds, and the import."""
    mapping_name, mapping = choose_mapping()
    found = import_tables.tables_in(uploaded)
    tables_sent = import_tables.show(found, mapping, key=f"import-{mapping_name}")
    mending, choices = Mending(), STRICT
    if tables_sent is not None:
        mending = import_choices.choose_mending(mapping, mapping_name)
        choices = import_choices.choose(tables_sent, mapping, mapping_name)
        offer_to_keep(tables_sent, choices, mending)
    this = (
        [file.file_id for file in uploaded],
        mappings.keep(tables_sent or []).model_dump_json(),
        mending,
        choices,
    )
    may_check = tables_sent is not None
    if st.button(
        "Conferir", disabled=not may_check, icon=":material/fact_check:", key="import-check"
    ):
        begin("check", this, partial(check, source_of(tables_sent or [], mending), choices))
    if found and not may_check:
        st.caption("Responda acima o que falta para conferir.")
    seen, seen_plan = st.session_state.get("import-plan", (None, None))
    if seen_plan is not None and seen == this:
        show_plan(seen_plan, choices)
        if not seen_plan.problem_count and not has_nothing(seen_plan, choices):
            st.write(f"Serão gravados {sentence(seen_plan.new)}.")
            why = ask_why(seen_plan)
            if st.button("Importar", type="primary", icon=":material/upload:", key="import-run"):
                begin(
                    "import",
                    this,
                    partial(write, person, source_of(tables_sent or [], mending), choices, why),
                )


messages.header(
    "Importar",
    "O passado da loja, de planilhas ou de outro sistema. Tudo é conferido antes, e só entra se "
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
elif uploaded:
    take(uploaded)
else:
    st.caption("Envie um ou mais arquivos para conferir.")
    demonstration.area(person)
if not running:
    watched_folder.show(person)
    import_check.made(person)
