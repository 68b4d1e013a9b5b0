"""Closing days on their page: what is closed, and the one button that closes or opens (R37)."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from credigestor.db.models import DayClosing
from credigestor.reports.closings import Closing
from credigestor.reports.summary import as_json, summary
from credigestor.rules.calendar import format_date, format_moment
from credigestor.rules.permissions import Actor
from credigestor.services import closings
from credigestor.services.inputs import MAX_REASON
from credigestor.ui.kit import data, forms, messages, operations
from credigestor.ui.kit.operations import Operation

FORM = "closing"


def standing(newest: Closing | None, time_zone: str) -> None:
    """Up to which day the shop is closed, since when and by whom."""
    if newest is None:
        st.info(
            "Nenhum dia está fechado. Feche os dias que já foram conferidos: o que alguém "
            "registrar neles depois pede um gerente e um motivo, e aparece aqui.",
            icon=":material/lock_open:",
        )
        return
    closed_at = format_moment(newest.closed_at, ZoneInfo(time_zone))
    told = f"por {newest.closed_by or 'linha de comando'}, em {closed_at}"
    why = f". Motivo: {newest.reason}" if newest.reason else ""
    st.markdown(f"Fechado até **{format_date(newest.until)}**  \n{messages.plain(f'{told}{why}')}")


def area(newest: Closing | None, actor: Actor, today: date) -> None:
    """The date to close up to, a reason where it opens days again, and the button."""
    operation = operations.begin(FORM, actor, DayClosing, lambda _: None)
    fields, yesterday = forms.Fields(), today - timedelta(days=1)
    with st.container(border=True):
        left, right = st.columns(2, vertical_alignment="bottom")
        with left:
            until = forms.date_field("Fechar os dias até", yesterday, key=f"until:{operation.key}")
            fields.slot("until")
        opens = until is not None and newest is not None and until < newest.until
        why = None
        if opens:
            why = st.text_input(
                "Motivo para reabrir dias",
                key=f"closing_reason:{operation.key}",
                max_chars=MAX_REASON,
            )
            fields.slot("reason")
        same = newest is not None and until == newest.until
        with right:
            label = "Fechar" if until is None else f"Fechar até {format_date(until)}"
            if opens and until is not None:
                label = f"Reabrir os dias depois de {format_date(until)}"
            pressed = st.button(
                label,
                key=f"close:{operation.key}",
                type="primary",
                icon=":material/lock_open:" if opens else ":material/lock:",
                width="stretch",
                disabled=until is None or same,
            )
        if same:
            st.caption("Já está fechado até esse dia.")
        if pressed and until is not None:
            close(operation, until, why, actor, today, fields)


def close(
    operation: Operation,
    until: date,
    why: str | None,
    actor: Actor,
    today: date,
    fields: forms.Fields,
) -> None:
    """Write the closing with the figures of its day, and draw the page anew."""
    with fields.catching(), operations.another(FORM):
        data.write(
            lambda session: closings.close(
                session,
                actor,
                operation_id=operation.id,
                until=until,
                why=why,
                figures=lambda: as_json(summary(session, until, today=today)),
                today=today,
            )
        )
        operations.finish(FORM)
        messages.flash(f"Os dias até {format_date(until)} estão fechados.")
        st.rerun()
