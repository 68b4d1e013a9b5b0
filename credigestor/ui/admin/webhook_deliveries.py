"""Webhooks: what was sent to an endpoint and how that went, to be sent again or given up."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from credigestor.reports import webhooks as reports
from credigestor.reports.webhooks import DELIVERY_NAMES, Attempt, Delivered, Delivery, Endpoint
from credigestor.rules.calendar import format_moment
from credigestor.rules.permissions import Actor
from credigestor.rules.webhooks import EVENT_NAMES
from credigestor.services import webhooks
from credigestor.ui.kit import address, data, lists, rows
from credigestor.ui.kit.figures import format_count
from credigestor.ui.kit.messages import act, plain

A_PAGE = 20
_COLOURS = {Delivery.DELIVERED: "green", Delivery.WAITING: "blue", Delivery.FAILING: "orange"}


def draw_deliveries(actor: Actor, found: Sequence[Endpoint], zone: ZoneInfo) -> None:
    """The events of one endpoint, the newest first."""
    if not found:
        st.info("As entregas aparecem aqui quando houver um destino.", icon=":material/outbox:")
        return
    by_id = {str(endpoint.id): endpoint for endpoint in found}
    urls = {word: endpoint.url for word, endpoint in by_id.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        word = address.choice("Destino", urls, name="endpoint", default=next(iter(urls)))
        failing = st.toggle("Só as que falham", key="failing", bind="query-params")
    endpoint = by_id[word]
    total = data.read(reports.count_deliveries, endpoint.id, failing=failing)
    if not total:
        st.info(
            "Nenhuma entrega está falhando."
            if failing
            else "Nada aconteceu ainda que este destino queira saber.",
            icon=":material/outbox:",
        )
        return
    st.caption(
        format_count(total, "evento", "eventos")
        + ", do mais novo ao mais antigo. Os entregues são guardados por 30 dias."
    )
    page = lists.page(total, key="deliveries", of=(word, failing), size=A_PAGE)
    for event in data.read(
        reports.deliveries, endpoint.id, failing=failing, limit=page.size, offset=page.offset
    ):
        with st.container(border=True):
            _draw(actor, endpoint, event, zone)
    rows.pager(page)


def _draw(actor: Actor, endpoint: Endpoint, event: Delivered, zone: ZoneInfo) -> None:
    badge = f":{_COLOURS[event.state]}-badge[{DELIVERY_NAMES[event.state]}]"
    what, acts = st.columns([4, 1], vertical_alignment="center")
    with what:
        st.markdown(f"**{plain(EVENT_NAMES[event.type])}** {badge}")
        st.caption(plain(_told(event, endpoint, zone)))
    with acts, st.container(horizontal=True, horizontal_alignment="right"):
        tried = event.state is not Delivery.WAITING
        if endpoint.active and tried and st.button("Reenviar", key=f"resend_{event.id}"):
            act(lambda: _resend(actor, endpoint, event), "O evento é enviado de novo agora.")
        if event.state is Delivery.FAILING and st.button("Descartar", key=f"discard_{event.id}"):
            act(lambda: _discard(actor, endpoint, event), "Evento descartado.")
    if event.attempts:
        count = format_count(len(event.attempts), "tentativa", "tentativas")
        with st.expander(count.capitalize()):
            for attempt in event.attempts:
                st.markdown(plain(_attempt(attempt, zone)))


def _told(event: Delivered, endpoint: Endpoint, zone: ZoneInfo) -> str:
    number = event.number
    about = f"{number} · " if number else ""
    told = f"{about}{format_moment(event.at, zone)} · {event.webhook_id}"
    if event.delivered_at is not None:
        return f"{told} · entregue em {format_moment(event.delivered_at, zone)}"
    if event.next_at is not None and endpoint.active:
        return f"{told} · nova tentativa em {format_moment(event.next_at, zone)}"
    return told


def _attempt(attempt: Attempt, zone: ZoneInfo) -> str:
    took = f"{attempt.milliseconds / 1000:.1f} s".replace(".", ",")
    end = attempt.error or f"O destino respondeu {attempt.status}."
    return f"{format_moment(attempt.at, zone)} · {took} · {end}"


def _resend(actor: Actor, endpoint: Endpoint, event: Delivered) -> None:
    data.write(lambda db: webhooks.resend(db, actor, endpoint_id=endpoint.id, event_id=event.id))


def _discard(actor: Actor, endpoint: Endpoint, event: Delivered) -> None:
    data.write(lambda db: webhooks.discard(db, actor, endpoint_id=endpoint.id, event_id=event.id))
