"""What an attacker tries at the doors of a running server, without a browser's manners."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed

from credigestor.rules.permissions import Role
from credigestor.services.auth import digest
from credigestor.web import cookies
from tests.browser.conftest import Server
from tests.browser.wire import Wire, refused

UNKNOWN = "11111111-2222-4333-8444-555555555555"


@pytest.fixture(scope="module")
def files(cluster: str) -> Iterator[Server]:
    """The doors around a page that offers and takes files."""
    running = Server(cluster, "doors_tests", app="tests/browser/doors_app.py")
    yield running
    running.stop()


@pytest.fixture
def visitor() -> str:
    """The cookie of somebody who has not logged in."""
    return cookies.new_token()


@pytest.fixture
def ann(files: Server) -> str:
    """The cookie of a person who is logged in."""
    return files.log_in(files.add_user(f"ann{cookies.new_token()[:6].lower()}", Role.ADMIN))


@pytest.fixture
def bob(files: Server) -> str:
    """The cookie of another one."""
    return files.log_in(files.add_user(f"bob{cookies.new_token()[:6].lower()}", Role.ADMIN))


def cookie(token: str | None) -> dict[str, str]:
    return {"Cookie": f"{cookies.cookie_name()}={token}"} if token else {}


def upload(server: Server, session_id: str, token: str | None, **headers: str) -> int:
    """Try to leave a file in a session, with Streamlit's own XSRF token in order."""
    given = server.request("GET", "/_stcore/health").headers.get_all("set-cookie") or []
    xsrf = next(c for c in given if c.startswith("_streamlit_xsrf=")).split(";")[0]
    sent = [xsrf, *cookie(token).values()]
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nhello\r\n--b--\r\n"
    )
    return server.request(
        "PUT",
        f"/_stcore/upload_file/{session_id}/a-file",
        body,
        **{
            "Content-Type": "multipart/form-data; boundary=b",
            "X-Xsrftoken": xsrf.split("=", 1)[1],
            "Cookie": "; ".join(sent),
            "Origin": server.base_url,
            **headers,
        },
    ).status


# WebSockets


def test_a_session_is_resumed_by_its_own_cookie_only(server: Server, visitor: str) -> None:
    wire = Wire(server, visitor).draw()
    wire.close()
    assert wire.session_id
    assert refused(server, cookies.new_token(), session_id=wire.session_id)
    assert refused(server, None, session_id=wire.session_id)
    again = Wire(server, visitor, session_id=wire.session_id).draw()
    again.close()
    assert again.session_id == wire.session_id


def test_a_session_in_use_cannot_be_taken_over_either(server: Server, visitor: str) -> None:
    wire = Wire(server, visitor).draw()
    assert refused(server, cookies.new_token(), session_id=wire.session_id)
    wire.draw()
    wire.close()


def test_a_logged_in_session_is_not_resumed_by_a_visitor(files: Server, ann: str) -> None:
    wire = Wire(files, ann).draw()
    wire.close()
    assert refused(files, cookies.new_token(), session_id=wire.session_id)


def test_an_unknown_session_begins_anew(server: Server, visitor: str) -> None:
    wire = Wire(server, visitor, session_id=UNKNOWN).draw()
    wire.close()
    assert wire.session_id not in ("", UNKNOWN)


@pytest.mark.parametrize(
    "origins",
    [
        (),
        ("null",),
        ("http://evil.example",),
        ("http://localhost",),
        ("http://localhost:1",),
        ("http://localhost:{port}.evil.example",),
        ("http://127.0.0.1:{port}",),
        ("http://localhost:{port}", "http://evil.example"),
    ],
)
def test_a_websocket_from_elsewhere_is_refused(
    server: Server, visitor: str, origins: tuple[str, ...]
) -> None:
    sent = tuple(origin.format(port=server.port) for origin in origins)
    assert refused(server, visitor, origins=sent)


def test_a_websocket_under_a_foreign_name_is_refused(server: Server, visitor: str) -> None:
    host = f"rebound.example:{server.port}"
    assert refused(server, visitor, host=host, origins=(f"http://{host}",))


def test_a_stranger_cannot_clear_everybodys_cache_nor_fill_the_log(
    server: Server, visitor: str
) -> None:
    logged = len(server.log.read_text())
    for message in (BackMsg(clear_cache=True).SerializeToString(), b"\xff\xff", "text"):
        wire = Wire(server, visitor)
        wire.socket.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            wire.draw()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
    assert refused(server, visitor, path="/x%0aforged")
    assert "Traceback" not in server.log.read_text()[logged:]
    assert "\nforged" not in server.log.read_text()[logged:]


def test_a_websocket_without_a_cookie_or_at_another_address_is_refused(
    server: Server, visitor: str
) -> None:
    assert refused(server, None)
    assert refused(server, visitor, path="/elsewhere")


# Files


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


