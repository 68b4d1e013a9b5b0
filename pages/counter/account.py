"""Minha conta: the person's own password and the places where they are logged in."""

import streamlit as st

from credigestor.db.engine import transaction
from credigestor.errors import BusinessError, InvalidInput
from credigestor.rules.permissions import ROLE_NAMES, Actor, Permission
from credigestor.services import users
from credigestor.ui.app import api_manual, login
from credigestor.ui.app.live_sessions import draw_sessions
from credigestor.ui.kit import confirm, session
from credigestor.ui.kit.forms import Fields
from credigestor.ui.kit.messages import header, plain

actor = session.require(Permission.COUNTER)


def change_password(actor: Actor, current: str, new: str, again: str) -> None:
    """Change the password, which ends every session, and enter anew with a fresh cookie."""
    if new != again:
        raise InvalidInput("As duas senhas novas são diferentes.", field="again")
    address = confirm.place()
    with transaction() as db:
        refusal = users.change_own_password(
            db, actor, current=current, new=new, address=address, now=session.now()
        )
        ticket = "" if refusal else login.ticket_without_password(db, actor.id or 0)
    if refusal is not None:
        raise refusal
    login.enter(ticket, session.here())


header("Minha conta", f"{plain(actor.name)} · {ROLE_NAMES[actor.role]}")

st.header("Trocar a senha", anchor=False)
st.caption("Trocar a senha encerra as suas outras sessões.")
fields = Fields()
with st.form("password", width=480):
    current = st.text_input("Senha atual", type="password")
    fields.slot("current")
    new = st.text_input("Senha nova", type="password", help="Pelo menos 10 caracteres.")
    fields.slot("new")
    again = st.text_input("Senha nova, de novo", type="password")
    fields.slot("again")
    sent = st.form_submit_button("Trocar a senha", type="primary")
if sent:
    try:
        change_password(actor, current, new, again)
    except BusinessError as error:
        fields.show(error)

st.header("Onde você está conectado", anchor=False)
draw_sessions(actor, user_id=actor.id)

st.header("Outros programas", anchor=False)
st.caption("O caixa ou a loja na internet podem consultar e gravar por endereço (API).")
api_manual.link()
