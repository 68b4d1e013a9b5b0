"""The managers' first page: what came in and was sold today, what falls due, whom to call first."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from credigestor.reports import takings
from credigestor.reports.call_list import call_list
from credigestor.reports.portfolio import flows
from credigestor.rules.calendar import format_date
from credigestor.rules.periods import compared, period_of
from credigestor.rules.permissions import Permission
from credigestor.ui.admin import watched_folder
from credigestor.ui.admin.webhook_notice import draw_notice
from credigestor.ui.analytics import age, day_figures, first_steps
from credigestor.ui.analytics.live import current_day
from credigestor.ui.counter import call_cards
from credigestor.ui.kit import data, messages, session

REFRESH = "15s"
#: Cards change under a finger less often.
CALLS_REFRESH = "60s"
DUE_DAYS = 7

actor = session.require(Permission.ANALYTICS)
opened_on = data.today()

read_day = data.cached(takings.shop_day)
read_due = data.cached(takings.due_by_day)
read_flow = data.portfolio(flows.flow)
read_calls = data.portfolio(call_list)


@st.fragment(run_every=REFRESH)
def show_day() -> None:
    """The figures of the day and of the month, read anew every few seconds."""
    today = current_day(opened_on)
    month = period_of("month", today)
    before_on, before = compared("month", today, month)
    day = read_day(day=today)
    day_figures.show_cards(
        day, read_flow(month, as_of=today), read_flow(before, as_of=before_on), before
    )
    day_figures.show_takings(day)


@st.fragment(run_every=CALLS_REFRESH)
def show_calls() -> None:
    """Whom to call first; what was recorded takes its card away."""
    with messages.part(st.container(), "calls"):
        today = current_day(opened_on)
        call_cards.show(actor, data.settings(), read_calls(today=today), today)


@st.fragment(run_every=CALLS_REFRESH)
def show_due() -> None:
    """What falls due from today on."""
    today = current_day(opened_on)
    last = today + timedelta(days=DUE_DAYS - 1)
    day_figures.show_due(read_due(today, last), today, last)


messages.header("Hoje", format_date(opened_on))
draw_notice(actor)
watched_folder.draw_notice(actor)
age.show()
first_steps.show(actor)
show_day()
st.header("Quem chamar primeiro", anchor=False)
show_calls()
show_due()
