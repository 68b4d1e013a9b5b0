"""Every page asked for by each role as the very first visit of a process; and by a stranger."""

from __future__ import annotations

import pytest
from streamlit.util import calc_hash

from credigestor.rules.permissions import TABLE, Role
from credigestor.ui.kit.navigation import PAGES, PageSpec
from tests.browser.asking import asked_by, shows_login, shows_only_the_refusal
from tests.browser.conftest import Server
from tests.browser.wire import Wire


@pytest.mark.parametrize("role", [None, *Role], ids=str)
@pytest.mark.parametrize("spec", PAGES, ids=lambda spec: spec.file)
def test_a_cold_process_shows_no_more_than_a_warm_one(
    cluster: str, spec: PageSpec, role: Role | None
) -> None:
    server = Server(cluster, "cold_faults")
    try:
        server.add_user("adm", Role.ADMIN)
        wire = Wire(server, asked_by(server, role)).draw(page_hash=calc_hash(spec.url_path))
        wire.close()
        if role is None:
            assert shows_login(wire)
        elif spec.permission in TABLE[role]:
            assert wire.titles
        else:
            assert shows_only_the_refusal(wire)
    finally:
        server.stop()
