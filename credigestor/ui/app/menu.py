"""The pages of a run, as navigation takes them: all of them, those not for this person hidden."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Literal

import streamlit as st

from credigestor.rules.permissions import Actor
from credigestor.ui.kit.navigation import PAGES, PageSpec


def menu(actor: Actor | None) -> dict[str, list[st.Page]]:
    """Every page under its section, for who is there; a stranger finds none shown."""
    found: dict[str, list[st.Page]] = {}
    for spec in PAGES:
        shown = actor is not None and spec.section is not None and actor.can(spec.permission)
        # A copy of this run's own: navigation marks the page that it returns as one that may run.
        page = copy(_made(spec, "visible" if shown else "hidden"))
        found.setdefault(spec.section if shown and spec.section else "", []).append(page)
    return found


@cache
def _made(spec: PageSpec, visibility: Literal["visible", "hidden"]) -> st.Page:
    """A page whose file was looked for once: Streamlit resolves each path when a page is made."""
    return st.Page(
        spec.path,
        title=spec.title,
        icon=f":material/{spec.icon}:",
        url_path=spec.url_path,
        default=spec is PAGES[0],
        visibility=visibility,
    )
