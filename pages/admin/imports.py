"""Bringing in a shop's past from spreadsheets and CSV files: look, check, then import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from credigestor.imports import importer, mappings
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
    import_files,
    import_tables,
    import_trial,
    watched_folder,
)
from credigestor.ui.kit import background, data, forms, messages, session
from credigestor.ui.kit.figures import format_count

KINDS = {
    "customers": ("cliente", "clientes"),
    "sales": ("venda", "vendas"),
    "notes": ("nota", "notas"),
    "payments": ("pagamento", "pagamentos"),
}
MAX_MB = 100

person = session.require(Permission.IMPORT)


def choose_files(*, disabled: bool) -> list[UploadedFile]:
    """The place for all files; emptied after an import by a new key.

    Of any kind: what cannot be read is told how to save it.
    """
    turn = st.session_state.setdefault("import-turn", 0)
    return st.file_uploader(
        "Planilhas ou arquivos CSV",
        accept_multiple_files=True,
        key=f"import-files-{turn}",
        max_upload_size=MAX_MB,
        disabled=disabled,
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
        import_check.problems(plan)
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
    if isinstance(plan, import_trial.Tried):
        st.session_state["import-trial"] = (about, plan)
        return
    if kind == "check" or plan.problem_count:  # an import: something changed since the check
        st.session_state["import-plan"] = (about, plan)
        return
    st.session_state["import-turn"] += 1
    drop_trial()
    st.session_state.pop("import-plan", None)
    if plan.new == Counts():  # somebody else imported them after the check
        messages.flash("Estes arquivos já estão importados.")
    else:
        messages.flash(f"Importação concluída: {sentence(plan.new)}.")
    st.rerun()


def drop_trial() -> None:
    """Forget what a trial showed; of the trial itself there is nothing left."""
    st.session_state.pop("import-trial", None)


def begin(kind: str, about: object, work: Callable[[Progress], Plan | import_trial.Tried]) -> None:
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
            offer(seen_plan, this, source_of(tables_sent or [], mending), choices)


def offer(plan: Plan, this: object, source: Source, choices: Choices) -> None:
    """A trial of what was checked, what it showed, and the import itself."""
    about, tried = st.session_state.get("import-trial", (None, None))
    if tried is not None and about == this:
        import_trial.show(tried)
    why = ask_why(plan)
    with st.container(horizontal=True):
        if st.button("Importar", type="primary", icon=":material/upload:", key="import-run"):
            begin("import", this, partial(write, person, source, choices, why))
        if about == this:
            st.button(
                "Descartar o ensaio",
                icon=":material/delete:",
                key="import-trial-drop",
                on_click=drop_trial,
            )
        elif st.button(
            "Ensaiar",
            icon=":material/theater_comedy:",
            key="import-trial-run",
            help="Importa à parte, mostra como a loja ficaria, e desfaz. Nada é gravado.",
        ):
            work = partial(import_trial.try_out, person, source, choices, today=data.today())
            begin("trial", this, work)


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
import_files.explain(MAX_MB)
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
