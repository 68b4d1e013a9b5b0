"""Figures that are read anew every few seconds, on a page that may stay open for days."""

from __future__ import annotations

from datetime import date

import streamlit as st

from credigestor.rules.permissions import Permission
from credigestor.ui.kit import data, session


def current_day(opened_on: date) -> date:
    """The shop's day; a page left open over midnight is drawn anew, its day is over."""
    session.require(Permission.ANALYTICS)
    today = data.today()
    if today != opened_on:
        st.rerun()
    return today
