"""What an attacker tries at the doors of a running server, without a browser's manners."""

from __future__ import annotations

import json
import re
import socket
from urllib.parse import quote

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed

from credigestor.web import cookies
from tests.browser.conftest import Server
from tests.browser.wire import UNKNOWN, Wire, cookie, refused

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


@pytest.mark.parametrize("megabytes", [2, 20])
def test_a_message_of_megabytes_is_not_run_whoever_sends_it(
    server: Server, visitor: str, megabytes: int
) -> None:
    for token in (visitor, server.log_in(server.add_user(f"grande{megabytes}"))):
        wire = Wire(server, token)
        with pytest.raises(ConnectionClosed):
            wire.draw(query="x" * megabytes * 2**20)


def test_a_websocket_without_a_cookie_or_at_another_address_is_refused(
    server: Server, visitor: str
) -> None:
    assert refused(server, None)
    assert refused(server, visitor, path="/elsewhere")


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


def test_no_other_site_may_send_the_page_orders(server: Server) -> None:
    told = json.loads(server.request("GET", "/_stcore/host-config").body)
    assert told["allowedOrigins"] == []


# Our routes


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil", "/a\r\nX: y", "evil", "/%0a", ""]
)
def test_the_way_back_after_a_login_stays_here(server: Server, path: str) -> None:
    response = server.request("GET", f"/entrar?ticket=x&next={quote(path, safe='')}")
    assert response.status == 303
    assert response.headers["location"] in ("/", "/%250a", "/%0a")
    assert not [c for c in response.headers.get_all("set-cookie") or [] if "credigestor" in c]


def test_a_link_on_another_site_does_not_log_anybody_out(server: Server) -> None:
    response = server.request("GET", "/sair")  # SameSite=Strict: no cookie comes along
    assert not [c for c in response.headers.get_all("set-cookie") or [] if "credigestor" in c]


def test_the_health_route_asks_the_database(server: Server) -> None:
    response = server.request("GET", "/saude")
    assert (response.status, response.body) == (200, b'{"status":"ok"}')
