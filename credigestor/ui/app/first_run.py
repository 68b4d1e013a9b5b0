"""The first run: name the shop, make its first administrator, perhaps load the demonstration.

Whoever sits at the server's own machine may do it; anybody else proves access to the server with
the code that it printed in its terminal.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import streamlit as st

from credigestor import clock
from credigestor.db.engine import transaction
from credigestor.errors import BusinessError
from credigestor.rules.address import LENGTHS
from credigestor.rules.identity import MAX_NAME, UFS
from credigestor.services import setup
from credigestor.services.inputs import parse
from credigestor.services.users import MAX_LOGIN
from credigestor.ui.app import login
from credigestor.ui.kit import data, session
from credigestor.ui.kit.forms import Fields

_ADMIN, _ACCOUNTS = "first_run_admin", "first_run_accounts"


def unfinished() -> bool:
    """Tell whether this browser made the shop just now and has not entered yet."""
    return _ADMIN in st.session_state


def page() -> None:
    """Draw the form, or what follows it; the new administrator enters without a login."""
    with st.columns([1, 3, 1])[1]:
        if unfinished():
            _show_accounts()
        else:
            _form()


def _form() -> None:
    st.title("Bem-vindo ao CrediGestor", anchor=False)
    st.markdown("Dê nome à loja e crie o primeiro administrador. Leva um minuto.")
    local = session.really_local()
    fields = Fields()
    values: dict[str, str] = {}

    def ask(name: str, label: str, **options: Any) -> None:
        values[name] = st.text_input(label, key=f"first_{name}", **options)
        fields.slot(name)

    with st.form("first_run"):
        if not local:
            ask("code", "Código de configuração", help="Está no terminal do servidor.")
        st.header("A loja", anchor=False)
        ask("shop_name", "Nome da loja", max_chars=MAX_NAME)
        ask("tax_id", "CNPJ ou CPF (opcional)")
        city, state = st.columns([3, 1])
        with city:
            ask("city", "Cidade (opcional)", max_chars=LENGTHS["city"])
        with state:
            ufs = ["", *UFS]
            values["state"] = st.selectbox(
                "UF (opcional)", ufs, format_func=lambda uf: uf or "—", key="first_state"
            )
            fields.slot("state")
        st.header("O administrador", anchor=False)
        ask("name", "Nome completo", max_chars=MAX_NAME)
        ask("login", "Usuário", max_chars=MAX_LOGIN, help="Letras sem acento, números, . _ -")
        ask("password", "Senha", type="password", help="Pelo menos 10 caracteres.")
        ask("again", "Senha, de novo", type="password")
        demo = st.checkbox("Carregar a loja de demonstração")
        sent = st.form_submit_button("Criar a loja", type="primary")
    if sent:
        with fields.catching():
            if not local:
                _check_code(values.pop("code"))
            ticket = _found(values)
            if not demo:
                login.enter(ticket)
            _load_demo()
            st.rerun()


def _check_code(code: str) -> None:
    with transaction() as db:
        refusal = setup.check_code(
            db,
            given=code,
            address=session.client_address(),
            now=clock.now(),
        )
    if refusal is not None:
        raise refusal


def _found(values: dict[str, str]) -> str:
    data = parse(setup.NewShop, values)
    with transaction() as db:
        user = setup.found_shop(db, data)
        ticket = login.ticket_without_password(db, user.id)
    st.session_state[_ADMIN] = user.id
    return ticket


def _load_demo() -> None:
    """Load in a thread of its own: leaving the page half-way does not tear the load apart."""
    from credigestor import demo

    today = data.today()
    progress: list[tuple[float, str]] = [(0.0, "Preparando…")]
    bar = st.progress(0.0, progress[-1][1])
    with ThreadPoolExecutor(max_workers=1) as pool:
        load = pool.submit(
            demo.load, today=today, progress=lambda share, text: progress.append((share, text))
        )
        while not load.done():
            bar.progress(min(max(progress[-1][0], 0.0), 1.0), progress[-1][1])
            time.sleep(0.2)
    try:
        st.session_state[_ACCOUNTS] = load.result()
    except BusinessError as error:
        st.session_state[_ACCOUNTS] = []
        st.error(error.message)


def _show_accounts() -> None:
    st.title("A loja está pronta", anchor=False)
    accounts = st.session_state.get(_ACCOUNTS)
    if accounts:
        st.markdown(
            "Estas contas da demonstração foram criadas agora. **As senhas aparecem só desta "
            "vez**: anote as que for usar. Um administrador pode trocá-las depois."
        )
        st.table(
            {
                "Usuário": [row[0] for row in accounts],
                "Perfil": [row[1] for row in accounts],
                "Senha": [row[2] for row in accounts],
            }
        )
    if st.button("Entrar", type="primary"):
        with transaction() as db:
            ticket = login.ticket_without_password(db, st.session_state[_ADMIN])
        login.enter(ticket)
