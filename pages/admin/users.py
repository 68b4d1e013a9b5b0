"""Usuários: who may log in, with which role, from where they are now, and keys for programs."""

import streamlit as st

from credigestor.db.models import User
from credigestor.rules.identity import MAX_NAME
from credigestor.rules.permissions import ROLE_NAMES, Actor, Permission, Role
from credigestor.services import users
from credigestor.ui.admin import api_keys
from credigestor.ui.app.live_sessions import draw_sessions
from credigestor.ui.kit import address, data, session
from credigestor.ui.kit.forms import Fields
from credigestor.ui.kit.messages import act, flash, header, plain

ROLES = list(ROLE_NAMES)
SHOWN_ONCE = "users_password"


def draw_password() -> None:
    """Show a password that was just made, this once."""
    made = st.session_state.pop(SHOWN_ONCE, None)
    if made:
        st.info(
            f"Senha de **{plain(made[0])}**, mostrada só agora. Entregue-a em mãos; a pessoa "
            "pode trocá-la em Minha conta.",
            icon=":material/key:",
        )
        st.code(made[1], language=None)


def draw_new(actor: Actor) -> None:
    """The form that registers a user, whose password is made here."""
    fields = Fields()
    with st.form("new_user", width=480):
        name = st.text_input("Nome completo", max_chars=MAX_NAME)
        fields.slot("name")
        login = st.text_input(
            "Usuário", max_chars=users.MAX_LOGIN, help="Letras sem acento, números, . _ -"
        )
        fields.slot("login")
        role = st.selectbox("Perfil", ROLES, format_func=ROLE_NAMES.__getitem__)
        sent = st.form_submit_button("Cadastrar", type="primary")
    if not sent:
        return
    with fields.catching():
        user, password = data.write(
            lambda db: users.create(db, actor, login=login, name=name, role=role)
        )
        st.session_state[SHOWN_ONCE] = (user.login, password)
        flash("Usuário cadastrado.")
        st.rerun()


def draw_people(actor: Actor) -> None:
    """Everybody who is registered."""
    for user in data.read(users.list_users, actor):
        draw_user(actor, user)


def draw_user(actor: Actor, user: User) -> None:
    """One user: name, role, and the acts on them."""
    state = "" if user.active else " · inativo"
    title = f"{plain(user.name)} · {plain(user.login)} · {ROLE_NAMES[Role(user.role)]}{state}"
    with st.expander(title):
        with st.form(f"edit_{user.id}", border=False):
            name = st.text_input("Nome completo", user.name, max_chars=MAX_NAME)
            role = st.selectbox(
                "Perfil", ROLES, ROLES.index(Role(user.role)), format_func=ROLE_NAMES.__getitem__
            )
            if st.form_submit_button("Salvar"):
                act(lambda: save(actor, user.id, name, role), "Usuário alterado.")
        with st.container(horizontal=True):
            if user.id != actor.id and st.button("Gerar nova senha", key=f"reset_{user.id}"):
                act(lambda: reset(actor, user), "Senha trocada; as sessões foram encerradas.")
            if user.active and st.button("Desativar", key=f"off_{user.id}"):
                act(
                    lambda: deactivate(actor, user.id),
                    "Usuário desativado; sessões encerradas e chaves revogadas.",
                )
            if not user.active and st.button("Reativar", key=f"on_{user.id}"):
                act(lambda: activate(actor, user.id), "Usuário reativado.")


def save(actor: Actor, user_id: int, name: str, role: Role) -> None:
    """Change name and role."""
    data.write(
        lambda db: users.edit(db, actor, user_id=user_id, name=name, role=role, now=session.now())
    )


def reset(actor: Actor, user: User) -> None:
    """Make a new password and keep it for one showing."""
    password = data.write(
        lambda db: users.reset_password(db, actor, user_id=user.id, now=session.now())
    )
    st.session_state[SHOWN_ONCE] = (user.login, password)


def deactivate(actor: Actor, user_id: int) -> None:
    """Bar from logging in."""
    data.write(lambda db: users.deactivate(db, actor, user_id=user_id, now=session.now()))


def activate(actor: Actor, user_id: int) -> None:
    """Let log in again."""
    data.write(lambda db: users.activate(db, actor, user_id=user_id))


actor = session.require(Permission.USERS)

header("Usuários", "Quem entra no sistema e o que pode fazer.")
with st.container():  # one place, whether anything is shown in it: the tab stays the one chosen
    draw_password()
    api_keys.draw_made()

address.tabs(
    {
        "Pessoas": lambda: draw_people(actor),
        "Cadastrar": lambda: draw_new(actor),
        "Sessões abertas": lambda: draw_sessions(actor),
        "Chaves de programas": lambda: api_keys.draw_keys(actor),
    },
    name="users_tab",
)
