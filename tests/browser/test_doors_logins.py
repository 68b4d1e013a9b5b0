"""What is one login's own at the doors of a running server: its session, its files, its uploads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed

from credigestor.rules.permissions import Role
from credigestor.services.auth import digest
from credigestor.web import cookies
from tests.browser.conftest import Server
from tests.browser.wire import UNKNOWN, Wire, cookie, refused, upload


@pytest.fixture(scope="module")
def files(cluster: str) -> Iterator[Server]:
    """The doors around a page that offers and takes files."""
    running = Server(cluster, "doors_tests", app="tests/browser/doors_app.py")
    yield running
    running.stop()


@pytest.fixture
def ann(files: Server) -> str:
    """The cookie of a person who is logged in."""
    return files.log_in(files.add_user(f"ann{cookies.new_token()[:6].lower()}", Role.ADMIN))


@pytest.fixture
def bob(files: Server) -> str:
    """The cookie of another one."""
    return files.log_in(files.add_user(f"bob{cookies.new_token()[:6].lower()}", Role.ADMIN))


def test_a_logged_in_session_is_not_resumed_by_a_visitor(files: Server, ann: str) -> None:
    wire = Wire(files, ann).draw()
    wire.close()
    assert refused(files, cookies.new_token(), session_id=wire.session_id)


def test_a_prepared_file_is_served_to_its_own_login_only(
    files: Server, ann: str, bob: str, visitor: str
) -> None:
    wire = Wire(files, ann).draw()
    (path,) = wire.files
    assert files.request("GET", path, **cookie(ann)).body == b"prepared secret"
    for token in (None, visitor, cookies.new_token()):
        assert files.request("GET", path, **cookie(token)).status == 403
    Wire(files, bob)
    assert files.request("GET", path, **cookie(bob)).status == 403
    assert files.request("HEAD", path, **cookie(bob)).status == 403
    wire.close()


def test_a_file_is_no_longer_served_after_logging_out(files: Server, ann: str) -> None:
    wire = Wire(files, ann).draw()
    assert files.request("GET", wire.files[0], **cookie(ann)).status == 200
    files.request("GET", "/sair", **cookie(ann))
    assert files.request("GET", wire.files[0], **cookie(ann)).status == 403
    wire.close()


def test_a_page_drawn_for_a_stranger_gives_no_file_away(files: Server, visitor: str) -> None:
    wire = Wire(files, visitor).draw()
    assert files.request("GET", wire.files[0], **cookie(visitor)).status == 403
    wire.close()


def test_a_file_made_on_the_click_is_served_to_who_clicked(
    files: Server, ann: str, bob: str
) -> None:
    wire = Wire(files, ann).draw()
    path = wire.click_deferred(wire.deferred_ids[0])
    assert files.request("GET", path, **cookie(ann)).body == b"deferred secret"
    assert files.request("GET", path, **cookie(bob)).status == 403
    wire.close()


def test_a_file_is_made_only_for_the_login_whose_page_offers_it(
    files: Server, ann: str, bob: str, visitor: str
) -> None:
    wire = Wire(files, ann).draw()
    for token in (bob, visitor):
        other = Wire(files, token).draw()
        with pytest.raises(ConnectionClosed):
            other.click_deferred(wire.deferred_ids[0])
    wire.draw()
    files.request("GET", "/sair", **cookie(ann))
    with pytest.raises(ConnectionClosed):
        wire.click_deferred(wire.deferred_ids[-1])


def test_writing_the_address_of_a_file_does_not_open_it(files: Server, ann: str) -> None:
    wire = Wire(files, ann).draw()
    written = "/media/00000000000000000000000000000000000000000000000000000000.txt"
    assert files.request("GET", written, **cookie(ann)).status == 403
    wire.close()


@pytest.mark.parametrize(
    "path", ["/media/", "/media/x", "/media/../x", "//media/x", "/media%2fx", "/media/%2e%2e/x"]
)
def test_no_spelling_of_a_media_address_gives_a_stranger_a_file(files: Server, path: str) -> None:
    response = files.request("GET", path)
    assert response.status in (400, 403) or b"<div id=" in response.body


def test_an_upload_needs_the_login_that_the_session_belongs_to(
    files: Server, ann: str, bob: str, visitor: str
) -> None:
    wire = Wire(files, ann).draw()
    assert upload(files, wire.session_id, ann) == 204
    for token in (None, visitor, bob):
        assert upload(files, wire.session_id, token) == 403
    assert upload(files, UNKNOWN, ann) == 403
    assert upload(files, wire.session_id, ann, Origin="http://evil.example") == 403
    path = f"/_stcore/upload_file/{wire.session_id}/a-file"
    deleted = files.request("DELETE", path, Origin=files.base_url, **cookie(bob))
    assert deleted.status == 403
    wire.close()


def test_a_visitor_uploads_nothing_before_logging_in(files: Server, visitor: str) -> None:
    wire = Wire(files, visitor).draw()
    assert upload(files, wire.session_id, visitor) == 403
    wire.close()


def test_leaving_ends_the_session_and_removes_the_cookie(files: Server, ann: str) -> None:
    response = files.request("GET", "/sair", **cookie(ann))
    assert (response.status, response.headers["location"]) == (303, "/")
    assert "Max-Age=0" in response.headers["set-cookie"]
    live = "SELECT count(*) FROM sessions WHERE token_hash = :hash AND revoked_at IS NULL"
    assert files.scalar(live, hash=digest(ann)) == 0
