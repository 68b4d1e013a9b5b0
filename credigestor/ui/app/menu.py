"""The pages of a run, as navigation takes them: all of them, those not for this person hidden."""

from __future__ import annotations

from copy import copy

import streamlit as st

from credigestor.rules.permissions import Actor, Permission
from credigestor.ui.app import no_page
from credigestor.ui.kit.navigation import PAGES, streamlit_page


def menu(actor: Actor | None) -> dict[str, list[st.Page]]:
    """Every page under its section, for who is there; a stranger finds none shown."""
    found: dict[str, list[st.Page]] = {}
    for spec in PAGES:
        shown = actor is not None and spec.section is not None and actor.can(spec.permission)
        # Who manages begins with Hoje, to which the default page only leads them.
        shown = shown and not (spec is PAGES[0] and actor and actor.can(Permission.ANALYTICS))
        # A copy of this run's own: navigation marks the page that it returns as one that may run.
        page = copy(streamlit_page(spec, shown=shown))
        found.setdefault(spec.section if shown and spec.section else "", []).append(page)
    unknown = no_page.unknown()
    if unknown:
        found.setdefault("", []).append(unknown)
    return found
