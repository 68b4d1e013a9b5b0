"""Everything the shop has, to take away: CSV files for a spreadsheet, a ZIP to keep."""

from __future__ import annotations

from datetime import date

import streamlit as st

from credigestor.rules.permissions import Permission
from credigestor.ui import data, downloads, kit, session

FILES = {
    "clientes.csv": (
        "Clientes",
        "Nome, CPF ou CNPJ, telefone, e-mail, nascimento, endereço, limite de crédito e "
        "observações.",
    ),
    "vendas.csv": (
        "Vendas",
        "Cliente, vendedor, total, entrada, parcelas, taxas do contrato e cancelamento.",
    ),
    "notas.csv": (
        "Notas",
        "Vencimento, valor, situação, dias de atraso e o que é devido na data-base: principal, "
        "juros e multa.",
    ),
    "pagamentos.csv": (
        "Pagamentos",
        "Data, forma, quanto foi para principal, juros e multa de cada nota, quem recebeu e se "
        "foi estornado.",
    ),
}

session.require(Permission.TRANSFER)
today = data.settings().today


def offer_archive(as_of: date) -> None:
    """All files in one, with the manifest that proves them whole."""
    with st.container(border=True):
        st.subheader("Tudo em um arquivo")
        st.caption(
            "Um ZIP com os quatro arquivos abaixo, todos do mesmo instante, e um manifesto com a "
            "quantidade de linhas e o SHA-256 de cada um. Guarde-o fora deste computador."
        )
        st.download_button(
            "Baixar backup (ZIP)",
            downloads.archive(as_of),
            f"credigestor-{today}.zip",
            "application/zip",
            key="archive",
            type="primary",
            on_click="ignore",
            icon=":material/archive:",
        )


def offer_files(as_of: date) -> None:
    """Each file by itself."""
    with st.grid(2, min_column_width=280):
        for name, (title, contents) in FILES.items():
            with st.container(border=True, height="stretch"):
                st.subheader(title)
                st.caption(contents)
                st.download_button(
                    f"Baixar {name}",
                    downloads.csv_file(name, as_of),
                    name,
                    "text/csv",
                    key=name,
                    on_click="ignore",
                    icon=":material/download:",
                )


kit.header(
    "Exportar e backup",
    "Arquivos CSV que o Excel abre direto: ponto e vírgula, vírgula decimal, dd/mm/aaaa.",
)
chosen = kit.date_field(
    "Data-base do que é devido",
    today,
    key="as_of",
    bind="query-params",
    help="Vale para as notas: situação e valores como eram, ou serão, nesse dia.",
)
offer_archive(chosen or today)
offer_files(chosen or today)
st.caption(
    "Senhas, logins e sessões nunca saem daqui. Os arquivos têm dados pessoais dos clientes: "
    "cuide deles como a lei (LGPD) manda."
)
