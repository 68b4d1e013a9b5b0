"""The shop's tables to take away: CSV files for a spreadsheet, one by one or all in a ZIP."""

from __future__ import annotations

from datetime import date

import streamlit as st

from credigestor.exports.catalogue import Order, Style
from credigestor.rules.permissions import Permission
from credigestor.ui.kit import address, data, downloads, links, messages, session

STYLES: dict[str, str] = {
    Style.EXCEL: "Excel em português",
    Style.PLAIN: "CSV simples",
}
EXPLAINED = {
    Style.EXCEL: "Ponto e vírgula, vírgula decimal, dd/mm/aaaa: o Excel abre com dois cliques.",
    Style.PLAIN: "Vírgula, ponto decimal, datas AAAA-MM-DD: para outros programas.",
}
TABLES = {
    "customers": (
        "Clientes",
        "Nome, CPF ou CNPJ, telefone, e-mail, nascimento, endereço, limite de crédito e "
        "observações.",
    ),
    "sales": (
        "Vendas",
        "Cliente, vendedor, total, entrada, parcelas, taxas do contrato e cancelamento.",
    ),
    "notes": (
        "Notas",
        "Vencimento, valor, situação, dias de atraso e o que é devido na data-base: principal, "
        "juros e multa.",
    ),
    "payments": (
        "Pagamentos",
        "Data, forma, quanto foi para principal, juros e multa de cada nota, quem recebeu e se "
        "foi estornado.",
    ),
    "sale_money": (
        "Entradas",
        "As entradas recebidas e as devolvidas: data, venda, valor, forma e quem recebeu ou "
        "devolveu.",
    ),
    "store_credit": (
        "Crédito de clientes",
        "O que a loja deve a clientes: guardado de pagamentos, de devoluções, usado e devolvido, "
        "com motivo e quem registrou.",
    ),
    "acts": (
        "Outros atos",
        "O que houve com as notas além dos pagamentos: dispensas, devoluções, prorrogações, "
        "renegociações e baixas, com motivo, quem fez e se foi desfeito.",
    ),
    "customer_moves": (
        "Mudanças de cadastro",
        "As vendas que passaram ao cliente certo: de quem, para quem, quando, por quem e por quê.",
    ),
    "delinquency": (
        "Inadimplência",
        "Cada cliente com notas atrasadas na data-base: quanto deve, desde quando e como falar "
        "com ele.",
    ),
}

actor = session.require(Permission.EXPORT)
today = data.today()


def choose() -> tuple[date, Style]:
    """The date at which notes are stated, and how the files are written."""
    with st.grid(2, min_column_width=280):
        as_of = address.day(
            "Data-base",
            name="as_of",
            default=today,
            help="Vale para notas e inadimplência: situação e valores como eram, ou serão, "
            "nesse dia.",
        )
        style = Style(
            address.choice("Formato", STYLES, name="style", default=Style.EXCEL, segmented=True)
        )
    st.caption(EXPLAINED[style])
    return as_of or today, style


def offer_everything(as_of: date, style: Style) -> None:
    """All tables in one file, of one moment."""
    with st.container(border=True):
        st.header("Tudo em um ZIP", anchor=False)
        st.caption(
            "Os arquivos abaixo, todos do mesmo instante, e um manifesto com a quantidade "
            "de linhas e o SHA-256 de cada um."
        )
        order = Order(kind="everything", style=style, as_of=as_of)
        downloads.button("Baixar tudo (ZIP)", order, key="everything", icon=":material/folder_zip:")


def offer_tables(as_of: date, style: Style) -> None:
    """Each table by itself."""
    with st.grid(2, min_column_width=280):
        for kind, (title, contents) in TABLES.items():
            with st.container(border=True, height="stretch"):
                st.header(title, anchor=False)
                st.caption(contents)
                order = Order(kind=kind, style=style, as_of=as_of)
                downloads.button(f"Baixar {title.lower()}", order, key=kind)


def tell_what_it_is_not() -> None:
    """Exports are no backup, and hold people's data."""
    st.info(
        "Estes arquivos são para planilhas. **Não são backup**: não dá para restaurar a loja a "
        "partir deles, e senhas, usuários e sessões nunca saem aqui.",
        icon=":material/info:",
    )
    if actor.can(Permission.BACKUP):
        links.link("admin/backup.py", "Fazer ou restaurar um backup", icon=":material/backup:")
    st.caption(
        "Os arquivos têm dados pessoais dos clientes: cuide deles como a lei (LGPD) manda. Cada "
        "download fica registrado na auditoria, com o nome de quem o pediu."
    )


messages.header("Exportar", "As tabelas da loja inteiras, em arquivos CSV.")
chosen, chosen_style = choose()
offer_everything(chosen, chosen_style)
offer_tables(chosen, chosen_style)
tell_what_it_is_not()
