"""Loading the demonstration into an empty shop, from the page where data are brought in."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from credigestor import demo
from credigestor.demo import Account
from credigestor.reports.first_steps import begun
from credigestor.rules.permissions import Actor, Permission
from credigestor.ui.kit import background, data, forms, messages, session

_JOB = "demonstration:job"


def area(actor: Actor) -> None:
    """Offer it where there is no customer yet, watch it, and tell its passwords, once."""
    job: background.Job[list[Account]] | None = st.session_state.get(_JOB)
    if job is None:
        if not data.read(begun).customers:
            _offer(actor)
    elif job.done():
        _tell(job)
    else:
        _watch()


def _offer(actor: Actor) -> None:
    with st.expander("Só quer experimentar? Carregue a loja de demonstração"):
        st.markdown(
            "Dois anos de uma loja inventada: cerca de 300 clientes e 900 vendas, com vendedores e "
            "gerentes. Os dados da loja que você já preencheu ficam como estão. Nada disso se "
            "apaga depois: para começar de verdade, use outra instalação, ou faça um backup antes "
            "e restaure-o."
        )
        sure = st.checkbox("Esta loja é para experimentar", key="demonstration:sure")
        if st.button(
            "Carregar a demonstração",
            key="demonstration:load",
            icon=":material/storefront:",
            disabled=not sure,
        ):
            today = data.today()
            st.session_state[_JOB] = background.Job(
                lambda progress: demo.load(actor=actor, today=today, progress=progress)
            )
            st.rerun()


@st.fragment(run_every=1.0)
def _watch() -> None:
    session.require(Permission.IMPORT)
    background.watch(st.session_state[_JOB], "demonstration:cancel")


def _tell(job: background.Job[list[Account]]) -> None:
    try:
        with forms.Fields().catching():
            accounts = job.result()
            st.cache_data.clear()
            _accounts(accounts)
            return
    except background.Cancelled:
        messages.flash("Cancelado. Nada foi gravado.", icon=":material/undo:")
        st.session_state.pop(_JOB)
        st.rerun()
    st.session_state.pop(_JOB)  # refused, and told so


def _accounts(accounts: list[Account]) -> None:
    st.success("A demonstração foi carregada.", icon=":material/check_circle:")
    st.markdown(
        "Estas contas foram criadas agora. **As senhas aparecem só aqui**: anote as que for usar. "
        "Um administrador pode trocá-las depois."
    )
    st.table(pd.DataFrame(accounts, columns=["Usuário", "Perfil", "Senha"]))
    if st.button("Já anotei", key="demonstration:noted", icon=":material/done:"):
        st.session_state.pop(_JOB)
        st.rerun()
