"""Webhooks: the endpoints as an administrator sees them, the form, and a secret shown once."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from credigestor.config import get_config
from credigestor.reports.webhooks import Endpoint
from credigestor.rules.calendar import format_moment
from credigestor.rules.permissions import Actor
from credigestor.rules.webhooks import EVENT_NAMES, MAX_URL, OFF_NAMES, Event, Off
from credigestor.services import webhooks
from credigestor.ui.kit import data, forms, session
from credigestor.ui.kit.figures import format_count
from credigestor.ui.kit.messages import act, flash, plain

SHOWN_ONCE = "webhooks_secret"


def draw_secret() -> None:
    """Show a secret that was just made, this once."""
    made = st.session_state.pop(SHOWN_ONCE, None)
    if made:
        st.info(
            f"Segredo de **{plain(made[0])}**, mostrado só agora. Guarde-o no programa que recebe: "
            "é com ele que se confere que um aviso veio daqui.",
            icon=":material/key:",
        )
        st.code(made[1], language=None)


def draw_endpoints(actor: Actor, found: Sequence[Endpoint], zone: ZoneInfo) -> None:
    """Each endpoint with its state and the acts on it."""
    if not found:
        st.info(
            "Nenhum destino ainda. Cadastre em Novo destino o endereço do programa que deve ser "
            "avisado.",
            icon=":material/webhook:",
        )
    for endpoint in found:
        with st.container(border=True):
            _draw(actor, endpoint, zone)


def draw_new(actor: Actor) -> None:
    """The form that makes an endpoint, whose secret is made here."""
    key = forms.key("webhook-new")
    fields = forms.Fields()
    with st.form(key, width=640):
        url, events, description = _inputs(fields, key, "", (), "")
        sent = st.form_submit_button("Cadastrar", type="primary")
    if not sent:
        return
    with fields.catching():
        today, private = data.today(), get_config().webhook_private
        _, secret = data.write(
            lambda db: webhooks.create(
                db,
                actor,
                url=url,
                events=events,
                description=description,
                private=private,
                today=today,
            )
        )
        st.session_state[SHOWN_ONCE] = (url.strip(), secret)
        forms.renew("webhook-new")
        flash("Destino cadastrado.")
        st.rerun()


def _draw(actor: Actor, endpoint: Endpoint, zone: ZoneInfo) -> None:
    state = ":green-badge[Ligado]" if endpoint.active else ":gray-badge[Desligado]"
    title = f"**{plain(endpoint.url)}** {state}"
    if endpoint.description:
        title += f"  \n{plain(endpoint.description)}"
    st.markdown(title)
    st.caption(_told(endpoint, zone))
    if endpoint.off_cause is not None and endpoint.off_at is not None:
        told = f"Em {format_moment(endpoint.off_at, zone)}: {OFF_NAMES[endpoint.off_cause]}."
        if endpoint.off_cause is Off.PERSON:
            st.caption(plain(told))
        else:
            st.warning(
                plain(
                    f"{told} Corrija o destino e ligue de novo: o que ficou aguardando é enviado."
                ),
                icon=":material/link_off:",
            )
    _draw_acts(actor, endpoint)
    with st.expander("Alterar", icon=":material/edit:"):
        _draw_form(actor, endpoint)


def _told(endpoint: Endpoint, zone: ZoneInfo) -> str:
    events = ", ".join(EVENT_NAMES[event].lower() for event in endpoint.events)
    waiting = format_count(endpoint.waiting, "evento aguardando", "eventos aguardando")
    last = endpoint.last_delivered_at
    delivered = f"última entrega em {format_moment(last, zone)}" if last else "nada entregue ainda"
    return plain(f"Avisa: {events}. {waiting} · {delivered}")


def _draw_acts(actor: Actor, endpoint: Endpoint) -> None:
    id_ = endpoint.id
    with st.container(horizontal=True):
        if endpoint.active:
            if st.button("Desligar", key=f"off_{id_}", icon=":material/pause:"):
                act(lambda: _off(actor, id_), "Destino desligado.")
        else:
            if st.button("Ligar", key=f"on_{id_}", icon=":material/play_arrow:"):
                act(lambda: _on(actor, id_), "Destino ligado; o que aguardava é enviado agora.")
            if endpoint.off_cause is not Off.PERSON and st.button(
                "Deixar desligado", key=f"known_{id_}"
            ):
                act(lambda: _off(actor, id_), "O aviso não aparece mais.")
        with st.popover("Novo segredo", icon=":material/key:"):
            st.write(
                "O segredo de agora ainda assina por 24 horas, ao lado do novo: nesse tempo, "
                "troque-o no programa que recebe."
            )
            if st.button("Gerar novo segredo", key=f"secret_{id_}"):
                act(lambda: _rotate(actor, endpoint), "Segredo trocado.")
        with st.popover("Excluir", icon=":material/delete:"):
            st.write(
                "O destino sai com suas entregas e com o que ainda aguarda. Para parar por um "
                "tempo, desligue-o."
            )
            if st.button("Excluir destino", key=f"remove_{id_}", type="primary"):
                act(lambda: _remove(actor, id_), "Destino excluído.")


def _draw_form(actor: Actor, endpoint: Endpoint) -> None:
    key = forms.key(f"webhook-{endpoint.id}")
    fields = forms.Fields()
    with st.form(key, border=False):
        url, events, description = _inputs(
            fields, key, endpoint.url, endpoint.events, endpoint.description
        )
        sent = st.form_submit_button("Salvar")
    if not sent:
        return
    with fields.catching():
        today, private = data.today(), get_config().webhook_private
        data.write(
            lambda db: webhooks.change(
                db,
                actor,
                endpoint_id=endpoint.id,
                url=url,
                events=events,
                description=description,
                private=private,
                today=today,
            )
        )
        forms.renew(f"webhook-{endpoint.id}")
        flash("Destino alterado.")
        st.rerun()


def _inputs(
    fields: forms.Fields, key: str, url: str, events: Sequence[Event], description: str
) -> tuple[str, list[str], str]:
    typed = st.text_input(
        "Endereço",
        url,
        max_chars=MAX_URL,
        placeholder="https://",
        key=f"{key}-url",
        help="Onde o programa recebe: um POST por evento, com https.",
    )
    fields.slot("url")
    st.markdown("Eventos")
    chosen = [
        event.value
        for event in Event
        if st.checkbox(EVENT_NAMES[event], event in events, key=f"{key}-{event}", help=event.value)
    ]
    fields.slot("events")
    told = st.text_input(
        "Descrição",
        description,
        max_chars=webhooks.MAX_DESCRIPTION,
        key=f"{key}-description",
        placeholder="De quem é, para que serve",
    )
    fields.slot("description")
    return typed, chosen, told


def _off(actor: Actor, id_: int) -> None:
    now = session.now()
    data.write(lambda db: webhooks.switch_off(db, actor, endpoint_id=id_, now=now))


def _on(actor: Actor, id_: int) -> None:
    today = data.today()
    data.write(lambda db: webhooks.switch_on(db, actor, endpoint_id=id_, today=today))


def _rotate(actor: Actor, endpoint: Endpoint) -> None:
    now = session.now()
    secret = data.write(lambda db: webhooks.rotate(db, actor, endpoint_id=endpoint.id, now=now))
    st.session_state[SHOWN_ONCE] = (endpoint.url, secret)


def _remove(actor: Actor, id_: int) -> None:
    data.write(lambda db: webhooks.remove(db, actor, endpoint_id=id_))
