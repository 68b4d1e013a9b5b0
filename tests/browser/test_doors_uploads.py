"""Which roles may leave a file on which pages of a running server."""

from __future__ import annotations

import pytest

from credigestor.rules.permissions import Role
from credigestor.ui.kit.navigation import PAGES, page
from credigestor.web import cookies
from tests.browser.conftest import Server
from tests.browser.wire import Wire, upload

#: The pages with a place for files, and the megabytes of the largest.
TAKING = {"admin/imports.py": 100, "admin/backup.py": 200, "admin/settings.py": 1}
#: The tab that it is in: what nobody looks at takes no file.
TABS = {
    "admin/backup.py": "backup_tab=Outro+arquivo",
    "admin/settings.py": "settings_tab=Documentos",
}


@pytest.mark.parametrize("role", list(Role))
def test_a_file_is_taken_only_where_the_page_of_this_role_has_a_place_for_it(
    server: Server, role: Role
) -> None:
    token = server.log_in(server.add_user(f"envia-{role.value}", role))
    wire = Wire(server, token)
    for spec in PAGES:
        wire.draw(spec.url_path, query=TABS.get(spec.file, ""))
        may = role is Role.ADMIN and spec.file in TAKING
        assert max(wire.uploaders.values(), default=0) == (TAKING[spec.file] if may else 0)
        assert upload(server, wire.session_id, token) == (204 if may else 403), spec.file
    wire.close()


def test_thirteen_files_of_a_seller_leave_no_trace_in_memory(server: Server) -> None:
    token = server.log_in(server.add_user("envia-treze", Role.SELLER))
    wire = Wire(server, token).draw()
    files = [
        upload(server, wire.session_id, token, content=b"x" * 100_000, file_id=str(number))
        for number in range(13)
    ]
    wire.close()
    assert files == [403] * 13


def test_a_file_is_as_large_as_its_place_takes(server: Server) -> None:
    token = server.log_in(server.add_user("envia-logo", Role.ADMIN))
    settings = page("admin/settings.py")
    wire = Wire(server, token).draw(settings.url_path, query=TABS[settings.file])
    assert upload(server, wire.session_id, token, content=b"x" * 2**20) == 204
    assert upload(server, wire.session_id, token, content=b"x" * (2**20 + 200_000)) == 413
    wire.close()
    assert upload(server, wire.session_id, cookies.new_token()) == 403
