"""Keys for programs, on the users' page: made and shown once, listed, revoked."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import streamlit as st
from sqlalchemy.orm import Session

from credigestor import clock
from credigestor.db.models import User
from credigestor.rules.calendar import format_date, format_days, format_moment
from credigestor.rules.permissions import (
    PERMISSION_NAMES,
    ROLE_NAMES,
    TABLE,
    Actor,
    Permission,
    Role,
)
from credigestor.services import api_keys, users
from credigestor.services.api_keys import KeyInfo
from credigestor.ui.kit import confirm, data, forms
from credigestor.ui.kit.messages import act, flash, plain

_SHOWN_ONCE = "api_key_made"
_FORM = "api-key"
#: Days before its end in which a key is marked.
_SOON = 30


def draw_made() -> None:
    """Show a key that was just made, this once."""
    made = st.session_state.pop(_SHOWN_ONCE, None)
    if made:
        name, secret = made
        st.info(
            f"Chave **{plain(name)}**, mostrada só agora: copie-a para o programa. O sistema não a "
            "guarda; se ela se perder, revogue-a e crie outra.",
            icon=":material/key:",
        )
        st.code(secret, language=None, wrap_lines=True)


def draw_keys(actor: Actor) -> None:
    """The form that makes a key, and all keys: those that open something, then the others."""
    now = clock.now()
    settings, today = data.settings_today()
    zone = ZoneInfo(settings.time_zone)
    keys = data.read(api_keys.list_keys, actor, now=now)
    people = data.read(users.list_users, actor)
    usable = [key for key in keys if key.usable]
    st.caption(
        "Com uma chave, um programa usa a API em nome de um usuário, sem a senha dele, e só para o "
        "que você marcar. Cada gravação fica na auditoria com a chave que a fez."
    )
    with st.expander("Nova chave", expanded=not usable, icon=":material/add:"):
        _draw_new(actor, [user for user in people if user.active], today)
    for key in usable:
        _draw_key(actor, key, zone, today)
    ended = [key for key in keys if not key.usable]
    if ended:
        with st.expander(f"Revogadas e vencidas ({len(ended)})"):
            for key in ended:
                _draw_key(actor, key, zone, today)


def _draw_new(actor: Actor, people: list[User], today: date) -> None:
    fields, form = forms.Fields(), forms.key(_FORM)
    # Out of the form: what may be ticked is what this user's role allows.
    user = st.selectbox(
        "Em nome de",
        people,
        None,
        format_func=lambda user: f"{user.name} · {user.login} · {ROLE_NAMES[Role(user.role)]}",
        key=f"{form}:user",
        placeholder="Escolha o usuário",
        help="Crie um usuário só para o programa: os registros dele ficam à parte.",
    )
    fields.slot("user_id")
    with st.form(f"{form}:form", border=False):
        name = st.text_input(
            "Nome da chave",
            max_chars=api_keys.MAX_NAME,
            placeholder="Caixa da loja",
            key=f"{form}:name",
        )
        fields.slot("name")
        scopes = _ask_scopes(form, user)
        fields.slot("scopes")
        until = forms.date_field("Vale até", today + api_keys.USUAL, key=f"{form}:until")
        fields.slot("until")
        password = st.text_input("Sua senha", type="password", key=f"{form}:password")
        fields.slot("password")
        sent = st.form_submit_button("Criar chave", type="primary", icon=":material/key:")
    if not sent:
        return
    with fields.catching():
        confirm.confirm(actor, Permission.USERS, password)
        now = clock.now()
        row, secret = data.write(
            lambda db: api_keys.make(
                db,
                actor,
                user_id=user.id if user else None,
                name=name,
                scopes=scopes,
                until=until,
                now=now,
                today=today,
            )
        )
        st.session_state[_SHOWN_ONCE] = (row.name, secret)
        forms.renew(_FORM)
        flash("Chave criada.")
        st.rerun()


def _ask_scopes(form: str, user: User | None) -> list[Permission]:
    if user is None:
        return []
    allowed = TABLE[Role(user.role)]
    st.markdown("O que o programa pode fazer")
    with st.grid(2, min_column_width=260):
        ticked = {
            scope: st.checkbox(
                label,
                key=f"{form}:{user.id}:{scope}",
                help="Quem cuida de usuários pode dar a si mesmo tudo o mais."
                if scope == Permission.USERS
                else None,
            )
            for scope, label in PERMISSION_NAMES.items()
            if scope in allowed
        }
    return [scope for scope, chosen in ticked.items() if chosen]


def _draw_key(actor: Actor, key: KeyInfo, zone: ZoneInfo, today: date) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown("  \n".join(_told(key, zone, today)))
        if key.revoked_at is None:
            with st.popover("Revogar"):
                st.markdown(
                    "O programa que usa esta chave para na próxima chamada. Isto não pode ser "
                    "desfeito."
                )
                if st.button("Revogar agora", type="primary", key=f"revoke_{key.id}"):
                    _revoke(actor, key.id)


def _told(key: KeyInfo, zone: ZoneInfo, today: date) -> list[str]:
    owner = plain(key.user_name) if key.user_name else "um usuário que não existe mais"
    lines = [f"**{plain(key.name)}** · nº {key.id} · em nome de {owner}"]
    lines.append("; ".join(label for each, label in PERMISSION_NAMES.items() if each in key.scopes))
    if key.idle and key.usable:
        idle = "; ".join(label for each, label in PERMISSION_NAMES.items() if each in key.idle)
        lines.append(f":orange[Sem efeito, porque o perfil de hoje não permite: {plain(idle)}]")
    lines.append(
        f"Criada por {plain(key.created_by_name)} em {format_moment(key.created_at, zone)} · "
        + _end(key, zone, today)
    )
    if key.last_used_at is None:
        lines.append("Nunca usada")
    else:
        lines.append(
            f"Último uso em {format_moment(key.last_used_at, zone)}, "
            f"de {plain(key.last_used_address or '?')}"
        )
    return lines


def _end(key: KeyInfo, zone: ZoneInfo, today: date) -> str:
    if key.revoked_at is not None:
        by = plain(key.revoked_by_name or "")
        return f"**revogada** por {by} em {format_moment(key.revoked_at, zone)}"
    last = (key.expires_at.astimezone(zone) - timedelta(minutes=1)).date()
    days = (last - today).days
    if days < 0:
        return f"**venceu** em {format_date(last)}"
    told = f"vale até {format_date(last)}"
    if days > _SOON or not key.usable:
        return told
    return f":orange[**{told}** ({f'faltam {format_days(days)}' if days else 'hoje'})]"


def _revoke(actor: Actor, key_id: int) -> None:
    def revoke(db: Session) -> None:
        api_keys.revoke(db, actor, key_id=key_id, now=clock.now())

    act(lambda: data.write(revoke), "Chave revogada.")
