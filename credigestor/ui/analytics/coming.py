"""What an analytics page will show, and from when, while the shop has sold nothing yet."""

from __future__ import annotations

import streamlit as st

from credigestor.reports.first_steps import begun
from credigestor.ui.kit import data

_read = data.cached(begun, primary=True)
_TOLD = {
    "Painel": "quanto a loja tem a receber e quanto disso está atrasado, o que vendeu e recebeu "
    "e quem deve mais, a partir da primeira venda a prazo. As comparações começam um mês depois.",
    "Carteira": "o que falta receber, por vendedor, por cidade e por valor da venda, a partir da "
    "primeira venda a prazo. Os gráficos ganham um ponto a cada mês.",
    "Inadimplência": "quem tem nota atrasada, com juros, multa e telefone, a partir do dia "
    "seguinte ao primeiro vencimento que passar sem pagamento.",
    "Safras": "o que foi feito das vendas de cada mês, a partir do fim do mês da primeira venda. "
    "Duas safras se comparam quando a segunda completa o mesmo número de meses.",
    "Cobrança": "para onde vai o que atrasa e em quanto tempo é pago, a partir do fim do mês em "
    "que as primeiras notas vencerem.",
    "Previsão": "o que vence nos próximos 12 meses, a partir da primeira venda a prazo; quanto "
    "disso deve entrar, depois do primeiro mês inteiro com vencimentos.",
}


def tell(title: str) -> None:
    """Say what will be on the page of this title; nothing once something was sold."""
    if not _read().sold:
        st.info(f"Aqui vai aparecer {_TOLD[title]}", icon=":material/hourglass_empty:")
