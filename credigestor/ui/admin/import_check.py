"""The check before an import: totals beside the files', rows as they were; and undoing one."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from credigestor.errors import InvalidInput
from credigestor.exports.csv_format import csv_bytes
from credigestor.imports import undoing
from credigestor.imports.account import REPORT, Account, Figure, report_rows
from credigestor.imports.plan import Counts, Plan
from credigestor.reports import imports
from credigestor.reports.summary import summary
from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_brl, parse_money
from credigestor.rules.permissions import Actor
from credigestor.services.inputs import MAX_REASON
from credigestor.ui.kit import data, forms, messages, tables
from credigestor.ui.kit.figures import format_count, shown_figure

_FIGURES = {"name": "", "in_files": "Nos arquivos", "here": "Na loja", "difference": "Diferença"}
_REMARKS = {"file": "Arquivo", "line": "Linha", "what": "O que", "detail": "Como entra"}
_DIFFERING = {
    "sale": "Venda",
    "number": "Parcela",
    "in_files": "Nos arquivos",
    "here": "Na loja",
    "reason": "Por quê",
}
_REPORT = dict(zip(REPORT, REPORT, strict=True))
_PROBLEMS = {"file": "Arquivo", "line": "Linha", "column": "Coluna", "reason": "Problema"}
_MADE = {
    "id": "Número",
    "when": "Quando",
    "by": "Quem",
    "rows": "O que entrou",
    "state": "Situação",
}


def show(plan: Plan) -> None:
    """What the files say beside what the shop would have, and all that is taken as it was."""
    account = plan.account
    if account is None:
        return
    if plan.new != Counts():
        _totals(plan, account)
    if plan.remarks:
        with st.expander(f"Linhas a saber ({format_count(len(plan.remarks))})"):
            tables.table(pd.DataFrame(plan.remarks), _REMARKS, key="import-remarks")
    st.download_button(
        "Baixar a conferência (CSV)",
        csv_bytes(pd.DataFrame(report_rows(plan), columns=list(REPORT)), _REPORT),
        "conferencia-da-importacao.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def problems(plan: Plan) -> None:
    """Each wrong row, and all of them as a file."""
    count = format_count(plan.problem_count, "problema", "problemas")
    st.error(f"{count}. Corrija os arquivos e confira de novo; nada foi gravado.")
    if plan.more_problems:
        st.caption(f"Aparecem os {format_count(len(plan.problems))} primeiros.")
    frame = pd.DataFrame(plan.problems, columns=list(_PROBLEMS)).astype({"line": object})
    frame["line"] = [line or None for line in frame["line"]]
    st.download_button(
        "Baixar a lista de problemas (CSV)",
        csv_bytes(frame, _PROBLEMS),
        "problemas-da-importacao.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )
    tables.table(frame, _PROBLEMS, key="import-problems")


def _totals(plan: Plan, account: Account) -> None:
    st.header("Conferência dos totais", anchor=False)
    tables.table(_figures(account.figures), _FIGURES, key="import-figures")
    st.caption("Das vendas e pagamentos novos; em aberto é o principal, sem juros nem multa.")
    if plan.waived:
        st.info(
            f"Serão dispensados {format_brl(plan.waived)} de juros e multa, com o motivo "
            "“Importação”.",
            icon=":material/volunteer_activism:",
        )
    if account.sample:
        with st.expander("Em aberto dos clientes que mais devem"):
            tables.table(
                _figures(account.sample), {**_FIGURES, "name": "Cliente"}, key="import-who"
            )
    if account.differing:
        count = len(account.differing) + account.more_differing
        with st.expander(format_count(count, "parcela difere", "parcelas diferem"), expanded=True):
            frame = pd.DataFrame(account.differing)
            tables.table(frame, _DIFFERING, key="import-differing", money=("in_files", "here"))


def made(actor: Actor) -> None:
    """After an import: the shop's total beside one that is typed in, and undoing a whole import."""
    found = data.read(imports.newest)
    if not found:
        return
    zone = ZoneInfo(data.settings().time_zone)
    st.header("Depois de importar", anchor=False)
    _compare_total()
    frame = pd.DataFrame(
        [
            {
                "id": each.id,
                "when": f"{each.at.astimezone(zone):%d/%m/%Y %H:%M}",
                "by": each.by,
                "rows": f"{format_count(each.sales, 'venda', 'vendas')}, "
                f"{format_count(each.payments, 'pagamento', 'pagamentos')}",
                "state": f"Desfeita por {each.undone_by}" if each.undone_by else "",
            }
            for each in found
        ]
    )
    tables.table(frame, _MADE, key="import-made")
    undoable = [each.id for each in found if each.undone_at is None]
    if undoable:
        with st.expander("Desfazer uma importação inteira"):
            _undo(actor, undoable)


def _compare_total() -> None:
    today = data.today()
    here = data.read(summary, today, today=today).receivable_principal
    fields = forms.Fields()
    typed = st.text_input("Total em aberto pelo sistema anterior", key="import-total", width=320)
    fields.slot("import-total")
    st.write(f"Em aberto aqui, em {format_date(today)}: **{messages.plain(format_brl(here))}**.")
    if not typed:
        return
    with fields.catching():
        try:
            difference = here - parse_money(typed)
        except InvalidInput as error:
            raise InvalidInput(error.message, field="import-total") from error
        if difference:
            st.warning(messages.plain(f"Diferença: {format_brl(difference)}."))
        else:
            st.success("Os dois totais são iguais.")


def _undo(actor: Actor, ids: list[int]) -> None:
    st.markdown(
        "Tudo o que ela gravou sai, como se não tivesse entrado; a auditoria conta que entrou e "
        "saiu. Só enquanto nada mais mexeu no que ela gravou."
    )
    fields = forms.Fields()
    chosen = st.radio("Importação", ids, key="import-undo-id", horizontal=True)
    why = st.text_input("Motivo", key="import-undo-why", max_chars=MAX_REASON)
    fields.slot("reason")
    if st.button("Desfazer a importação", key="import-undo", icon=":material/undo:"):
        with fields.catching():
            data.write(lambda db: undoing.undo(db, actor, import_id=chosen, why=why))
            messages.flash(f"A importação {chosen} foi desfeita.", icon=":material/undo:")
            st.rerun()


def _figures(figures: Sequence[Figure]) -> pd.DataFrame:
    rows = [
        {
            "name": each.name,
            **{k: shown_figure(getattr(each, k)) for k in ("in_files", "here", "difference")},
        }
        for each in figures
    ]
    return pd.DataFrame(rows, columns=list(_FIGURES))
