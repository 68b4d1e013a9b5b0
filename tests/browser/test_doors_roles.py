"""Every page × role over a raw WebSocket: by address and id, on a warm process and a cold one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.util import calc_hash

from credigestor.rules.permissions import TABLE, Role
from credigestor.ui.kit.navigation import PAGES
from tests.browser.asking import asked_by, shows_login, shows_only_the_refusal
from tests.browser.conftest import Server
from tests.browser.wire import Wire


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_shown_its_own_pages_and_nothing_of_the_others(
    server: Server, role: Role
) -> None:
    wire = Wire(server, asked_by(server, role))
    for spec in PAGES:
        wire.draw(spec.url_path)
        if spec.permission in TABLE[role]:
            assert wire.titles, spec.file
            continue
        assert shows_only_the_refusal(wire), spec.file
        wire.draw(page_hash=calc_hash(spec.url_path))
        assert shows_only_the_refusal(wire), spec.file
    wire.close()


def test_a_stranger_is_shown_the_login_whatever_is_asked_for(server: Server, visitor: str) -> None:
    wire = Wire(server, visitor)
    for spec in PAGES:
        assert shows_login(wire.draw(spec.url_path)), spec.file
        assert shows_login(wire.draw(page_hash=calc_hash(spec.url_path))), spec.file
    wire.close()


@pytest.fixture
def cold(cluster: str) -> Iterator[Server]:
    """A process that nobody has asked for anything."""
    running = Server(cluster, "cold_tests")
    running.add_user("adm", Role.ADMIN)
    yield running
    running.stop()


def test_the_very_first_visitors_of_a_process_are_shown_no_more(cold: Server, visitor: str) -> None:
    spec = next(spec for spec in PAGES if spec.file == "admin/users.py")
    for token, holds in (
        (visitor, shows_login),
        (asked_by(cold, Role.SELLER), shows_only_the_refusal),
    ):
        for asked in ({"page": spec.url_path}, {"page_hash": calc_hash(spec.url_path)}):
            wire = Wire(cold, token).draw(**asked)
            wire.close()
            assert holds(wire)