# Addresses, names and headers


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/script-health-check",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/interact",
        "/_stcore/agent/mcp",
        "/_stcore/bidi-components/x/y.js",
        "/component/extra_streamlit_components.CookieManager.cookie_manager/index.html",
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
    ],
)
def test_addresses_that_nobody_needs_are_closed(server: Server, path: str) -> None:
    assert server.request("GET", path).status == 404
    assert server.request("POST", path, b"{}", Origin=server.base_url).status == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "a@localhost", "", "x y"]
)
def test_a_foreign_name_is_refused(server: Server, host: str) -> None:
    assert server.request("GET", "/", Host=host).status == 400


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:80", "127.0.0.1", "127.9.9.9:1", "[::1]:8501", "192.168.0.9"]
)
def test_addresses_and_localhost_are_ours(server: Server, host: str) -> None:
    assert server.request("GET", "/", Host=host).status == 200


def test_this_machines_name_is_ours(server: Server) -> None:
    assert server.request("GET", "/", Host=socket.gethostname()).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_change_asked_for_by_another_site_is_refused(server: Server, method: str) -> None:
    assert server.request(method, "/sair", b"").status == 403
    assert server.request(method, "/sair", b"", Origin="http://evil.example").status == 403


def test_a_visitor_gets_a_cookie_that_scripts_and_other_sites_cannot_use(server: Server) -> None:
    for path in ("/", "/usuarios", "/_stcore/health"):
        given = server.request("GET", path).headers.get_all("set-cookie") or []
        (ours,) = [c for c in given if c.startswith("credigestor_session=")]
        assert re.fullmatch(
            r"credigestor_session=[\w-]{43}; Path=/; HttpOnly; SameSite=Strict", ours
        )


def test_a_cookie_is_not_given_twice_nor_over_one_that_another_site_withheld(
    server: Server, visitor: str
) -> None:
    for headers in (cookie(visitor), {"Sec-Fetch-Site": "cross-site"}):
        given = server.request("GET", "/", **headers).headers.get_all("set-cookie") or []
        assert not [c for c in given if c.startswith("credigestor_session=")]


@pytest.mark.parametrize("path", ["/", "/nota?id=1", "/saude", "/cg/pt-br.js", "/media/x", "/sair"])
def test_every_answer_carries_the_security_headers(server: Server, path: str) -> None:
    headers = server.request("GET", path).headers
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers
    assert "strict-transport-security" not in headers


def test_what_never_changes_may_be_kept_by_the_browser(server: Server) -> None:
    page = server.request("GET", "/").body.decode()
    script = re.search(r'src="\./(static/js/index[^"]+)"', page)
    assert script is not None
    assert "immutable" in server.request("GET", f"/{script[1]}").headers["cache-control"]


def test_the_page_is_in_portuguese_and_whole_however_it_is_asked_for(server: Server) -> None:
    plain = server.request("GET", "/clientes").body
    text = plain.decode()
    assert '<html lang="pt-BR" translate="no">' in text
    assert "<title>CrediGestor</title>" in text
    assert "Ative o JavaScript" in text
    assert '<script src="/cg/pt-br.js" defer></script>' in text
    assert "<script>" not in text
    assert "agent" not in text
    for headers in (
        {"Accept-Encoding": "gzip, br"},
        {"Range": "bytes=0-10"},
        {"If-None-Match": "*", "If-Modified-Since": "Mon, 23 Nov 2099 00:00:00 GMT"},
    ):
        response = server.request("GET", "/clientes", **headers)
        assert (response.status, response.body) == (200, plain)
        assert int(response.headers["content-length"]) == len(plain)
    assert server.request("HEAD", "/clientes").body == b""


# Our routes


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil", "/a\r\nX: y", "evil", "/%0a", ""]
)
def test_the_way_back_after_a_login_stays_here(server: Server, path: str) -> None:
    response = server.request("GET", f"/entrar?ticket=x&next={quote(path, safe='')}")
    assert response.status == 303
    assert response.headers["location"] in ("/", "/%250a", "/%0a")
    assert not [c for c in response.headers.get_all("set-cookie") or [] if "credigestor" in c]


def test_leaving_ends_the_session_and_removes_the_cookie(files: Server, ann: str) -> None:
    response = files.request("GET", "/sair", **cookie(ann))
    assert (response.status, response.headers["location"]) == (303, "/")
    assert "Max-Age=0" in response.headers["set-cookie"]
    live = "SELECT count(*) FROM sessions WHERE token_hash = :hash AND revoked_at IS NULL"
    assert files.scalar(live, hash=digest(ann)) == 0


def test_a_link_on_another_site_does_not_log_anybody_out(server: Server) -> None:
    response = server.request("GET", "/sair")  # SameSite=Strict: no cookie comes along
    assert not [c for c in response.headers.get_all("set-cookie") or [] if "credigestor" in c]


def test_the_health_route_asks_the_database(server: Server) -> None:
    response = server.request("GET", "/saude")
    assert (response.status, response.body) == (200, b'{"status":"ok"}')
